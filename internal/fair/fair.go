// Package fair tells what gives way among several who share a bound, so that none of them takes
// the others' part.
//
//	at := fair.GivesWay(held, func(h *call) string { return h.session }, session)
//	held = slices.Delete(held, at, at+1)
package fair

// GivesWay is the index of what goes for one more of next: of held, oldest first, the oldest of
// the part that has most, the one more counted; next's own where another has as much. held is
// not empty.
func GivesWay[T any](held []T, part func(T) string, next string) int {
	count := map[string]int{}
	for _, h := range held {
		count[part(h)]++
	}
	rank := func(of string) int {
		if of == next {
			return 2 * (count[of] + 1) // before who has as much
		}
		return 2*count[of] - 1
	}
	at := 0
	for i, h := range held {
		if rank(part(h)) > rank(part(held[at])) {
			at = i
		}
	}
	return at
}
