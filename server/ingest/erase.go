package ingest

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/record"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// Erasure is one that was decided.
type Erasure struct {
	Village uint32
	Family  merge.ID
	// Member is the person; zero: the whole family.
	Member merge.ID
	// Change is the id of the mark that stays, Device and Incarnation the server's
	// own that stamp it.
	Change              merge.ID
	Device, Incarnation uint32
	// Again: a ledger says so, and the store was restored from a backup. A family or a
	// member that it does not have gets its mark all the same: devices offer again what
	// they had sent of it since the backup.
	Again bool
}

// ErasureOutcome is what became of an erasure.
type ErasureOutcome int

// What becomes of one: its mark was there, and nothing was done; it was erased; or the
// store had nothing of it, and has the mark alone (Again).
const (
	ErasedBefore ErasureOutcome = iota
	ErasedNow
	OnlyMarked
)

// Erase erases a family or a member for good, in one transaction: state and
// history are sealed anew under a new salt without them, or not at all, and the
// old salt, which all of it was under, is gone; so are their quarantined changes
// and identifier entries, and what was approved or noted in review; where a family goes
// on its review does (keepReview). A mark stays, under the next revision, so that the feed
// tells devices. Tallies and digests follow. Errors: store.ErrNotFound, for a village, and
// without Again for a family or member that is not there.
func (c *Core) Erase(ctx context.Context, e Erasure) (revision uint64, done ErasureOutcome, err error) {
	err = c.erasingAlong(ctx, func() error {
		return c.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
			return tx.InVillage(ctx, e.Village, func(v store.VillageTx) (err error) {
				revision, done, err = c.erase(ctx, tx.Snapshot(), v, e)
				return err
			})
		})
	})
	if err != nil {
		return 0, ErasedBefore, fmt.Errorf("erase in family %s: %w", e.Family, err)
	}
	return revision, done, nil
}

func (c *Core) erase(ctx context.Context, snap store.Snapshot, v store.VillageTx, e Erasure) (uint64, ErasureOutcome, error) {
	w, err := c.begin(ctx, snap, v, nil, nil)
	if err != nil {
		return 0, ErasedBefore, err
	}
	if err := w.readFamilies(ctx, []merge.ID{e.Family}); err != nil {
		return 0, ErasedBefore, err
	}
	f := w.families[e.Family]
	done := ErasedNow
	if f.isNew || !e.Member.IsZero() && f.state.Record(merge.Key{Kind: merge.KindMember, Member: e.Member}) == nil {
		if done = OnlyMarked; !e.Again {
			return 0, ErasedBefore, store.ErrNotFound
		}
	}
	if merge.Erased(&f.state, merge.ID{}) || !e.Member.IsZero() && merge.Erased(&f.state, e.Member) {
		return 0, ErasedBefore, nil
	}
	f.rememberShares()
	if err := w.keepIDs(ctx, f, e); err != nil {
		return 0, ErasedBefore, err
	}
	gone, mark, err := w.markErased(f, e)
	if err != nil {
		return 0, ErasedBefore, err
	}
	rewrite := &store.Rewrite{Family: e.Family, Member: e.Member}
	if rewrite.Nobody, err = w.core.Vault.NewSalt(); err != nil {
		return 0, ErasedBefore, err
	}
	if err := w.rewriteHistory(ctx, snap, f, gone, rewrite); err != nil {
		return 0, ErasedBefore, err
	}
	var judges []uint32
	if gone == nil {
		w.dropReview(f)
		judges, err = w.judgesOf(ctx, snap, f)
		err = errors.Join(err, w.dropNotes(ctx, snap, e.Family))
	} else {
		err = w.keepReview(ctx, snap, f, gone, rewrite)
	}
	if err != nil {
		return 0, ErasedBefore, err
	}
	if err := w.rewriteQuarantine(ctx, snap, f, gone, rewrite); err != nil {
		return 0, ErasedBefore, err
	}
	if err := w.tellAuthors(rewrite, gone, judges); err != nil {
		return 0, ErasedBefore, err
	}
	if err := w.rewriteWaiting(ctx, snap, rewrite); err != nil {
		return 0, ErasedBefore, err
	}
	if _, err := w.apply(mark, f, f.with(mark)); err != nil {
		return 0, ErasedBefore, err
	}
	if err := w.finish(ctx); err != nil {
		return 0, ErasedBefore, err
	}
	return w.row.Revision, done, v.Rewrite(ctx, rewrite)
}

