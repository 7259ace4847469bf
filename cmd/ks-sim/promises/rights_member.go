package promises

import (
	"context"
	"maps"
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/client-sdk/device"
	"github.com/keluarga-sehat/sync/cmd/ks-sim/judge"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/person"
)

// members are those who were erased of families that go on.
type members struct {
	// erased are they, by member, with their family; families are these, and those that split
	// off from them under way.
	erased   map[merge.ID]merge.ID
	families map[merge.ID]bool
	// lived are members who stood in a family of their own when whom they had been was erased.
	lived map[merge.ID]bool
	// goOn are families that were erased, or of which somebody was, when they were removed as
	// moved or entered twice: they go on elsewhere, and who splits off from them does.
	goOn map[merge.ID]bool
	// left is what erasures may leave of changes, by what it says.
	left map[[32]byte]bool
	// saved are all changes that devices have told to be saved.
	saved []*ksv1.Change
	// came are splits under the names by which they came to a server, which may not be those
	// that they were saved under.
	came map[merge.ID]*ksv1.Change
}

func newMembers() *members {
	return &members{erased: map[merge.ID]merge.ID{}, families: map[merge.ID]bool{}, lived: map[merge.ID]bool{}, goOn: map[merge.ID]bool{}, left: map[[32]byte]bool{}, came: map[merge.ID]*ksv1.Change{}}
}

// eraseMember has the operator erase somebody of the family found.
func (w *World) eraseMember(ctx context.Context, s *person.Service, found []person.Found) error {
	var there []merge.ID
	for _, m := range found[0].Household.GetMembers() {
		if id := idOf(m.GetMemberId()); m.GetMember().GetRemoval().GetReason() != ksv1.RemovalReason_REMOVAL_REASON_ERASED {
			there = append(there, id)
		}
	}
	if len(there) == 0 {
		return nil
	}
	found[0].Member = there[w.rights.rng.IntN(len(there))]
	w.Report.Erasures++
	if err := w.noteLived(ctx); err != nil {
		return err
	}
	m := w.rights.members
	m.erased[found[0].Member], m.families[found[0].Row.ID] = found[0].Row.ID, true
	if err := w.noteGoOn(ctx); err != nil {
		return err
	}
	if err := w.noteTouched(ctx); err != nil {
		return err
	}
	_, err := s.Erase(ctx, found)
	return err
}

// noteTouched remembers what is said of the erased under the names that it has by now, which
// may not be those that it was saved under.
func (w *World) noteTouched(ctx context.Context) error {
	m := w.rights.members
	t, err := w.judge().Read(ctx)
	if err != nil {
		return err
	}
	for _, c := range t.Changes {
		if m.touches(c) {
			w.rights.said[judge.Saying(c)] = true
		}
	}
	for _, r := range w.everybody() {
		entries, err := r.store.Outbox(ctx, 1_000_000)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if m.touches(e.Change) {
				w.rights.said[judge.Saying(e.Change)] = true
			}
		}
	}
	return nil
}

// noteLived remembers who stands in a family to which they split off.
func (w *World) noteLived(ctx context.Context) error {
	t, err := w.judge().Read(ctx)
	if err != nil {
		return err
	}
	for _, state := range t.States {
		h, err := merge.View(&state)
		if err != nil {
			return err
		}
		if w.wasErased(idOf(h.GetFamily().GetSplitFromId())) {
			continue
		}
		for _, m := range h.GetMembers() {
			if former := idOf(m.GetMember().GetFormerMemberId()); !former.IsZero() && !w.rights.members.has(former) {
				w.rights.members.lived[idOf(m.GetMemberId())] = true
			}
		}
	}
	return nil
}

