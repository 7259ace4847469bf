// Package exchange brings the national export's families into the store and
// writes them out again, in that form or as a list to read. An import takes what
// differs from what is stored, so it can be broken off anywhere and started again:
// what is in already differs no more. It never overrules what was entered here
// since the file was written.
package exchange

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/rawsurvei"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// Export says which families are written, and how.
type Export struct {
	Store store.Store
	Vault *ingest.Vault
	// Area is the code of the area; "" for everything.
	Area string
	// Villages bounds the area to those of these numbers; nil: all of it.
	Villages []uint32
	// Year is that of the rounds written; 0 for any. Of several it is the one with which the
	// family counts: the latest complete one, else the latest.
	Year   int
	Format rawsurvei.Format
	// List, where set, writes one row a family to read, instead of RAW.
	List *List
	// Progress, where set, is told villages done of all. RAW goes through them
	// twice.
	Progress func(done, all int)
	// Wrote, where set, is told each family that was written, and how many rows
	// there are by then, without the header line.
	Wrote func(familyID string, rows int64)
}

// Exported is what an export did.
type Exported struct {
	// Written families; Left are those that the file does not hold: RAW can't hold who has no
	// member or no round (of the year), a list names nobody who left and does not count.
	Written, Left int
	// Later are those of a RAW file that have a later round (of the year), which is not complete
	// and so not in the file.
	Later int
	// Rows without the header line.
	Rows int64
}

// familyWriter takes the families of an export.
type familyWriter interface {
	// Write tells whether the family could be written.
	Write(h *ksv1.Household) (ok bool, err error)
	Rows() int64
	Close() error
}

// errBrokenOff ends an export whose snapshot was lost when part of the file was
// out: a store reads anew after a lost connection, and the families would follow
// a second time in what then passes for a whole file.
var errBrokenOff = errors.New("the connection to the database was lost in the middle of the file; export again")

// To writes the file, of one snapshot. RAW goes through the families twice, to
// know the carried columns first, and how many rows there will be: a workbook
// that is too long is refused before its first byte.
func (e *Export) To(ctx context.Context, w io.Writer) (done Exported, err error) {
	begun := false
	err = e.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		if begun {
			return errBrokenOff
		}
		done = Exported{}
		scope, err := e.scope(ctx, snap)
		if err != nil {
			return err
		}
		begun = true
		out, err := e.begin(ctx, snap, scope, w)
		if err != nil {
			return err
		}
		err = e.each(ctx, snap, scope, (scope.passes-1)*len(scope.villages), func(h *ksv1.Household) error {
			return e.write(out, h, &done)
		})
		if err != nil {
			return err // without its end, a file is not taken for whole
		}
		if raw, ok := out.(*rawWriter); ok {
			done.Later = raw.later
		}
		done.Rows = out.Rows()
		return out.Close()
	})
	return done, err
}

// begin reads what must be known before the first row.
func (e *Export) begin(ctx context.Context, snap store.Snapshot, scope *exportScope, w io.Writer) (familyWriter, error) {
	if e.List != nil {
		return e.List.begin(w, e.Year)
	}
	extra, rows := map[string]bool{}, int64(1)
	err := e.each(ctx, snap, scope, 0, func(h *ksv1.Household) error {
		rawsurvei.Extra(extra, h)
		rows += rawsurvei.RowsOf(h, roundOf(h, e.Year))
		return nil
	})
	if err != nil {
		return nil, err
	}
	if e.Format == rawsurvei.XLSX && rows > rawsurvei.MaxSheetRows {
		return nil, &TooManyRowsError{Rows: rows}
	}
	out, err := rawsurvei.NewWriter(w, e.Format, extra)
	return &rawWriter{Writer: out, year: e.Year}, err
}

// rawWriter writes each family with its round of a year.
type rawWriter struct {
	*rawsurvei.Writer
	year  int
	later int // see Exported
}

// Write writes a family that has one.
func (w *rawWriter) Write(h *ksv1.Household) (ok bool, err error) {
	round := roundOf(h, w.year)
	if round == nil {
		return false, nil
	}
	ok, err = w.Writer.Write(h, round)
	if ok && surveyedAfter(h, round, w.year) {
		w.later++
	}
	return ok, err
}

// surveyedAfter tells whether a family has a later round (of a year) than the one given.
func surveyedAfter(h *ksv1.Household, written *ksv1.HouseholdRound, year int) bool {
	return slices.ContainsFunc(h.GetRounds(), func(r *ksv1.HouseholdRound) bool {
		if r.GetRound().GetSurveyDate() == "" || r.GetRound().GetWithdrawal() != nil {
			return false
		}
		return (year == iks.AnyYear || dateOf(r).Year() == year) && dateOf(r).After(dateOf(written))
	})
}

// TooManyRowsError refuses a workbook that no program would open.
type TooManyRowsError struct{ Rows int64 }

// Error says what to do.
func (t *TooManyRowsError) Error() string {
	return fmt.Sprintf("%d rows, of which a workbook holds %d: export a smaller area, or as CSV", t.Rows, rawsurvei.MaxSheetRows)
}

