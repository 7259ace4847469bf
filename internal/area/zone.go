package area

import (
	"strings"
	"time"
)

// The country's zones, which have no summer time (Keputusan Presiden 41/1987, and the
// provinces made since by where they lie).
var (
	// WIB is Waktu Indonesia Barat, Jakarta's: the days of figures and quotas end by it, and
	// papers tell times in it.
	WIB  = time.FixedZone("WIB", 7*60*60)
	wita = time.FixedZone("WITA", 8*60*60)
	// WIT is Waktu Indonesia Timur, the easternmost: its days begin first.
	WIT = time.FixedZone("WIT", 9*60*60)
)

// Zone is the zone of an area, by the province in its code; what lies in none has WIB. A
// device's own zone says nothing: on phones Go knows UTC alone.
func Zone(code string) *time.Location {
	province, _, _ := strings.Cut(code, ".")
	switch province {
	case "51", "52", "53", "63", "64", "65", "71", "72", "73", "74", "75", "76":
		return wita
	case "81", "82", "91", "92", "93", "94", "95", "96":
		return WIT
	default:
		return WIB
	}
}
