package ingest

import (
	"bytes"
	"context"
	"slices"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// Splits and unions copy who people are, and what they answered, into another family. One
// that was made before its device learned of an erasure would bring the erased back there, so
// ids of the erased are kept (store.ErasedID): what a family does not have yet and what is
// known by them to come from the erased is taken out, as dropErased does within a family.
// Who is known to have come to a family by a split lives there by right: they went over before.

// readErased reads what is kept of the ids that a batch may bring into its families.
func (w *work) readErased(ctx context.Context, batch []*Incoming) error {
	var ids []merge.ID
	for _, in := range batch {
		if f := w.families[in.family]; f != nil && in.judgeable() {
			ids = in.arrivals(f, ids)
		}
	}
	slices.SortFunc(ids, func(a, b merge.ID) int { return bytes.Compare(a[:], b[:]) })
	found, err := w.village.ErasedIDs(ctx, slices.Compact(ids))
	for _, x := range found {
		w.erased[x.ID] = x.Fate
	}
	return err
}

// arrivals appends the ids by which it would be known that what a change brings was erased
// elsewhere: not those that its own device gives to what it enters in a family of its own,
// which is most.
func (in *Incoming) arrivals(f *familyWork, ids []merge.ID) []merge.ID {
	stamp := in.Change.GetStamp()
	own := func(id merge.ID) bool {
		device, incarnation, _, ok := id.Source()
		return ok && device == stamp.GetDevice() && incarnation == stamp.GetIncarnation()
	}
	united := in.unites()
	if f.isNew && !own(in.family) || merge.Erased(&f.state, merge.ID{}) {
		ids = append(ids, in.family)
	}
	for _, write := range in.Change.GetWrites() {
		key, err := merge.KeyOfWrite(write)
		if err != nil {
			continue // the change is refused for it
		}
		if id := key.Member; !id.IsZero() && !hasMember(&f.state, id) && (united || !f.isNew || !own(id)) {
			ids = append(ids, id)
		}
		if id := key.Record; !id.IsZero() && (united || !own(id)) && !hasRecord(&f.state, id) {
			ids = append(ids, id)
		}
	}
	if from := linkOfText(in.household.GetFamily().GetSplitFromId()); !from.IsZero() {
		ids = append(ids, from)
	}
	for _, m := range in.household.GetMembers() {
		if former := linkOfText(m.GetMember().GetFormerMemberId()); !former.IsZero() {
			ids = append(ids, former)
		}
	}
	return ids
}

// linkOfText is the id of a link, none where there is none or it is malformed. Most
// families have no links, and an error for each of them takes time.
func linkOfText(text string) merge.ID {
	if text == "" {
		return merge.ID{}
	}
	id, err := merge.ParseID(text)
	if err != nil {
		return merge.ID{}
	}
	return id
}

func hasMember(s *merge.State, id merge.ID) bool {
	return s.Record(merge.Key{Kind: merge.KindMember, Member: id}) != nil
}

// hasRecord tells whether a state has a round or a visit.
func hasRecord(s *merge.State, id merge.ID) bool {
	return s.Record(merge.Key{Kind: merge.KindRound, Record: id}) != nil || s.Record(merge.Key{Kind: merge.KindVisit, Record: id}) != nil
}

// dropErasedElsewhere takes out of a change what comes of who was erased in another family; a
// receipt where nothing is left.
func (w *work) dropErasedElsewhere(in *Incoming, f *familyWork) (*Incoming, *ksv1.Receipt, error) {
	if f.isNew && w.erased[in.family] == store.FateWithFamily {
		return in, in.receipt(ksv1.ReceiptStatus_RECEIPT_STATUS_ERASED, ""), nil
	}
	if err := w.standing(in.Sender.Device, in.family, in.household, f.joined()); err != nil {
		return nil, nil, err
	}
	gone, withFamily := w.goneOf(in.household, in.Change, f.joined())
	if withFamily && in.unites() { // which writes nothing but what it takes over
		w.keepErased(in.Change)
		return in, in.receipt(ksv1.ReceiptStatus_RECEIPT_STATUS_ERASED, ""), nil
	}
	left, r, err := in.strip(gone)
	if err != nil || left == in {
		return in, nil, err
	}
	f.creation = nil
	for _, id := range gone.Members { // what comes of them next names no link
		w.keepID(id, store.FateErased)
	}
	if r != nil {
		return left, r, nil
	}
	return left, nil, w.tellErased(in, gone)
}

// goneOf is what a change brings of the erased into a family that has the state, and whether
// any of it is of a family of which all was erased.
func (w *work) goneOf(household *ksv1.Household, c *ksv1.Change, state *merge.State) (gone *merge.Gone, withFamily bool) {
	splits := w.erased[linkOfText(household.GetFamily().GetSplitFromId())] == store.FateWithFamily
	gone = &merge.Gone{SplitFrom: splits && !merge.CameBySplit(state, merge.ID{})}
	note := func(list *[]merge.ID, id merge.ID, fate store.Fate) {
		if isGone(fate) && !slices.Contains(*list, id) {
			*list = append(*list, id)
			withFamily = withFamily || fate == store.FateWithFamily
		}
	}
	for _, write := range c.GetWrites() {
		key, err := merge.KeyOfWrite(write)
		if err != nil {
			continue
		}
		if !hasMember(state, key.Member) {
			note(&gone.Members, key.Member, w.erased[key.Member])
		}
		if !hasRecord(state, key.Record) {
			note(&gone.Records, key.Record, w.erased[key.Record])
		}
	}
	for _, m := range household.GetMembers() {
		if id := linkOfText(m.GetMemberId()); !hasMember(state, id) {
			note(&gone.Members, id, w.fateBefore(household, m.GetMember()))
		}
	}
	gone.HeadName = slices.ContainsFunc(gone.Members, func(m merge.ID) bool { return isHead(household, m) })
	return gone, withFamily
}

// keepErased keeps ids that a dropped change names, by which what comes of it elsewhere is
// known.
func (w *work) keepErased(c *ksv1.Change) {
	for _, write := range c.GetWrites() {
		if key, err := merge.KeyOfWrite(write); err == nil {
			w.keepID(key.Member, store.FateWithFamily)
			w.keepID(key.Record, store.FateWithFamily)
		}
	}
}

// keepID keeps an id of the erased, of which nothing is kept yet.
func (w *work) keepID(id merge.ID, fate store.Fate) {
	if _, known := w.erased[id]; !known && !id.IsZero() {
		w.erased[id], w.keptIDs[id] = fate, fate
	}
}

// tellErased tells a change's author what was taken out of it: their device keeps what it
// sent.
func (w *work) tellErased(in *Incoming, gone *merge.Gone) error {
	return w.tellErasure([]uint32{in.Change.GetAuthor()}, in.family, gone)
}
