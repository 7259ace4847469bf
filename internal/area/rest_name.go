package area

import "strings"

// NationName is the nation's name in REST addresses, where an empty segment
// can't stand.
const NationName = "id"

// RESTName is the code as one segment of a REST address: slashes as "~", the
// nation as "id".
func (c Code) RESTName() string {
	if c.Level() == Nation {
		return NationName
	}
	return strings.ReplaceAll(c.String(), "/", "~")
}

// ParseRESTName reads what RESTName writes, and plain codes too. The error is
// that of Parse.
func ParseRESTName(name string) (Code, error) {
	if name == NationName {
		return Code{}, nil
	}
	return Parse(strings.ReplaceAll(name, "~", "/"))
}
