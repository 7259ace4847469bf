package merge

import (
	"cmp"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
)

// OwnAsTheyStand is a state as its device's user saw it, who has seen, too, whatever own,
// the device's incarnation, has written to the family as it stands, also beside this sight
// of it and under stamps that were given anew; other writes only where seen has them.
// What is shown stays as it was seen, so that who did not alter it does not write it.
func OwnAsTheyStand(seen, now *State, own *Clock) State {
	out := State{Family: seen.Family, Records: slices.Clone(seen.Records)}
	for i := range now.Records {
		key := now.Records[i].Key
		before := seen.Record(key)
		for j := range now.Records[i].Registers {
			present := &now.Records[i].Registers[j]
			if g, ok := before.find(present.Field).withOwn(present, own); ok {
				out.put(key, g)
			}
		}
	}
	return out
}

// put sets a register; slices that were there before stay as they are.
func (s *State) put(key Key, g Register) {
	i, ok := slices.BinarySearchFunc(s.Records, key, func(r Record, k Key) int { return r.Key.Compare(k) })
	if !ok {
		s.Records = slices.Insert(s.Records, i, Record{Key: key})
	}
	registers := slices.Clone(s.Records[i].Registers)
	j, ok := slices.BinarySearchFunc(registers, g.Field, func(r Register, f protowire.Number) int { return cmp.Compare(r.Field, f) })
	if ok {
		registers[j] = g
	} else {
		registers = slices.Insert(registers, j, g)
	}
	s.Records[i].Registers = registers
}

// withOwn is a register as seen, nil where there was none, with what own has written to it
// as it stands; false where that is nothing new.
func (r *Register) withOwn(now *Register, own *Clock) (Register, bool) {
	var written Stamp
	for _, s := range now.Context {
		if s.Device == own.Device && s.Incarnation == own.Incarnation {
			written = s
		}
	}
	switch {
	case r == nil: // who saw no value saw it absent
		return Register{Field: now.Field, Values: []Value{{Stamp: written}}, Context: Context{written}}, !written.IsZero()
	case r.namesOtherwise(now, own.Device) && written.IsZero(): // what was seen is no more
		return *now, true
	case r.namesOtherwise(now, own.Device):
		return r.renamed(now, own.Device, written), true
	}
	return Register{Field: r.Field, Values: r.Values, Context: r.Context.with(written)}, !written.IsZero() && !r.Context.Covers(written)
}

// namesOtherwise tells whether a register names a stamp of a device that the other does not
// know: it was given anew.
func (r *Register) namesOtherwise(other *Register, device uint32) bool {
	return slices.ContainsFunc(r.Context, func(s Stamp) bool { return s.Device == device && !other.Context.Covers(s) })
}

// renamed is a register as seen where a device's stamps were given anew: written is the
// last of them, and takes the place of what the register as it stands does not know.
func (r *Register) renamed(now *Register, device uint32, written Stamp) Register {
	g := Register{Field: r.Field, Values: slices.Clone(r.Values)}
	for _, s := range r.Context {
		i := slices.IndexFunc(now.Context, s.sameSource)
		switch {
		case s.Device != device || i >= 0 && now.Context[i].Compare(s) >= 0:
			g.Context = append(g.Context, s)
		case i >= 0:
			g.Context = append(g.Context, now.Context[i])
		}
	}
	g.Context = g.Context.with(written)
	for i := range g.Values {
		if v := &g.Values[i]; v.Stamp.Device == device && !g.Context.Covers(v.Stamp) {
			v.Stamp = written
		}
	}
	slices.SortFunc(g.Values, func(a, b Value) int { return b.Stamp.Compare(a.Stamp) })
	g.Values = slices.CompactFunc(g.Values, func(a, b Value) bool { return a.Stamp == b.Stamp })
	return g
}
