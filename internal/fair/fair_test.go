package fair

import (
	"strings"
	"testing"
)

func TestThePartThatHasMostGivesWay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		held, next string
		at         int
	}{
		{"a", "b", 0}, {"ab", "c", 0}, {"ab", "b", 1}, {"abbb", "a", 1}, {"abbb", "b", 1}, {"aabb", "b", 2}, {"bbaa", "a", 2}, {"baaa", "b", 1}, {"aab", "b", 2},
	} {
		if at := GivesWay(strings.Split(c.held, ""), func(s string) string { return s }, c.next); at != c.at {
			t.Errorf("of %s goes %d for one more %s, not %d", c.held, at, c.next, c.at)
		}
	}
}
