package store

import "context"

// AuditEntry is a link of a chain of the audit trail.
type AuditEntry struct {
	Chain, Sequence     uint64
	TimeMS              int64
	Kind                int32
	Account             uint32
	District, Puskesmas string
	// Subjects are what it concerned; each once.
	Subjects []string
	// Body is the encoded entry, Hash the chain's hash behind it.
	Body []byte
	Hash [32]byte
}

// AuditChain is where a chain stands, and how far checkpoints cover it.
type AuditChain struct {
	Chain, Sequence uint64
	Hash            [32]byte
	Checkpointed    uint64
}

// AuditCheckpoint joins chains.
type AuditCheckpoint struct {
	Number          uint64
	Body, Signature []byte
}

// AuditQuery bounds a search; zero fields don't.
type AuditQuery struct {
	Account   uint32
	Kind      int32
	Puskesmas string
	// Districts: entries of one of them, by the code that it had then.
	Districts []DatedCode
	// Subjects: entries that concerned one of them; or one of Dated in its time.
	Subjects []string
	Dated    []DatedSubjects
	// FromMS is the first instant, ToMS the first one past the end.
	FromMS, ToMS int64
	// Before continues a list, which is newest first.
	Before *AuditEntry
	Limit  int
}

// DatedSubjects named something from FromMS, the first instant, until ToMS, the first one
// past the end; 0: not bounded.
type DatedSubjects struct {
	Subjects     []string
	FromMS, ToMS int64
}

// AuditWriter appends to the audit trail. Nothing of it is ever changed.
type AuditWriter interface {
	// AppendAudit appends to one chain. Errors: ErrExists for a sequence that is
	// taken.
	AppendAudit(ctx context.Context, entries []AuditEntry) error
	// PutAuditCheckpoint appends a checkpoint that covers these heads. Errors:
	// ErrExists for a number that is taken.
	PutAuditCheckpoint(ctx context.Context, c AuditCheckpoint, covered []AuditChain) error
}

// AuditReader reads the audit trail.
type AuditReader interface {
	// AuditChain reads where a chain stands. Errors: ErrNotFound.
	AuditChain(ctx context.Context, chain uint64) (AuditChain, error)
	// AuditChains reads all, by number; only those that have grown since the last
	// checkpoint where asked.
	AuditChains(ctx context.Context, onlyGrown bool) ([]AuditChain, error)
	// AuditEntries reads a chain after a sequence, at most limit. The subjects are
	// those of the index, in byte order.
	AuditEntries(ctx context.Context, chain, after uint64, limit int) ([]AuditEntry, error)
	// AuditCheckpoints reads after a number, at most limit; LastAuditCheckpoint the
	// last. Errors: ErrNotFound without any.
	AuditCheckpoints(ctx context.Context, after uint64, limit int) ([]AuditCheckpoint, error)
	LastAuditCheckpoint(ctx context.Context) (AuditCheckpoint, error)
	// SearchAudit lists newest first, without subjects.
	SearchAudit(ctx context.Context, q AuditQuery) ([]AuditEntry, error)
	// CountStrayAudit counts entries of other chains than these, and subjects
	// without an entry.
	CountStrayAudit(ctx context.Context, chains []uint64) (int64, error)
}
