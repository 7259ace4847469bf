package form

import (
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Held are the measurements of a family, as its registers hold or held them, of which imports
// bring implausible ones, too (DOMAIN.md section 5). Nobody enters one, but whoever keeps one of
// a conflict's values, or takes a round over into another family, writes again what is there.
type Held struct {
	values map[held]bool
	// parts are those of which any is known; inRound are the values whoever's they are.
	parts   map[merge.Key]bool
	inRound map[held]bool
}

// held is a value in its wire form.
type held struct {
	key     merge.Key
	field   protowire.Number
	element string
}

// NewHeld is what the registers of states hold.
func NewHeld(states ...*merge.State) *Held {
	h := &Held{values: map[held]bool{}, parts: map[merge.Key]bool{}, inRound: map[held]bool{}}
	for _, s := range states {
		h.Add(s)
	}
	return h
}

// Add adds what a state's registers hold.
func (h *Held) Add(s *merge.State) {
	for i := range s.Records {
		rec := &s.Records[i]
		for j := range rec.Registers {
			for _, v := range rec.Registers[j].Values {
				h.add(rec.Key, rec.Registers[j].Field, v.Element)
			}
		}
	}
}

// AddChange adds what a change wrote; what can't be read is not held.
func (h *Held) AddChange(c *ksv1.Change) {
	for _, w := range c.GetWrites() {
		key, err := merge.KeyOfWrite(w)
		if err != nil || key.Kind != merge.KindIndividual {
			continue
		}
		elements, err := merge.SplitFields(w.GetFields())
		if err != nil {
			continue
		}
		for _, e := range elements {
			h.add(key, e.Field, e.Bytes)
		}
	}
}

func (h *Held) add(key merge.Key, field protowire.Number, element []byte) {
	if element == nil || !prokesga.TakenImplausible(key.Kind, int32(field)) {
		return
	}
	v := held{key, field, string(element)}
	h.values[v], h.parts[key] = true, true
	v.key.Member = merge.ID{}
	h.inRound[v] = true
}

// Has tells whether a register holds or held a value.
func (h *Held) Has(key merge.Key, field protowire.Number, element []byte) bool {
	return h.values[held{key, field, string(element)}]
}

// GivesOver tells whether a union takes a value over from here: what a part in a round holds,
// or, of who has none here because the other family has them under an id of its own, what
// anybody's part in that round does.
func (h *Held) GivesOver(key merge.Key, field protowire.Number, element []byte) bool {
	if h.parts[key] {
		return h.Has(key, field, element)
	}
	key.Member = merge.ID{}
	return h.inRound[held{key, field, string(element)}]
}
