// Package planted holds the bugs that are put into the product on purpose, to
// show that the suites find them, and the instants at which a process can be
// made to die. Both exist only in builds with the tag "planted"; in any other
// Is is always false and Step does nothing, and the compiler leaves them out.
package planted

// Bug is a fault that can be planted.
type Bug string

// The bugs. One at a time is active, by the environment variable KS_BUG.
const (
	// AckBeforeCommit answers devices before the store has committed.
	AckBeforeCommit Bug = "ack-before-commit"
	// DedupSkipped applies a change again that came before.
	DedupSkipped Bug = "dedup-skipped"
	// TieByArrival orders values of one millisecond by their arrival.
	TieByArrival Bug = "tie-by-arrival"
	// ScopeUnchecked merges work from outside the sender's assignment.
	ScopeUnchecked Bug = "scope-unchecked"
	// TallyKeepsRemoved leaves a family that was removed or changed in the sums.
	TallyKeepsRemoved Bug = "tally-keeps-removed"
	// CursorPastUnread moves a device's cursor past families that it was not sent.
	CursorPastUnread Bug = "cursor-past-unread"
	// LoserDropped keeps only the newer of two concurrent values.
	LoserDropped Bug = "loser-dropped"
	// RestampForgotten leaves stamps that the server refused as they are.
	RestampForgotten Bug = "restamp-forgotten"
	// EpochUncompared trusts the cursors of a server that was restored since.
	EpochUncompared Bug = "epoch-uncompared"
	// BackfillSkipped does not bring what an RT new to the device held before.
	BackfillSkipped Bug = "backfill-skipped"
	// QuarantineMerged merges what waits for a supervisor's decision.
	QuarantineMerged Bug = "quarantine-merged"
	// CacheStale never replaces a village's tallies in the dashboards' cache.
	CacheStale Bug = "cache-stale"
	// DepartureUntold does not tell devices which families left their RT.
	DepartureUntold Bug = "departure-untold"
	// CopyUnnoticed takes a copied device database for the original.
	CopyUnnoticed Bug = "copy-unnoticed"
	// RollbackUnnoticed opens a device database that was put back without a word.
	RollbackUnnoticed Bug = "rollback-unnoticed"
	// CommitUnsynced commits on the server without waiting for the disk.
	CommitUnsynced Bug = "commit-unsynced"
	// SourceShared joins what two lives of a database wrote under one source.
	SourceShared Bug = "source-shared"
	// ProofIgnored judges a verdict that was applied before by the rights of now.
	ProofIgnored Bug = "proof-ignored"
)

// Bugs are all of them.
var Bugs = [...]Bug{
	AckBeforeCommit, DedupSkipped, TieByArrival, ScopeUnchecked, TallyKeepsRemoved, CursorPastUnread, LoserDropped, RestampForgotten,
	EpochUncompared, BackfillSkipped, QuarantineMerged, CacheStale, DepartureUntold, CopyUnnoticed, RollbackUnnoticed, CommitUnsynced,
	SourceShared, ProofIgnored,
}

// Steps at which a process can be made to die by KS_DIE_AT, "step" or "step:n"
// for the n-th time that it is reached.
const (
	// Server: before and after a commit of uploads, and after the ack was sent.
	ServerBeforeCommit = "server-before-commit"
	ServerAfterCommit  = "server-after-commit"
	ServerAfterAck     = "server-after-ack"
	// ServerBeforeFeed: a page was read and is not yet sent.
	ServerBeforeFeed = "server-before-feed"
	// Device: within a transaction before its commit, and after it before
	// anything else learns of it.
	DeviceBeforeCommit = "device-before-commit"
	DeviceAfterCommit  = "device-after-commit"
	// DeviceAfterSend: a chunk was handed to the network.
	DeviceAfterSend = "device-after-send"
	// DeviceAtUnlock: the password was right, and nothing is read yet; at DeviceAtSearch
	// a list is about to be made.
	DeviceAtUnlock = "device-at-unlock"
	DeviceAtSearch = "device-at-search"
)

// ServerSteps and DeviceSteps are the steps of either process.
var (
	ServerSteps = [...]string{ServerBeforeCommit, ServerAfterCommit, ServerAfterAck, ServerBeforeFeed}
	DeviceSteps = [...]string{DeviceBeforeCommit, DeviceAfterCommit, DeviceAfterSend, DeviceAtUnlock, DeviceAtSearch}
)

// Environment variables that planted builds read.
const (
	EnvBug   = "KS_BUG"
	EnvDieAt = "KS_DIE_AT"
)