func (e *Export) write(out familyWriter, h *ksv1.Household, done *Exported) error {
	ok, err := out.Write(h)
	if err != nil {
		return err
	}
	if !ok {
		done.Left++
		return nil
	}
	done.Written++
	if e.Wrote != nil {
		e.Wrote(h.GetFamilyId(), out.Rows())
	}
	return nil
}

// roundOf is the round with which the family counts, of a year (iks.AnyYear: its latest), all
// its members counted; of a family that does not count, for it left, the one with which it would
// otherwise; of a year whose own file has it as removed, and a later one has it, the one that
// says so. Nil: it has none.
func roundOf(h *ksv1.Household, year int) *ksv1.HouseholdRound {
	for _, of := range []*ksv1.Household{h, {Members: h.GetMembers(), Rounds: h.GetRounds()}} {
		if a := iks.Assess(of, year); a.Counts() {
			return h.GetRounds()[a.Besar.Round]
		}
	}
	for _, r := range h.GetRounds() {
		date := dateOf(r)
		if rawsurvei.GoneByFile(r.GetRound()) && !date.IsZero() && date.Year() == year && r.GetRound().GetWithdrawal() == nil {
			return r
		}
	}
	return nil
}

// exportScope is which families are written: those of villages, ascending by
// code, and in them of the RT that an RW or RT holds.
type exportScope struct {
	villages []store.Village
	within   area.Code
	// passes is how often the families are gone through.
	passes int
}

// scope reads it. Errors: store.ErrNotFound for an area without a village.
func (e *Export) scope(ctx context.Context, snap store.Snapshot) (*exportScope, error) {
	s := &exportScope{passes: 1}
	if e.List == nil {
		s.passes = 2
	}
	prefix := ""
	if e.Area != "" {
		var err error
		if s.within, err = area.Parse(e.Area); err != nil {
			return nil, err
		}
		prefix = s.within.Dotted()
	}
	var err error
	if s.villages, err = snap.VillagesUnder(ctx, prefix); err != nil {
		return nil, err
	}
	if e.Villages != nil {
		s.villages = slices.DeleteFunc(s.villages, func(v store.Village) bool { return !slices.Contains(e.Villages, v.Number) })
	}
	if len(s.villages) == 0 && e.Area != "" {
		return nil, fmt.Errorf("area %q has no village in the tree: %w", e.Area, store.ErrNotFound)
	}
	s.villages = slices.DeleteFunc(s.villages, func(v store.Village) bool { return v.Revision == 0 })
	slices.SortFunc(s.villages, func(a, b store.Village) int { return cmp.Compare(a.Code, b.Code) })
	return s, nil
}

// places are the RT of a village that lie within; nil: all.
func (s *exportScope) places(ctx context.Context, snap store.Snapshot, v store.Village) ([]area.Place, error) {
	if s.within.Level() <= area.Village {
		return nil, nil
	}
	code, err := area.Parse(v.Code)
	if err != nil {
		return nil, err
	}
	known, err := snap.PlacesOf(ctx, v.Number)
	out := []area.Place{}
	for i := range known {
		if s.within.Contains(code.RT(known[i].Place)) {
			out = append(out, known[i].Place)
		}
	}
	return out, err
}

// pageFamilies is how many families are read at a time.
const pageFamilies = 500

func (e *Export) each(ctx context.Context, snap store.Snapshot, s *exportScope, before int, do func(*ksv1.Household) error) error {
	for n, v := range s.villages {
		if e.Progress != nil {
			e.Progress(before+n+1, s.passes*len(s.villages))
		}
		places, err := s.places(ctx, snap, v)
		if err != nil {
			return err
		}
		err = store.EachFamily(ctx, snap, v.Number, places, pageFamilies, func(f *store.Family) error { return e.family(ctx, snap, s, v, f, do) })
		if err != nil {
			return err
		}
	}
	return nil
}

// family opens a family and hands it on, unless its processing is restricted or another
// village of the export has it.
func (e *Export) family(ctx context.Context, snap store.Snapshot, s *exportScope, v store.Village, row *store.Family, do func(*ksv1.Household) error) error {
	if row.Restricted {
		return nil
	}
	_, _, state, err := e.Vault.ReadFamily(ctx, snap, row)
	if err != nil {
		return err
	}
	h, err := merge.View(&state)
	if err != nil {
		return err
	}
	if leftBehind(h) {
		if went, err := s.hasBesides(ctx, snap, row); went || err != nil {
			return err
		}
	}
	h.VillageCode = v.Code
	return errors.Join(ctx.Err(), do(h))
}

// hasBesides tells whether a village of the scope other than the row's has the family, too:
// rows of one survei_id are one family's.
func (s *exportScope) hasBesides(ctx context.Context, snap store.Snapshot, row *store.Family) (bool, error) {
	var others []uint32
	for _, v := range s.villages {
		if v.Number != row.Village {
			others = append(others, v.Number)
		}
	}
	_, err := snap.FindFamily(ctx, others, row.ID)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}
