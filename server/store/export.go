package store

import (
	"context"

	"github.com/keluarga-sehat/sync/internal/merge"
)

// Export is a file that an account took, or is taking, away.
type Export struct {
	Account uint32
	ID      merge.ID
	// State is a ksv1.ExportState.
	State    int32
	FileName string
	// Rows that left so far, without the header line, and the Families that they are
	// of; LeftOut are families that the file does not hold, counted once it has ended.
	Rows, Families, LeftOut int64
	BeganMS, UpdatedMS      int64
}

// ExportReader reads exports for whoever made them.
type ExportReader interface {
	// FindExport reads one of an account's. Errors: ErrNotFound.
	FindExport(ctx context.Context, account uint32, id merge.ID) (Export, error)
	// ListExports lists an account's, newest first, at most limit.
	ListExports(ctx context.Context, account uint32, limit int) ([]Export, error)
}

// ExportWriter writes exports.
type ExportWriter interface {
	// PutExport adds or replaces one.
	PutExport(ctx context.Context, e Export) error
	// ForgetExports deletes those that began before an instant.
	ForgetExports(ctx context.Context, beforeMS int64) error
}

// FeedToken opens feeds of aggregates for its account.
type FeedToken struct {
	Number, Account uint32
	// Hash is SHA-256 of the secret.
	Hash []byte
	// Name is what it is for, as its owner named it.
	Name string
	// Area is the path that it is bound to; "": all that its account sees.
	Area                 string
	CreatedMS, ExpiresMS int64
	// RevokedMS and UsedMS are 0 where it never was.
	RevokedMS, UsedMS int64
}

// FeedTokenReader reads feed tokens.
type FeedTokenReader interface {
	// FindFeedToken reads by hash. Errors: ErrNotFound.
	FindFeedToken(ctx context.Context, hash []byte) (FeedToken, error)
	// FeedTokensOf lists an account's that end after an instant, newest first.
	FeedTokensOf(ctx context.Context, account uint32, afterMS int64) ([]FeedToken, error)
}

// FeedTokenWriter writes feed tokens.
type FeedTokenWriter interface {
	// AddFeedToken adds one and tells its number.
	AddFeedToken(ctx context.Context, t FeedToken) (uint32, error)
	// RevokeFeedToken ends one of an account's; one that was revoked stays as it
	// is. Errors: ErrNotFound.
	RevokeFeedToken(ctx context.Context, account, number uint32, atMS int64) error
	// RevokeFeedTokens ends all of an account's that are in force at the instant, and
	// tells their numbers, ascending.
	RevokeFeedTokens(ctx context.Context, account uint32, atMS int64) ([]uint32, error)
	// NoteFeedUse keeps when a token was last used.
	NoteFeedUse(ctx context.Context, number uint32, atMS int64) error
}
