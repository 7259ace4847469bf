package merge

import (
	"testing"

	"pgregory.net/rapid"
)

func TestDigestSumsFormAGroup(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		var a, b Digest
		copy(a[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(rt, "a"))
		copy(b[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(rt, "b"))
		if a.Add(b) != b.Add(a) || a.Add(b).Sub(b) != a {
			rt.Fatal("sum is not a sum")
		}
	})
}
