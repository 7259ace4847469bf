package smallcell

// network is a tree's sums as a graph, where it is one: sums are the nodes, areas
// the edges between the two sums that they take part in, and those of one sum
// alone lead to the ground. Summing up the sums on one side of an area then leaves
// nothing but that area, if no other way round is withheld: it follows exactly
// where it is a bridge among the withheld. That costs areas + sums; solving for
// them, sums² × areas.
type network struct {
	// ends are an area's nodes; -1 twice: in no sum.
	ends [][2]int32
	// around are the areas at each node; the last is the ground.
	around [][]int32
}

// networkOf is nil for a tree that is no such graph: with an area in three sums,
// or sums that can't be signed so that each area leaves one and enters another.
func networkOf(t *Tree) *network {
	ground := int32(len(t.Sums))
	g := &network{ends: make([][2]int32, t.Areas), around: make([][]int32, ground+1)}
	signs := make([][2]int8, t.Areas)
	for i := range g.ends {
		g.ends[i] = [2]int32{-1, -1}
	}
	for s := range t.Sums {
		if !g.join(signs, t.Sums[s].Whole, int32(s), -1) {
			return nil
		}
		for _, p := range t.Sums[s].Parts {
			if !g.join(signs, p, int32(s), 1) {
				return nil
			}
		}
	}
	if !g.balanced(signs) {
		return nil
	}
	for i := range g.ends {
		if g.ends[i][0] >= 0 && g.ends[i][1] < 0 {
			g.ends[i][1] = ground
		}
		for _, n := range g.ends[i] {
			if n >= 0 {
				g.around[n] = append(g.around[n], int32(i))
			}
		}
	}
	return g
}

// join notes that an area takes part in a sum; false where it is in two already,
// or in this one twice.
func (g *network) join(signs [][2]int8, area int, sum int32, sign int8) bool {
	e := &g.ends[area]
	switch {
	case e[0] < 0:
		e[0], signs[area][0] = sum, sign
	case e[1] < 0 && e[0] != sum:
		e[1], signs[area][1] = sum, sign
	default:
		return false
	}
	return true
}

// balanced tells whether the sums can be turned so that every area stands in its
// two with opposite signs.
func (g *network) balanced(signs [][2]int8) bool {
	turn := make([]int8, len(g.around)) // 0: not known
	for again := true; again; {
		again = false
		for i, e := range g.ends {
			if e[1] < 0 {
				continue
			}
			a, b := turn[e[0]], turn[e[1]]
			want := -signs[i][0] * signs[i][1] // turn of one times turn of the other
			switch {
			case a != 0 && b != 0:
				if a*b != want {
					return false
				}
			case a != 0:
				turn[e[1]], again = a*want, true
			case b != 0:
				turn[e[0]], again = b*want, true
			}
		}
		if !again {
			again = g.begin(turn)
		}
	}
	return true
}

// begin turns a sum that nothing turned so far; false where there is none.
func (g *network) begin(turn []int8) bool {
	for i, e := range g.ends {
		if e[1] >= 0 && turn[e[0]] == 0 && turn[e[1]] == 0 {
			turn[g.ends[i][0]] = 1
			return true
		}
	}
	return false
}

// search is Tarjan's, for bridges among what is withheld.
type search struct {
	*network
	withheld   []bool
	found, low []int32 // when a node was found, from 1, and the earliest that it leads back to
	clock      int32
	bridges    []int
}

// in gives the withheld areas without which two sums, or a sum and the ground, would
// not hang together by withheld ones. The next search takes the memory of the list.
func (s *search) in(g *network, withheld []bool) []int {
	if s.network != g {
		*s = search{network: g, found: make([]int32, len(g.around)), low: make([]int32, len(g.around))}
	}
	clear(s.found)
	s.withheld, s.clock, s.bridges = withheld, 0, s.bridges[:0]
	for n := range g.around {
		if s.found[n] == 0 {
			s.from(int32(n), -1)
		}
	}
	return s.bridges
}

func (s *search) from(node, by int32) {
	s.clock++
	s.found[node], s.low[node] = s.clock, s.clock
	for _, area := range s.around[node] {
		if area == by || !s.withheld[area] {
			continue
		}
		other := s.ends[area][0]
		if other == node {
			other = s.ends[area][1]
		}
		if s.found[other] != 0 {
			s.low[node] = min(s.low[node], s.found[other])
			continue
		}
		s.from(other, area)
		s.low[node] = min(s.low[node], s.low[other])
		if s.low[other] > s.found[node] {
			s.bridges = append(s.bridges, int(area))
		}
	}
}
