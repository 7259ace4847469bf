// Package settings reads a file of lines name=value, as programs of the house are configured
// by; blank lines and those that begin with # tell nothing. What nobody would heed is an
// error with its line: a name that there is not, and one that is there twice.
//
//	values, err := settings.Parse(data, []string{"listen", "database"})
//	fmt.Println(values["listen"].Text)
package settings

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// Value is what a name is set to, and on which line.
type Value struct {
	Text string
	Line int
}

// LineError is a line that is wrong.
type LineError struct {
	Line    int
	Problem string
}

// Error names both.
func (e *LineError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Problem) }

// Parse reads a file's bytes, with or without a byte order mark; names are those that there
// are. Errors: *LineError.
func Parse(data []byte, names []string) (map[string]Value, error) {
	values := map[string]Value{}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	for n, line := range strings.Split(string(data), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, text, ok := strings.Cut(line, "=")
		name = strings.TrimSpace(name)
		if !ok || !slices.Contains(names, name) {
			return nil, &LineError{n + 1, fmt.Sprintf("write one of %s=...", strings.Join(names, "=..., "))}
		}
		if before, again := values[name]; again {
			return nil, &LineError{n + 1, fmt.Sprintf("%s is set on line %d, too", name, before.Line)}
		}
		values[name] = Value{strings.TrimSpace(text), n + 1}
	}
	return values, nil
}
