// Package past adds up figures of days that are over, and what moved them, from what the
// store kept of each day, and remembers what will not change any more.
//
//	days := &past.Days{Store: store, Board: board, Now: time.Now}
//	list, err := days.Series(ctx, past.Subject{Area: code, Year: 2026}, []int{20260228, 20260301})
//	change, err := days.Change(ctx, past.Subject{Puskesmas: "P3204050101"}, past.Span{After: 20260228, UpTo: 20260331})
//
// Days are as stores have them, yyyymmdd, end at 24:00 WIB, and are handed in ascending;
// of the day under way the figures are as of the moment at which they are read. Areas
// above the kecamatan have their days added up once they are settled (tally.Closer); of
// others, and of days that have not been, the villages are added up, up to
// MaxDailyTallies.
//
// It promises that
//   - figures and causes of one answer are of one moment of the store, so that they agree;
//   - settled days alone are remembered, and only as long as the directory stands, each in
//     its own room; whoever asks is given what the store would give;
//   - the context's scope is the store's to enforce, but for cells and a Puskesmas's whole
//     (Series, Change, Causes), which must be the same for all who may see the subject.
//
// It knows no caller: what of a subject is withheld is package veil's to tell; who may see it,
// and whether figures that villages are missing from are told at all, is decided by who calls
// (server/api).
package past

import (
	"errors"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/tally"
)

// Days are the days that are over. All fields must be set; an empty memory is ready.
// Safe for concurrent use.
type Days struct {
	Store store.Store
	Board *tally.Board
	Now   func() time.Time

	kept kept
	once singleflight.Group // who asks for cells that are being read waits for them
}

// Subject is whose figures are asked for: an area down to a village, or a Puskesmas.
type Subject struct {
	Area area.Code
	// Puskesmas is its code; "": an area.
	Puskesmas string
	// Year is the survey year by whose rounds the figures are; 0: by each family's latest.
	Year int
}

// Villages are the numbers of its villages, ascending; none of what the board does not
// know.
func (x Subject) Villages(b *tally.Board) []uint32 {
	if x.Puskesmas != "" {
		return b.PuskesmasNumbers(x.Puskesmas)
	}
	return b.Numbers(x.Area.Dotted())
}

// Span is the days after one up to another, yyyymmdd; none where After is not before UpTo.
type Span struct{ After, UpTo int }

func (s Span) empty() bool { return s.After >= s.UpTo }

// ErrTooManyDays: the days of so many villages have not been added up yet, or are not
// over.
var ErrTooManyDays = errors.New("so many days of so many villages can't be answered at once; ask for a smaller area or fewer days")

// MaxDailyTallies bounds what one question about past days reads, some 3 kB each:
// the whole nation on one day.
const MaxDailyTallies = 100_000

// Settled tells whether the figures of a day stay as they are.
func (p *Days) Settled(day int) bool { return day <= tally.SettledDay(p.Now()) }
