package workbook

import "testing"

func TestNumbersOfWorkbooksAreWrittenOut(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"1.0": "1", "3.204052001E9": "3204052001", "3.204052001010001E+15": "3204052001010001", "42507.0": "42507",
		// Left as they are: no whole numbers, not a number's form, too long.
		"42507.5": "42507.5", "1.5E0": "1.5E0", "1E+15": "1000000000000000", "12E45": "12E45", "3.2E40": "3.2E40", "1.0.0": "1.0.0", "-1.0": "-1.0", "": "", "a.1": "a.1",
	} {
		if got := PlainNumber(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}
