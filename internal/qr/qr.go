// Package qr draws a text as a QR code: as the path of an SVG, which needs no style
// and no script where it is shown.
package qr

import (
	"fmt"
	"image/color"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// quiet is the empty border of a QR code, in modules.
const quiet = 4

// Path gives the dark modules of a text's code, as squares of 1, and the code's width
// and height with its border. Text of capitals, digits and blanks alone takes the
// least room.
func Path(text string) (modules int, path string, err error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return 0, "", fmt.Errorf("draw QR: %w", err)
	}
	size := code.Bounds().Dx()
	var b strings.Builder
	for y := range size {
		for x := range size {
			if code.At(x, y) == color.Black {
				fmt.Fprintf(&b, "M%d %dh1v1h-1z", x+quiet, y+quiet)
			}
		}
	}
	return size + 2*quiet, b.String(), nil
}
