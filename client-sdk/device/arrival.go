package device

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// arrival is a family of a page on its way into the store.
type arrival struct {
	from      *ksv1.FeedFamily
	shown     glimpse
	canonical []byte // as it will be stored
	digest    merge.Digest
	// known tells whether the device has anything of it.
	known bool
}

// glimpse is what the store needs to know of a family, read off its state.
type glimpse struct {
	family  merge.ID
	highest merge.Stamp // that the state names
	erased  bool
	gone    merge.Gone // what else was erased
	// summary is without own work and without a digest, which takes the village's key.
	summary *Summary
}

// eye looks at families, with memory that is used again for each.
type eye struct {
	looker merge.Looker
	loader iks.Loader
}

// look reads a state of a family of the village. Errors: merge.ErrMalformedState.
func (e *eye) look(village uint32, review *ksv1.FamilyReview, canonical []byte) (glimpse, error) {
	shown, err := e.looker.Look(canonical)
	if err != nil {
		return glimpse{}, err
	}
	summary, err := summarize(&e.loader, &Family{ID: shown.Family, Village: village, Review: review}, &shown)
	if err != nil {
		return glimpse{}, err
	}
	gone, err := goneOf(shown.Household)
	if err != nil {
		return glimpse{}, err
	}
	erased := shown.Household.GetFamily().GetRemoval().GetReason() == ksv1.RemovalReason_REMOVAL_REASON_ERASED
	return glimpse{family: shown.Family, highest: shown.Highest, erased: erased, gone: gone, summary: summary}, nil
}

// storeFamilies joins what came into what is confirmed. Most families of a
// page are new to the device, which its index tells; rows are written together.
func (s *Store) storeFamilies(ctx context.Context, tx *sql.Tx, page *Page, key merge.DigestKey) error {
	rows := &confirmedRows{digester: merge.NewDigester(key)}
	arrivals := make([]arrival, len(page.GetFamilies()))
	met := make(map[merge.ID]bool, len(arrivals))
	for i := range page.GetFamilies() {
		a, err := s.arrive(ctx, tx, page, i)
		if err != nil {
			return err
		}
		if met[a.shown.family] {
			return fmt.Errorf("state from the server: %w: family %s twice in a page", merge.ErrMalformedState, a.shown.family)
		}
		met[a.shown.family], arrivals[i] = true, a
		if err := s.appendRow(page.GetVillage(), &arrivals[i], rows); err != nil {
			return err
		}
	}
	if err := insertConfirmed(ctx, tx, rows.values); err != nil {
		return err
	}
	for i := range arrivals {
		if err := s.eraseArrived(ctx, tx, &arrivals[i]); err != nil {
			return err
		}
		if !arrivals[i].known {
			continue // summarised with its row
		}
		if err := s.reindex(ctx, tx, arrivals[i].shown.family); err != nil {
			return err
		}
	}
	return nil
}

// arrive joins a family into what is held of the village's record of it: where it went on in
// another village, that one's record takes the place of the one held. In a repair the state that came
// replaces the one held, for that one is what may be wrong; and so it does with what a
// hand-over brought, which holds unsent work that the server may judge otherwise.
func (s *Store) arrive(ctx context.Context, tx *sql.Tx, page *Page, at int) (arrival, error) {
	f := page.GetFamilies()[at]
	a := arrival{from: f, canonical: f.GetState(), shown: page.shown[at]}
	a.known = s.index.families[a.shown.family] != nil || s.loss != nil
	if !a.known || page.GetRepair() != nil {
		return a, nil
	}
	held := &Family{ID: a.shown.family, State: merge.State{Family: a.shown.family}}
	if _, err := s.readConfirmed(ctx, tx, held); err != nil {
		// A row that can't be read back counts as not held: the digests will
		// tell, and a repair brings it whole.
		s.noteDamage(err)
		return a, nil
	}
	if held.Village != page.GetVillage() {
		return a, nil
	}
	if held.revision == 0 {
		_, err := tx.ExecContext(ctx, `DELETE FROM confirmed WHERE family_id = ?`, a.shown.family[:])
		return a, err
	}
	state, err := merge.Decode(f.GetState())
	if err != nil {
		return a, fmt.Errorf("state from the server: %w", err)
	}
	state = merge.Join(merge.Forget(&held.State, &state), state)
	a.canonical = state.Encode(nil)
	if a.shown, err = new(eye).look(page.GetVillage(), f.GetReview(), a.canonical); err != nil {
		return a, fmt.Errorf("family %s joined: %w", held.ID, err)
	}
	return a, nil
}

// confirmedRows are rows to be written, with memory that is used again for each.
type confirmedRows struct {
	digester *merge.Digester
	plain    []byte
	values   []any
}

func (s *Store) appendRow(village uint32, a *arrival, rows *confirmedRows) error {
	s.identity.clock.ObserveNear(a.shown.highest, s.wallMS())
	a.digest = rows.digester.Family(a.canonical)
	rows.plain = append(append(rows.plain[:0], a.digest[:]...), a.canonical...)
	payload, err := s.vault.seal(tableConfirmed, a.shown.family, rows.plain)
	if err != nil {
		return err
	}
	review, err := s.sealReview(a.shown.family, a.from.GetReview())
	if err != nil {
		return err
	}
	var summary []byte
	if !a.known {
		if summary, err = s.summarizeArrival(a); err != nil {
			return err
		}
	}
	rows.values = append(rows.values, a.shown.family[:], village, a.shown.summary.Place, int64(a.from.GetRevision()), payload, review, summary)
	return nil
}

const (
	// confirmedColumns are the values of a row that differ.
	confirmedColumns = 7
	// rowsMax of one statement.
	rowsMax = 50
)

func insertConfirmed(ctx context.Context, tx *sql.Tx, rows []any) error {
	for len(rows) > 0 {
		some := rows[:min(len(rows), rowsMax*confirmedColumns)]
		rows = rows[len(some):]
		_, err := tx.ExecContext(ctx, `
INSERT INTO confirmed (family_id, village, place, revision, payload, review, summary, leaving, repairing)
VALUES (?,?,?,?,?,?,?,0,0)`+strings.Repeat(`,(?,?,?,?,?,?,?,0,0)`, len(some)/confirmedColumns-1)+`
ON CONFLICT (family_id) DO UPDATE SET village = excluded.village, place = excluded.place, revision = max(excluded.revision, revision),
    payload = excluded.payload, review = excluded.review, summary = excluded.summary, leaving = 0, repairing = 0`, some...)
		if err != nil {
			return fmt.Errorf("store %d families: %w", len(some)/confirmedColumns, err)
		}
	}
	return nil
}

// summarizeArrival takes over the summary of a family of which the store has no more
// than what came, and seals it for its row.
func (s *Store) summarizeArrival(a *arrival) ([]byte, error) {
	summary := a.shown.summary
	summary.digest = a.digest
	s.index.staged[a.shown.family], s.index.sealed[a.shown.family] = summary, true
	return s.sealSummary(summary)
}

// placeIn is the RT that a family shows; 000/000 where none was ever written.
func placeIn(h *ksv1.Household) (area.Place, error) {
	text := h.GetFamily().GetPlace()
	if text == "" {
		return 0, nil
	}
	return area.ParsePlace(text)
}

func (s *Store) sealReview(id merge.ID, review *ksv1.FamilyReview) ([]byte, error) {
	if review == nil {
		return nil, nil
	}
	plain, err := proto.Marshal(review)
	if err != nil {
		return nil, fmt.Errorf("encode review: %w", err)
	}
	return s.vault.seal(tableReview, id, plain)
}
