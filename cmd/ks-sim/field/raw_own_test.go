package field

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	"github.com/keluarga-sehat/sync/internal/rawsurvei"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/exchange"
	"github.com/keluarga-sehat/sync/server/store"
)

// Our own file, read in again where it was written, says nothing new. The families in these
// tests were collected on devices; those that came in files are in raw_again_test.go.

// readOwnIn exports everything and reads it in again, as CSV and as a workbook: no village may
// get a revision by that, nor the export change.
func readOwnIn(t *testing.T, f *Field) {
	t.Helper()
	followed(t, f)
	first, before := export(t, f), villageRevisions(t, f)
	for name, text := range map[string]string{"csv": first, "xlsx": exportAs(t, f, exchange.Export{Format: rawsurvei.XLSX})} {
		r, told := bring(t, f, text)
		if r.Unchanged != r.Families || r.Families != r.Read {
			t.Errorf("%s: %d families read, %d brought, %d unchanged: %.1500s", name, r.Read, r.Families, r.Unchanged, told)
		}
		if after := villageRevisions(t, f); after != before {
			t.Errorf("%s: revisions of villages were %s, are %s", name, before, after)
		}
		if again := export(t, f); again != first {
			t.Errorf("%s: the export was\n%.2000s\nand is\n%.2000s", name, first, again)
		}
	}
}

