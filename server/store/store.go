// Package store is where a server keeps everything: the interfaces, the rows
// that cross them, and nothing of how. Two engines stand behind it, postgres
// and sqlite; both run the conformance suite in storetest.
//
// Reads hang on a snapshot (Read), writes are a closure that may run again
// (Write). Logic, merging, tallies, rights, stands above; statements stand
// below. Payloads come sealed and go sealed: no engine ever sees a name, an
// NIK or an answer.
//
// Every table that grows with families has the village as leading key, and on
// PostgreSQL no transaction touches two villages, so that villages run in
// parallel on one node and can be spread over several.
package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/merge"
)

// Errors that a store gives, whatever the engine. Context errors pass.
var (
	// ErrNotFound: no such row.
	ErrNotFound = errors.New("not found")
	// ErrExists: a row of that key is there already.
	ErrExists = errors.New("exists already")
	// ErrSecondVillage: a transaction touched two villages on an engine where
	// each has its own: a programmer's error.
	ErrSecondVillage = errors.New("second village in one transaction")
	// ErrOvertaken: what families of a village are found by was written by somebody else, by
	// an erasure or another server, since those were read of which it was to be written.
	ErrOvertaken = errors.New("written by another since it was read")
	// ErrUnavailable: the engine can't be reached, is full, or is read-only.
	ErrUnavailable = errors.New("store unavailable")
	// ErrDamaged: a part of what is stored can't be read; others may be. An ErrUnavailable.
	ErrDamaged = fmt.Errorf("%w: damaged", ErrUnavailable)
)

