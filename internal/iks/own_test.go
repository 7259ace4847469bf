package iks

import (
	"testing"

	"pgregory.net/rapid"
)

// What the members add, joined, is the household's value of every indicator that its own
// answers have no part in, and no more than it of the others; nobody outside the basis adds.
func TestWhatMembersAddIsTheHouseholdsValue(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := anyHousehold(t)
		for _, basis := range []Basis{Besar, Inti} {
			values, joined := h.Compute(basis), Values{}
			for i, own := range h.Own(basis) {
				if basis == Inti && !h.Members[i].Inti && own != (Values{}) {
					t.Fatalf("a member outside inti adds %s", own)
				}
				for n := range own {
					joined[n] = max(joined[n], own[n])
				}
			}
			for n, v := range joined {
				switch n + 1 {
				case 8, 11, 12:
					if v > values[n] {
						t.Fatalf("indicator %d is %s, members add %s", n+1, values[n], v)
					}
				default:
					if v != values[n] {
						t.Fatalf("indicator %d is %s, of the members %s", n+1, values[n], v)
					}
				}
			}
		}
	})
}
