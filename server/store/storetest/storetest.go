// Package storetest is the conformance suite of package store: what every
// engine must do, run on each. An engine's test is one line.
package storetest

import (
	"context"
	"math"
	"testing"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/server/store"
)

// Factory opens an empty store of the engine; it is closed by the test.
type Factory func(t *testing.T) store.Store

// Run runs every case.
func Run(t *testing.T, open Factory) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, s store.Store)
	}{
		{"a commit is read back whole", testRoundTrip},
		{"families that were looked for and are new are read back, and changed", testNewFamilies},
		{"a change id is taken once", testChangeOnce},
		{"a failed write leaves nothing", testRollback},
		{"a panic leaves nothing, and nothing locked", testPanic},
		{"two villages tell one account something at once", testNoticesAtOnce},
		{"a failure in a village is undone", testVillageRollback},
		{"long reads leave room for others", testLongReads},
		{"a commit that fails midway leaves nothing", testFailureMidway},
		{"an unknown village is not found", testUnknownVillage},
		{"pages follow their bounds", testPages},
		{"who is removed or moved is left out where only those are asked for who count", testOnlyCounted},
		{"codes sort and match byte by byte", testCollation},
		{"numbers keep all their bits", testPrecision},
		{"empty and absent are told apart", testEmptyAndAbsent},
		{"concurrent writers leave no gap", testConcurrentWriters},
		{"a snapshot does not move", testSnapshot},
		{"a follower misses no village", testFollower},
		{"what is asked for by ids has no neighbours in it", testAmongNeighbours},
		{"a number that two of a family have is erased with the second", testIdentifierTwiceInAFamily},
		{"new codes of areas carry all along", testRecode},
		{"codes of areas are dated", testDatedCodes},
		{"the trail by a code is of the time in which an area had it", testAuditOfATime},
		{"help desks follow the code of their area", testRecodeSettings},
		{"a village that gives way strands no work", testRecodeGivesWay},
		{"a village takes over the Puskesmas of the one that gives way", testRecodeTakesPuskesmas},
		{"a Puskesmas follows its villages into another district", testRecodeMovesPuskesmas},
		{"a cancelled context ends a call", testCancelled},
		{"identifiers are replaced by family", testIdentifiers},
		{"identifiers are not replaced by what was read earlier", testIdentifiersOvertaken},
		{"identifiers of many villages are added at once", testIdentifiersIndexed},
		{"who erases waits for identifiers that are being added", testIdentifiersIndexedBesideAnErasure},
		{"stale identifiers are kept until they are forgotten", testIdentifiersStale},
		{"families that do not open are kept until they are forgotten", testUnreadFamilies},
		{"accounts, devices and sessions are kept", testAccounts},
		{"hand-overs are kept as first recorded", testHandovers},
		{"a user name is taken once, and the transaction goes on", testUserNames},
		{"of two who would give a person an account one goes first", testPersonLock},
		{"accounts are listed by place and person", testAccountLists},
		{"sessions end but for one", testSessions},
		{"batches, the queue and verdicts are kept and listed", testReview},
		{"of a double one family is closed", testClosedDoubles},
		{"cases of doubles are kept by side", testDoubleCases},
		{"survey years are kept of families, RT and villages", testSurveyYears},
		{"a village keeps the version of the rules that it was computed by", testRules},
		{"daily tallies answer past days", testDaily},
		{"work is summed by account and period", testEfforts},
		{"movements are told in order, once a family and revision", testMovements},
		{"movements under one revision are one by survey year", testMovementsAgain},
		{"movements beyond a revision are told", testMovementsBeyond},
		{"values of families are told without the restricted", testFamilyValues},
		{"a departure is told until its family's last change", testDepartures},
		{"quarantined work on a restricted family is not shown", testQuarantineOfRestricted},
		{"what was kept out is not merged", testNotMerged},
		{"days of areas are kept, replaced and forgotten", testAreaDays},
		{"registrations, their Puskesmas and files are kept", testRegistrations},
		{"registrations are listed by place, state and waiting", testRegistrationLists},
		{"nominees are kept and found by keyed hashes", testNominees},
		{"a timeline has no gap", testTimeline},
		{"look-ups are counted up to a limit", testLookUps},
		{"exports are kept for whoever made them", testExports},
		{"feed tokens are found by hash and end", testFeedTokens},
		{"feed tokens end with their account", testFeedTokensEndWithTheirAccount},
		{"ids of the erased are kept for all villages", testErasedIDs},
		{"what is sealed is found by its key and sealed anew", testSealed},
		{"the gate is held together or alone", testGate},
		{"the audit trail is kept, found and never changed", testAudit},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			t.Cleanup(func() {
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			})
			seed(t, s)
			c.test(t, s)
		})
	}
}

