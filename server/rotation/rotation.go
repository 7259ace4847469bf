package rotation

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
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

	outcome Outcome
}

// Recent is how long after a rotation another is begun only where it is asked for:
// who starts the command once more to be sure does not rotate twice.
const Recent = time.Hour

// Outcome is what a rotation did.
type Outcome struct {
	// Ring holds the keys from now on.
	Ring *record.Ring
	// Resealed rows, and Verified values that were opened by the new keys alone.
	Resealed, Verified int
	// Left rows did not open; the first are Named. The old keys stay then.
	Left  int
	Named []string
}

// starting is MetaKeysRotating before the key file holds the new keys; after that
// it is the id of the new master key.
const starting = "starting"

// Idle tells whether there is nothing to do for Run: keys were rotated less than Recent ago,
// that came to its end, and another rotation is not asked for.
func (r *Rotation) Idle(ctx context.Context) (bool, error) {
	rotating, err := r.meta(ctx, store.MetaKeysRotating)
	return rotating == "" && !r.Ring.Rotating() && !r.Again && r.Now().Sub(r.Ring.RotatedAt()) < Recent, err
}

// Run rotates, or goes on with a rotation that ended on the way; whether there is anything to
// do Idle tells. Ring are the keys from then on, also after an error. Errors: those of the
// store, of Save and of Progress; run it again then.
func (r *Rotation) Run(ctx context.Context) (*Outcome, error) {
	r.outcome = Outcome{Ring: r.Ring}
	rotating, err := r.meta(ctx, store.MetaKeysRotating)
	if err != nil {
		return nil, err
	}
	finished := rotating == nameOfKey(r.Ring.PresentKey()) && !r.Ring.Rotating()
	switch {
	case finished: // and only the store has not heard of it
	case r.Ring.Rotating():
		err = r.resume(ctx)
	default:
		if err = r.begin(ctx); err == nil {
			err = r.resume(ctx)
		}
	}
	if err != nil {
		return nil, err
	}
	if err := r.setMeta(ctx, store.MetaKeysRotating, ""); err != nil {
		return nil, err
	}
	return &r.outcome, r.Progress("end", 1, 1)
}

// begin announces the rotation, then makes keys.
func (r *Rotation) begin(ctx context.Context) error {
	if err := r.follow(ctx); err != nil {
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
	r.Ring, r.outcome.Ring = next, next
	return r.Progress("make keys", 1, 1)
}

// resume does what is left to do once the key file holds both keys.
func (r *Rotation) resume(ctx context.Context) error {
	present := nameOfKey(r.Ring.PresentKey())
	if err := r.setMeta(ctx, store.MetaKeysRotating, present); err != nil {
		return err
	}
	if err := r.setMeta(ctx, store.MetaKeysPresent, present); err != nil {
		return err
	}
	s, err := newSealing(r, r.Ring)
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
	return r.retire(ctx)
}

// follow follows what was committed last by the old keys, by which alone those are found who
// shared a number that a family has no more. What can't be read is told of in the end.
func (r *Rotation) follow(ctx context.Context) error {
	err := r.follower().Catch(ctx)
	var unread *follow.UnreadError
	if err != nil && !errors.As(err, &unread) && !errors.Is(err, store.ErrDamaged) {
		return fmt.Errorf("follow NIK and NKK: %w", err)
	}
	return nil
}

func (r *Rotation) follower() *follow.Identifiers {
	return &follow.Identifiers{Store: r.Store, Vault: ingest.NewVault(r.Ring, r.Rand)}
}

// index makes the entries of the index of NIK and NKK anew.
func (r *Rotation) index(ctx context.Context) error {
	err := r.follower().Rebuild(ctx, func(done, all int) error { return r.Progress("index", done, all) })
	if err != nil {
		return fmt.Errorf("index NIK and NKK: %w", err)
	}
	return nil
}

// retire opens everything by the new keys alone, and then drops the old ones.
func (r *Rotation) retire(ctx context.Context) error {
	retired, err := r.Ring.Retire()
	if err != nil {
		return err
	}
	s, err := newSealing(r, retired)
	if err != nil {
		return err
	}
	r.outcome.Left, r.outcome.Named = 0, nil
	for i := range store.SealedTables {
		if err := r.verify(ctx, s, &store.SealedTables[i]); err != nil {
			return err
		}
	}
	if r.outcome.Left > 0 {
		return nil
	}
	if err := r.Save(retired); err != nil {
		return err
	}
	r.Ring, r.outcome.Ring = retired, retired
	return r.Progress("retire", 1, 1)
}

// verify opens every value of a table.
func (r *Rotation) verify(ctx context.Context, s *sealing, t *store.SealedTable) error {
	q := store.SealedQuery{Limit: pageOf(t)}
	return r.eachPage(ctx, t, q, "verify "+t.Name, func(rows []store.SealedRow) error {
		for i := range rows {
			r.verifyRow(s, t, &row{SealedRow: rows[i]})
		}
		return nil
	})
}

func (r *Rotation) verifyRow(s *sealing, t *store.SealedTable, one *row) {
	for i, sealed := range one.Sealed {
		if len(sealed) == 0 {
			continue
		}
		_, err := s.open(t, one, i)
		if id, _ := record.KeyID(sealed); err == nil && id != s.present(t) {
			err = fmt.Errorf("%w: %d", record.ErrUnknownKey, id)
		}
		if err != nil {
			r.leave(t, &one.SealedRow, fmt.Errorf("%s: %w", t.Sealed[i], err))
			return
		}
		r.outcome.Verified++
	}
}

func (r *Rotation) meta(ctx context.Context, name string) (value string, err error) {
	err = r.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		value, err = snap.Meta(ctx, name)
		return err
	})
	return value, err
}