// noteGoOn remembers which families of whom anybody is erased go on elsewhere; by what the
// server knows of them when it erases, which may be less once it was restored.
func (w *World) noteGoOn(ctx context.Context) error {
	t, err := w.judge().Read(ctx)
	if err != nil {
		return err
	}
	for id := range t.States {
		state := t.States[id]
		h, err := merge.View(&state)
		if err != nil {
			return err
		}
		switch h.GetFamily().GetRemoval().GetReason() {
		case ksv1.RemovalReason_REMOVAL_REASON_MOVED, ksv1.RemovalReason_REMOVAL_REASON_ENTERED_TWICE:
			if w.wasErased(id) || w.rights.members.unmarked(id, &state) {
				w.rights.members.goOn[id] = true
			}
		}
	}
	return nil
}

// unmarked tells whether somebody of a family is to be erased in its state.
func (m *members) unmarked(family merge.ID, state *merge.State) bool {
	for member, of := range m.erased {
		if of == family && !merge.Erased(state, member) {
			return true
		}
	}
	return false
}

// forgetLived is for whom a restore took from where they stood: the erasure was carried out
// again before they were brought anew.
func (m *members) forgetLived(t *judge.Truth) {
	for id := range m.lived {
		stands := false
		for _, state := range t.States {
			stands = stands || state.Record(merge.Key{Kind: merge.KindMember, Member: id}) != nil
		}
		if !stands {
			delete(m.lived, id)
		}
	}
}

func idOf(text string) merge.ID {
	id, err := merge.ParseID(text)
	if err != nil {
		return merge.ID{} // none
	}
	return id
}

// noting is a server's core that remembers which splits came to it.
type noting struct {
	*ingest.Core
	members *members
}

// Commit remembers them, and commits.
func (n noting) Commit(ctx context.Context, village uint32, batch []*ingest.Incoming) ([]*ksv1.Receipt, *ksv1.VillageMark, error) {
	for _, in := range batch {
		for _, write := range in.Change.GetWrites() {
			var member ksv1.Member
			if write.GetKind() == ksv1.RecordKind_RECORD_KIND_MEMBER && proto.Unmarshal(write.GetFields(), &member) == nil && member.FormerMemberId != nil {
				n.members.came[merge.ID(in.Change.GetId())] = proto.CloneOf(in.Change)
			}
		}
	}
	return n.Core.Commit(ctx, village, batch)
}

// follow finds who comes of the erased by splits that were under way: they are to be nowhere.
func (m *members) follow(wasErased func(merge.ID) bool) error {
	for found := true; found; {
		found = false
		for _, c := range slices.AppendSeq(slices.Clone(m.saved), maps.Values(m.came)) {
			delta, err := merge.FromChange(c)
			if err != nil {
				return err
			}
			h, err := merge.View(&delta)
			if err != nil {
				return err
			}
			from := idOf(h.GetFamily().GetSplitFromId())
			whole := wasErased(from) && !m.goOn[from]
			for _, x := range h.GetMembers() {
				id, former := idOf(x.GetMemberId()), idOf(x.GetMember().GetFormerMemberId())
				if former.IsZero() || m.lived[id] || m.has(id) || !whole && !m.ended(former) {
					continue
				}
				m.erased[id], m.families[merge.ID(c.GetFamilyId())], found = merge.ID(c.GetFamilyId()), true, true
			}
		}
	}
	return nil
}

func (m *members) has(id merge.ID) bool {
	_, erased := m.erased[id]
	return erased
}

// ended tells whether somebody was erased of a family that does not go on elsewhere.
func (m *members) ended(id merge.ID) bool {
	return m.has(id) && !m.goOn[m.erased[id]]
}

// touches tells whether a change says something of the erased: of them, or what their family
// repeats.
func (m *members) touches(c *ksv1.Change) bool {
	return slices.ContainsFunc(c.GetWrites(), func(write *ksv1.Write) bool {
		key, err := merge.KeyOfWrite(write)
		return err == nil && (m.has(key.Member) || key.Kind == merge.KindFamily && m.families[merge.ID(c.GetFamilyId())])
	})
}

