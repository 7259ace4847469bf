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
	"github.com/spf13/pflag"
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

// kinds say what stands behind a flag of each type.
var kinds = map[string]string{
	"int": "a whole number of at most 18 digits", "int64": "a whole number of at most 18 digits", "uint64": "a whole number of at most 19 digits",
	"uint32": "a whole number from 0 to 4294967295", "float64": "a number such as 0.1", "duration": "a time such as 90s or 5m", "bool": "true or false",
}

// Flags makes an Error of what cobra says of a flag; for SetFlagErrorFunc.
func Flags(_ *cobra.Command, err error) error {
	var invalid *pflag.InvalidValueError
	if errors.As(err, &invalid) {
		if kind := kinds[invalid.GetFlag().Value.Type()]; kind != "" {
			return Errorf("--%s %q: %s", invalid.GetFlag().Name, invalid.GetValue(), kind)
		}
	}
	return &Error{err}
}

// complaints begin what cobra says of commands and flags; it gives them no type.
var complaints = []string{"unknown command", "unknown flag", "required flag"}

// Arguments has a command and all below it say of arguments that are too few or too many
// how they are written, as an Error.
func Arguments(c *cobra.Command) {
	if check := c.Args; check != nil {
		c.Args = func(c *cobra.Command, args []string) error {
			switch err := check(c, args); {
			case err == nil:
				return nil
			case c.HasSubCommands():
				return &Error{err} // it is no command
			default:
				return Errorf("%s; write '%s'", counted(len(args)), line(c))
			}
		}
	}
	for _, sub := range c.Commands() {
		Arguments(sub)
	}
}

func counted(arguments int) string {
	switch arguments {
	case 0:
		return "no argument is given"
	case 1:
		return "1 argument is given"
	default:
		return fmt.Sprintf("%d arguments are given", arguments)
	}
}

// line is how a command is written.
func line(c *cobra.Command) string {
	_, arguments, _ := strings.Cut(c.Use, " ")
	return strings.TrimSpace(c.CommandPath() + " " + arguments)
}

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
