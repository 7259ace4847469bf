package device

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Family is what the device knows of one family.
type Family struct {
	ID merge.ID
	// Village is the number of the village it is recorded in.
	Village uint32
	// State is the confirmed state with the user's own changes laid over it.
	State merge.State
	// Review is where the family stands in review; nil: never submitted.
	Review *ksv1.FamilyReview
	// Unsent tells whether own changes wait to be sent.
	Unsent bool
	// Refused and Quarantined are receipts of own changes that the server did
	// not merge.
	Refused, Quarantined []*ksv1.Receipt

	// Deciding: Review is as verdicts that wait to be sent will make it.
	Deciding bool

	// unsent are the own changes that wait to be sent.
	unsent []*ksv1.Change
	digest merge.Digest // of the confirmed part
	// revision of the confirmed part; 0: the server has not brought it, but a hand-over.
	revision int64
}

// Digest names the confirmed state, which verdicts are about.
func (f *Family) Digest() merge.Digest { return f.digest }

// Family reads one family. Errors: ErrNotFound, ErrTakenAway.
func (s *Store) Family(ctx context.Context, id merge.ID) (*Family, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, ErrClosed
	}
	return s.family(ctx, s.db, id)
}

// Known is what the server is known to hold of a family, without what waits to
// be sent; empty: nothing.
func (s *Store) Known(ctx context.Context, id merge.ID) (*merge.State, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, ErrClosed
	}
	f := &Family{ID: id, State: merge.State{Family: id}}
	_, err := s.readConfirmed(ctx, s.db, f)
	return &f.State, err
}

func (s *Store) family(ctx context.Context, q querier, id merge.ID) (*Family, error) {
	f := &Family{ID: id, State: merge.State{Family: id}}
	known, err := s.readConfirmed(ctx, q, f)
	if err != nil {
		return nil, err
	}
	own, err := s.changes(ctx, q, `WHERE family_id = ? ORDER BY seq`, id[:])
	if err != nil {
		return nil, err
	}
	for _, r := range own {
		cursor, err := s.cursorOf(ctx, q, r.change.GetVillage())
		if err != nil {
			return nil, err
		}
		if !r.status.overlays(r.revision, cursor) {
			continue
		}
		known = true
		if err := f.lay(r); err != nil {
			return nil, err
		}
	}
	if !known {
		return nil, s.absent(ctx, q, id)
	}
	return f, s.overlayDecisions(ctx, q, f)
}

// absent is why a family is not on the device: who works on one that left must not take it for
// never recorded, and record it anew. Errors: ErrNotFound, ErrTakenAway.
func (s *Store) absent(ctx context.Context, q querier, id merge.ID) error {
	worked, err := collect[int64](ctx, q, `SELECT seq FROM change WHERE family_id = ? AND status = ? LIMIT 1`, id[:], StatusApplied)
	if err != nil {
		return err
	}
	if s.index.left[id] || len(worked) > 0 {
		return fmt.Errorf("family %s: %w", id, ErrTakenAway)
	}
	return fmt.Errorf("family %s: %w", id, ErrNotFound)
}

// lay joins one of the user's changes over what is confirmed, or what stands of it.
func (f *Family) lay(r row) error {
	stands, err := r.stands()
	if err != nil {
		return fmt.Errorf("own change %d: %w", r.seq, err)
	}
	if len(stands.GetWrites()) == 0 {
		f.stand(r)
		return nil
	}
	delta, err := merge.FromChange(stands)
	if err != nil {
		return fmt.Errorf("own change %d: %w", r.seq, err)
	}
	f.join(delta, r)
	return nil
}

// join lays a change that was decoded over what is known.
func (f *Family) join(delta merge.State, r row) {
	f.State = merge.Join(f.State, delta)
	f.stand(r)
}

// stand notes where a change stands that lies over what is known.
func (f *Family) stand(r row) {
	if f.Village == 0 {
		f.Village = r.change.GetVillage()
	}
	switch r.status {
	case StatusPending:
		f.Unsent = true
		f.unsent = append(f.unsent, r.change)
	case StatusRefused:
		f.Refused = append(f.Refused, r.receipt)
	case StatusQuarantined:
		f.Quarantined = append(f.Quarantined, r.receipt)
	}
}

// readConfirmed fills in the confirmed part; false where there is none.
func (s *Store) readConfirmed(ctx context.Context, q querier, f *Family) (bool, error) {
	var payload, review []byte
	err := q.QueryRowContext(ctx, `SELECT village, revision, payload, review FROM confirmed WHERE family_id = ?`, f.ID[:]).
		Scan(&f.Village, &f.revision, &payload, &review)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read family %s: %w", f.ID, err)
	}
	plain, err := s.vault.open(tableConfirmed, f.ID, payload)
	if err != nil {
		return false, fmt.Errorf("open family %s: %w", f.ID, err)
	}
	if f.State, err = decodeConfirmed(plain); err != nil {
		return false, fmt.Errorf("decode family %s: %w", f.ID, err)
	}
	f.digest = merge.Digest(plain)
	if review != nil {
		if f.Review, err = s.openReview(f.ID, review); err != nil {
			return false, err
		}
	}
	return true, nil
}

func (s *Store) openReview(id merge.ID, sealed []byte) (*ksv1.FamilyReview, error) {
	plain, err := s.vault.open(tableReview, id, sealed)
	if err != nil {
		return nil, fmt.Errorf("open review of %s: %w", id, err)
	}
	review := &ksv1.FamilyReview{}
	if err := proto.Unmarshal(plain, review); err != nil {
		return nil, fmt.Errorf("decode review of %s: %w", id, err)
	}
	return review, nil
}

// A confirmed payload is the family's digest, then its canonical form.
const digestBytes = len(merge.Digest{})

func decodeConfirmed(plain []byte) (merge.State, error) {
	if len(plain) < digestBytes {
		return merge.State{}, merge.ErrMalformedState
	}
	return merge.Decode(plain[digestBytes:])
}

// cursorOf is the revision up to which a village's confirmed states go; 0
// where nothing is followed yet. A village that has left the scope is past: what was
// applied there is not shown any more.
func (s *Store) cursorOf(ctx context.Context, q querier, village uint32) (uint64, error) {
	var revision int64
	var followed bool
	err := q.QueryRowContext(ctx, `SELECT revision, has_cursor FROM village WHERE number = ?`, village).Scan(&revision, &followed)
	if errors.Is(err, sql.ErrNoRows) {
		return math.MaxUint64, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read cursor: %w", err)
	}
	if !followed {
		return 0, nil
	}
	return uint64(revision), nil
}
