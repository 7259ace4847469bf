package merge

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Restamp gives pending changes new stamps from the clock, in their order, and
// rewrites the contexts among them, and what removals and withdrawals had seen, that
// name an old stamp. wallMS is the server's time as the device now knows it. Changes
// are altered in place; the clock's Last is first set back, so that a clock that ran
// years ahead comes home. floor is the highest stamp seen from others, below which no new stamp
// may fall. held is the highest stamp that the server holds of each family, where it is known:
// a change comes after it, and after those before it of its family, though that
// lies ahead (Clock.NextAfter, StepsFrom). What a change says to have seen that lies
// ahead of that too, and is none of these changes, it forgets: it was unsent work of another,
// on a device that changed hands, which the server stamps anew by itself. Where the
// clock names no device, as the server's for what came by file, each change keeps its own source.
//
// It is called when the server answers "clock ahead"; nothing else may alter a
// change once its first byte was sent.
func Restamp(changes []*ksv1.Change, clock *Clock, wallMS uint64, floor Stamp, held map[ID]Stamp) {
	clock.Last = floor
	renamed, highest := make(map[familyStamp]Stamp, len(changes)), maps.Clone(held)
	if highest == nil {
		highest = map[ID]Stamp{}
	}
	for _, c := range changes {
		old := stampInFamily(c, c.GetStamp())
		eachListed(c, func(seen []*ksv1.Stamp) { restampListed(c, seen, renamed, clock, wallMS) })
		next := clock.NextAfter(highest[old.family], wallMS)
		if clock.Device == 0 {
			next.Device, next.Incarnation = old.stamp.Device, old.stamp.Incarnation
		}
		highest[old.family], renamed[old] = next, next
		c.Stamp = next.Proto()
		TrimContexts(c)
	}
}

// familyStamp is a stamp of a family's. Those that follow what lies ahead are told apart
// from others of the same family alone.
type familyStamp struct {
	family ID
	stamp  Stamp
}

func stampInFamily(c *ksv1.Change, s *ksv1.Stamp) familyStamp {
	of := familyStamp{stamp: StampOf(s)}
	copy(of.family[:], c.GetFamilyId())
	return of
}

// restampListed gives what was renamed its new name, and lets the clock see the
// rest: the server has taken those, up to AheadLimitMS ahead of its own clock,
// and the change must come after them.
func restampListed(c *ksv1.Change, seen []*ksv1.Stamp, renamed map[familyStamp]Stamp, clock *Clock, wallMS uint64) {
	for i, s := range seen {
		if next, ok := renamed[stampInFamily(c, s)]; ok {
			seen[i] = next.Proto()
		} else {
			clock.ObserveNear(StampOf(s), wallMS)
		}
	}
}

// RenameStamp makes what a change says to have seen name a write by another stamp; false
// where none of it names that.
func RenameStamp(c *ksv1.Change, from, to Stamp) (renamed bool) {
	eachListed(c, func(seen []*ksv1.Stamp) {
		for i, s := range seen {
			if StampOf(s) == from {
				seen[i], renamed = to.Proto(), true
			}
		}
	})
	return renamed
}

// TrimContexts forgets what a change says to have seen that does not lie before
// it, after stamps were exchanged. What is forgotten shows as a conflict at worst.
func TrimContexts(c *ksv1.Change) {
	own := StampOf(c.GetStamp())
	for _, w := range c.GetWrites() {
		for _, fc := range w.GetContexts() {
			fc.Seen = slices.DeleteFunc(fc.Seen, func(s *ksv1.Stamp) bool { return StampOf(s).Compare(own) >= 0 })
		}
		_ = rewriteSeen(w, func(seen []*ksv1.Stamp) []*ksv1.Stamp { return seenBefore(own, seen).protos() })
	}
}

// Renaming says what Renumber gives other names. An id keeps its device and counter; its
// other incarnation follows from the change that made it (OtherName), so that the same
// work is given the same names on its device and where a file of it is taken.
type Renaming struct {
	// Source tells to which incarnation stamps of a device's move; ok is false where they,
	// and the ids of what was made under it, stay.
	Source func(device, incarnation uint32) (to uint32, ok bool)
	// Created tells whether an id of such a source was made by unsent work (rather than
	// known to the server already).
	Created func(ID) bool
	// BySource: ids move to the incarnation of the stamps, whatever the changes say.
	BySource bool

	// names are those that the changes have given.
	names map[ID]ID
}

// ID is the id that an id becomes, once Renumber has seen the changes. What none of them
// names moves to the incarnation of the stamps.
func (r *Renaming) ID(id ID) ID {
	if other, ok := r.names[id]; ok {
		return other
	}
	device, incarnation, counter, ok := id.Source()
	if !ok || !r.Created(id) {
		return id
	}
	to, ok := r.Source(device, incarnation)
	if !ok {
		return id
	}
	return NewID(device, to, counter)
}

