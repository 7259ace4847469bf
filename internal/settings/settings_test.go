package settings

import (
	"maps"
	"testing"
)

func TestAFileOfSettingsIsReadByLine(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		values map[string]Value
		err    string
	}{
		"":                              {map[string]Value{}, ""},
		"\ufeffa = 1\r\n\n# c=3\nb=x=y": {map[string]Value{"a": {"1", 1}, "b": {"x=y", 4}}, ""},
		"a=":                            {map[string]Value{"a": {"", 1}}, ""},
		"a=1\nd=2":                      {nil, "line 2: write one of a=..., b=..."},
		"a=1\nb":                        {nil, "line 2: write one of a=..., b=..."},
		"a=1\nb=2\na=1":                 {nil, "line 3: a is set on line 1, too"},
	} {
		values, err := Parse([]byte(text), []string{"a", "b"})
		if !maps.Equal(values, want.values) || (err == nil) != (want.err == "") || err != nil && err.Error() != want.err {
			t.Errorf("%q: %v, %v", text, values, err)
		}
	}
}