// Store is one engine. Safe for concurrent use.
type Store interface {
	// Write runs fn in one transaction and commits it. Where the engine asks
	// for it (serialisation, deadlock, a connection lost before the commit) fn
	// runs again from the beginning, so it must not keep what it computed. Where fn
	// panics, what it wrote is undone and nothing stays locked.
	Write(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error
	// Read runs fn on one consistent snapshot.
	Read(ctx context.Context, fn func(ctx context.Context, s Snapshot) error) error
	// ManyVillages tells whether one transaction may touch several villages.
	ManyVillages() bool
	// LongReads is how many reads may stay open for minutes, such as those of
	// exports, so that there are connections for everything else.
	LongReads() int
	Gate
	// Close waits for what is under way.
	Close() error
}

// Tx is a write transaction.
type Tx interface {
	// InVillage locks the village's row, then runs fn; what fn wrote is undone
	// alone where it fails, and its error comes back. The number of a village that gave
	// way (Recode) is that of the one that took its code. Errors: ErrNotFound,
	// ErrSecondVillage.
	InVillage(ctx context.Context, number uint32, fn func(v VillageTx) error) error
	// Directory gives the tables of areas, accounts and devices for writing.
	Directory() DirectoryWriter
	// Figures gives the sums of days that are over for writing.
	Figures() FigureWriter
	// Snapshot reads within the transaction.
	Snapshot() Snapshot
}

// VillageTx writes one locked village.
type VillageTx interface {
	ReviewTx
	DoubleTx
	ErasureTx
	// Village is the locked row.
	Village() Village
	// Families reads the families named, in no order; unknown ones are missing.
	Families(ctx context.Context, ids []merge.ID) ([]Family, error)
	// Committed finds which changes were committed before, in whatever village,
	// in no order.
	Committed(ctx context.Context, changes []merge.ID) ([]Committed, error)
	// Places reads the RT named, in no order; unknown ones are missing.
	Places(ctx context.Context, places []area.Place) ([]Place, error)
	// Quarantined finds which of the changes are in quarantine, of whatever
	// village, and what waits there for the families of this one, in no order.
	Quarantined(ctx context.Context, changes, families []merge.ID) ([]Quarantine, error)
	// Restrict marks the processing of a family as restricted, or no longer. Errors:
	// ErrNotFound.
	Restrict(ctx context.Context, family [16]byte, restricted bool) error
	// Supersede marks a family as going on in another village, or no longer. Errors:
	// ErrNotFound.
	Supersede(ctx context.Context, family [16]byte, superseded bool) error
	// Apply writes everything that one commit altered. A change id that was
	// committed before, here or elsewhere, is ErrExists.
	Apply(ctx context.Context, c *Commit) error
}

// Snapshot reads.
type Snapshot interface {
	FeedReader
	FeedCounter
	FamilyReader
	QuarantineReader
	FollowReader
	FigureReader
	DirectoryReader
	AuditReader
	ReviewReader
	DoubleReader
	ExportReader
	FeedTokenReader
	SealedReader
}

// FeedReader reads what devices pull.
type FeedReader interface {
	// Village reads one. Errors: ErrNotFound.
	Village(ctx context.Context, number uint32) (Village, error)
	// HashAt is the chain's hash at a revision; ok is false where the village
	// has no such revision. Revision 0 has the zero hash.
	HashAt(ctx context.Context, village uint32, revision uint64) (hash merge.ChainHash, ok bool, err error)
	// StatesSince reads the states of families of the places (nil: all) whose last
	// change lies past a revision, in revision order, at most limit. Of the rows
	// only Village, ID, Place, Revision, Salt, Payload, Review, Restricted and Superseded
	// are set: what was approved or judged would be read for nothing. The restricted and
	// superseded are among them; it is for the feed to take them from devices.
	StatesSince(ctx context.Context, village uint32, after uint64, places []area.Place, limit int) ([]Family, error)
	// DeparturesSince reads who left an RT up to a revision, in revision order: after
	// another one, or before that, too, where the family was changed after it. Such a
	// family was passed by at its departure, to come with its last change, and who
	// lost the RT that it entered meanwhile is not going to get it.
	DeparturesSince(ctx context.Context, village uint32, after, upTo uint64) ([]Departure, error)
	// StatesByID reads the states of families of the places (nil: all) in order of
	// id, after one, at most limit; of the rows as much as StatesSince.
	StatesByID(ctx context.Context, village uint32, places []area.Place, after merge.ID, limit int) ([]Family, error)
	// PlacesOf reads the RT of a village that have or had families, ascending.
	PlacesOf(ctx context.Context, village uint32) ([]Place, error)
	// NoticesSince reads decisions on an account's work, ascending, at most
	// limit.
	NoticesSince(ctx context.Context, account uint32, after uint64, limit int) ([]Notice, error)
}

// FeedCounter counts what devices are to pull; who is restricted or superseded is not.
type FeedCounter interface {
	// CountStatesSince counts families of the places (nil: all) whose last change lies
	// past a revision, of the first of them up to limit.
	CountStatesSince(ctx context.Context, village uint32, after uint64, places []area.Place, limit int) (int, error)
	// CountStatesByID counts families of the places (nil: all) that come after one in order
	// of id, likewise.
	CountStatesByID(ctx context.Context, village uint32, places []area.Place, after merge.ID, limit int) (int, error)
}

// EachFamily calls do with every family of a village in places (nil: all), in order
// of id, reading as many as page at a time; the first error ends it.
func EachFamily(ctx context.Context, snap FamilyReader, village uint32, places []area.Place, page int, do func(*Family) error) error {
	for after := (merge.ID{}); ; {
		rows, err := snap.FamiliesByID(ctx, village, places, after, page)
		if err != nil {
			return err
		}
		for i := range rows {
			if err := do(&rows[i]); err != nil {
				return err
			}
		}
		if len(rows) < page {
			return nil
		}
		after = rows[len(rows)-1].ID
	}
}

// FamilyReader reads families for people.
type FamilyReader interface {
	// FindFamily looks in the villages given. Errors: ErrNotFound.
	FindFamily(ctx context.Context, villages []uint32, id merge.ID) (Family, error)
	// FamiliesByID reads families of the places (nil: all) in order of id, after
	// one, at most limit.
	FamiliesByID(ctx context.Context, village uint32, places []area.Place, after merge.ID, limit int) ([]Family, error)
	// ListFamilies lists by village, place, id after a key, at most limit.
	ListFamilies(ctx context.Context, q FamilyQuery) ([]Family, error)
	// FamilyValues hands over what each family of the villages counts with, by
	// village, place, id, without opening any. An error of visit ends it.
	FamilyValues(ctx context.Context, villages []uint32, visit func(FamilyValue) error) error
	// History reads a family's changes, newest first, before a revision (0:
	// from the newest), at most limit.
	History(ctx context.Context, village uint32, family merge.ID, before uint64, limit int) ([]Entry, error)
	// WithheldFamilies reads the states of a village's families that no device holds, as
	// they are restricted or superseded, in order of id; of the rows as much as
	// StatesSince. They are few.
	WithheldFamilies(ctx context.Context, village uint32) ([]Family, error)
	// Sharing finds who has an identifier, by its keyed hash: all entries of at most
	// limit families.
	Sharing(ctx context.Context, hash [16]byte, limit int) ([]Identifier, error)
}

// QuarantineReader reads what waits for a supervisor's decision. What waits on a
// family whose processing is restricted, or on one into which what waits would bring
// its members, is read by scopes that reach over it alone, as the family is, and by
// QuarantineOf.
type QuarantineReader interface {
	// ListQuarantine reads what waits in the villages, oldest first, after a
	// key, at most limit.
	ListQuarantine(ctx context.Context, villages []uint32, afterMS int64, after merge.ID, limit int) ([]Quarantine, error)
	// NotMerged reads what waits in a village and what was kept out there, oldest first, after
	// a key, at most limit.
	NotMerged(ctx context.Context, village uint32, afterMS int64, after merge.ID, limit int) ([]Quarantine, error)
	// QuarantineOf reads all of a family's, whatever became of it, by change.
	QuarantineOf(ctx context.Context, village uint32, family merge.ID) ([]Quarantine, error)
	// FindQuarantine reads one. Errors: ErrNotFound.
	FindQuarantine(ctx context.Context, change merge.ID) (Quarantine, error)
	// CountQuarantined counts what waits of a device, up to a limit.
	CountQuarantined(ctx context.Context, device uint32, limit int) (int, error)
}

// FollowReader tells followers what changed.
type FollowReader interface {
	// ChangedVillages reads villages that may have changed since a cursor (0:
	// all), and the cursor for the next call. A village may come again though
	// it has not changed; none that has changed is missed.
	ChangedVillages(ctx context.Context, cursor int64) (villages []Village, next int64, err error)
	// RevisedSince reads which families' last change lies past a revision, in
	// revision order, at most limit; whether they have doubles, too.
	RevisedSince(ctx context.Context, village uint32, after uint64, limit int) ([]Revised, error)
	// FollowedTo is the revision up to which the identifier index has followed
	// a village, and how often what its families are found by was written or erased.
	FollowedTo(ctx context.Context, village uint32) (revision, writes uint64, err error)
	// UnreadFamilies gives those which the identifier index passed over, for they did not
	// open, by village, at most limit.
	UnreadFamilies(ctx context.Context, limit int) ([]UnreadFamily, error)
}

// FigureReader reads what dashboards show of the past. Days are yyyymmdd and end
// at 24:00 WIB.
type FigureReader interface {
	DirectoryFollower
	AreaDayReader
	// DailyTallies reads the tallies of the villages as of the end of a day: the
	// latest kept up to that day.
	DailyTallies(ctx context.Context, villages []uint32, day int) ([]DailyTally, error)
	// FirstDay is the first of which any of the villages has a tally; 0: none.
	FirstDay(ctx context.Context, villages []uint32) (int, error)
	// DailyTalliesBetween reads the tallies kept on days after one and up to
	// another, by day, then village. A village has none of a day without a change.
	DailyTalliesBetween(ctx context.Context, villages []uint32, after, upTo int) ([]DailyTally, error)
	// Efforts sums the work in the villages from one day to another, both included,
	// by account; Village and Day are 0.
	Efforts(ctx context.Context, villages []uint32, from, to int) ([]Effort, error)
	// MovementsBetween hands over the movements of families on days after one and up
	// to another, by village, day, revision, family. An error of visit ends it.
	MovementsBetween(ctx context.Context, villages []uint32, after, upTo int, visit func(Movement) error) error
	// MovementsBeyond hands over those of one village whose revision is higher than
	// one, by day, revision, family.
	MovementsBeyond(ctx context.Context, b Beyond, visit func(Movement) error) error
	// Revisions are the last ones of villages; unknown ones are missing.
	Revisions(ctx context.Context, villages []uint32) (map[uint32]uint64, error)
}

// Beyond is a village's movements on days after one and up to another, but for those
// up to a revision.
type Beyond struct {
	Village     uint32
	After, UpTo int
	Revision    uint64
}

// DirectoryFollower reads areas, Puskesmas and targets whole.
type DirectoryFollower interface {
	// DirectoryVersion changes whenever one of them does.
	DirectoryVersion(ctx context.Context) (string, error)
	// WholeDirectory reads all of them at once.
	WholeDirectory(ctx context.Context) (*WholeDirectory, error)
}

// AreaDayReader reads what areas above the kecamatan added up to on days that are
// over.
type AreaDayReader interface {
	// AreaDays hands over the rows of areas, by area and day. An error of visit ends
	// it.
	AreaDays(ctx context.Context, q AreaDayQuery, visit func(*AreaDay) error) error
	// AreaDaySpan tells the first and the last day of which an area has a row, and
	// the villages that they are of. Errors: ErrNotFound.
	AreaDaySpan(ctx context.Context, area string) (AreaDaySpan, error)
}

// FigureWriter writes them. It needs a scope of everywhere.
type FigureWriter interface {
	// PutAreaDays writes rows, instead of those that are there.
	PutAreaDays(ctx context.Context, rows []AreaDay) error
	// ForgetAreaDays deletes those of an area that are after a day; 0: all.
	ForgetAreaDays(ctx context.Context, area string, after int) error
}
