package audit

import "regexp"

// longNumber is a NIK or a No. KK, or may be one, also in groups.
var longNumber = regexp.MustCompile(`[0-9](?:[ .\-]?[0-9]){15}`)

// HoldsNumber tells whether a ground would take a NIK or a No. KK into the trail, which is
// never altered, and which offices of other levels read.
func HoldsNumber(ground string) bool { return longNumber.MatchString(ground) }
