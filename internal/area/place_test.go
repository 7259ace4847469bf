package area

import (
	"errors"
	"testing"
)

func TestShortAndLongNumbersAreOneRT(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ rw, rt, want string }{
		{"3", "7", "003/007"}, {"03", "07", "003/007"}, {"003", "007", "003/007"}, {" 3 ", "7 ", "003/007"},
		{"", "", "000/000"}, {"", "7", "000/007"}, {"0", "000", "000/000"}, {"999", "999", "999/999"},
	} {
		place, err := PlaceOf(c.rw, c.rt)
		if err != nil || place.String() != c.want {
			t.Errorf("RW %q RT %q: %s, %v; want %s", c.rw, c.rt, place, err, c.want)
		}
		again, err := ParsePlace(place.String())
		if err != nil || again != place || !place.Valid() {
			t.Errorf("%s reads as %s, %v", place, again, err)
		}
	}
}

func TestMalformedPlacesAreRefused(t *testing.T) {
	t.Parallel()
	for _, c := range [][2]string{{"0007", "1"}, {"1", "1000"}, {"a", "1"}, {"-1", "1"}, {"1", "1.5"}, {"1", "٧"}} {
		if place, err := PlaceOf(c[0], c[1]); !errors.Is(err, ErrPlace) {
			t.Errorf("RW %q RT %q: %s, %v", c[0], c[1], place, err)
		}
	}
	if _, err := ParsePlace("003"); !errors.Is(err, ErrPlace) {
		t.Errorf("a place without a slash: %v", err)
	}
	if Place(placeRTs * placeRTs).Valid() {
		t.Error("a number beyond 999/999 is valid")
	}
}

func TestScreensShowRTBeforeRW(t *testing.T) {
	t.Parallel()
	place, err := ParsePlace("3/7")
	if err != nil {
		t.Fatal(err)
	}
	if place.Label() != "RT 007/RW 003" || place.RWText() != "003" || place.RTText() != "007" || place.RW().String() != "003/000" {
		t.Errorf("%s %s %s %s", place.Label(), place.RWText(), place.RTText(), place.RW())
	}
}

func TestPuskesmasCodesAreOpaqueText(t *testing.T) {
	t.Parallel()
	for text, ok := range map[string]bool{
		"P3204050101": true, "1234567": true, "12345678901": true, "P12345678901": true,
		"": false, "P": false, "123456": false, "123456789012": false, "p1234567": false, "PP1234567": false, "1234567P": false, "1234 567": false, "١٢٣٤٥٦٧": false,
	} {
		code, err := ParsePuskesmas(text)
		if (err == nil) != ok || (ok && string(code) != text) || (!ok && !errors.Is(err, ErrPuskesmas)) {
			t.Errorf("%q: %q, %v", text, code, err)
		}
	}
}