// markErased gives the family a new salt, takes out of its state what goes (nil:
// all), and makes the mark.
func (w *work) markErased(f *familyWork, e Erasure) (gone *merge.Gone, mark *Incoming, err error) {
	household, err := merge.View(&f.state)
	if err != nil {
		return nil, nil, err
	}
	if f.row.Salt, err = w.core.Vault.NewSalt(); err != nil {
		return nil, nil, err
	}
	clock := merge.Clock{Device: e.Device, Incarnation: e.Incarnation}
	clock.Observe(f.state.HighestStamp())
	removal := &ksv1.Removal{Reason: ksv1.RemovalReason_REMOVAL_REASON_ERASED}
	edit := merge.RecordEdit{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{Removal: removal}}
	if family := household.GetFamily(); family != nil { // nil: the store never had it
		edit.Set = &ksv1.Family{Place: family.Place, Removal: removal}
	}
	if e.Member.IsZero() {
		f.state = merge.State{Family: e.Family}
	} else {
		gone = &merge.Gone{Members: []merge.ID{e.Member}, HeadName: isHead(household, e.Member)}
		f.state = gone.From(&f.state)
		edit = merge.RecordEdit{Key: merge.Key{Kind: merge.KindMember, Member: e.Member}, Set: &ksv1.Member{Removal: removal}}
	}
	change, _, err := merge.NewChange(&f.state, clock.Next(uint64(w.now.UnixMilli())), []merge.RecordEdit{edit})
	if err != nil {
		return nil, nil, err
	}
	change.Id, change.Village = e.Change[:], e.Village
	delta, err := merge.FromChange(change)
	if err != nil {
		return nil, nil, err
	}
	mark = &Incoming{Change: change, Sender: &Sender{Device: e.Device, Trusted: true}, id: e.Change, family: e.Family, delta: &delta, content: merge.ContentHash(change), judges: true}
	mark.wire, err = proto.MarshalOptions{Deterministic: true}.Marshal(change)
	return gone, mark, err
}

// isHead tells whether the family's head name is the member's.
func isHead(h *ksv1.Household, member merge.ID) bool {
	for _, m := range h.GetMembers() {
		if m.GetMemberId() == member.String() {
			return m.GetMember().GetName() == h.GetFamily().GetHeadName()
		}
	}
	return false
}

// erasePage is how many changes are read at a time.
const erasePage = 500

// rewriteHistory seals the family's history anew under its new salt, without what
// goes. A change of which nothing is left keeps its place and hashes.
func (w *work) rewriteHistory(ctx context.Context, snap store.Snapshot, f *familyWork, gone *merge.Gone, rewrite *store.Rewrite) error {
	for before := uint64(0); ; {
		entries, err := snap.History(ctx, f.row.Village, f.row.ID, before, erasePage)
		if err != nil {
			return err
		}
		for _, h := range entries {
			before = h.Revision
			if gone == nil { // all goes, readable or not
				h.Payload = []byte{}
			} else if len(h.Payload) > 0 {
				plain, err := w.core.Vault.OpenHistory(f.row.Village, f.before.Salt, &h)
				if err != nil {
					return err
				}
				if h.Payload, err = w.without(plain, gone, f.row.Salt, historyBinding(f.row.Village, h.Change)); err != nil {
					return err
				}
			}
			rewrite.History = append(rewrite.History, h)
		}
		if len(entries) < erasePage {
			return nil
		}
	}
}

// rewriteQuarantine does the same to what is or was in quarantine; what is left
// empty is deleted.
func (w *work) rewriteQuarantine(ctx context.Context, snap store.Snapshot, f *familyWork, gone *merge.Gone, rewrite *store.Rewrite) error {
	rows, err := snap.QuarantineOf(ctx, f.row.Village, f.row.ID)
	if err != nil {
		return err
	}
	told := false
	for _, q := range rows {
		if gone == nil { // all goes, readable or not
			w.keepErasedOf(&q)
			q.Payload = nil
		} else if headName, err := w.rewriteHeld(&q, gone); err != nil {
			return err
		} else if headName {
			told = true
		}
		rewrite.Quarantine = append(rewrite.Quarantine, q)
		if err := w.waitsNoMore(ctx, &q); err != nil {
			return err
		}
	}
	if told { // the devices that have it, too
		gone.HeadName = true
	}
	return nil
}

// rewriteHeld opens a quarantined change, and seals it anew without what goes: with the name
// of the head where it is whom it names as that, whom the family may not name yet.
func (w *work) rewriteHeld(q *store.Quarantine, gone *merge.Gone) (headName bool, err error) {
	plain, err := w.core.Vault.OpenQuarantine(q)
	if err != nil {
		return false, err
	}
	change := &ksv1.Change{}
	if err := proto.Unmarshal(plain, change); err != nil {
		return false, fmt.Errorf("decode change: %w", err)
	}
	here := *gone
	if delta, err := merge.FromChange(change); err == nil { // else it is refused when it is decided on
		if household, err := merge.View(&delta); err == nil {
			headName = slices.ContainsFunc(gone.Members, func(m merge.ID) bool { return isHead(household, m) })
		}
	}
	here.HeadName = here.HeadName || headName
	return headName, w.sealWaiting(q, plain, &here)
}

// sealWaiting seals a quarantined change, which was opened, anew without what goes; it is still
// known by how it came.
func (w *work) sealWaiting(q *store.Quarantine, plain []byte, gone *merge.Gone) error {
	content, err := w.core.Vault.QuarantinedContent(q)
	if err != nil {
		return err
	}
	if q.Salt, err = w.core.Vault.NewSalt(); err != nil {
		return err
	}
	if q.Payload, err = w.without(plain, gone, q.Salt, quarantineBinding(q)); err != nil {
		return err
	}
	q.ContentHash, err = w.core.Vault.sealContent(q, content)
	return err
}

