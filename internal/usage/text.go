package usage

import (
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Texts finds flags and arguments that are no UTF-8, as from a terminal of another encoding:
// no message can carry them, so that who kept one could not show it again. Names of files
// may be of any bytes. Errors: *Error.
func Texts(c *cobra.Command, args []string) (err error) {
	c.Flags().Visit(func(f *pflag.Flag) {
		what, _ := pflag.UnquoteUsage(f)
		if err == nil && what != "file" && what != "folder" && !utf8.ValidString(f.Value.String()) {
			err = Errorf("--%s is no UTF-8 text: %q", f.Name, f.Value.String())
		}
	})
	for i, arg := range args {
		if err == nil && !strings.Contains(c.Use, "FILE") && !utf8.ValidString(arg) {
			err = Errorf("argument %d is no UTF-8 text: %q", i+1, arg)
		}
	}
	return err
}
