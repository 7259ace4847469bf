package rotation

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/keluarga-sehat/sync/internal/record"
	"github.com/keluarga-sehat/sync/server/follow"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// Rotation rotates the keys of a store. All fields must be set; the gate must be
// held alone (Hold), and contexts be an operator's (store.AsOperator).
type Rotation struct {
	Store store.Store
	Hold  *store.Hold
	// Ring is the key file's.
	Ring *record.Ring
	// Save replaces the key file at once, and is on disk when it returns.
	Save func(*record.Ring) error
	Now  func() time.Time
	Rand io.Reader
	// Progress is told of each page of each step; its error ends the rotation where
	// it is.
	Progress func(step string, done, all int) error
	// Again begins another rotation though the last one is recent.
	Again bool
	// Finish makes no keys, whatever the store says; one that was announced and not begun is
	// called off.
	Finish bool
	// Joined: the ring holds keys that the key file does not yet.
	Joined bool
	// LeaveKeyless gives up the rows whose keys the key file does not hold.
	LeaveKeyless bool

	outcome Outcome
	lost    lostKeys
}

// Recent is how long after a rotation another is begun only where it is asked for:
// who starts the command once more to be sure does not rotate twice.
const Recent = time.Hour

// Outcome is what a rotation did.
type Outcome struct {
	// Ring holds the keys from now on.
	Ring *record.Ring
	// Made: there are new keys, else those of before were gone on with.
	Made bool
	// CalledOff: a rotation that was announced was not begun, and nothing else done.
	CalledOff bool
	// Resealed rows, and Verified values that were opened by the new keys alone.
	Resealed, Verified int
	// Left rows did not open; the first are Named. Of those Keyless are under keys that the
	// key file does not hold.
	Left, Keyless int
	Named         []string
}

// starting is MetaKeysRotating before the key file holds the new keys; after that
// it is the id of the new master key.
const starting = "starting"

// keyless is MetaKeysRotating once everything was done, and rows are under keys that the key
// file does not hold: nobody is to use the store before somebody has decided of them.
const keyless = "keyless"

// Run rotates, or goes on with a rotation that ended on the way, or that the store has seen
// only in part; where the last one ended less than Recent ago it makes no keys, and sees that
// everything opens. Ring are the keys from then on, also after an error. Errors: those of the
// store, of Save and of Progress; run it again then.
func (r *Rotation) Run(ctx context.Context) (*Outcome, error) {
	r.outcome = Outcome{Ring: r.Ring}
	due, err := r.due(ctx)
	if err != nil {
		return nil, err
	}
	r.outcome.CalledOff = due && r.Finish
	if due && !r.Finish {
		if err := r.begin(ctx); err != nil {
			return nil, err
		}
	}
	if !r.outcome.CalledOff {
		if err := r.resume(ctx); err != nil {
			return nil, err
		}
	}
	end := ""
	if r.outcome.Keyless > 0 {
		end = keyless
	}
	if err := r.setMeta(ctx, store.MetaKeysRotating, end); err != nil {
		return nil, err
	}
	return &r.outcome, r.Progress("end", 1, 1)
}

// due tells whether new keys are to be made: the store is under the present ones, and no
// rotation has to go on.
func (r *Rotation) due(ctx context.Context) (due bool, err error) {
	err = r.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		rotating, err := snap.Meta(ctx, store.MetaKeysRotating)
		if err != nil {
			return err
		}
		present, err := presentOf(ctx, snap)
		recent := r.Now().Sub(r.Ring.RotatedAt()) < Recent && !r.Again
		settled := present == "" || present == nameOfKey(r.Ring.PresentKey())
		due = rotating == starting && settled || rotating == "" && settled && !recent
		due = due && !r.Ring.Rotating()
		return err
	})
	return due, err
}

// begin announces the rotation, then makes keys.
func (r *Rotation) begin(ctx context.Context) error {
	if err := r.follow(ctx, r.Ring); err != nil {
		return err
	}
	if err := r.setMeta(ctx, store.MetaKeysRotating, starting); err != nil {
		return err
	}
	if err := r.Progress("announce", 1, 1); err != nil {
		return err
	}
	next, err := r.Ring.Rotate(r.Rand, r.Now())
	if err != nil {
		return err
	}
	if err := r.Save(next); err != nil {
		return err
	}
	r.Ring, r.outcome.Ring, r.outcome.Made = next, next, true
	return r.Progress("make keys", 1, 1)
}

