package usage

import (
	"fmt"
	"io"
)

// Output is where a command's output goes. A command need not look after each line: what
// could not be written, as on a full disk, is an error in the end.
type Output struct {
	to  io.Writer
	err error // the first
}

// NewOutput writes to where a program's output goes.
func NewOutput(to io.Writer) *Output { return &Output{to: to} }

// Write writes.
func (o *Output) Write(p []byte) (int, error) {
	n, err := o.to.Write(p)
	if o.err == nil {
		o.err = err
	}
	return n, err
}

// Err tells of the first write that failed; nil: all were well.
func (o *Output) Err() error {
	if o.err == nil {
		return nil
	}
	return fmt.Errorf("write output: %w", o.err)
}
