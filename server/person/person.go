// Package person carries out a person's rights (UU PDP): what is held of them, who
// read it, how it was corrected, restriction and erasure. It is for commands on
// the server's machine, which ask for a ground and a second person and record
// both; it serves no request.
//
// People are found by NIK or NKK through the keyed index (Find), which knows who counts
// now, or by opening every family (FindEverywhere), which finds them also where they left,
// or by the ids of family and member. What withholds them is written to
// a ledger outside the store first (ids and time, no data), which a restored
// backup is held against before it serves; so an erasure that a crash cut off is
// carried out by Reapply. A restriction that is lifted is written when it is lifted.
package person

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/ledger"
	"github.com/keluarga-sehat/sync/server/store"
)

// Service carries out rights. All fields must be set; contexts must be an
// operator's (store.AsOperator).
type Service struct {
	Store store.Store
	Core  *ingest.Core
	Now   func() time.Time
	Rand  io.Reader
	// Ledger is the file of what is carried out again by Reapply.
	Ledger string
}

// Restrict restricts the processing of the families found, or lifts that: they
// are kept and counted, and shown to nobody through pages, lists and exports. At
// its next sync a device lets go of them as of those outside its areas, once its
// unsent work in them is sent; it gets them back when the restriction is lifted.
// Restriction is of a whole family, for its answers are of all its members.
func (s *Service) Restrict(ctx context.Context, found []Found, restricted bool) error {
	if !restricted {
		if err := s.restrict(ctx, found, false); err != nil {
			return err
		}
		if err := ledger.Append(s.Ledger, s.linesOf(found, ledger.Lift)); err != nil {
			return fmt.Errorf("lifted, but a restore would not know of it; mend the ledger, and run this again: %w", err)
		}
		return nil
	}
	if err := ledger.Append(s.Ledger, s.linesOf(found, ledger.Restrict)); err != nil {
		return fmt.Errorf("nothing was restricted: %w", err)
	}
	return s.restrict(ctx, found, true)
}

// linesOf tells of a restriction or its end.
func (s *Service) linesOf(found []Found, deed ledger.Deed) []ledger.Line {
	lines := make([]ledger.Line, len(found))
	for i, f := range found {
		lines[i] = ledger.Line{Deed: deed, Village: f.Village.Number, Code: f.Village.Code, Restricted: f.Row.ID.String(), TimeMS: s.Now().UnixMilli()}
	}
	return lines
}

func (s *Service) restrict(ctx context.Context, found []Found, restricted bool) error {
	for _, f := range found {
		r := ingest.Restriction{Village: f.Village.Number, Family: f.Row.ID, Restricted: restricted}
		if _, err := s.Core.Restrict(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

// Erase erases who was found: the ledger first, then the store. done counts those who had
// not been erased before.
func (s *Service) Erase(ctx context.Context, found []Found) (done int, err error) {
	var entries []ledger.Line
	for _, f := range found {
		e := ledger.Line{Village: f.Village.Number, Code: f.Village.Code, Family: f.Row.ID.String(), TimeMS: s.Now().UnixMilli()}
		if !f.Member.IsZero() {
			e.Member = f.Member.String()
		}
		entries = append(entries, e)
	}
	if err := ledger.Append(s.Ledger, entries); err != nil {
		return 0, fmt.Errorf("nothing was erased: %w", err)
	}
	err = s.apply(ctx, entries, false, func(_ ledger.Line, outcome ingest.ErasureOutcome, err error) error {
		if err == nil && outcome == ingest.ErasedNow {
			done++
		}
		return err
	})
	if err != nil {
		err = fmt.Errorf("erased in %d of %d families, and the ledger has all: run this again: %w", done, len(found), err)
	}
	return done, err
}

// apply carries out entries, and hands over what became of each; tell's error ends it.
func (s *Service) apply(ctx context.Context, entries []ledger.Line, again bool, tell func(ledger.Line, ingest.ErasureOutcome, error) error) error {
	if len(entries) == 0 {
		return nil
	}
	clock, err := s.Core.Eraser(ctx, s.Rand)
	if err != nil {
		return err
	}
	for n, entry := range entries {
		e := ingest.Erasure{Village: entry.Village, Device: clock.Device, Incarnation: clock.Incarnation, Again: again}
		if e.Family, err = merge.ParseID(entry.Family); err != nil {
			return fmt.Errorf("ledger line %d: %w", n+1, err)
		}
		if entry.Member != "" {
			if e.Member, err = merge.ParseID(entry.Member); err != nil {
				return fmt.Errorf("ledger line %d: %w", n+1, err)
			}
		}
		e.Change = merge.NewID(clock.Device, clock.Incarnation, uint64(n+1))
		_, done, err := s.Core.Erase(ctx, e)
		if err := tell(entry, done, err); err != nil {
			return err
		}
	}
	return nil
}
