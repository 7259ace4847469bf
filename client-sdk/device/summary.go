package device

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// summaryForm is the form of summaries at rest and the rules that they were made
// by. It rises whenever summarize gives another result for the same family: those
// of another form are made anew at unlock.
const summaryForm = "7 " + iks.Ruleset

// secretSummaryForm names what form the file's summaries have.
const secretSummaryForm = "summary-form"

// errSummary: a summary that opens says nothing that can be read.
var errSummary = errors.New("malformed summary")

// encode is a summary without what the row itself tells.
func (f *Summary) encode(b []byte) []byte {
	number := func(n uint64) { b = binary.AppendUvarint(b, n) }
	text := func(s string) { b = append(binary.AppendUvarint(b, uint64(len(s))), s...) }
	b = append(b, f.digest[:]...)
	number(uint64(f.Village))
	number(uint64(f.Place))
	number(protowire.EncodeZigZag(int64(f.Values)))
	number(f.flags())
	for _, n := range []uint64{f.NKK, uint64(f.Conflicts), uint64(f.Review), f.WaitingSinceMS, uint64(f.SubmittedBy), uint64(f.LastVisit), uint64(f.VisitYear), uint64(f.Latest), uint64(f.LatestYear)} {
		number(n)
	}
	for _, s := range []string{f.names, f.BuildingNumber, f.FamilyNumber, f.SurveyDate, f.DueDate, f.NextVisit} {
		text(s)
	}
	return b
}

// flags are the conditions, a bit each.
func (f *Summary) flags() (bits uint64) {
	for i, set := range f.conditions() {
		if *set {
			bits |= 1 << i
		}
	}
	return bits
}

func (f *Summary) conditions() []*bool {
	return []*bool{&f.Removed, &f.Draft, &f.Unsent, &f.Refused, &f.Quarantined, &f.SurveyedSince, &f.Unsubmitted, &f.Reopened}
}

// summaryReader reads numbers and texts; what is missing is 0 or "", and failed
// tells.
type summaryReader struct {
	rest   string
	failed bool
}

func (r *summaryReader) number() (n uint64) {
	for shift := 0; shift < 64; shift += 7 {
		if r.rest == "" {
			break
		}
		b := r.rest[0]
		r.rest = r.rest[1:]
		n |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return n
		}
	}
	r.failed = true
	return 0
}

func (r *summaryReader) text() string {
	n := r.number()
	if r.failed || n > uint64(len(r.rest)) {
		r.failed = true
		return ""
	}
	s := r.rest[:n]
	r.rest = r.rest[n:]
	return s
}

// decodeSummary reads into f. All texts share one piece of memory. Errors:
// errSummary.
func decodeSummary(plain []byte, f *Summary) error {
	if len(plain) < len(f.digest) {
		return errSummary
	}
	copy(f.digest[:], plain)
	r := summaryReader{rest: string(plain[len(f.digest):])}
	f.Village, f.Place = uint32(r.number()), area.Place(r.number())
	f.Values = iks.Packed(protowire.DecodeZigZag(r.number()))
	bits := r.number()
	for i, set := range f.conditions() {
		*set = bits>>i&1 == 1
	}
	f.NKK, f.Conflicts, f.Review = r.number(), int(r.number()), ksv1.ReviewState(r.number())
	f.WaitingSinceMS, f.SubmittedBy, f.LastVisit = r.number(), uint32(r.number()), ksv1.VisitOutcome(r.number())
	f.VisitYear, f.Latest, f.LatestYear = int(r.number()), iks.Category(r.number()), int(r.number())
	f.setNames(r.text())
	for _, s := range []*string{&f.BuildingNumber, &f.FamilyNumber, &f.SurveyDate, &f.DueDate, &f.NextVisit} {
		*s = r.text()
	}
	if r.failed || r.rest != "" {
		return errSummary
	}
	return nil
}

func (s *Store) sealSummary(f *Summary) ([]byte, error) {
	return s.vault.sealShort(tableSummary, f.ID, f.encode(nil))
}