// tellAuthors tells those who entered or judged anything of the family what goes (nil: all). Their
// devices keep what they sent, and may not hold the family any more to learn of it by its
// mark; what waited in quarantine is not to wait there. judges are of verdicts that are not
// rewritten.
func (w *work) tellAuthors(rewrite *store.Rewrite, gone *merge.Gone, judges []uint32) error {
	authors := slices.Clone(judges)
	for i := range rewrite.History {
		authors = append(authors, rewrite.History[i].Author)
	}
	for i := range rewrite.Quarantine {
		authors = append(authors, rewrite.Quarantine[i].Author)
	}
	for i := range rewrite.Verdicts {
		authors = append(authors, rewrite.Verdicts[i].Author)
	}
	slices.Sort(authors)
	return w.tellErasure(slices.Compact(authors), rewrite.Family, gone)
}

// tellErasure tells accounts who of a family was erased (nil: all).
func (w *work) tellErasure(accounts []uint32, family merge.ID, gone *merge.Gone) error {
	if gone != nil && len(gone.Members) == 0 {
		return nil
	}
	notice := &ksv1.FamilyErasure{FamilyId: family[:]}
	if gone != nil {
		notice.HeadName = gone.HeadName
		for _, m := range gone.Members {
			notice.MemberIds = append(notice.MemberIds, m[:])
		}
	}
	message, err := proto.Marshal(&ksv1.FeedNotice{Notice: &ksv1.FeedNotice_Erasure{Erasure: notice}})
	if err != nil {
		return fmt.Errorf("encode notice: %w", err)
	}
	for _, account := range accounts {
		if account == 0 {
			continue // an import's, or the server's own
		}
		row, err := w.core.Vault.SealNotice(account, message)
		if err != nil {
			return err
		}
		w.commit.Notices = append(w.commit.Notices, row)
	}
	return nil
}

// without seals a change without what goes; empty where nothing is left.
func (w *work) without(plain []byte, gone *merge.Gone, salt [16]byte, bind record.Binding) ([]byte, error) {
	change := &ksv1.Change{}
	if err := proto.Unmarshal(plain, change); err != nil {
		return nil, fmt.Errorf("decode change: %w", err)
	}
	stripped, err := gone.Strip(change)
	if err != nil {
		return nil, err
	}
	if stripped {
		if len(change.GetWrites()) == 0 {
			return []byte{}, nil
		}
		if plain, err = (proto.MarshalOptions{Deterministic: true}).Marshal(change); err != nil {
			return nil, fmt.Errorf("encode change: %w", err)
		}
	}
	return w.core.Vault.Seal(salt, bind, plain)
}

// dropGone takes out of a change what concerns the erased, of its family and of others; a receipt
// where nothing is left.
func (w *work) dropGone(in *Incoming, f *familyWork) (left *Incoming, r *ksv1.Receipt, err error) {
	if !f.isNew {
		if in, r, err = w.dropErased(in, &f.state); r != nil || err != nil {
			return in, r, err
		}
	}
	if len(w.erased) == 0 {
		return in, nil, nil
	}
	return w.dropErasedElsewhere(in, f)
}

// dropErased takes out of a change what concerns the erased; a receipt where
// nothing is left, else the author is told: their device may not hold the family, to learn of
// it by its mark. A change sent again is known by the hash that it came with.
func (w *work) dropErased(in *Incoming, state *merge.State) (left *Incoming, r *ksv1.Receipt, err error) {
	if merge.Erased(state, merge.ID{}) {
		if w.erased[in.family] == store.FateWithFamily {
			w.keepErased(in.Change)
		}
		return in, in.receipt(ksv1.ReceiptStatus_RECEIPT_STATUS_ERASED, ""), nil
	}
	gone := &merge.Gone{Members: merge.ErasedMembers(state)}
	if len(gone.Members) == 0 {
		return in, nil, nil
	}
	gone.HeadName = slices.ContainsFunc(gone.Members, func(m merge.ID) bool { return isHead(in.household, m) })
	left, r, err = in.strip(gone)
	if err != nil || left == in || r != nil {
		return left, r, err
	}
	return left, nil, w.tellErased(in, gone)
}

// strip gives what is left of a change without what goes: the same where there was none of
// it, for a commit that is tried again begins with what came; a receipt where nothing is left.
func (in *Incoming) strip(gone *merge.Gone) (left *Incoming, r *ksv1.Receipt, err error) {
	change := proto.CloneOf(in.Change)
	stripped, err := gone.Strip(change)
	if err != nil || !stripped {
		return in, nil, err
	}
	without := *in
	left = &without
	if len(change.GetWrites()) == 0 {
		return left, in.receipt(ksv1.ReceiptStatus_RECEIPT_STATUS_ERASED, ""), nil
	}
	delta, err := merge.FromChange(change)
	if err != nil {
		return in, nil, err
	}
	left.Change, left.delta, left.plain, left.creation = change, &delta, nil, nil
	left.wire, err = proto.MarshalOptions{Deterministic: true}.Marshal(change)
	return left, nil, err
}