// Links lets a change that keeps its names follow what it links to, and the changes that it
// names; it tells whether anything has moved. Errors: ErrMalformedChange.
func (r *Renaming) Links(c *ksv1.Change) (moved bool, err error) {
	moved = r.Parts(c)
	for _, w := range c.GetWrites() {
		fields, err := renameLinks(w.GetKind(), w.GetFields(), r.ID)
		if err != nil {
			return moved, err
		}
		moved = moved || !bytes.Equal(fields, w.GetFields())
		w.Fields = fields
	}
	return moved, nil
}

// Parts lets a change name other parts of its save, and families from which it takes over, as
// they are called now, which is no part of what it is known by; it tells whether anything has
// moved. What is no id names nothing, and stays.
func (r *Renaming) Parts(c *ksv1.Change) (moved bool) {
	move := func(b []byte) []byte {
		id, err := IDFromBytes(b)
		if err != nil {
			return b
		}
		now := r.ID(id)
		moved = moved || now != id
		return now[:]
	}
	for i, part := range c.GetOtherParts() {
		c.OtherParts[i] = move(part)
	}
	for _, from := range c.GetTakenFrom() {
		from.FamilyId = move(from.GetFamilyId())
	}
	return moved
}

// learn names a change, and what it is the first to name.
func (r *Renaming) learn(c *ksv1.Change) {
	own, err := IDFromBytes(c.GetId())
	if err != nil {
		return
	}
	_, to, _, _ := OtherName(own, ContentHash(c)).Source()
	for _, id := range append(NamedIn(c), own) {
		device, incarnation, counter, ok := id.Source()
		if _, met := r.names[id]; met || !ok || !r.Created(id) {
			continue
		}
		if _, ok := r.Source(device, incarnation); ok {
			r.names[id] = NewID(device, to, counter)
		}
	}
}

// OtherName is the id of a change whose own turned out to be another's. It follows from
// what the change says.
func OtherName(id ID, content [sha256.Size]byte) ID {
	sum := sha256.Sum256(slices.Concat(id[:], content[:]))
	device, _, counter, ok := id.Source()
	if !ok {
		counter = binary.BigEndian.Uint64(sum[4:])
	}
	return NewID(device, binary.BigEndian.Uint32(sum[:]), counter)
}

// Renumber gives a device's unsent changes other names, because the incarnation
// under which they were made turned out to be shared with a copy of the
// database: their ids, the ids of records that they created, links to those,
// their stamps and the contexts among them, and what removals and withdrawals among them had
// seen. Changes, which are in the order in which they were made, are altered in place.
func Renumber(changes []*ksv1.Change, r *Renaming) error {
	r.names = map[ID]ID{}
	for _, c := range changes {
		if !r.BySource {
			r.learn(c)
		}
	}
	// Of each family by itself: stamps that follow what lies ahead tell changes of one apart.
	unsent, sentOf := map[ID]map[Stamp]*ksv1.Change{}, map[ID]map[source]Stamp{}
	for _, c := range changes {
		if err := renumberChange(c, r.ID); err != nil {
			return err
		}
		r.Parts(c)
		of := stampInFamily(c, c.GetStamp())
		if unsent[of.family] == nil {
			unsent[of.family], sentOf[of.family] = map[Stamp]*ksv1.Change{}, map[source]Stamp{}
		}
		if to, ok := r.Source(of.stamp.Device, of.stamp.Incarnation); ok && c.GetStamp() != nil {
			unsent[of.family][of.stamp] = c
			c.Stamp.Incarnation = to
		}
	}
	for _, c := range changes {
		family := stampInFamily(c, nil).family
		own, sent := unsent[family], sentOf[family]
		r.noteSent(c, own, sent)
		for _, w := range c.GetWrites() {
			for _, fc := range w.GetContexts() {
				renumberContext(fc, own, w)
			}
			if err := renumberSeen(w, StampOf(c.GetStamp()), own, sent); err != nil {
				return err
			}
		}
	}
	return nil
}

// NameSent has removals and withdrawals of a change name the latest work of their author's
// source that was sent, beside all that they say to have seen: should the database turn out to
// be a copy, the rest of that source is another's (Renumber). It stands in the contexts of their
// registers, where it goes without saying.
func NameSent(c *ksv1.Change, sent Stamp) {
	for _, w := range c.GetWrites() {
		eachSeen(w, func(field protowire.Number, _ []*ksv1.Stamp) {
			w.Contexts = nameIn(w.GetContexts(), uint32(field), sent)
		})
	}
}