// settleMembers tells which changes may be gone, or be less than what was saved, as the erasure
// of a member took something of them: by their ids, and by what they say.
func (w *World) settleMembers(t *judge.Truth) error {
	if w.rights == nil {
		return nil
	}
	m := w.rights.members
	m.forgetLived(t)
	if err := m.follow(w.wasErased); err != nil {
		return err
	}
	for _, c := range m.saved {
		if m.touches(c) {
			w.rights.touched[merge.ID(c.GetId())], w.rights.said[judge.Saying(c)] = true, true
			if err := w.settleLeft(c); err != nil {
				return err
			}
		}
	}
	return nil
}

// settleLeft remembers what may be left of a change: by that it is known under the names that
// its device gave it since.
func (w *World) settleLeft(c *ksv1.Change) error {
	gone := merge.Gone{Members: slices.Collect(maps.Keys(w.rights.members.erased))}
	for _, gone.HeadName = range []bool{false, true} {
		for _, gone.SplitFrom = range []bool{false, true} {
			left := proto.CloneOf(c)
			if _, err := gone.Strip(left); err != nil {
				return err
			}
			w.rights.members.left[judge.Saying(left)] = true
		}
	}
	return nil
}

// wasLeft tells whether what a change says may be left of one by an erasure.
func (w *World) wasLeft(said [32]byte) bool { return w.rights != nil && w.rights.members.left[said] }

// wasTouched tells whether the erasure of a member took something of a change, or its family's
// all of it.
func (w *World) wasTouched(id, family merge.ID) bool {
	return w.wasErased(family) || w.rights != nil && w.rights.touched[id]
}

// wasErasedFrom tells whether a family, or somebody of it, was erased.
func (w *World) wasErasedFrom(family merge.ID) bool {
	return w.wasErased(family) || w.rights != nil && w.rights.members.families[family]
}

// checkMembersErased: of an erased member, or of who comes of them, nothing stands on the
// server but the mark, in no family, and nothing on devices in what they sent.
func (w *World) checkMembersErased(ctx context.Context, t *judge.Truth) error {
	if w.rights == nil {
		return nil
	}
	m := w.rights.members
	for id := range t.States {
		state := t.States[id]
		h, err := merge.View(&state)
		if err != nil {
			return err
		}
		for _, x := range h.GetMembers() {
			member, former := idOf(x.GetMemberId()), idOf(x.GetMember().GetFormerMemberId())
			mark := &ksv1.Member{Removal: x.GetMember().GetRemoval()}
			if m.has(member) && !proto.Equal(x.GetMember(), mark) {
				w.Report.violate("erasure: member %s has come back in family %s", member, id)
			}
			if m.ended(former) && !m.lived[member] {
				w.Report.violate("erasure: member %s has come back as %s in family %s", former, member, id)
			}
		}
	}
	for id, c := range t.Changes {
		if m.tells(c) {
			w.Report.violate("erasure: change %s in the history tells of an erased member", id)
		}
	}
	for _, r := range w.everybody() {
		entries, err := r.store.Outbox(ctx, 1_000_000)
		if err != nil {
			return err
		}
		confirmed, err := r.store.Confirmed(ctx)
		if err != nil {
			return err
		}
		for _, e := range entries {
			// Of a family that it does not hold a device learns by a notice, which a server
			// that was put back may have lost.
			if confirmed[e.FamilyID] == nil && w.Report.Restores > 0 {
				continue
			}
			if e.Status != device.StatusPending && m.tells(e.Change) {
				w.Report.violate("erasure: device %d keeps in change %s (%d) what tells of an erased member", r.owner.device, e.ChangeID, e.Status)
			}
		}
	}
	return nil
}

// tells tells whether a change says of an erased member more than that.
func (m *members) tells(c *ksv1.Change) bool {
	if c.GetAuthor() == 0 {
		return false // the operator's mark
	}
	return slices.ContainsFunc(c.GetWrites(), func(write *ksv1.Write) bool {
		key, err := merge.KeyOfWrite(write)
		return err == nil && m.has(key.Member)
	})
}