func (r *Rotation) setMeta(ctx context.Context, name, value string) error {
	return r.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error { return tx.Directory().PutMeta(ctx, name, value) })
}

func nameOfKey(id uint32) string { return strconv.FormatUint(uint64(id), 10) }

// Check tells whether a program with these keys may use a store; as an operator. Errors:
// one that says what to do.
func Check(ctx context.Context, snap store.Snapshot, ring *record.Ring) error {
	rotating, err := snap.Meta(ctx, store.MetaKeysRotating)
	if err != nil {
		return err
	}
	if rotating != "" {
		return fmt.Errorf("a rotation of keys did not come to its end: run 'ks-server keys rotate' again")
	}
	present, err := presentOf(ctx, snap)
	if err == nil && present != "" && present != nameOfKey(ring.PresentKey()) {
		err = errForeignKeys
	}
	return err
}

var errForeignKeys = errors.New("the key file is not this store's: put back the keys.json that 'ks-server init' made with it, or, where its keys were rotated, copy keys.json from where 'ks-server keys rotate' ran")

// CheckHeld tells whether the keys that a store is under are among these, as also while they
// are being rotated; as an operator. Errors: as Check.
func CheckHeld(ctx context.Context, snap store.Snapshot, ring *record.Ring) error {
	present, err := presentOf(ctx, snap)
	if err != nil || present == "" {
		return err
	}
	id, err := strconv.ParseUint(present, 10, 32)
	if err != nil {
		return fmt.Errorf("read %s: %w", store.MetaKeysPresent, err)
	}
	if _, err := ring.FamilyKeyOf(uint32(id), [record.SaltBytes]byte{}); errors.Is(err, record.ErrUnknownKey) {
		return errForeignKeys
	}
	return err
}

// presentOf names the master key that a store is under: where its keys were never rotated,
// the one that its first account is sealed under; "": nothing is.
func presentOf(ctx context.Context, snap store.Snapshot) (string, error) {
	present, err := snap.Meta(ctx, store.MetaKeysPresent)
	if err != nil || present != "" {
		return present, err
	}
	first, err := snap.ListAccounts(ctx, store.AccountQuery{Below: true, Limit: 1})
	if err != nil || len(first) == 0 || len(first[0].FullName) == 0 {
		return "", err
	}
	id, err := record.KeyID(first[0].FullName)
	if err != nil {
		return "", fmt.Errorf("the store's first account: %w", err)
	}
	return nameOfKey(id), nil
}
