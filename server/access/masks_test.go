package access

import "testing"

func TestANumberIsShownAsTheViewAllows(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		view     View
		in, want string
	}{
		{Full, "3204054101900077", "3204054101900077"}, {LastDigits, "3204054101900077", "************0077"}, {Nothing, "3204054101900077", ""},
		{LastDigits, "77", "**"}, {LastDigits, "tidak ada", "***** ada"}, {LastDigits, "", ""},
	} {
		if got := c.view.Mask(c.in); got != c.want {
			t.Errorf("%d of %q: %q, want %q", c.view, c.in, got, c.want)
		}
	}
}
