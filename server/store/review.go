package store

import (
	"context"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/merge"
)

// Verdict is one that applied.
type Verdict struct {
	ID          merge.ID
	Village     uint32
	Family      merge.ID
	Author      uint32
	Outcome     int
	DecidedAtMS int64
	Revision    uint64
	// Payload is the sealed Verdict, under the family's salt.
	Payload []byte
}

// Authorship says that an account wrote to a family, last at a revision.
type Authorship struct {
	Family   merge.ID
	Author   uint32
	Revision uint64
}

// ReviewTx reads what review needs of a locked village.
type ReviewTx interface {
	// Batches reads the batches named, in no order; unknown ones are missing.
	Batches(ctx context.Context, ids []merge.ID) ([]Batch, error)
	// Awaited tells which of the families batches wait for, by family and batch.
	Awaited(ctx context.Context, families []merge.ID) ([]Awaited, error)
	// Authors tells who wrote to the families, one entry a family and account;
	// nobody who only kept what others had entered.
	Authors(ctx context.Context, families []merge.ID) ([]Authorship, error)
}

// ReviewReader reads batches, the queue and verdicts for people.
type ReviewReader interface {
	// ListReview lists families by review, longest waiting first.
	ListReview(ctx context.Context, q ReviewQuery) ([]Family, error)
	// ListBatches lists batches, newest first.
	ListBatches(ctx context.Context, q BatchQuery) ([]Batch, error)
	// FindBatch looks in the villages given. Errors: ErrNotFound.
	FindBatch(ctx context.Context, villages []uint32, id merge.ID) (Batch, error)
	// Verdicts reads a family's, newest first, before a revision (0: from the
	// newest), at most limit.
	Verdicts(ctx context.Context, village uint32, family merge.ID, before uint64, limit int) ([]Verdict, error)
	// ReturnedSince reads the states of families of the places (nil: all) that were
	// returned and whose last change lies past a revision, the latest first, at most
	// limit; of the rows as much as FeedReader.StatesSince. The restricted are not among
	// them.
	ReturnedSince(ctx context.Context, village uint32, after uint64, places []area.Place, limit int) ([]Family, error)
}

// ReviewQuery bounds a list of families by review.
type ReviewQuery struct {
	Villages []uint32
	// From and To bound the place within a single village, both included; To 0
	// means all.
	From, To area.Place
	// Author who submitted last; 0: any.
	Author uint32
	// BeforeMS: waiting since before this instant; 0: any.
	BeforeMS int64
	// Returned lists those, instead of those that wait for a verdict.
	Returned bool
	// After is the key of the last family of the page before.
	AfterMS int64
	AfterID merge.ID
	Limit   int
}

// BatchQuery bounds a list of batches.
type BatchQuery struct {
	Villages []uint32
	// Author who submitted; 0: any. State of the batch; 0: any.
	Author uint32
	State  int
	// Before is the key of the last batch of the page before; zero: from the
	// newest.
	BeforeMS int64
	BeforeID merge.ID
	Limit    int
}
