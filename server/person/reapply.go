package person

import (
	"context"
	"errors"
	"fmt"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/server/auth"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/ledger"
	"github.com/keluarga-sehat/sync/server/store"
)

// Reapplied is what became of a ledger's lines in a store that was restored.
type Reapplied struct {
	// Lines are all erasures that could be read, Erased those that were carried out again,
	// Marked those of which the store had nothing, so that the mark alone was made; of the
	// others the mark was there, but for those passed over.
	Lines, Erased, Marked int
	// Again are how many of the other deeds were carried out again; of the others the store
	// had it so.
	Again map[ledger.Deed]int
	// Passed are lines passed over, whose village, family, account or device the store does
	// not have.
	Passed []ledger.Line
	// Torn is the number of a last line that was cut short, and so never acted on; 0: none.
	Torn int
}

// Reapply carries out again what a ledger says, in a store that was restored from a
// backup made before. What is erased is passed over; a family or member that is not there
// gets its mark, so that what devices offer of it again is dropped. Families are restricted,
// or no longer, accounts disabled and devices revoked as the last line of each says. Who was
// enabled last stays as in the backup: to open a door again is for people to decide.
func (s *Service) Reapply(ctx context.Context, path string) (*Reapplied, error) {
	lines, torn, err := ledger.Read(path)
	if err != nil {
		return nil, err
	}
	erasures := ledger.Erasures(lines)
	r := &Reapplied{Lines: len(erasures), Again: map[ledger.Deed]int{}, Torn: torn}
	err = s.apply(ctx, erasures, true, func(entry ledger.Line, done ingest.ErasureOutcome, err error) error {
		switch {
		case errors.Is(err, store.ErrNotFound):
			r.Passed = append(r.Passed, entry)
			return nil
		case err != nil:
			return err
		case done == ingest.ErasedNow:
			r.Erased++
		case done == ingest.OnlyMarked:
			r.Marked++
		}
		return nil
	})
	if err != nil {
		return r, err
	}
	for _, l := range ledger.Standing(lines) {
		done, err := s.again(ctx, l)
		switch {
		case errors.Is(err, store.ErrNotFound):
			r.Passed = append(r.Passed, l)
		case err != nil:
			return r, fmt.Errorf("ledger, %s: %w", l.Deed, err)
		case done:
			r.Again[l.Deed]++
		}
	}
	return r, nil
}

// again carries out a line that is no erasure; false: it is so already. Errors:
// store.ErrNotFound, also where the number is another's now.
func (s *Service) again(ctx context.Context, l ledger.Line) (done bool, err error) {
	switch l.Deed {
	case ledger.Restrict, ledger.Lift:
		family, err := merge.ParseID(l.Restricted)
		if err != nil {
			return false, err
		}
		return s.Core.Restrict(ctx, ingest.Restriction{Village: l.Village, Family: family, Restricted: l.Deed == ledger.Restrict})
	case ledger.Disable:
		err = s.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
			row, err := tx.Directory().LockAccount(ctx, l.Account)
			if err == nil && row.CreatedMS != l.MadeMS {
				err = store.ErrNotFound
			}
			if done = err == nil && !row.Disabled; !done {
				return err
			}
			return auth.Disable(ctx, tx, row, s.Now().UnixMilli())
		})
		return done, err
	case ledger.Revoke:
		err = s.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
			d, err := tx.Snapshot().FindDevice(ctx, l.Device)
			if err == nil && d.RegisteredMS != l.MadeMS {
				err = store.ErrNotFound
			}
			if done = err == nil && !d.Revoked; !done {
				return err
			}
			return tx.Directory().RevokeDevice(ctx, l.Device)
		})
		return done, err
	case ledger.Enable:
		return false, nil
	}
	return false, errors.New("an unknown deed; the ledger may be of a newer version")
}