// nameIn adds a stamp to the context of a field.
func nameIn(contexts []*ksv1.FieldContext, field uint32, stamp Stamp) []*ksv1.FieldContext {
	at, found := slices.BinarySearchFunc(contexts, field, func(fc *ksv1.FieldContext, f uint32) int { return cmp.Compare(fc.GetField(), f) })
	if !found {
		contexts = slices.Insert(contexts, at, &ksv1.FieldContext{Field: field})
	}
	seen := Context{stamp}
	for _, s := range contexts[at].GetSeen() {
		seen = seen.with(StampOf(s))
	}
	contexts[at].Seen = seen.protos()
	return contexts
}

// noteSent notes the highest stamps of sources that are renumbered which a change says to
// have seen of work that was sent: of before the copy was made.
func (r *Renaming) noteSent(c *ksv1.Change, own map[Stamp]*ksv1.Change, sent map[source]Stamp) {
	note := func(seen []*ksv1.Stamp) {
		for _, s := range seen {
			stamp := StampOf(s)
			if _, renumbered := r.Source(stamp.Device, stamp.Incarnation); renumbered && own[stamp] == nil {
				of := source{stamp.Device, stamp.Incarnation}
				sent[of] = MaxStamp(sent[of], stamp)
			}
		}
	}
	for _, w := range c.GetWrites() {
		for _, fc := range w.GetContexts() {
			note(fc.GetSeen())
		}
		eachSeen(w, func(_ protowire.Number, seen []*ksv1.Stamp) { note(seen) })
	}
}

// renumberSeen has a removal or withdrawal name the unsent writes that its author had seen by
// their new source, which goes without saying where it is its own, and of the old one what
// was sent: the rest of that is the copy's. Which of the work sent it was can't be told from
// the list, so it is the latest of which the changes up to this one tell (NameSent); what was
// sent after that shows as a conflict at worst.
func renumberSeen(w *ksv1.Write, by Stamp, own map[Stamp]*ksv1.Change, sent map[source]Stamp) error {
	return rewriteSeen(w, func(seen []*ksv1.Stamp) []*ksv1.Stamp {
		for i, s := range seen {
			unsent := own[StampOf(s)]
			if unsent == nil {
				continue
			}
			of := source{s.GetDevice(), s.GetIncarnation()}
			before := sent[of]
			// Where nothing was, a stamp before all others: an empty list says that all was seen.
			before.Device, before.Incarnation = of.device, of.incarnation
			seen[i] = before.Proto()
			if now := StampOf(unsent.GetStamp()); !now.sameSource(by) {
				seen = append(seen, now.Proto())
			}
		}
		slices.SortFunc(seen, func(a, b *ksv1.Stamp) int { return StampOf(a).compareSource(StampOf(b)) })
		return seen
	})
}

// renumberContext gives the unsent writes that a context names their new
// source. What the unsent write had itself seen of the old source, work that
// was sent before the copy was made, stays named beside it.
func renumberContext(fc *ksv1.FieldContext, own map[Stamp]*ksv1.Change, w *ksv1.Write) {
	for _, s := range fc.GetSeen() {
		before := own[StampOf(s)]
		if before == nil {
			continue
		}
		if sent := contextEntry(before, w, fc.GetField(), s); sent != nil {
			fc.Seen = append(fc.Seen, sent)
		}
		s.Incarnation = before.GetStamp().GetIncarnation()
	}
	slices.SortFunc(fc.Seen, func(a, b *ksv1.Stamp) int { return StampOf(a).compareSource(StampOf(b)) })
}

// contextEntry is what a change's context of one register names for a source.
func contextEntry(c *ksv1.Change, like *ksv1.Write, field uint32, source *ksv1.Stamp) *ksv1.Stamp {
	for _, w := range c.GetWrites() {
		if w.GetKind() != like.GetKind() || string(w.GetRecordId()) != string(like.GetRecordId()) ||
			string(w.GetMemberId()) != string(like.GetMemberId()) {
			continue
		}
		for _, fc := range w.GetContexts() {
			if fc.GetField() != field {
				continue
			}
			for _, s := range fc.GetSeen() {
				if StampOf(s).sameSource(StampOf(source)) {
					return StampOf(s).Proto()
				}
			}
		}
	}
	return nil
}

func renumberChange(c *ksv1.Change, rename func(ID) ID) error {
	replace := func(b []byte) ([]byte, error) {
		id, err := IDFromBytes(b)
		if err != nil || id.IsZero() {
			return b, err
		}
		id = rename(id)
		return id[:], nil
	}
	var err error
	if c.Id, err = replace(c.GetId()); err != nil {
		return err
	}
	if c.FamilyId, err = replace(c.GetFamilyId()); err != nil {
		return err
	}
	for _, w := range c.GetWrites() {
		if w.RecordId, err = replace(w.GetRecordId()); err != nil {
			return err
		}
		if w.MemberId, err = replace(w.GetMemberId()); err != nil {
			return err
		}
		if w.Fields, err = renameLinks(w.GetKind(), w.GetFields(), rename); err != nil {
			return err
		}
	}
	return nil
}
