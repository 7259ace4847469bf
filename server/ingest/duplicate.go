package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	"github.com/keluarga-sehat/sync/internal/review"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// decideDuplicates takes the acts that decide of doubles. They come behind the
// changes and before the figures, because one of them may close a family.
func (w *work) decideDuplicates(ctx context.Context, acts []*Act, acted []Acted) (err error) {
	for i, a := range acts {
		if a.decision.GetDuplicate() == nil || a.refusal != nil {
			continue
		}
		if acted[i], err = w.decideDuplicate(ctx, a); err != nil {
			return err
		}
	}
	return nil
}

func (w *work) decideDuplicate(ctx context.Context, a *Act) (Acted, error) {
	d, f := a.decision, w.families[a.families[0]]
	if done, met, err := w.actBefore(a); met || err != nil {
		return done, err
	}
	switch reason, err := w.mayDecide(a, f); {
	case err != nil:
		return Acted{}, err
	case reason != "":
		return a.notApplied(reason), nil
	case f.isNew:
		return a.notApplied(ReasonUnknownFamily), nil
	}
	reason, closing, err := w.refuseDuplicate(ctx, a, f)
	if err != nil {
		return Acted{}, err
	}
	if reason != "" {
		return a.leaves(f, reason), nil
	}
	if closing != nil {
		if err := w.close(ctx, closing); err != nil {
			return Acted{}, err
		}
	}
	w.link(a, a.id)
	w.setDuplicates(f, review.DecideDuplicate(f.review.GetDuplicates(), d, w.step(a)))
	done := Acted{Receipt: a.receipt(ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED, "")}
	done.Receipt.Revision = w.row.Revision
	done.present(f)
	return done, w.core.Vault.prove(a, done.Receipt)
}

// refuseDuplicate says why a decision does not apply, or else what it does to the family; nil:
// nothing. Who answers first that the family moved is written down for both sides: the last
// one left stays.
func (w *work) refuseDuplicate(ctx context.Context, a *Act, f *familyWork) (reason string, closing *Incoming, err error) {
	d := a.decision
	p := review.DuplicateCase{Family: f.row.ID.String(), Duplicates: f.review.GetDuplicates()}
	reason = review.DuplicateRefusal(p, d)
	switch {
	case reason != "" || d.GetDuplicate().GetAction() != review.Moved:
		return reason, nil, nil
	case f.before.State != store.FamilyCounted:
		return review.StateChanged, nil, nil
	}
	if closing, err = w.closing(a, f); err != nil {
		return "", nil, err
	}
	if after := f.with(closing); !f.fits(closing, &after) {
		return review.FamilyTooLarge, nil, nil
	}
	own, err := w.village.CloseDoubles(ctx, f.row.ID, review.TokensElsewhere(p.Duplicates))
	p.LastLeft = len(own) == 0
	return review.DuplicateRefusal(p, d), closing, err
}

// close removes what lives elsewhere, as an ordinary change of who decided: it stays in the
// history, and the tallies follow.
func (w *work) close(ctx context.Context, closing *Incoming) error {
	receipt, err := w.take(ctx, closing)
	if err == nil && receipt.GetStatus() != ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED {
		err = &InvalidCorrectionError{receipt}
	}
	return err
}

// closing is the change that removes it.
func (w *work) closing(a *Act, f *familyWork) (*Incoming, error) {
	household, err := merge.View(f.joined())
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(append([]byte("moved"), a.id[:]...))
	id := merge.NewID(0, binary.BigEndian.Uint32(sum[:4]), binary.BigEndian.Uint64(sum[4:12]))
	_, incarnation, _, _ := id.Source()
	clock := merge.Clock{Device: PagesDevice, Incarnation: incarnation, Last: f.joined().HighestStamp()}
	edits, err := w.removalsOf(f, household, a.decision.GetNote())
	if err != nil {
		return nil, err
	}
	change, _, err := merge.NewChange(f.joined(), clock.Next(uint64(w.now.UnixMilli())), edits)
	if err != nil {
		return nil, err
	}
	change.Id, change.Author, change.Village = id[:], a.Sender.Account, w.row.Number
	in := Prepare(change, &Sender{Account: a.Sender.Account, Trusted: true}, w.now.UnixMilli())
	in.judges = true
	return in, nil
}