// resume does what is left to do once the key file holds old and new keys.
func (r *Rotation) resume(ctx context.Context) error {
	if err := r.takeUp(ctx); err != nil {
		return err
	}
	s, err := newSealing(r.Rand, r.Ring)
	if err != nil {
		return err
	}
	for i := range store.SealedTables {
		if err := r.reseal(ctx, s, &store.SealedTables[i]); err != nil {
			return err
		}
	}
	if err := r.index(ctx); err != nil {
		return err
	}
	if err := r.Hold.Settle(ctx); err != nil {
		return err
	}
	return r.retire(ctx, s)
}

// takeUp keeps everybody else from the store, and takes up the retired keys: rows may be under
// them, where a standby that lagged was promoted, or the database put back.
func (r *Rotation) takeUp(ctx context.Context) error {
	all, err := r.Ring.TakeUp()
	if err != nil {
		return err
	}
	if err := r.followBefore(ctx, all); err != nil {
		return err
	}
	present := nameOfKey(r.Ring.PresentKey())
	for _, name := range []string{store.MetaKeysRotating, store.MetaKeysPresent} {
		if err := r.setMeta(ctx, name, present); err != nil {
			return err
		}
	}
	if len(r.Ring.FormerKeys()) == 0 && !r.Joined {
		return nil
	}
	if err := r.Save(all); err != nil {
		return err
	}
	r.Ring, r.outcome.Ring = all, all
	return r.Progress("take up", 1, 1)
}

// followBefore is follow where the store has seen nothing of the rotation yet.
func (r *Rotation) followBefore(ctx context.Context, all *record.Ring) error {
	var present string
	err := r.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		present, err = presentOf(ctx, snap)
		return err
	})
	if err != nil || present == "" || present == nameOfKey(all.PresentKey()) {
		return err
	}
	id, err := idOfKey(present)
	if err != nil {
		return err
	}
	before := all.Before(id)
	if before == nil {
		return nil
	}
	return r.follow(ctx, before)
}

// follow follows what was committed last by the old keys, by which alone those are found who
// shared a number that a family has no more. What can't be read is told of in the end.
func (r *Rotation) follow(ctx context.Context, ring *record.Ring) error {
	err := r.follower(ring).Catch(ctx)
	var unread *follow.UnreadError
	if err != nil && !errors.As(err, &unread) && !errors.Is(err, store.ErrDamaged) {
		return fmt.Errorf("follow NIK and NKK: %w", err)
	}
	return nil
}

func (r *Rotation) follower(ring *record.Ring) *follow.Identifiers {
	return &follow.Identifiers{Store: r.Store, Vault: ingest.NewVault(ring, r.Rand)}
}

// index makes the entries of the index of NIK and NKK anew.
func (r *Rotation) index(ctx context.Context) error {
	err := r.follower(r.Ring).Rebuild(ctx, func(done, all int) error { return r.Progress("index", done, all) })
	if err != nil {
		return fmt.Errorf("index NIK and NKK: %w", err)
	}
	return nil
}

// retire opens everything by the new keys alone, and then retires the old ones, which the key
// file keeps for what did not open, and for a store that has not seen this.
func (r *Rotation) retire(ctx context.Context, whole *sealing) error {
	retired, err := r.Ring.Retire()
	if err != nil {
		return err
	}
	s, err := newSealing(r.Rand, retired)
	if err != nil {
		return err
	}
	if r.lost, err = lostOf(ctx, r.Store); err != nil {
		return err
	}
	v := verifying{Rotation: r, alone: s, whole: whole}
	for i := range store.SealedTables {
		if err := v.table(ctx, &store.SealedTables[i]); err != nil {
			return err
		}
	}
	if r.LeaveKeyless {
		if err := r.setMeta(ctx, store.MetaKeysLost, r.lost.String()); err != nil {
			return err
		}
	}
	if r.Ring.Rotating() {
		if err := r.Save(retired); err != nil {
			return err
		}
	}
	r.Ring, r.outcome.Ring = retired, retired
	return r.Progress("retire", 1, 1)
}

func (r *Rotation) setMeta(ctx context.Context, name, value string) error {
	return r.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error { return tx.Directory().PutMeta(ctx, name, value) })
}
