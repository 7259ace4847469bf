package field

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server"
)

// merging is two families of one surveyor, of which the other is merged into the kept one.
type merging struct {
	*testing.T
	f           *Field
	surveyor    *clientsdk.User
	token       string
	kept, other clientsdk.ID
}

func newMerging(t *testing.T, f *Field) *merging {
	t.Helper()
	m := &merging{T: t, f: f, surveyor: signIn(t, f, "surveyor1"), token: restToken(t, f, f.Supervisor)}
	mustSync(t, m.surveyor)
	m.kept, m.other = twoFamilies(t, m.surveyor)
	mustSync(t, m.surveyor)
	return m
}

func (m *merging) submits(families ...clientsdk.ID) {
	m.Helper()
	if _, err := m.surveyor.Submit(m.Context(), families, "di luar jaringan"); err != nil {
		m.Fatal(err)
	}
}

func (m *merging) merge() {
	m.Helper()
	if status, body := mergeInto(m.T, m.f, m.other, m.kept); status != http.StatusOK {
		m.Fatal(status, body)
	}
}

// approves passes a verdict on all that waits, and tells on what.
func (m *merging) approves() string {
	m.Helper()
	kept, other := false, false
	for id, item := range reviewQueue(m.T, m.f, m.token, "") {
		if status, body := judge(m.T, m.f, m.token, id, "APPROVED", item.Digest, ""); status != http.StatusOK {
			m.Fatal(status, body)
		}
		kept, other = kept || id == m.kept.String(), other || id == m.other.String()
	}
	return fmt.Sprintf("kept %t, other %t", kept, other)
}

// progress is what the dashboard counts of the village, which recomputed is the same.
func (m *merging) progress() string {
	m.Helper()
	if err := m.f.Server.Board().Refresh(m.Context()); err != nil {
		m.Fatal(err)
	}
	var p struct{ Families, Surveyed, Submitted, Approved, Returned, Verified string }
	restGet(m.T, m.f, m.token, "/v1/puskesmas/"+PuskesmasCode+"/progress", &p)
	if verified, err := server.Verify(m.Context(), m.f.Store, m.f.Server.Services().Vault.Ring(), nil); err != nil || len(verified.Differences) > 0 {
		m.Errorf("recomputed: %v, %+v", err, verified)
	}
	return fmt.Sprintf("%s families, %s surveyed, %s submitted, %s approved, %s returned, %s verified", p.Families, p.Surveyed, p.Submitted, p.Approved, p.Returned, p.Verified)
}

func (m *merging) counts(when, want string) {
	m.Helper()
	if got := m.progress(); got != want {
		m.Errorf("%s: %s; want %s", when, got, want)
	}
}

// Of two approved families that are made one, one is approved, once the verdicts are passed.
func TestApprovedFamiliesThatAreMergedCountOnce(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		m := newMerging(t, f)
		m.submits(m.kept, m.other)
		mustSync(t, m.surveyor)
		m.approves()
		m.counts("approved", "2 families, 2 surveyed, 0 submitted, 2 approved, 0 returned, 2 verified")
		m.merge()
		m.counts("merged", "1 families, 1 surveyed, 2 submitted, 0 approved, 0 returned, 2 verified")
		if judged := m.approves(); judged != "kept true, other true" {
			t.Errorf("judged: %s", judged)
		}
		m.counts("approved again", "1 families, 1 surveyed, 0 submitted, 1 approved, 0 returned, 1 verified")
	})
}

// The list of families is of those that count; those merged away are in it for who asks.
func TestAMergedFamilyIsListedForWhoAsks(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		m := newMerging(t, f)
		m.merge()
		for query, want := range map[string]map[string]string{
			"":                     {m.kept.String(): "REMOVAL_REASON_UNSPECIFIED"},
			"?includeRemoved=true": {m.kept.String(): "REMOVAL_REASON_UNSPECIFIED", m.other.String(): "REMOVAL_REASON_ENTERED_TWICE"},
		} {
			var list struct {
				Families []struct{ FamilyID, Removal string }
			}
			restGet(t, f, m.token, "/v1/families"+query, &list)
			got := map[string]string{}
			for _, one := range list.Families {
				got[one.FamilyID] = one.Removal
			}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%q lists %v, want %v", query, got, want)
			}
		}
	})
}

