package store

import (
	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/collection"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/review"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Village is the row that orders a village's writes.
type Village struct {
	// Number is ours, Code the present Kemendagri code, dotted.
	Number uint32
	Code   string
	Name   string
	// Puskesmas is the code of the health centre that serves it; "" none.
	Puskesmas string
	// Revision is the last committed, Hash the chain's hash there.
	Revision uint64
	Hash     merge.ChainHash
	// Provisional and Verified are the village's tallies on each basis.
	Provisional, Verified iks.Tally
	// Submitted, Approved and Returned count families by review state.
	Submitted, Approved, Returned int64
	// Awaited counts the families that its batches name and that are not in the queue
	// yet (Awaited).
	Awaited int64
	// Collection is the village's status of collection.
	Collection collection.Counts
	// Years are the tallies by survey year. YearsMissing: from before they were kept,
	// and not counted yet.
	Years        iks.PackedYears
	YearsMissing bool
	// Rules is the version of the rules by which all of this, and the columns of its
	// families, were computed; 0: from before that was kept.
	Rules int
}

// FamilyState is whether a family counts.
type FamilyState int

// States of a family; the numbers are stored.
const (
	// FamilyCounted: it lives here.
	FamilyCounted FamilyState = iota
	// FamilyRemoved: died out, entered twice, deleted at source.
	FamilyRemoved
	// FamilyMoved: it moved to another village.
	FamilyMoved
)

// Family is a family's row.
type Family struct {
	Village  uint32
	ID       merge.ID
	Place    area.Place
	State    FamilyState
	Revision uint64
	// SurveyDate of the round counted for all members (besar), yyyymmdd; 0 none.
	SurveyDate int
	// Salt from which the family's key is derived.
	Salt [16]byte
	// Payload is sealed: digest, then the canonical state.
	Payload []byte
	// ApprovedPayload is the payload as last approved, with the withdrawals from its rounds
	// since; nil: never.
	ApprovedPayload []byte
	// Review is the sealed FamilyReview; nil: never submitted. ReviewState is
	// its state in the clear.
	Review      []byte
	ReviewState int
	// JudgedPayload is the payload as last judged where that is not the approved
	// one; nil otherwise.
	JudgedPayload []byte
	// ReviewAuthor submitted it last; ReviewSinceMS is since when it has waited
	// for a verdict, or was judged.
	ReviewAuthor  uint32
	ReviewSinceMS int64
	// Provisional and Verified are the packed values; 0: does not count.
	Provisional, Verified iks.Packed
	// Years is what it counts with by survey year (ByYear).
	Years string
	// Findings is a bit set (prokesga.FindingSet), Conflicts a count.
	Findings  uint64
	Conflicts int
	// Restricted: its processing is restricted; it is kept and counted, and shown
	// to nobody. Apply leaves it as it is.
	Restricted bool
	// Superseded: it goes on under its id in another village, whose record devices hold
	// and not this one. Apply leaves it as it is.
	Superseded bool
	// Calls are the visits, Surveyor the account to whose work the family counts.
	Calls    collection.Calls
	Surveyor uint32
	// Doubles are flags of package review: what it shares with other families.
	Doubles int64
}

// Collected is what the family is counted by in the status of collection.
func (f *Family) Collected() collection.Family {
	return collection.Family{
		Lives: f.State == FamilyCounted && !f.ID.IsZero(), MovedAway: f.State == FamilyMoved, Calls: f.Calls, Values: f.Provisional,
		Review: ksv1.ReviewState(f.ReviewState), Doubled: f.Doubles&review.FlagElsewhere != 0,
	}
}

// FamilyValue is what a family counts with.
type FamilyValue struct {
	Village uint32
	ID      merge.ID
	Place   area.Place
	// SurveyDate of the round counted for all members (besar), yyyymmdd; 0 none.
	SurveyDate int
	// Provisional and Verified are the packed values; 0: does not count.
	Provisional, Verified iks.Packed
}

// Revised is a family with the revision of its last change.
type Revised struct {
	ID       merge.ID
	Revision uint64
	// Doubled: it shares identifiers with other families, or did when last told.
	Doubled bool
}

// Committed is a change that was committed before.
type Committed struct {
	ID          merge.ID
	Village     uint32
	Revision    uint64
	ContentHash [32]byte
	Stamp       merge.Stamp
}

// Place is the row of an RT: what its families sum up to.
type Place struct {
	Place                 area.Place
	Digest                merge.Digest
	Families              int64
	Provisional, Verified iks.Tally
	Collection            collection.Counts
	// Years are the tallies by survey year.
	Years iks.PackedYears
}

// Entry is one committed change in a family's history.
type Entry struct {
	Revision      uint64
	Family        merge.ID
	Change        merge.ID
	ContentHash   [32]byte
	ChainHash     merge.ChainHash
	Stamp         merge.Stamp
	Author        uint32
	Device        uint32
	CommittedAtMS int64
	// Settles: the change only kept values that others had entered; its author
	// collected nothing by it.
	Settles bool
	// Payload is the sealed Change.
	Payload []byte
}

// Departure says that a family left an RT.
type Departure struct {
	Revision      uint64
	Family        merge.ID
	Left, Entered area.Place
}

// QuarantineState is where quarantined work stands.
type QuarantineState int

// States of quarantined work; the numbers are stored.
const (
	// QuarantineWaiting: for a supervisor's decision.
	QuarantineWaiting QuarantineState = iota
	// QuarantineAdmitted: merged.
	QuarantineAdmitted
	// QuarantineKeptOut: decided against.
	QuarantineKeptOut
)

// Quarantine is one change that is kept, not merged.
type Quarantine struct {
	Change       merge.ID
	Village      uint32
	Family       merge.ID
	Author       uint32
	Device       uint32
	Reason       string
	ReceivedAtMS int64
	State        QuarantineState
	Salt         [16]byte
	// Payload is the sealed Change.
	Payload []byte
	// ContentHash is that of the Change as it came, sealed; nil where nothing of its family
	// was erased since, nor of it before, so that it is the Payload's.
	ContentHash []byte
	// From and Into are families, where the change would bring members of the one into the
	// other, by a split or a union; else zero.
	From, Into merge.ID
}

// Notice tells an account of a decision on its work.
type Notice struct {
	Account  uint32
	Revision uint64
	// Payload is a FeedNotice without its revision; it holds ids and a note,
	// sealed under the account's salt.
	Salt    [16]byte
	Payload []byte
}

// DailyTally is a village's tallies as of the end of a day.
type DailyTally struct {
	Village               uint32
	Day                   int
	Provisional, Verified iks.Tally
	Collection            collection.Counts
	// Years are the tallies by survey year. YearsMissing: they are not known, of a day
	// before they were kept or of a village that had not been counted yet.
	Years        iks.PackedYears
	YearsMissing bool
}

// Effort is by how much the work of one account changed a village's status of
// collection on a day.
type Effort struct {
	Village uint32
	Day     int
	// Surveyor is the account; 0: nobody, or an import.
	Surveyor uint32
	Counts   collection.Counts
}

// Cause is why the values that a family is counted by changed.
type Cause int

// Causes; the numbers are stored.
const (
	// CauseNew: surveyed for the first time here.
	CauseNew Cause = 1 + iota
	// CauseSurveyed: surveyed anew, in another round.
	CauseSurveyed
	// CauseCorrected: the round that counts was corrected, or made complete.
	CauseCorrected
	// CauseVerdict: a supervisor's verdict; the one cause of the verified basis.
	CauseVerdict
	// CauseRemoved: died out, deleted, or the round withdrawn.
	CauseRemoved
	// CauseMoved: moved to another village, or members split off to a family of
	// their own.
	CauseMoved
	// CauseMerged: entered twice, and counted elsewhere.
	CauseMerged
	// CauseReturned: what had been removed counts again.
	CauseReturned
	// CauseRules: recomputed, after a change of the rules or damage.
	CauseRules
)

// Movement is a family whose counted values a commit changed.
type Movement struct {
	Village  uint32
	Day      int
	Revision uint64
	Family   merge.ID
	Cause    Cause
	// ProvisionalBefore to VerifiedAfter are the packed values; 0: did not count.
	ProvisionalBefore, ProvisionalAfter iks.Packed
	VerifiedBefore, VerifiedAfter       iks.Packed
	// Years is the same by survey year (SetYears, ByYear). A family may move in one
	// without moving altogether, as when a round of last year is corrected.
	Years string
}

// Commit is everything that one commit alters in a village.
type Commit struct {
	// Village is the row as it is to be: revision, hash and tallies.
	Village    Village
	Families   []Family
	Entries    []Entry
	Departures []Departure
	Places     []Place
	Quarantine []Quarantine
	Batches    []Batch
	// Awaited are families to be awaited, Arrived those that are no more.
	Awaited, Arrived []Awaited
	Verdicts         []Verdict
	// DoubleCases are of families whose doubles were decided or told.
	DoubleCases []FamilyCases
	Notices     []Notice
	// Efforts are added to what was kept of the day; their village and day are the
	// commit's.
	Efforts   []Effort
	Movements []Movement
	// ErasedIDs are kept for good; of one that is there the fate is as it comes now.
	ErasedIDs []ErasedID
	// Day is the day (yyyymmdd) under whose tallies this counts; 0: none of the
	// tallies and counts changed.
	Day int
}

// Rewrite replaces what is sealed of a family beside its row; revisions, ids and
// hashes stay.
type Rewrite struct {
	Family merge.ID
	// Member bounds whose identifier entries are deleted; zero: the family's.
	Member merge.ID
	// Nobody is a random id that stands in movements in place of the family's.
	Nobody [16]byte
	// History are entries with their new payloads; empty: nothing is left.
	History []Entry
	// Quarantine are rows with their new salts and payloads; empty: deleted.
	Quarantine []Quarantine
	// Verdicts are those on a family that goes on, with their new payloads; all others on it
	// are deleted.
	Verdicts []Verdict
	// KeepIdentifiers: none is deleted.
	KeepIdentifiers bool
}

// Batch is a submitted batch.
type Batch struct {
	ID           merge.ID
	Village      uint32
	Author       uint32
	State        int
	ReceivedAtMS int64
	Salt         [16]byte
	// Payload is the sealed Batch.
	Payload []byte
}

// Awaited is a family that a batch names and that is not in the queue yet.
type Awaited struct {
	Family, Batch merge.ID
}

// FamilyQuery bounds a list of families.
type FamilyQuery struct {
	// Villages, ascending.
	Villages []uint32
	// From and To bound the place within a single village, both included; To 0
	// means all.
	From, To area.Place
	// After is the key of the last family of the page before; zero: from the
	// beginning.
	AfterVillage uint32
	AfterPlace   area.Place
	AfterID      merge.ID
	// OnlyCounted leaves out who is removed or moved away, OnlyConflicts who has no conflicts.
	OnlyCounted, OnlyConflicts bool
	// Doubles lists only families with one of these flags; 0: all.
	Doubles int64
	Limit   int
}
