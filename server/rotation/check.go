package rotation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/keluarga-sehat/sync/internal/record"
	"github.com/keluarga-sehat/sync/server/store"
)

func nameOfKey(id uint32) string { return strconv.FormatUint(uint64(id), 10) }

func idOfKey(name string) (uint32, error) {
	id, err := strconv.ParseUint(name, 10, 32)
	if err != nil {
		return 0, fmt.Errorf("read %s: %w", store.MetaKeysPresent, err)
	}
	return uint32(id), nil
}

// ErrUnfinished: the store has not seen the end of a rotation of keys.
var ErrUnfinished = errors.New("run 'ks-server keys rotate'")

// Check tells whether a program with these keys may use a store; as an operator. Errors:
// one that says what to do, as ErrUnfinished.
func Check(ctx context.Context, snap store.Snapshot, ring *record.Ring) error {
	rotating, err := snap.Meta(ctx, store.MetaKeysRotating)
	if err != nil {
		return err
	}
	if rotating == keyless {
		return fmt.Errorf("rows are under keys that the key file does not hold: %w, which names them, --with the keys.json of before; or, where nobody has it any more, --leave-keyless", ErrUnfinished)
	}
	if rotating != "" {
		return fmt.Errorf("a rotation of keys did not come to its end: %w again", ErrUnfinished)
	}
	present, err := presentOf(ctx, snap)
	if err != nil || present == "" || present == nameOfKey(ring.PresentKey()) {
		return err
	}
	if until, kept := formerUntil(ring, present); kept {
		return fmt.Errorf("the store is under the keys of before the rotation of %s, as where a standby that lagged was promoted, or the database put back: %w, which seals it anew under the present ones", until.Format(time.RFC3339), ErrUnfinished)
	}
	return errForeignKeys
}

var errForeignKeys = errors.New("the key file is not this store's: put back the keys.json that 'ks-server init' made with it, or, where its keys were rotated, copy keys.json from where 'ks-server keys rotate' ran; where a key file of before the last rotation opens the store, 'ks-server keys rotate --with' takes it")

// formerUntil tells whether a ring keeps the key of that name, and until when it was the present one.
func formerUntil(ring *record.Ring, name string) (time.Time, bool) {
	kept := ring.FormerKeys()
	i := slices.IndexFunc(kept, func(f record.FormerKeys) bool { return nameOfKey(f.Record) == name })
	if i < 0 {
		return time.Time{}, false
	}
	return time.UnixMilli(kept[i].UntilMS), true
}

// CheckHeld tells whether the keys that a store is under are among these, as also while they
// are being rotated, or retired; as an operator. Errors: as Check.
func CheckHeld(ctx context.Context, snap store.Snapshot, ring *record.Ring) error {
	present, err := presentOf(ctx, snap)
	if err != nil || present == "" {
		return err
	}
	if _, kept := formerUntil(ring, present); kept {
		return nil
	}
	id, err := idOfKey(present)
	if err != nil {
		return err
	}
	if _, err := ring.FamilyKeyOf(id, [record.SaltBytes]byte{}); errors.Is(err, record.ErrUnknownKey) {
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
