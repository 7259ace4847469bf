package dukcapil

import (
	"fmt"
	"slices"
	"strings"

	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Card is who stands on a family card.
type Card struct {
	// Persons, the head first, nobody twice.
	Persons []*ksv1.RegistryPerson
	// LeftOut is how many more stand on it, whose records have no well-formed NIK, no name or
	// the NIK of another, or are not in force.
	LeftOut int
}

// maxCardPersons bounds the persons of a card that are passed on; the largest real
// cards have some thirty.
const maxCardPersons = 100

// card gathers the records of a card: one that can't be used keeps no other out.
func (r records) card(nkk prokesga.NKK, today prokesga.Date) (*Card, error) {
	if len(r.list) > maxCardPersons {
		return nil, fmt.Errorf("%w: %d persons on one card", ErrRefused, len(r.list))
	}
	out := &Card{LeftOut: r.notInForce}
	for i := range r.list {
		number, err := prokesga.ParseNKK(string(r.list[i].NKK))
		if err == nil && number != nkk {
			return nil, fmt.Errorf("%w: it answered another card", ErrRefused)
		}
		var person *ksv1.RegistryPerson
		if err == nil {
			person, err = r.list[i].person(today)
		}
		if err != nil {
			out.LeftOut++
			continue
		}
		out.add(person)
	}
	if len(out.Persons) == 0 {
		return nil, fmt.Errorf("%w: a card without a record that can be used", ErrRefused)
	}
	headFirst(out.Persons)
	return out, nil
}

// add adds a person who is not there; of two with one NIK the second is the same again, or
// somebody with a wrong number.
func (c *Card) add(person *ksv1.RegistryPerson) {
	i := slices.IndexFunc(c.Persons, func(p *ksv1.RegistryPerson) bool { return p.GetNik() == person.GetNik() })
	switch {
	case i < 0:
		c.Persons = append(c.Persons, person)
	case !strings.EqualFold(c.Persons[i].GetName(), person.GetName()):
		c.LeftOut++
	}
}

// headFirst puts the head before the others, who keep their order.
func headFirst(list []*ksv1.RegistryPerson) {
	slices.SortStableFunc(list, func(a, b *ksv1.RegistryPerson) int { return rank(a) - rank(b) })
}

func rank(p *ksv1.RegistryPerson) int {
	if p.GetRelation() == ksv1.Relation_RELATION_HEAD {
		return 0
	}
	return 1
}
