package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// asked gives what may stand on no command line, where every user of the host can read it
// and the shell keeps it: a line each of standard input, or of a terminal, which is asked for
// it and shows nothing of it.
type asked struct {
	lines    *bufio.Reader
	terminal *os.File // nil: it is none
	prompts  io.Writer
}

func newAsked(in io.Reader, prompts io.Writer) *asked {
	a := &asked{lines: bufio.NewReader(in), prompts: prompts}
	if f, ok := in.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		a.terminal = f
	}
	return a
}

// line is the next one, without its end; empty where there is none.
func (a *asked) line(prompt string) (string, error) {
	if a.terminal != nil {
		fmt.Fprintf(a.prompts, "%s: ", prompt)
		text, err := term.ReadPassword(int(a.terminal.Fd()))
		fmt.Fprintln(a.prompts)
		return string(text), err
	}
	line, err := a.lines.ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	return strings.TrimRight(line, "\r\n"), nil
}
