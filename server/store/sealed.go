package store

import "context"

// SealedTable is a table with sealed bytes in it. SealedTables is the one list of
// them: keys are rotated by it, and a test holds the schema against it.
type SealedTable struct {
	Name string
	// Keys is the primary key, in order. The first is the village where InVillage
	// says so: on PostgreSQL a transaction writes one.
	Keys      []string
	InVillage bool
	// Also are further columns that say where a payload is bound.
	Also []string
	// Salt is the column of the row's own salt; "": that of the row of Salted that
	// Join finds ("row" is this table), or none where Salted is "".
	Salt, Salted, Join string
	// Sealed are the sealed columns.
	Sealed []string
	// Hashes are columns of keyed hashes of what is sealed beside them.
	Hashes []string
}

// of a family or registration: the payload is under its salt.
const (
	saltOfFamily       = "salted.village = row.village AND salted.id = row.family"
	saltOfRegistration = "salted.number = row.registration"
)

// SealedTables are all tables with sealed columns.
var SealedTables = []SealedTable{
	{Name: "family", Keys: []string{"village", "id"}, InVillage: true, Salt: "salt", Sealed: []string{"payload", "approved_payload", "review", "judged_payload"}},
	{Name: "history", Keys: []string{"village", "revision"}, InVillage: true, Also: []string{"change"}, Salted: "family", Join: saltOfFamily, Sealed: []string{"payload"}},
	{Name: "verdict", Keys: []string{"village", "id"}, InVillage: true, Salted: "family", Join: saltOfFamily, Sealed: []string{"payload"}},
	{Name: "batch", Keys: []string{"village", "id"}, InVillage: true, Salt: "salt", Sealed: []string{"payload"}},
	{Name: "quarantine", Keys: []string{"change"}, Also: []string{"village"}, Salt: "salt", Sealed: []string{"payload", "content_hash"}},
	{Name: "notice", Keys: []string{"account", "revision"}, Salt: "salt", Sealed: []string{"payload"}},
	{Name: "account", Keys: []string{"number"}, Also: []string{"user_name"}, Salt: "salt", Sealed: []string{"full_name", "person"}, Hashes: []string{"nik_hash"}},
	{Name: "session", Keys: []string{"id"}, Sealed: []string{"successor"}},
	{Name: "registration", Keys: []string{"number"}, Salt: "salt", Sealed: []string{"letter"}, Hashes: []string{"letter_hash"}},
	{
		Name: "registration_nominee", Keys: []string{"number"}, Also: []string{"registration", "puskesmas", "role", "list_position", "replaces"},
		Salted: "registration", Join: saltOfRegistration, Sealed: []string{"payload"}, Hashes: []string{"nik_hash", "mobile_hash", "email_hash"},
	},
	{Name: "registration_event", Keys: []string{"registration", "sequence"}, Salted: "registration", Join: saltOfRegistration, Sealed: []string{"note"}},
	{Name: "registration_file", Keys: []string{"registration", "name"}, Salted: "registration", Join: saltOfRegistration, Sealed: []string{"payload"}},
}

// SealedRow is a row of a SealedTable, its values in the order of the table's
// columns. Values of Keys and Also are int64, string or []byte.
type SealedRow struct {
	Keys, Also []any
	// Salt is nil where there is none.
	Salt []byte
	// Sealed values are nil where the column is null, and empty where what was
	// there was erased.
	Sealed [][]byte
	// Hashes are written, not read.
	Hashes [][]byte
}

// SealedQuery bounds a reading of a SealedTable.
type SealedQuery struct {
	// After the row of these Keys; nil: from the first.
	After []any
	// OtherThan: rows with a value that is not sealed under this master key alone;
	// 0: all rows.
	OtherThan uint32
	Limit     int
}

// SealedReader reads what is sealed, whatever it means, for a rotation of keys.
type SealedReader interface {
	// SealedRows reads rows by their Keys.
	SealedRows(ctx context.Context, t *SealedTable, q SealedQuery) ([]SealedRow, error)
	// CountSealed counts the rows of a query, without regard to After and Limit.
	CountSealed(ctx context.Context, t *SealedTable, q SealedQuery) (int, error)
}

// SealedWriter writes what was sealed anew. On PostgreSQL the rows of a table
// within villages must be of one, which the transaction has locked.
type SealedWriter interface {
	// PutSealed replaces the Sealed and Hashes of rows.
	PutSealed(ctx context.Context, t *SealedTable, rows []SealedRow) error
}
