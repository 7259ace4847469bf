package statements

import (
	"context"
	"strings"

	"github.com/keluarga-sehat/sync/internal/merge"
)

// Conn is a transaction of an engine.
type Conn interface {
	// Exec runs a statement and tells how many rows it touched.
	Exec(ctx context.Context, sql string, args ...any) (int64, error)
	// Do runs a statement of which nothing is asked.
	Do(ctx context.Context, sql string, args ...any) error
	// Together runs fn, whose statements may be sent in one go, in their order: what
	// Do, Bulk and Insert were given may be done, or have failed, only when it returns.
	Together(ctx context.Context, fn func() error) error
	// Query runs a query; the rows must be closed.
	Query(ctx context.Context, sql string, args ...any) (Rows, error)
	// Bulk runs a statement once for each row of arguments, in as few round
	// trips as the engine can.
	Bulk(ctx context.Context, sql string, rows [][]any) error
	// Insert inserts rows, many with one statement. The values of a column are
	// all int64, all string or all []byte (nil: null), and no two rows have one key.
	Insert(ctx context.Context, into Insertion, rows [][]any) error
}

// Insertion is where rows go.
type Insertion struct {
	Table string
	// Columns are separated by commas. The first Common of them, with integers or texts,
	// hold one value in all rows of an insertion.
	Columns string
	Common  int
	// Conflict is the clause for rows that are there already; "" makes them an
	// error.
	Conflict string
}

// Width is the number of columns.
func (i *Insertion) Width() int { return strings.Count(i.Columns, ",") + 1 }

// Rows is a result being read.
type Rows interface {
	Next() bool
	Scan(dest ...any) error
	Err() error
	Close()
}

// Engine is what differs between the engines.
type Engine interface {
	// Blobs encodes a list of byte strings as one argument; InBlobs is the
	// condition that takes it: column + InBlobs("$1").
	Blobs(list [][]byte) any
	InBlobs(param string) string
	// Ints and InInts do the same for integers.
	Ints(list []int64) any
	InInts(param string) string
	// FamiliesAmong are what follows FROM in queries, to be asked one after another, of
	// those families of a village that are among the ids, each of which stands there
	// once; maybe none for no ids.
	FamiliesAmong(village uint32, ids []merge.ID) []Condition
	// Texts and InTexts do the same for texts.
	Texts(list []string) any
	InTexts(param string) string
	// Counts encodes a tally's counts; ScanCounts reads them back.
	Counts(counts []int64) any
	ScanCounts(dest *[]int64) any
	// ForUpdate locks the rows of a query.
	ForUpdate() string
	// ForUpdateOfFree locks those that nobody else has locked, and leaves out the others.
	ForUpdateOfFree() string
	// LockPerson takes a number and locks it until the transaction ends; "" where
	// one transaction writes at a time.
	LockPerson() string
	// Changed is the expression of a village row's new "changed" value.
	Changed() string
	// BeginChange is run once in a transaction before Changed is used; "" for
	// nothing.
	BeginChange() string
	// NextCursor is the query of the cursor with which a follower goes on.
	NextCursor() string
	// ManyVillages tells whether a transaction may touch several.
	ManyVillages() bool
	// EnterVillage is an expression, empty text in value, that declares the row's
	// village to be the transaction's: what it may write.
	EnterVillage() string
	// EnterIndex is the statement behind which a transaction may add entries of any village
	// to the identifier index; "" where it may anyway.
	EnterIndex() string
	// IdentifierConflict is the clause for entries of the identifier index that are there
	// already; "" where it may hold one twice.
	IdentifierConflict() string
	// Everywhere are the queries that reach over all villages.
	Everywhere() Everywhere
	// Translate turns a driver's error into one of package store.
	Translate(err error) error
}

// Condition is a part of a query with its arguments.
type Condition struct {
	SQL  string
	Args []any
}

// Everywhere are what follows FROM in queries that reach over all villages, and
// so beyond what the transaction may read otherwise: their answers are ids, hashes
// and counts.
type Everywhere struct {
	// Committed finds change ids.
	Committed func(changes []merge.ID) []Condition
	// Quarantined finds what waits in the village for the families, and the changes
	// wherever they are; maybe one twice.
	Quarantined func(village uint32, families, changes []merge.ID) []Condition
	// Waiting takes a device and a limit and gives a count n.
	Waiting string
	// Sharing takes the key of a hash and a limit, and gives what the families are
	// found by that have it, as found. SharedHashes takes keys and gives those of more
	// than one family, and of how many. Stale takes a limit and gives
	// identifiers (store.StaleIdentifier), by village; Unread families, as well.
	Sharing, SharedHashes, Stale, Unread string
	// NomineesSharing takes the hashes of a NIK, a mobile number and an e-mail
	// address (null: none) and a limit; Standings a Puskesmas and a registration.
	NomineesSharing, Standings string
}
