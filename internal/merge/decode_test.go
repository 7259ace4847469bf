package merge

import (
	"bytes"
	"errors"
	"testing"

	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

func TestMalformedChangesAreNamed(t *testing.T) {
	t.Parallel()
	good := newReplica(1).save(t, address("x"))
	for name, spoil := range map[string]func(*ksv1.Change){
		"family id":  func(c *ksv1.Change) { c.FamilyId = []byte{1} },
		"no stamp":   func(c *ksv1.Change) { c.Stamp = nil },
		"no writes":  func(c *ksv1.Change) { c.Writes = nil },
		"truncated":  func(c *ksv1.Change) { c.Writes[0].Fields = c.Writes[0].Fields[:2] },
		"twice":      func(c *ksv1.Change) { c.Writes[0].Fields = append(c.Writes[0].Fields, c.Writes[0].Fields...) },
		"two writes": func(c *ksv1.Change) { c.Writes = append(c.Writes, c.Writes[0]) },
		"wrong ids":  func(c *ksv1.Change) { c.Writes[0].MemberId = good.FamilyId },
		"future seen": func(c *ksv1.Change) {
			c.Writes[0].Contexts = []*ksv1.FieldContext{{Field: 4, Seen: []*ksv1.Stamp{{TimeMs: 1 << 50}}}}
		},
		"alien context": func(c *ksv1.Change) { c.Writes[0].Contexts = []*ksv1.FieldContext{{Field: 9}} },
		"cleared zero":  func(c *ksv1.Change) { c.Writes[0].Cleared = []uint32{0} },
	} {
		c := proto.Clone(good).(*ksv1.Change)
		spoil(c)
		if _, err := FromChange(c); !errors.Is(err, ErrMalformedChange) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	r := newReplica(1)
	r.save(f, address("x"))
	f.Add(r.state.Encode(nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Decode(data)
		if err != nil {
			return
		}
		again, err := Decode(s.Encode(nil))
		if err != nil || !bytes.Equal(again.Encode(nil), s.Encode(nil)) {
			t.Fatalf("a decoded state does not survive coding: %v", err)
		}
	})
}