// removalsOf closes the family, or the members who are known elsewhere.
func (w *work) removalsOf(f *familyWork, household *ksv1.Household, note string) ([]merge.RecordEdit, error) {
	removal := func(member merge.ID) *ksv1.Removal {
		return &ksv1.Removal{
			Reason: ksv1.RemovalReason_REMOVAL_REASON_MOVED, Note: note, Date: prokesga.DateOf(w.now.In(area.Zone(w.row.Code))).String(), Seen: merge.SeenOf(f.joined(), member),
		}
	}
	duplicates := f.review.GetDuplicates()
	if review.ClosesFamily(duplicates, prokesga.HeadOf(household)) {
		return []merge.RecordEdit{{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{Removal: removal(merge.ID{})}}}, nil
	}
	var out []merge.RecordEdit
	for _, text := range review.MembersElsewhere(duplicates) {
		member, err := merge.ParseID(text)
		if err != nil {
			return nil, err
		}
		out = append(out, merge.RecordEdit{Key: merge.Key{Kind: merge.KindMember, Member: member}, Set: &ksv1.Member{Removal: removal(member)}})
	}
	return out, nil
}

// setDuplicates moves a family to other duplicates, under the village's revision.
func (w *work) setDuplicates(f *familyWork, after *ksv1.FamilyDuplicates) {
	moved := &ksv1.FamilyReview{}
	if f.review != nil {
		moved = proto.CloneOf(f.review)
	}
	moved.Duplicates, moved.Revision = after, w.row.Revision
	w.setReview(f, moved)
	w.countDoubles(f, after)
}

// countDoubles has the store count a family's doubles as they are.
func (w *work) countDoubles(f *familyWork, after *ksv1.FamilyDuplicates) {
	f.row.Doubles = review.Flags(f.row.ID.String(), after)
	cases := store.FamilyCases{Family: f.row.ID, OpenedAtMS: w.now.UnixMilli()}
	for _, d := range after.GetDoubles() {
		if review.DoubleState(after, d) == ksv1.DuplicateState_DUPLICATE_STATE_WITH_DISTRICT {
			cases.Tokens = append(cases.Tokens, d.GetToken())
		}
	}
	w.commit.DoubleCases = append(w.commit.DoubleCases, cases)
}

// Telling is what the index found that a family shares.
type Telling struct {
	Village uint32
	Family  merge.ID
	Found   []*ksv1.Double
}

// TellDoubles tells families' reviews what was found, each under a revision of its
// own, so that the feed brings it; what is nothing new, or of no family that is
// there, changes nothing. It is one transaction where the store's ManyVillages says
// so, else one for each village, of which those before an error stay.
func (c *Core) TellDoubles(ctx context.Context, tellings []Telling) error {
	of := map[uint32][]*Telling{}
	for i := range tellings {
		t := &tellings[i]
		of[t.Village] = append(of[t.Village], t)
	}
	villages := slices.Sorted(maps.Keys(of))
	together := 1
	if c.Store.ManyVillages() {
		together = max(len(villages), 1)
	}
	for some := range slices.Chunk(villages, together) {
		err := c.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
			for _, village := range some {
				if err := tx.InVillage(ctx, village, func(v store.VillageTx) error { return c.tellDoubles(ctx, tx.Snapshot(), v, of[village]) }); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("tell doubles of %d families: %w", len(tellings), err)
		}
	}
	return nil
}

func (c *Core) tellDoubles(ctx context.Context, snap store.Snapshot, v store.VillageTx, tellings []*Telling) error {
	w, err := c.begin(ctx, snap, v, nil, nil)
	if err != nil {
		return err
	}
	families := make([]merge.ID, len(tellings))
	for i := range tellings {
		families[i] = tellings[i].Family
	}
	if err := w.readFamilies(ctx, families); err != nil {
		return err
	}
	var counted []merge.ID
	for _, id := range families {
		if f := w.families[id]; !f.isNew && f.row.State == store.FamilyCounted {
			counted = append(counted, id)
		}
	}
	if err := v.ReopenDoubles(ctx, counted...); err != nil {
		return err
	}
	for _, t := range tellings {
		if err := w.tellDoubles(t); err != nil {
			return err
		}
	}
	return w.write(ctx)
}

func (w *work) tellDoubles(t *Telling) error {
	f, found := w.families[t.Family], t.Found
	if f.isNew {
		return nil
	}
	if f.row.State != store.FamilyCounted {
		found = nil
	}
	after, changed := review.Tell(f.review.GetDuplicates(), found)
	if !changed {
		return nil
	}
	plain, err := proto.MarshalOptions{Deterministic: true}.Marshal(after)
	if err != nil {
		return fmt.Errorf("encode doubles: %w", err)
	}
	told := &Act{Sender: &Sender{}, content: sha256.Sum256(plain)}
	// A family may stand in several villages, and be told at equal revisions of them.
	name := binary.BigEndian.AppendUint32(append([]byte("doubles"), t.Family[:]...), w.row.Number)
	sum := sha256.Sum256(binary.BigEndian.AppendUint64(name, w.row.Revision))
	copy(told.id[:], sum[:])
	w.link(told, told.id)
	w.setDuplicates(f, after)
	return nil
}
