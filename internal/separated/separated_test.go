package separated

import "testing"

func TestWhatSeparatesCellsIsToldByTheHeaderLine(t *testing.T) {
	t.Parallel()
	for head, want := range map[string]struct {
		skip      int
		separator byte
	}{
		"": {0, ','}, "code": {0, ','}, "code,name\n1;2;3;4": {0, ','}, "code;name\r\n1,2,3,4": {0, ';'}, "code\tname\n": {0, '\t'},
		"\ufeffcode;name\n": {3, ';'}, "sep=;\r\ncode;name\n": {7, ';'}, "\ufeffsep=\t\ncode\tname\n": {9, '\t'}, "sep=;": {0, ';'}, "sep=;;\n": {0, ';'},
		"a;b,c,d": {0, ','},
	} {
		if skip, separator := Begin([]byte(head)); skip != want.skip || separator != want.separator {
			t.Errorf("%q: %d, %q", head, skip, separator)
		}
	}
}
