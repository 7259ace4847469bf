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

func (v *verifying) row(t *store.SealedTable, one *row) {
	for i, sealed := range one.Sealed {
		if len(sealed) == 0 {
			continue
		}
		_, err := v.alone.open(t, one, i)
		if id, _ := record.KeyID(sealed); err == nil && id != v.alone.present(t) {
			err = fmt.Errorf("%w: %d", record.ErrUnknownKey, id)
		}
		if err == nil {
			v.outcome.Verified++
			continue
		}
		if errors.Is(err, record.ErrUnknownKey) {
			if _, err = v.whole.open(t, one, i); err == nil {
				err = errNotRenewed
			}
			if errors.Is(err, record.ErrUnknownKey) {
				v.outcome.Keyless++
			}
		}
		v.leave(t, &one.SealedRow, fmt.Errorf("%s: %w", t.Sealed[i], err))
		return
	}
}