// flushSummaries writes the summaries of what the transaction changed. Saves
// leave that out: a family with own work is summarised anew at unlock.
func (s *Store) flushSummaries(ctx context.Context, tx *sql.Tx) error {
	for id, f := range s.index.staged {
		if f == nil || s.index.sealed[id] || f.digest == (merge.Digest{}) {
			continue
		}
		sealed, err := s.sealSummary(f)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE confirmed SET summary = ? WHERE family_id = ?`, sealed, id[:]); err != nil {
			return fmt.Errorf("store summary: %w", err)
		}
	}
	return nil
}

// ownFamilies are those in which own work, or a verdict passed here, lies over
// what the server told.
func (s *Store) ownFamilies(ctx context.Context) (map[merge.ID]bool, error) {
	ids, err := collectIDs(ctx, s.db, `
SELECT family_id FROM change LEFT JOIN village ON number = village AND has_cursor = 1
WHERE status IN (0, 2, 3) OR status = 1 AND change.revision > coalesce(village.revision, 0)
UNION SELECT family_id FROM decision WHERE status = 0`)
	own := make(map[merge.ID]bool, len(ids))
	for _, id := range ids {
		own[id] = true
	}
	return own, err
}

// fillIndex proves every confirmed state and takes over what lies summarised
// beside it; what does not is summarised anew. States that can't be read back are
// deleted and counted.
func (s *Store) fillIndex(ctx context.Context) (damaged int, err error) {
	own, err := s.ownFamilies(ctx)
	if err != nil {
		return 0, err
	}
	form, err := s.secret(ctx, secretSummaryForm)
	if err != nil {
		form = nil // a damaged secret is told elsewhere
	}
	anew, bad, err := s.loadSummaries(ctx, own, bytes.Equal(form, []byte(summaryForm)))
	if err != nil {
		return 0, err
	}
	for id := range own {
		anew = append(anew, id)
	}
	err = s.write(ctx, func(tx *sql.Tx) error {
		damaged = 0
		for _, id := range bad {
			if err := s.dropUnreadable(ctx, tx, id); err != nil {
				return err
			}
			damaged++
		}
		for _, id := range anew {
			err := s.reindex(ctx, tx, id)
			if err == nil {
				continue
			}
			if !unreadableState(err) {
				return err
			}
			damaged++
			if err := s.dropUnreadable(ctx, tx, id); err != nil {
				return err
			}
		}
		if bytes.Equal(form, []byte(summaryForm)) {
			return nil
		}
		return s.putSecret(ctx, tx, secretSummaryForm, []byte(summaryForm))
	})
	return damaged, err
}

// loadSummaries takes over the summaries of confirmed families without own work.
// anew are those that have none that is good; bad, those whose state does not
// open.
func (s *Store) loadSummaries(ctx context.Context, own map[merge.ID]bool, usable bool) (anew, bad []merge.ID, err error) {
	rows, err := s.db.QueryContext(ctx, `SELECT family_id, payload, review, summary FROM confirmed`)
	if err != nil {
		return nil, nil, fmt.Errorf("read families: %w", err)
	}
	defer rows.Close()
	var key, payload, review, summary sql.RawBytes
	for rows.Next() {
		if err := rows.Scan(&key, &payload, &review, &summary); err != nil {
			return nil, nil, fmt.Errorf("read family: %w", err)
		}
		id, err := merge.IDFromBytes(key)
		if err != nil {
			return nil, nil, err
		}
		if s.vault.check(tableConfirmed, id, payload) != nil || review != nil && s.vault.check(tableReview, id, review) != nil {
			bad = append(bad, id)
			delete(own, id)
			anew = append(anew, id)
			continue
		}
		if own[id] {
			continue
		}
		f := &Summary{ID: id}
		if !usable || summary == nil || s.loadSummary(f, summary) != nil {
			anew = append(anew, id)
			continue
		}
		s.index.families[id] = f
	}
	return anew, bad, rows.Err()
}

func (s *Store) loadSummary(f *Summary, sealed []byte) error {
	plain, err := s.vault.open(tableSummary, f.ID, sealed)
	if err != nil {
		return err
	}
	return decodeSummary(plain, f)
}

// dropUnreadable forgets what is confirmed of a family: the next sync brings it
// again.
func (s *Store) dropUnreadable(ctx context.Context, tx *sql.Tx, id merge.ID) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM confirmed WHERE family_id = ?`, id[:]); err != nil {
		return fmt.Errorf("drop unreadable family: %w", err)
	}
	return s.reindex(ctx, tx, id)
}
