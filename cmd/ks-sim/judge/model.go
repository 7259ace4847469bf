package judge

import (
	"bytes"
	"fmt"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// register names one field of one record of a family.
type register struct {
	key   merge.Key
	field protowire.Number
}

// written is one write to a register, with what its author had seen.
type written struct {
	stamp   merge.Stamp
	element []byte // nil: cleared
	seen    []merge.Stamp
}

// survivors is the merge rule once more, as DESIGN states it and without the
// product's join: of all that was ever written to a register, every value stays
// that no other write's author had seen.
func survivors(changes []*ksv1.Change) (map[register][]written, error) {
	all := map[register][]written{}
	for _, c := range changes {
		for _, w := range c.GetWrites() {
			key, err := merge.KeyOfWrite(w)
			if err != nil {
				return nil, err
			}
			seen := map[protowire.Number][]merge.Stamp{}
			for _, fc := range w.GetContexts() {
				for _, s := range fc.GetSeen() {
					seen[protowire.Number(fc.GetField())] = append(seen[protowire.Number(fc.GetField())], merge.StampOf(s))
				}
			}
			stamp := merge.StampOf(c.GetStamp())
			for rest := w.GetFields(); len(rest) > 0; {
				field, _, n := protowire.ConsumeField(rest)
				if n < 0 {
					return nil, fmt.Errorf("change %x: cut field", c.GetId())
				}
				at := register{key, field}
				all[at] = append(all[at], written{stamp, rest[:n], seen[field]})
				rest = rest[n:]
			}
			for _, field := range w.GetCleared() {
				at := register{key, protowire.Number(field)}
				all[at] = append(all[at], written{stamp, nil, seen[at.field]})
			}
		}
	}
	for at, writes := range all {
		var left []written
		for i, w := range writes {
			if !slices.ContainsFunc(append(slices.Clone(writes[:i]), writes[i+1:]...), func(o written) bool { return o.saw(w.stamp) }) {
				left = append(left, w)
			}
		}
		all[at] = left
	}
	return all, nil
}

// saw tells whether the write's author knew a stamp: of its own device all
// before, of others up to what it names.
func (w written) saw(s merge.Stamp) bool {
	if w.stamp.Device == s.Device && w.stamp.Incarnation == s.Incarnation && later(w.stamp, s) {
		return true
	}
	return slices.ContainsFunc(w.seen, func(known merge.Stamp) bool {
		return known.Device == s.Device && known.Incarnation == s.Incarnation && !later(s, known)
	})
}

func later(a, b merge.Stamp) bool {
	if a.TimeMS != b.TimeMS {
		return a.TimeMS > b.TimeMS
	}
	return a.Counter > b.Counter
}

// checkModel holds a family's stored state against the survivors of its
// history.
func checkModel(state *merge.State, changes []*ksv1.Change) error {
	want, err := survivors(changes)
	if err != nil {
		return err
	}
	for i := range state.Records {
		for _, g := range state.Records[i].Registers {
			at := register{state.Records[i].Key, g.Field}
			left := want[at]
			delete(want, at)
			if len(left) != len(g.Values) {
				return fmt.Errorf("field %d of %v holds %d values, the model %d", g.Field, at.key, len(g.Values), len(left))
			}
			newest := left[0]
			for _, w := range left {
				held := slices.ContainsFunc(g.Values, func(v merge.Value) bool { return v.Stamp == w.stamp && bytes.Equal(v.Element, w.element) })
				if !held {
					return fmt.Errorf("field %d of %v lacks a value of %v", g.Field, at.key, w.stamp)
				}
				if later(w.stamp, newest.stamp) || w.stamp.TimeMS == newest.stamp.TimeMS && w.stamp.Counter == newest.stamp.Counter && w.stamp.Device > newest.stamp.Device {
					newest = w
				}
			}
			if shown := g.Shown().Stamp; shown.TimeMS != newest.stamp.TimeMS || shown.Counter != newest.stamp.Counter || shown.Device != newest.stamp.Device {
				return fmt.Errorf("field %d of %v shows %v, the newest is %v", g.Field, at.key, shown, newest.stamp)
			}
		}
	}
	if len(want) > 0 {
		return fmt.Errorf("%d registers of the history are not in the state", len(want))
	}
	return nil
}
