package device

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/syncing"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Draft is a save that is being made: the store hands it the family as it
// stands, it says what to write.
type Draft struct {
	// Family is as the device knows it; its State is empty for a new family.
	Family *Family
	// Seen is the family as who edits it saw it, where that is not Family (See).
	Seen *merge.State
	// NewID draws ids for members, rounds and visits that the save creates.
	NewID func() merge.ID
	// Check, where it is set, is shown the family as the save will leave it, and
	// by before as it was; an error aborts the save. Neither is to be altered.
	Check func(after *ksv1.Household, before func() (*ksv1.Household, error)) error

	own     *merge.Clock
	changes []*ksv1.Change
	moves   *merge.State // what Seen is of; nil: nobody's
}

// See tells what who edits the family saw of it: what others have written since is not
// superseded, and shows as a conflict. Once the save is on disk, seen has seen it too;
// it is not read or written but by saves.
func (d *Draft) See(seen *merge.State) {
	now := merge.OwnAsTheyStand(seen, &d.Family.State, d.own)
	d.Seen, d.moves = &now, seen
}

// joinSeen adds what is saved to what who edits the family has seen.
func (d *Draft) joinSeen() error {
	if d.moves == nil {
		return nil
	}
	for _, change := range d.changes {
		delta, err := merge.FromChange(change)
		if err != nil {
			return err
		}
		*d.Seen = merge.Join(*d.Seen, delta)
	}
	return nil
}

func (d *Draft) check(after *ksv1.Household, was *merge.State) error {
	if d.Check == nil {
		return nil
	}
	return d.Check(after, func() (*ksv1.Household, error) { return merge.View(was) })
}

// Saving is one family's part of a save.
type Saving struct {
	Family merge.ID
	// Village is where a new family is recorded; 0 for one that is there.
	Village uint32
	// From is a family of an earlier part from which this one takes surveys over; zero: none.
	From merge.ID
	// Edit says what to write; an error from it aborts the whole save.
	Edit func(*Draft) ([]merge.RecordEdit, error)
}

// Save makes one change to a family, durably: when it returns without an
// error, the change is on disk. fn says what to write; an error from it aborts
// the save and nothing is kept. The result is empty where nothing differs from
// what is there, and several changes where one would be larger than the server
// takes it. What refused changes of the family said is said again by this
// one, so that a correction brings the whole save through.
func (s *Store) Save(ctx context.Context, id merge.ID, village uint32, fn func(*Draft) ([]merge.RecordEdit, error)) ([]*ksv1.Change, error) {
	return s.SaveAll(ctx, Saving{Family: id, Village: village, Edit: fn})
}

// SaveAll is Save for several families at once: all of it is kept or nothing.
// The changes are sent in the order given, each as one of its family's. What a family gives to
// another, which comes in an earlier part, is merged where all is that the other gets.
func (s *Store) SaveAll(ctx context.Context, parts ...Saving) ([]*ksv1.Change, error) {
	ctx, err := unhurried(ctx)
	if err != nil {
		return nil, err
	}
	var drafts []*Draft
	s.mu.Lock()
	// The identity's row stays as it is: what a save draws of it, stamps and
	// ids, the changes themselves tell (identity.learn).
	err = s.transactOr(ctx, ErrStorageFull, func(tx *sql.Tx) error {
		for _, part := range parts {
			draft, err := s.save(ctx, tx, part, drafts)
			if err != nil {
				return err
			}
			drafts = append(drafts, draft)
		}
		return nil
	})
	var changes []*ksv1.Change
	if err == nil {
		for _, d := range drafts {
			changes = append(changes, d.changes...)
			if d.moves != nil {
				*d.moves = *d.Seen
			}
		}
	}
	if len(changes) > 0 {
		s.storeMark()
	}
	s.mu.Unlock()
	if err != nil {
		return nil, err
	}
	if len(changes) > 0 {
		s.notify()
	}
	return changes, nil
}

func (s *Store) save(ctx context.Context, tx *sql.Tx, part Saving, drafts []*Draft) (*Draft, error) {
	family, err := s.familyOrNew(ctx, tx, part.Family, part.Village)
	if err != nil {
		return nil, err
	}
	draft := &Draft{Family: family, NewID: s.nextID, own: &s.identity.clock}
	edits, err := part.Edit(draft)
	if err != nil {
		return nil, err
	}
	before := saved{drafts: drafts}
	refused := len(family.Refused) > 0
	if refused {
		if edits, before.replaced, err = s.takeOverRefused(ctx, tx, part.Family, edits); err != nil {
			return nil, err
		}
	}
	draft.changes, err = s.changesOf(family, cmp.Or(draft.Seen, &family.State), edits)
	if err != nil || len(draft.changes) == 0 {
		return draft, err
	}
	if err := s.nameParts(ctx, tx, part, draft, before); err != nil {
		return nil, err
	}
	if family.Unsent {
		if err := s.nameSent(ctx, tx, family.ID, draft.changes); err != nil {
			return nil, err
		}
	}
	was := family.State
	after, err := family.joinSaved(draft.changes, edits)
	if err != nil {
		return nil, err
	}
	if err := draft.check(after, &was); err != nil {
		return nil, err
	}
	if err := draft.joinSeen(); err != nil {
		return nil, err
	}
	for _, change := range draft.changes {
		if err := s.insertChange(ctx, tx, change); err != nil {
			return nil, err
		}
	}
	if refused {
		return draft, s.reindex(ctx, tx, part.Family)
	}
	return draft, s.index.stageShown(family, after)
}

