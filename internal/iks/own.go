package iks

// Own returns what each member adds to each indicator by itself, in the order of Members: N
// where nothing. The greatest of them is the household's value, but for indicators 8, 11 and
// 12: what the household's own answers give comes to it there.
func (h *Household) Own(basis Basis) []Values {
	t := trace{own: make([]Values, len(h.Members))}
	h.traceInto(&t, basis)
	return t.own
}
