package merge

import (
	"encoding/binary"
	"slices"
)

// Collected lists the rounds of which people wrote something that shows, of the round itself
// or of who took part: what an import alone told of is written by nobody (account 0).
func Collected(s *State) []ID {
	var rounds []ID
	for i := range s.Records {
		if r := &s.Records[i]; slices.ContainsFunc(r.Registers, func(g Register) bool { return g.Shown().Author != 0 }) {
			rounds = appendRound(rounds, r.Key)
		}
	}
	return rounds
}

// appendRound adds the round that a record is of, once; records of no round add nothing.
func appendRound(rounds []ID, key Key) []ID {
	if key.Kind != KindRound && key.Kind != KindIndividual || slices.Contains(rounds, key.Record) {
		return rounds
	}
	return append(rounds, key.Record)
}

// byPeople tells whether an account wrote one of a simple record's fields.
func (p *recordParts) byPeople(table stampTable) bool {
	for index := p.index; len(index) > 0; {
		at, n := binary.Uvarint(index)
		if n <= 0 {
			return false
		}
		if table[at].author != 0 {
			return true
		}
		index = index[n:]
	}
	return false
}