func (s *Store) familyOrNew(ctx context.Context, tx *sql.Tx, id merge.ID, village uint32) (*Family, error) {
	isNew := &Family{ID: id, Village: village, State: merge.State{Family: id}}
	if village != 0 && s.index.families[id] == nil && s.loss == nil {
		return isNew, nil
	}
	family, err := s.family(ctx, tx, id)
	if err == nil {
		return family, nil
	}
	if village == 0 {
		return nil, err
	}
	return isNew, nil
}

// joinSaved lays changes that are being saved, made of edits, over what is known, and
// gives what the family then shows. Of one that a change alone makes, as most saves of a
// first visit do, no registers are made, and State stays empty. Error: ErrFamilyTooLarge.
func (f *Family) joinSaved(changes []*ksv1.Change, edits []merge.RecordEdit) (*ksv1.Household, error) {
	if first := changes[0]; len(f.State.Records) == 0 && len(changes) == 1 {
		if plain, ok := merge.ReadPlain(first); ok {
			if len(first.GetWrites()) > merge.RoomForRecords.Records {
				return nil, ErrFamilyTooLarge
			}
			f.stand(row{change: first, status: StatusPending})
			return plain.Show(edits)
		}
	}
	before := f.State
	for _, change := range changes {
		delta, err := merge.FromChange(change)
		if err != nil {
			return nil, err
		}
		f.join(delta, row{change: change, status: StatusPending})
	}
	room := merge.RoomFor(&before, &f.State)
	// What waits for a supervisor lies over it, too, and is not to keep the rest back.
	over := len(f.Quarantined) > 0 && !before.Fits(room)
	if !over && !room.Takes(&before, &f.State) {
		return nil, ErrFamilyTooLarge
	}
	return merge.View(&f.State)
}

// changesOf stamps what the edits say beyond what was seen of the family; none where that
// is nothing.
func (s *Store) changesOf(family *Family, seen *merge.State, edits []merge.RecordEdit) ([]*ksv1.Change, error) {
	highest := merge.MaxStamp(family.State.HighestStamp(), seen.HighestStamp())
	whole, differs, err := merge.NewChange(seen, s.identity.clock.NextAfter(highest, s.wallMS()), edits)
	if err != nil || !differs {
		return nil, err
	}
	changes, err := merge.SplitChange(whole, changeBytes)
	if err != nil {
		return nil, err
	}
	for i, change := range changes {
		if i > 0 {
			change.Stamp = s.identity.clock.NextAfter(merge.StampOf(changes[i-1].GetStamp()), s.wallMS()).Proto()
		}
		id := s.nextID()
		change.Id, change.Author, change.Village = id[:], s.identity.author, family.Village
		if s.identity.offsetMS.Valid {
			change.ClockOffsetMs = proto.Int64(s.identity.offsetMS.Int64)
		}
	}
	return changes, nil
}

// nameSent has removals and withdrawals that are saved behind unsent work say what of the
// family's was sent before it (merge.NameSent).
func (s *Store) nameSent(ctx context.Context, tx *sql.Tx, id merge.ID, changes []*ksv1.Change) error {
	if !slices.ContainsFunc(changes, merge.TellsSeen) {
		return nil
	}
	confirmed := &Family{ID: id}
	if _, err := s.readConfirmed(ctx, tx, confirmed); err != nil {
		return err
	}
	sent := confirmed.State.HighestOf(s.identity.device, s.identity.incarnation)
	if sent.IsZero() {
		return nil
	}
	for _, c := range changes {
		merge.NameSent(c, sent)
	}
	return nil
}

// changeBytes is how much of a save goes into one change: what the server takes, less
// room for ids and for stamps that are given anew, which may be longer.
const changeBytes = syncing.ChangeBytes * 3 / 4

// NewFamilyID draws the id of a record that is to be saved for the first time. It is
// never drawn again, whether it is saved or not, but for a store that can't write.
func (s *Store) NewFamilyID() merge.ID {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.identity.counter >= s.identity.reserved {
		_ = s.reserve(context.Background()) // the save will say what is wrong
	}
	return s.nextID()
}

// takeOverRefused adds what the family's refused changes said and the edits do
// not say otherwise, and marks them replaced. What another family did not get of it stays out: it
// is to be done again with that (row.stands).
func (s *Store) takeOverRefused(ctx context.Context, tx *sql.Tx, id merge.ID, edits []merge.RecordEdit) (_ []merge.RecordEdit, replaced []*ksv1.Change, err error) {
	refused, err := s.changes(ctx, tx, `WHERE family_id = ? AND status = ? ORDER BY seq`, id[:], StatusRefused)
	if err != nil || len(refused) == 0 {
		return edits, nil, err
	}
	var before []merge.RecordEdit
	for _, r := range refused {
		stands, err := r.stands()
		if err != nil {
			return nil, nil, fmt.Errorf("read refused change: %w", err)
		}
		replaced = append(replaced, stands)
		for _, w := range stands.GetWrites() {
			edit, err := merge.EditOfWrite(w)
			if err != nil {
				return nil, nil, fmt.Errorf("read refused change: %w", err)
			}
			before = append(before, edit)
		}
	}
	_, err = tx.ExecContext(ctx, `UPDATE change SET status = ? WHERE family_id = ? AND status = ?`,
		StatusReplaced, id[:], StatusRefused)
	if err != nil {
		return nil, nil, fmt.Errorf("replace refused changes: %w", err)
	}
	return merge.Combine(append(before, edits...)...), replaced, nil
}
