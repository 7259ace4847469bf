package peers

import (
	"encoding/json"
	"fmt"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/cmd/ks-sim/bench"
	"github.com/keluarga-sehat/sync/cmd/ks-sim/field"
	"github.com/keluarga-sehat/sync/internal/merge"
)

// family is one family as a peer gets it: the same names and answers as our
// server gets, by their names in the contract.
type family struct {
	ID      string          `json:"-"` // each peer has a name of its own for it
	Village string          `json:"village"`
	Place   string          `json:"place"`
	Family  json.RawMessage `json:"family"`
	Round   json.RawMessage `json:"round"`
	Members []member        `json:"members"`
}

// member is a person with the answers of the round.
type member struct {
	ID         string          `json:"id"`
	Member     json.RawMessage `json:"member"`
	Individual json.RawMessage `json:"individual"`
}

// source makes the families of one client.
type source struct {
	client   int
	counter  uint64
	families *field.Generator
}

func newSource(client int) *source {
	return &source{client: client, families: bench.FamiliesOf(client)}
}

// id is made as a device of ours makes it.
func (s *source) id() string {
	s.counter++
	return merge.NewID(uint32(s.client+1), uint32(1000+s.client), s.counter).String()
}

func (s *source) next() (*family, error) {
	g := s.families.FamilyOfFour()
	f := &family{
		ID: s.id(), Village: fmt.Sprintf("32.04.05.2%03d", 1+s.client%25), Place: fmt.Sprintf("%03d/%03d", 1+s.client/100, 1+s.client%100),
	}
	for range g.People {
		f.Members = append(f.Members, member{ID: s.id()})
	}
	for i, p := range g.People {
		if p.MotherAt >= 0 {
			p.Member.MotherId = &f.Members[p.MotherAt].ID
		}
		if p.SpouseAt >= 0 {
			p.Individual.SpouseId = &f.Members[p.SpouseAt].ID
		}
		m := &f.Members[i]
		if err := encodeAll(map[*json.RawMessage]proto.Message{&m.Member: p.Member, &m.Individual: p.Individual}); err != nil {
			return nil, err
		}
	}
	return f, encodeAll(map[*json.RawMessage]proto.Message{&f.Family: g.Family, &f.Round: g.Round})
}

func encodeAll(messages map[*json.RawMessage]proto.Message) error {
	for to, m := range messages {
		text, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(m)
		if err != nil {
			return fmt.Errorf("encode %s: %w", m.ProtoReflect().Descriptor().Name(), err)
		}
		*to = text
	}
	return nil
}