const (
	codeA = "32.04.05.2001"
	codeB = "32.04.05.2002"
)

func write(t *testing.T, s store.Store, fn func(ctx context.Context, tx store.Tx) error) {
	t.Helper()
	if err := s.Write(requests(t.Context()), fn); err != nil {
		t.Fatal(err)
	}
}

// requests declares that registrations are dealt with.
func requests(ctx context.Context) context.Context {
	return store.WithScope(ctx, store.Scope{RequestsEverywhere: true})
}

func read(t *testing.T, s store.Store, fn func(ctx context.Context, snap store.Snapshot) error) {
	t.Helper()
	if err := s.Read(store.AsOperator(t.Context()), fn); err != nil {
		t.Fatal(err)
	}
}

func seed(t *testing.T, s store.Store) {
	t.Helper()
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.Directory().PutAreas(ctx, []store.Area{
			{Code: "32", Name: "Jawa Barat"}, {Code: "32.04", Name: "Kabupaten Bandung"}, {Code: "32.04.05", Name: "Cileunyi"},
			{Code: codeA, Name: "Cileunyi Kulon"}, {Code: codeB, Name: "Cileunyi Wetan"},
		})
	})
}

func number(t *testing.T, s store.Store, code string) uint32 {
	t.Helper()
	var n uint32
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		list, err := snap.VillagesUnder(ctx, code)
		if err == nil && len(list) == 1 {
			n = list[0].Number
		}
		return err
	})
	if n == 0 {
		t.Fatalf("no village %s", code)
	}
	return n
}

func id(n byte) merge.ID { return merge.NewID(1, 2, uint64(n)) }

// add commits n families to a village, a revision each.
func add(t *testing.T, s store.Store, village uint32, place area.Place, ids ...byte) {
	t.Helper()
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.InVillage(ctx, village, func(v store.VillageTx) error {
			c := commitOf(v, place, ids...)
			return v.Apply(ctx, c)
		})
	})
}

func commitOf(v store.VillageTx, place area.Place, ids ...byte) *store.Commit {
	row := v.Village()
	c := &store.Commit{}
	for _, n := range ids {
		row.Revision++
		row.Hash = row.Hash.Next(row.Revision, id(n), id(n), [32]byte{n})
		c.Families = append(c.Families, store.Family{
			Village: row.Number, ID: id(n), Place: place, Revision: row.Revision, SurveyDate: 20260517, Salt: [16]byte{n},
			Payload: []byte{n, 0, 255}, Provisional: iks.Packed(n), Findings: 1 << 62, Conflicts: int(n % 2),
		})
		c.Entries = append(c.Entries, store.Entry{
			Revision: row.Revision, Family: id(n), Change: id(n + 100), ContentHash: [32]byte{n}, ChainHash: row.Hash,
			Stamp:  merge.Stamp{TimeMS: 1 << 41, Counter: math.MaxUint32, Device: math.MaxUint32, Incarnation: math.MaxUint32},
			Author: 7, Device: 9, CommittedAtMS: 12, Payload: []byte{n},
		})
	}
	c.Village = row
	return c
}
