package field

import (
	"fmt"
	"net/http"
	"testing"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// A surveyor corrects a member's name and tells of the death, off line, while the supervisor
// makes the family one with another. Made one again, both go over.
func TestADeathThatAMergeHadNotSeenGoesOverWhenMergedAgain(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		d := toldOfADeathMeanwhile(t, f, false)
		if err := d.s.MergeFamily(t.Context(), d.other, d.kept, "sama"); err != nil {
			t.Fatal(err)
		}
		mustSync(t, d.s)
		d.conflicts(t, 0)
		d.wentOver(t)
	})
}

func TestADeathThatAMergeInThePagesHadNotSeenGoesOver(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		d := toldOfADeathMeanwhile(t, f, true)
		if status, body := mergeInto(t, f, d.other, d.kept); status != http.StatusOK {
			t.Fatal(status, body)
		}
		mustSync(t, d.s)
		d.conflicts(t, 0)
		d.wentOver(t)
	})
}

// Each is settled by itself, on a device and in the pages; the family stays removed.
func TestADeathThatAMergeHadNotSeenIsSettled(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		d := toldOfADeathMeanwhile(t, f, false)
		shown := d.conflicts(t, 2)
		if err := d.s.KeepValue(t.Context(), d.other, shown[0], 0); err != nil {
			t.Fatal(err)
		}
		d.conflicts(t, 1)
		mustSync(t, d.s)
		if settled := settledInPages(t, f, ""); settled != d.other.String() {
			t.Errorf("the pages list a conflict of %s", settled)
		}
		mustSync(t, d.s)
		d.conflicts(t, 0)
		h, err := d.s.Family(t.Context(), d.other)
		if r := h.GetFamily().GetRemoval(); err != nil || r.GetKeptId() != d.kept.String() || r.GetNote() != "sama" {
			t.Errorf("the family's removal is %v: %v", r, err)
		}
	})
}

// settledInPages keeps a value of the one conflict that the pages list, as JSON, "" the one
// shown, and gives its family.
func settledInPages(t *testing.T, f *Field, keep string) (family string) {
	t.Helper()
	token := restToken(t, f, f.Supervisor)
	var page struct {
		Conflicts []struct {
			FamilyID                         string `json:"familyId"`
			Kind, RecordID, MemberID, Digest string
			Field                            int
			Values                           []struct {
				ValueJSON string `json:"valueJson"`
				Stamp     map[string]any
			}
		}
	}
	restGet(t, f, token, "/v1/conflicts", &page)
	if len(page.Conflicts) != 1 {
		t.Fatalf("the pages list %+v", page.Conflicts)
	}
	x := page.Conflicts[0]
	stamp := x.Values[0].Stamp
	for _, v := range x.Values {
		if v.ValueJSON == keep {
			stamp = v.Stamp
		}
	}
	status, body := rest(t, f, "POST", token, "/v1/families/"+x.FamilyID+":resolveConflict", fmt.Sprintf(
		`{"kind":%q,"recordId":%q,"memberId":%q,"field":%d,"seenDigest":%q,"keep":{"timeMs":"%v","counter":%v,"device":%v,"incarnation":%v}}`,
		x.Kind, x.RecordID, x.MemberID, x.Field, x.Digest, stamp["timeMs"], number(stamp["counter"]), number(stamp["device"]), number(stamp["incarnation"])))
	if status != http.StatusOK {
		t.Fatal(status, string(body))
	}
	page.Conflicts = nil
	restGet(t, f, token, "/v1/conflicts", &page)
	if len(page.Conflicts) != 0 {
		t.Errorf("still listed: %+v", page.Conflicts)
	}
	return x.FamilyID
}

func number(v any) uint64 {
	n, _ := v.(float64)
	return uint64(n)
}

// unseenDeath is a family that was made one with another unseen of a member's death.
type unseenDeath struct {
	s           *clientsdk.User // the supervisor's device, in sync
	kept, other clientsdk.ID
	member      clientsdk.ID
}

func toldOfADeathMeanwhile(t *testing.T, f *Field, online bool) unseenDeath {
	t.Helper()
	u, d := signIn(t, f, "surveyor1"), unseenDeath{s: signIn(t, f, "supervisor")}
	mustSync(t, u)
	d.kept, d.other = twoFamilies(t, u)
	mustSync(t, u)
	mustSync(t, d.s)
	d.member = membersOf(t, u, d.other, true)[3]
	edit := clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindMember, Member: d.member}, Set: &ksv1.Member{Name: proto.String("Nama Dibetulkan")}}
	if _, err := u.Save(t.Context(), d.other, edit); err != nil {
		t.Fatal(err)
	}
	if err := u.RemoveMember(t.Context(), d.other, d.member, &ksv1.Removal{Reason: ksv1.RemovalReason_REMOVAL_REASON_DIED, Date: "2026-11-01"}); err != nil {
		t.Fatal(err)
	}
	if !online {
		if err := d.s.MergeFamily(t.Context(), d.other, d.kept, "sama"); err != nil {
			t.Fatal(err)
		}
	} else if status, body := mergeInto(t, f, d.other, d.kept); status != http.StatusOK {
		t.Fatal(status, body)
	}
	d.conflicts(t, 0)
	mustSync(t, d.s)
	mustSync(t, u)
	mustSync(t, d.s)
	d.conflicts(t, 2)
	return d
}

// conflicts are those of the removed family, of whose number its list tells, too.
func (d *unseenDeath) conflicts(t *testing.T, want int) []merge.Conflict {
	t.Helper()
	list, err := d.s.Conflicts(t.Context(), d.other)
	if err != nil || len(list) != want {
		t.Fatalf("%d conflicts, want %d: %+v, %v", len(list), want, list, err)
	}
	if summary, _ := d.s.Summary(d.other); int(summary.Conflicts) != want {
		t.Errorf("the list tells of %d conflicts, want %d", summary.Conflicts, want)
	}
	return list
}

func (d *unseenDeath) wentOver(t *testing.T) {
	t.Helper()
	into, err := d.s.Family(t.Context(), d.kept)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range into.GetMembers() {
		if m.GetMemberId() == d.member.String() {
			if r := m.GetMember().GetRemoval(); r.GetReason() != ksv1.RemovalReason_REMOVAL_REASON_DIED || r.GetDate() != "2026-11-01" || m.GetMember().GetName() != "Nama Dibetulkan" {
				t.Errorf("in the kept family %s, %v", m.GetMember().GetName(), r)
			}
			return
		}
	}
	t.Error("the member did not go over")
}
