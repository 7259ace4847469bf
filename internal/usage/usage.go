// Package usage tells arguments that are wrong from work that could not be done, so
// that every program of the house ends with the same code for them and says where
// help is. Output that could not be written is work that could not be done.
//
//	cmd, err := root.ExecuteContextC(ctx)
//	if usage.Is(err) {
//		fmt.Fprintln(stderr, usage.Hint(cmd))
//		return usage.ExitCode
//	}
package usage

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// ExitCode is what a program ends with whose arguments are wrong.
const ExitCode = 2

// Error marks what the user got wrong.
type Error struct{ Cause error }

// Error is the cause's.
func (e *Error) Error() string { return e.Cause.Error() }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Errorf makes an Error: what is wrong, and what may stand there.
func Errorf(format string, args ...any) error { return &Error{fmt.Errorf(format, args...)} }

// Flags makes an Error of what cobra says of a flag; for SetFlagErrorFunc.
func Flags(_ *cobra.Command, err error) error { return &Error{err} }

// complaints begin what cobra says of commands and arguments; it gives them no type.
var complaints = []string{"unknown command", "unknown flag", "accepts ", "requires ", "required flag"}

// Is tells whether the arguments are to blame.
func Is(err error) bool {
	if err == nil {
		return false
	}
	var own *Error
	if errors.As(err, &own) {
		return true
	}
	for _, begin := range complaints {
		if strings.HasPrefix(err.Error(), begin) {
			return true
		}
	}
	return false
}

// Hint says where the command that was called explains itself.
func Hint(c *cobra.Command) string { return fmt.Sprintf("Run '%s --help' for usage.", c.CommandPath()) }