// followed waits until the server, which tells by revisions of its own who is in two families, has
// done so of all that it has.
func followed(t *testing.T, f *Field) {
	t.Helper()
	quiet := 0
	eventually(t, "the index of identifiers follows", func() bool {
		err := f.Store.Read(store.AsOperator(t.Context()), func(ctx context.Context, snap store.Snapshot) error {
			villages, err := snap.VillagesUnder(ctx, "")
			quiet++
			for _, v := range villages {
				to, _, err := snap.FollowedTo(ctx, v.Number)
				if err != nil {
					return err
				}
				if to != v.Revision {
					quiet = 0
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return quiet > 5
	})
}

// villageRevisions are those of all villages.
func villageRevisions(t *testing.T, f *Field) string {
	t.Helper()
	var out []string
	err := f.Store.Read(store.AsOperator(t.Context()), func(ctx context.Context, snap store.Snapshot) error {
		villages, err := snap.VillagesUnder(ctx, "")
		out = out[:0]
		for _, v := range villages {
			out = append(out, fmt.Sprint(v.Code, ":", v.Revision))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(out, " ")
}

// fourOfEach are families of four members each.
func fourOfEach(t *testing.T, u *clientsdk.User, n int) (ids []clientsdk.ID) {
	t.Helper()
	g := NewGenerator(12, 320405, time.Now())
	for range n {
		id, err := Interview(t.Context(), u, village(t, u), "001/001", g.FamilyOfFour())
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	return ids
}

// Whoever reads our own file in opens no approval again.
func TestAnApprovalStaysWhenOurOwnFileIsReadIn(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	u, s := signIn(t, f, "surveyor1"), signIn(t, f, "supervisor")
	mustSync(t, u)
	ids := fourOfEach(t, u, 2)
	if _, err := u.Submit(t.Context(), ids, ""); err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	mustSync(t, s)
	if _, err := s.Approve(t.Context(), ids[0]); err != nil {
		t.Fatal(err)
	}
	mustSync(t, s)
	readOwnIn(t, f)
	mustSync(t, s)
	if review, err := s.Review(t.Context(), ids[0]); err != nil || review.GetState() != ksv1.ReviewState_REVIEW_STATE_APPROVED {
		t.Errorf("%v, %v", review, err)
	}
}

// Of a family surveyed twice on one day our own file holds the survey that counts, and is read
// into that one: whether two families were made one, or a second round was begun.
func TestOurOwnFileIsReadIntoTheRoundThatItHolds(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	u, s := signIn(t, f, "surveyor1"), signIn(t, f, "supervisor")
	mustSync(t, u)
	ids := fourOfEach(t, u, 3)
	kept, other, again := ids[0], ids[1], ids[2]
	h, err := u.Family(t.Context(), again)
	if err != nil {
		t.Fatal(err)
	}
	answers := proto.CloneOf(h.GetRounds()[0].GetRound())
	answers.CleanWater, answers.ProtectedWater = ksv1.Answer_ANSWER_TIDAK.Enum(), nil
	parts := map[clientsdk.ID]*ksv1.Individual{}
	for _, x := range h.GetRounds()[0].GetIndividuals() {
		parts[mustID(t, x.GetMemberId())] = x.GetIndividual()
	}
	if _, err := u.SaveRound(t.Context(), again, u.NewID(), answers, parts); err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	mustSync(t, s)
	if err := s.MergeFamily(t.Context(), other, kept, "sama"); err != nil {
		t.Fatal(err)
	}
	mustSync(t, s)
	readOwnIn(t, f)
	// Another server has one round of each, which our file is read into there as well.
	empty := newField(t, 1, nil)
	bring(t, empty, export(t, f))
	readOwnIn(t, empty)
}

// A removal by mistake is taken back. What our own file said of it in between holds nobody back.
func TestARemovalIsTakenBackAfterOurOwnFileWasReadIn(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	u := signIn(t, f, "surveyor1")
	mustSync(t, u)
	ids := fourOfEach(t, u, 3)
	dead, twice, gone := ids[0], ids[1], ids[2]
	for id, e := range map[clientsdk.ID]*ksv1.Removal{
		dead:  {Reason: ksv1.RemovalReason_REMOVAL_REASON_DIED, Date: "2025-12-01"},
		twice: {Reason: ksv1.RemovalReason_REMOVAL_REASON_ENTERED_TWICE},
	} {
		if err := u.RemoveMember(t.Context(), id, lastMember(t, u, id).Member, e); err != nil {
			t.Fatal(err)
		}
	}
	left := &ksv1.Family{Removal: &ksv1.Removal{Reason: ksv1.RemovalReason_REMOVAL_REASON_MOVED, Date: "2025-12-01"}}
	if _, err := u.Save(t.Context(), gone, clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: left}); err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	readOwnIn(t, f)
	mustSync(t, u)
	for id, e := range map[clientsdk.ID]clientsdk.Edit{
		dead:  {Key: lastMember(t, u, dead), Set: &ksv1.Member{}, Clear: []protowire.Number{9}},
		twice: {Key: lastMember(t, u, twice), Set: &ksv1.Member{}, Clear: []protowire.Number{9}},
		gone:  {Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: &ksv1.Family{}, Clear: []protowire.Number{10}},
	} {
		if _, err := u.Save(t.Context(), id, e); err != nil {
			t.Fatal(err)
		}
		h, err := u.Family(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		takes := 0
		for _, x := range h.GetRounds()[0].GetIndividuals() {
			if prokesga.TakesPart(x.GetIndividual()) && x.GetIndividual().GetSourceColumns() == nil {
				takes++
			}
		}
		if a := iks.Assess(h, iks.AnyYear); takes != 4 || !a.Counts() || h.GetRounds()[0].GetRound().GetSourceColumns() != nil {
			t.Errorf("%d of 4 take part, counts %t: %v", takes, a.Counts(), h)
		}
	}
	mustSync(t, u)
	readOwnIn(t, f)
}

// lastMember is the family's last.
func lastMember(t *testing.T, u *clientsdk.User, id clientsdk.ID) clientsdk.Key {
	t.Helper()
	h, err := u.Family(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return clientsdk.Key{Kind: clientsdk.KindMember, Member: mustID(t, h.GetMembers()[len(h.GetMembers())-1].GetMemberId())}
}

// Rows of our own file stand in an order, and number nobody: neither who has no number, nor
// those two who have the same one.
func TestOurOwnFileNumbersNobody(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	u := signIn(t, f, "surveyor1")
	mustSync(t, u)
	id := fourOfEach(t, u, 1)[0]
	h, err := u.Family(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	round := mustID(t, h.GetRounds()[0].GetRoundId())
	for _, number := range []*uint32{nil, proto.Uint32(2)} {
		member := u.NewID()
		for _, e := range []clientsdk.Edit{
			{Key: clientsdk.Key{Kind: clientsdk.KindMember, Member: member}, Set: &ksv1.Member{Name: proto.String("Nenek"), Sex: ksv1.Sex_SEX_FEMALE.Enum(), BirthDate: proto.String("1950-03-05"), Number: number}},
			{Key: clientsdk.Key{Kind: clientsdk.KindIndividual, Record: round, Member: member}, Set: &ksv1.Individual{Relation: ksv1.Relation_RELATION_PARENT.Enum(), MaritalStatus: ksv1.MaritalStatus_MARITAL_STATUS_SINGLE.Enum()}},
		} {
			if _, err := u.Save(t.Context(), id, e); err != nil {
				t.Fatal(err)
			}
		}
	}
	mustSync(t, u)
	readOwnIn(t, f)
}

// An age was stated at one survey. Our own file tells it as of another, at which nobody stated
// any: what is corrected since reaches both.
func TestOurOwnFileStatesNoAge(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	u := signIn(t, f, "surveyor1")
	mustSync(t, u)
	id := fourOfEach(t, u, 1)[0]
	for _, years := range []uint32{20, 11} {
		stated := &ksv1.StatedAge{Months: 12 * years, AsOf: "2025-06-01"}
		if _, err := u.Save(t.Context(), id, clientsdk.Edit{Key: lastMember(t, u, id), Set: &ksv1.Member{StatedAge: stated}, Clear: []protowire.Number{6}}); err != nil {
			t.Fatal(err)
		}
		mustSync(t, u)
		readOwnIn(t, f)
		mustSync(t, u)
		h, err := u.Family(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		survey, err := prokesga.ParseDate(h.GetRounds()[0].GetRound().GetSurveyDate())
		if err != nil {
			t.Fatal(err)
		}
		months := 12*(survey.Year()-2025) + int(survey.Month()) - 6
		if got, _ := prokesga.AgeMonths(h.GetMembers()[3].GetMember(), survey); got != int(stated.GetMonths())+months {
			t.Errorf("%d months at the survey of %s, stated were %v", got, survey, stated)
		}
	}
}
