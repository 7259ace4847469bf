package area

import (
	"strings"
	"testing"
	"time"
)

// All 38 provinces, by their zones.
func TestEveryProvinceHasItsZone(t *testing.T) {
	t.Parallel()
	for zone, provinces := range map[string]string{
		"WIB":  "11 12 13 14 15 16 17 18 19 21 31 32 33 34 35 36 61 62",
		"WITA": "51 52 53 63 64 65 71 72 73 74 75 76",
		"WIT":  "81 82 91 92 93 94 95 96",
	} {
		for _, province := range strings.Fields(provinces) {
			for _, code := range []string{province, province + ".01.01.2001"} {
				if name, _ := time.Unix(0, 0).In(Zone(code)).Zone(); name != zone {
					t.Errorf("%s is in %s, want %s", code, name, zone)
				}
			}
		}
	}
	if Zone("") != WIB {
		t.Error("the nation's days are those of WIB")
	}
}
