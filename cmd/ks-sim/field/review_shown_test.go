package field

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// judged is a family that was approved, and what its people may be shown of it since.
type judged struct {
	*Field
	surveyor *clientsdk.User
	family   clientsdk.ID
	batch    clientsdk.ID
}

// approve submits and approves it as it stands.
func (j *judged) approve(t *testing.T) {
	t.Helper()
	j.batch = approve(t, j.Field, j.surveyor, j.family)
	mustSync(t, j.surveyor)
}

// answers are what REST shows of it to a caller, and at more paths, by path.
func (j *judged) answers(t *testing.T, token string, more ...string) map[string]string {
	t.Helper()
	out, id := map[string]string{}, j.family.String()
	for _, path := range append(more, "/v1/families/"+id, "/v1/families/"+id+"/differences", "/v1/families/"+id+"/history", "/v1/review/batches/"+j.batch.String()) {
		status, body := rest(t, j.Field, http.MethodGet, token, path, "")
		if status != http.StatusOK {
			t.Fatalf("%s: %d %s", path, status, body)
		}
		out[path] = string(body)
	}
	return out
}

func TestAHeadIsNotShownTheNumbersThatWereJudged(t *testing.T) {
	onEachEngine(t, 1, aHeadIsNotShownTheNumbersThatWereJudged)
}

func aHeadIsNotShownTheNumbersThatWereJudged(t *testing.T, f *Field) {
	if err := f.addHead(t.Context(), "kepala"); err != nil {
		t.Fatal(err)
	}
	j := judged{Field: f, surveyor: signIn(t, f, "surveyor1")}
	mustSync(t, j.surveyor)
	g := NewGenerator(3, 320405, time.Now()).Family()
	const card, person = uint64(3204054101900077), uint64(3204054101900088)
	g.Family.Nkk, g.People[0].Member.Nik = proto.Uint64(card), proto.Uint64(person)
	var err error
	if j.family, err = Interview(t.Context(), j.surveyor, village(t, j.surveyor), "001/001", g); err != nil {
		t.Fatal(err)
	}
	j.approve(t)
	h, err := j.surveyor.Family(t.Context(), j.family)
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(h.GetMembers(), func(m *ksv1.HouseholdMember) bool { return m.GetMember().GetNik() == person })
	member, err := clientsdk.ParseID(h.GetMembers()[at].GetMemberId())
	if err != nil {
		t.Fatal(err)
	}
	_, err = j.surveyor.Save(t.Context(), j.family, clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: &ksv1.Family{Nkk: proto.Uint64(card + 10)}},
		clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindMember, Member: member}, Set: &ksv1.Member{Nik: proto.Uint64(person + 10)}})
	if err != nil {
		t.Fatal(err)
	}
	mustSync(t, j.surveyor)
	for path, body := range j.answers(t, tokenFor(t, f, "kepala")) {
		for what, number := range map[string]uint64{"No. KK": card, "NIK": person, "new No. KK": card + 10, "new NIK": person + 10} {
			for _, d := range disguisesOfNumber(number) {
				if bytes.Contains([]byte(body), d.bytes) {
					t.Errorf("%s tells the head the %s, %s", path, what, d.name)
				}
			}
		}
	}
	before := disguisesOfNumber(person)
	whole := j.answers(t, restToken(t, f, f.Supervisor))["/v1/families/"+j.family.String()]
	if !slices.ContainsFunc(before, func(d disguise) bool {
		return strings.HasPrefix(d.name, "varint") && strings.Contains(whole, string(d.bytes))
	}) {
		t.Errorf("a supervisor is not shown the NIK as judged: %s", whole)
	}
}

func TestAWithdrawnRoundIsNoDifference(t *testing.T) {
	onEachEngine(t, 1, aWithdrawnRoundIsNoDifference)
}

// What was judged in a round, and what came after, is shown to nobody once the family has
// withdrawn from it; that it has is.
func aWithdrawnRoundIsNoDifference(t *testing.T, f *Field) {
	load(t, f, alone2018, 0)
	j := judged{Field: f, surveyor: signIn(t, f, "surveyor1")}
	family, _, round := begunAgain(t, j.surveyor)
	j.family = family
	mustSync(t, j.surveyor)
	j.approve(t)
	answers := &ksv1.Round{MentalDisorder: ksv1.Answer_ANSWER_TIDAK.Enum(), Toilet: ksv1.Answer_ANSWER_YA.Enum()}
	if _, err := j.surveyor.SaveRound(t.Context(), j.family, round, answers, nil); err != nil {
		t.Fatal(err)
	}
	recordRefusal(t, j.surveyor, j.family, round)
	mustSync(t, j.surveyor)
	for path, body := range j.answers(t, restToken(t, f, f.Supervisor), "/v1/review/queue") {
		body = strings.ReplaceAll(body, " ", "")
		if !strings.Contains(body, `"field":14`) {
			t.Errorf("%s does not tell that the family withdrew: %s", path, body)
		}
		if n := strings.Count(body, `"recordId":"`+round.String()); n != 1 {
			t.Errorf("%s tells %d things of the round, want its end alone: %s", path, n, body)
		}
	}
	supervisor := signIn(t, f, f.Supervisor)
	mustSync(t, supervisor)
	view, err := supervisor.ReviewFamily(t.Context(), j.family)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(slices.DeleteFunc(view.Differences, func(d clientsdk.Difference) bool { return d.Key.Record != round || d.Field == 14 })); n > 0 {
		t.Errorf("on a device %d answers of the round differ", n)
	}
	stands, err := supervisor.Review(t.Context(), j.family)
	if err != nil {
		t.Fatal(err)
	}
	for where, r := range map[string]*ksv1.FamilyReview{"view": view.Review, "review": stands} {
		of := slices.DeleteFunc(r.GetChanges(), func(c *ksv1.ReviewChange) bool { return c.GetRecordId() != round.String() })
		if len(of) != 1 || of[0].GetField() != 14 {
			t.Errorf("on a device the %s tells of the round: %v", where, of)
		}
	}
}