// What was submitted of a family that is merged into another is judged there, whichever comes
// first; who submitted it is told.
func TestWhatWasSubmittedOfAMergedFamilyIsJudgedInTheKeptOne(t *testing.T) {
	for name, run := range map[string]func(m *merging){
		"before":             func(m *merging) { m.submits(m.other); mustSync(m.T, m.surveyor); m.merge() },
		"off line meanwhile": func(m *merging) { m.submits(m.other); m.merge(); mustSync(m.T, m.surveyor) },
	} {
		t.Run(name, func(t *testing.T) {
			onEachEngine(t, 1, func(t *testing.T, f *Field) {
				m := newMerging(t, f)
				run(m)
				m.waitsInTheKeptOne()
				m.counts("merged", "1 families, 1 surveyed, 1 submitted, 0 approved, 0 returned, 0 verified")
				if judged := m.approves(); judged != "kept true, other false" {
					t.Errorf("judged: %s", judged)
				}
				m.counts("approved", "1 families, 1 surveyed, 0 submitted, 1 approved, 0 returned, 1 verified")
				m.batchesAre("BATCH_STATE_APPROVED", "BATCH_STATE_REPLACED")
				mustSync(t, m.surveyor)
				if told, err := m.surveyor.Batches(t.Context(), 10); err != nil || len(told) != 1 || told[0].GetState() != ksv1.BatchState_BATCH_STATE_REPLACED {
					t.Errorf("the surveyor's device has %v, %v", told, err)
				}
				if r, err := m.surveyor.Review(t.Context(), m.kept); err != nil || r.GetState() != ksv1.ReviewState_REVIEW_STATE_APPROVED {
					t.Errorf("and the kept one stands at %v, %v", r.GetState(), err)
				}
			})
		})
	}
}

// Merged on a device it is the same, but for who merges: the server can't tell that they wrote
// nothing. A family that waits already waits on in its own batch.
func TestWhatWasSubmittedOfAFamilyMergedOnADeviceWaitsInTheKeptOne(t *testing.T) {
	for _, both := range []bool{false, true} {
		t.Run(fmt.Sprint("both submitted ", both), func(t *testing.T) {
			onEachEngine(t, 1, func(t *testing.T, f *Field) {
				m := newMerging(t, f)
				s := spareDevice(t, f, "one")
				if both {
					m.submits(m.kept)
				}
				m.submits(m.other)
				mustSync(t, m.surveyor)
				if err := s.MergeFamily(t.Context(), m.other, m.kept, "sama"); err != nil {
					t.Fatal(err)
				}
				mustSync(t, s)
				m.waitsInTheKeptOne()
				m.counts("merged", "1 families, 1 surveyed, 1 submitted, 0 approved, 0 returned, 0 verified")
				m.batchesAre("BATCH_STATE_REPLACED", "BATCH_STATE_UPLOADED")
			})
		})
	}
}

// waitsInTheKeptOne waits until of both families the kept one alone is in the queue.
func (m *merging) waitsInTheKeptOne() {
	m.Helper()
	eventually(m.T, "the kept one waits in place of the other", func() bool {
		queue := reviewQueue(m.T, m.f, m.token, "")
		return len(queue) == 1 && queue[m.kept.String()].Digest != ""
	})
}

// batchesAre the states of the batches, sorted.
func (m *merging) batchesAre(want ...string) {
	m.Helper()
	var list struct {
		Batches []struct{ Batch struct{ State, Note string } }
	}
	restGet(m.T, m.f, m.token, "/v1/review/batches", &list)
	var states []string
	for _, b := range list.Batches {
		if states = append(states, b.Batch.State); b.Batch.Note != "di luar jaringan" {
			m.Errorf("note %q", b.Batch.Note)
		}
	}
	if slices.Sort(states); !slices.Equal(states, want) {
		m.Errorf("batches: %v, want %v", states, want)
	}
}

// An approved family that is merged into one that nobody submitted is judged there, and its
// removal where it was approved.
func TestAnApprovedFamilyThatIsMergedIsJudgedInTheKeptOne(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		m := newMerging(t, f)
		m.submits(m.other)
		mustSync(t, m.surveyor)
		m.approves()
		m.merge()
		m.counts("merged", "1 families, 1 surveyed, 2 submitted, 0 approved, 0 returned, 1 verified")
		if judged := m.approves(); judged != "kept true, other true" {
			t.Errorf("judged: %s", judged)
		}
		m.counts("approved", "1 families, 1 surveyed, 0 submitted, 1 approved, 0 returned, 1 verified")
	})
}
