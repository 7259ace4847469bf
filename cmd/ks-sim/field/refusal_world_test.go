package field

import (
	"net/http"
	"testing"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

const alone2018 = "survei_survei_id,survei_tanggal,survei_updated_at,survei_kelurahan_id,survei_rt_survei_rt_id,survei_rt_sab,survei_rt_sat,survei_rt_jk,survei_rt_js,survei_rt_gjb,survei_rt_pasung," +
	"survei_individu_survei_individu_detail_id,survei_individu_hub_kel_id,survei_individu_jk_id,survei_individu_stmarital_id,survei_individu_tanggal_lahir,survei_individu_nama," +
	"survei_individu_merokok,survei_individu_jkn,survei_individu_babj,survei_individu_sab,survei_individu_tb,survei_individu_batuk,survei_individu_hipertensi\n" +
	"K1,2018-02-03,2018-02-03 08:00:00,3204052001,R1,Y,Y,Y,Y,T,T,M1,1,1,2,1980-02-03,Budi,T,Y,Y,Y,T,T,T\n"

// aloneIn2018 is a field whose only family is complete in 2018, with surveyor1 signed in.
func aloneIn2018(t *testing.T, surveyors int) (*Field, *clientsdk.User) {
	t.Helper()
	f := newField(t, surveyors, nil)
	load(t, f, alone2018, 0)
	return f, signIn(t, f, "surveyor1")
}

// surveyedIn2018 is the only family of a field, complete in 2018, with its member.
func surveyedIn2018(t *testing.T, u *clientsdk.User) (family, member clientsdk.ID) {
	t.Helper()
	mustSync(t, u)
	list, _ := u.Families(clientsdk.Query{})
	if len(list) != 1 {
		t.Fatalf("%d families", len(list))
	}
	h, err := u.Family(t.Context(), list[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	if member, err = merge.ParseID(h.GetMembers()[0].GetMemberId()); err != nil {
		t.Fatal(err)
	}
	return list[0].ID, member
}

// begunIn2019 begins a round whose one answer nobody may see once the family refuses.
func begunIn2019(t *testing.T, u *clientsdk.User, family, member clientsdk.ID) clientsdk.ID {
	t.Helper()
	round := u.NewID()
	_, err := u.SaveRound(t.Context(), family, round, &ksv1.Round{SurveyDate: proto.String("2019-02-03"), MentalDisorder: ksv1.Answer_ANSWER_YA.Enum()},
		map[clientsdk.ID]*ksv1.Individual{member: {Present: proto.Bool(true), Smokes: ksv1.Answer_ANSWER_YA.Enum()}})
	if err != nil {
		t.Fatal(err)
	}
	return round
}

// begunAgain is the only family of a field, whose round of 2019 the user has begun. Users beside
// him hold what he has sent them of it; without any he has sent nothing.
func begunAgain(t *testing.T, u *clientsdk.User, beside ...*clientsdk.User) (family, member, round clientsdk.ID) {
	t.Helper()
	family, member = surveyedIn2018(t, u)
	round = begunIn2019(t, u, family, member)
	if len(beside) > 0 {
		mustSync(t, u)
	}
	for _, other := range beside {
		mustSync(t, other)
	}
	return family, member, round
}

// recordRefusal saves on a device that the family refused in the middle of a round.
func recordRefusal(t *testing.T, u *clientsdk.User, family, round clientsdk.ID) (visit clientsdk.ID) {
	t.Helper()
	visit, err := u.RecordVisit(t.Context(), family, &ksv1.Visit{
		Date: proto.String("2019-02-03"), Outcome: ksv1.VisitOutcome_VISIT_OUTCOME_REFUSED.Enum(), RoundId: proto.String(round.String()),
	})
	if err != nil {
		t.Fatal(err)
	}
	return visit
}

// approve submits a family and approves it as it stands, of which the device learns when it
// syncs again.
func approve(t *testing.T, f *Field, u *clientsdk.User, family clientsdk.ID) (batch clientsdk.ID) {
	t.Helper()
	batch, err := u.Submit(t.Context(), []clientsdk.ID{family}, "")
	if err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	id, token := family.String(), restToken(t, f, f.Supervisor)
	if status, body := judge(t, f, token, id, "APPROVED", reviewQueue(t, f, token, "")[id].Digest, ""); status != http.StatusOK {
		t.Fatalf("approve: %d %s", status, body)
	}
	return batch
}
