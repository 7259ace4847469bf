package rawsurvei

import (
	"fmt"
	"strings"

	"github.com/keluarga-sehat/sync/internal/merge"
)

// maxPersons is how many persons of a file are remembered: a large district's, in some sixty
// megabytes. Those behind are still held against them, but not against each other.
const maxPersons = 1_000_000

// persons are who stands in the families of the open file. A file is of one time, and a person
// of one family: who is there in two was copied or entered twice, and counts in both. Which of
// the two is right no file tells, so that it is a warning. Who stands in another family in
// another file has moved, and so has who is removed from the one, or whose family is.
type persons struct {
	max      int
	met      map[merge.ID]metPerson // by the ids under which they are stored
	families []string               // as their ids stand there
	full     bool                   // somebody found no room
}

// metPerson is where somebody was met: the row, and which of the families.
type metPerson struct{ row, family uint32 }

func newPersons(most int) *persons { return &persons{max: most, met: map[merge.ID]metPerson{}} }

// twice says where a person of a family stands further up in another; "" where nowhere.
func (p *persons) twice(member merge.ID, family string) string {
	at, ok := p.met[member]
	if !ok {
		return ""
	}
	return fmt.Sprintf("the same person stands in row %d, in family %s, and here in family %s; counted in both", at.row, idShown(p.families[at.family]), idShown(family))
}

// meet remembers those of a family that counts, with their rows.
func (p *persons) meet(family string, members []merge.ID, rows map[merge.ID]int) {
	p.families = append(p.families, strings.Clone(family))
	for _, id := range members {
		if _, ok := p.met[id]; ok {
			continue
		}
		if len(p.met) >= p.max {
			p.full = true
			return
		}
		p.met[id] = metPerson{uint32(rows[id]), uint32(len(p.families) - 1)}
	}
}

// idShown is a family's id as a message may show it: what stands there may be anything.
func idShown(id string) string {
	if _, err := merge.ParseID(id); err == nil {
		return id
	}
	return shown(id)
}
