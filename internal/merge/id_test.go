package merge

import (
	"testing"

	"pgregory.net/rapid"
)

func TestIDsGiveBackTheirSource(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		d, i := rapid.Uint32().Draw(rt, "device"), rapid.Uint32().Draw(rt, "incarnation")
		c := rapid.Uint64Range(0, MaxIDCounter).Draw(rt, "counter")
		id := NewID(d, i, c)
		if gd, gi, gc, ok := id.Source(); !ok || gd != d || gi != i || gc != c {
			rt.Fatalf("got %d %d %d %v", gd, gi, gc, ok)
		}
		back, err := ParseID(id.String())
		if err != nil || back != id || id.String()[14] != '8' {
			rt.Fatalf("%s: %v", id, err)
		}
	})
}
