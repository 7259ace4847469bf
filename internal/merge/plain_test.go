package merge

import (
	"bytes"
	"testing"

	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

func TestPlainChangeIsTheStateThatItMakes(t *testing.T) {
	t.Parallel()
	plain, other := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		for _, c := range randomHistory(rt, t) {
			s, err := FromChange(c)
			if err != nil {
				rt.Fatal(err)
			}
			p, ok := ReadPlain(c)
			if !ok {
				other++
				continue
			}
			plain++
			if !bytes.Equal(p.Encode(nil), s.Encode(nil)) {
				rt.Fatalf("encoded %x, want %x", p.Encode(nil), s.Encode(nil))
			}
			want, err := View(&s)
			if err != nil {
				rt.Fatal(err)
			}
			if got, err := p.View(); err != nil || !proto.Equal(got, want) {
				rt.Fatalf("view %v, %v; want %v", got, err, want)
			}
			if got := showEdits(rt, c); !proto.Equal(got, want) {
				rt.Fatalf("shown of edits %v, want %v", got, want)
			}
			if len(Conflicts(&s)) != 0 {
				rt.Fatal("a plain change in conflict with itself")
			}
		}
	})
	if plain == 0 || other == 0 {
		t.Errorf("%d plain changes, %d others", plain, other)
	}
}

// showEdits makes a plain change anew of edits that say the same, and shows it of these.
func showEdits(rt *rapid.T, c *ksv1.Change) *ksv1.Household {
	var edits []RecordEdit
	for _, w := range c.GetWrites() {
		e, err := EditOfWrite(w)
		if err != nil {
			rt.Fatal(err)
		}
		edits = append(edits, e)
	}
	if len(edits) > 1 && rapid.Bool().Draw(rt, "an edit that says nothing") {
		empty := RecordEdit{Key: Key{Kind: KindMember, Member: ID{0xee}}, Set: &ksv1.Member{}}
		edits = append([]RecordEdit{empty}, edits...)
	}
	again, _, err := NewChange(&State{Family: ID(c.GetFamilyId())}, StampOf(c.GetStamp()), edits)
	if err != nil {
		rt.Fatal(err)
	}
	p, ok := ReadPlain(again)
	if !ok {
		rt.Fatal("made anew, the change is plain no more")
	}
	h, err := p.Show(edits)
	if err != nil {
		rt.Fatal(err)
	}
	return h
}

// Whatever FromChange refuses is not plain either: the changes are broken one
// byte at a time.
func TestMalformedChangeIsNotPlain(t *testing.T) {
	t.Parallel()
	a := newReplica(1)
	c := a.save(t, address("Jl. Melati"))
	wire, err := proto.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	broken := 0
	for i := range wire {
		for _, b := range []byte{0, 1, 0x7f, 0xff, wire[i] + 1} {
			bad := bytes.Clone(wire)
			bad[i] = b
			change := &ksv1.Change{}
			if proto.Unmarshal(bad, change) != nil {
				continue
			}
			if _, err := FromChange(change); err == nil {
				continue
			}
			broken++
			if _, ok := ReadPlain(change); ok {
				t.Errorf("byte %d set to %#x: plain though malformed", i, b)
			}
		}
	}
	if broken == 0 {
		t.Error("no change was broken")
	}
}
