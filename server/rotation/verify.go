package rotation

import (
	"context"
	"errors"
	"fmt"

	"github.com/keluarga-sehat/sync/internal/record"
	"github.com/keluarga-sehat/sync/server/store"
)

// verifying opens what was sealed anew, by the new keys alone; what does not open so is tried
// by the whole ring, to tell why.
type verifying struct {
	*Rotation
	alone, whole *sealing
}

var errNotRenewed = errors.New("could not be sealed anew, and is under an old key")

// table opens every value of a table.
func (v *verifying) table(ctx context.Context, t *store.SealedTable) error {
	q := store.SealedQuery{Limit: pageOf(t)}
	return v.eachPage(ctx, t, q, "verify "+t.Name, func(rows []store.SealedRow) error {
		for i := range rows {
			v.row(t, &row{SealedRow: rows[i]})
		}
		return nil
	})
}

// row opens each value of a row, which is left once though several do not open.
func (v *verifying) row(t *store.SealedTable, one *row) {
	var left error
	hasKeys := true
	for i, sealed := range one.Sealed {
		if len(sealed) == 0 {
			continue
		}
		err := v.value(t, one, i)
		if err == nil {
			v.outcome.Verified++
			continue
		}
		left = errors.Join(left, fmt.Errorf("%s: %w", t.Sealed[i], err))
		hasKeys = hasKeys && !errors.Is(err, record.ErrUnknownKey)
	}
	if left == nil {
		return
	}
	if !hasKeys {
		v.outcome.Keyless++
	}
	v.leave(t, &one.SealedRow, left)
}

// value tells why a value does not open by the new keys alone. Errors: record.ErrUnknownKey of
// which nobody has decided.
func (v *verifying) value(t *store.SealedTable, one *row, column int) error {
	_, err := v.alone.open(t, one, column)
	id, _ := record.KeyID(one.Sealed[column])
	if err == nil && id == v.alone.present(t) {
		return nil
	}
	if err != nil && !errors.Is(err, record.ErrUnknownKey) {
		return err
	}
	if _, err = v.whole.open(t, one, column); err == nil {
		return errNotRenewed
	}
	if !errors.Is(err, record.ErrUnknownKey) {
		return err
	}
	if v.LeaveKeyless {
		v.lost[id] = true
	}
	if v.lost[id] {
		return fmt.Errorf("it was given up with its key: %d", id)
	}
	return err
}
