package shape

import "testing"

func TestATextThatPeopleCannotReadIsTold(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		line, text bool
		kept       string
	}{
		"":                {true, true, ""},
		"dr. Déwi, M.Kes": {true, true, "dr. Déwi, M.Kes"},
		"a\r\n\tb":        {false, true, "a\r\n\tb"},
		"a\x00":           {false, false, "a\x00"},
		"a\x1b[2J":        {false, false, "a\x1b[2J"},
		"a\u0085":         {false, false, "a\u0085"},
		"Nu\xe9":          {false, false, "Nu\ufffd"},
		"a\xff\nb":        {false, false, "a\ufffd\nb"},
	} {
		if line, several, kept := IsLine(text), IsText(text), Kept([]byte(text)); line != want.line || several != want.text || kept != want.kept {
			t.Errorf("%q: a line %v, a text %v, kept as %q", text, line, several, kept)
		}
	}
}
