package field

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/rawsurvei"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Whatever devices did with families, our own file of them says nothing new.
func TestOurOwnFileChangesNothingOfWhatDevicesDid(t *testing.T) {
	t.Parallel()
	for _, seed := range []uint64{1, 9, 23} {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			w := newWork(t, seed)
			for range 90 {
				w.step(t)
			}
			for range 2 {
				for _, u := range w.users {
					mustSync(t, u)
				}
			}
			readOwnIn(t, w.field)
		})
	}
}

// work is what a surveyor and a supervisor do with families at random. What they are refused is
// left undone.
type work struct {
	field    *Field
	random   *rand.Rand
	users    []*clientsdk.User
	families []clientsdk.ID
}

func newWork(t *testing.T, seed uint64) *work {
	t.Helper()
	w := &work{field: newField(t, 1, nil), random: rand.New(rand.NewPCG(seed, 77))}
	bring(t, w.field, withColumn(withColumn(k1("2024-02-03").of(m1, m2), "survei_rw_new", "001"), "survei_rt_new", "001"))
	w.users = []*clientsdk.User{signIn(t, w.field, "surveyor1"), signIn(t, w.field, "supervisor")}
	mustSync(t, w.users[0])
	w.families = append(fourOfEach(t, w.users[0], 4), clientsdk.ID(rawsurvei.UUIDOf("family", "K1")))
	mustSync(t, w.users[0])
	mustSync(t, w.users[1])
	return w
}

// step has one of the two do one thing with a family, its member and round.
func (w *work) step(t *testing.T) {
	t.Helper()
	u, id := w.users[w.random.IntN(len(w.users))], w.families[w.random.IntN(len(w.families))]
	if w.random.IntN(4) == 0 {
		mustSync(t, u)
	}
	h, err := u.Family(t.Context(), id)
	if err != nil || len(h.GetMembers()) == 0 || len(h.GetRounds()) == 0 {
		return // merged, or not here yet
	}
	member := mustID(t, h.GetMembers()[w.random.IntN(len(h.GetMembers()))].GetMemberId())
	round := mustID(t, h.GetRounds()[w.random.IntN(len(h.GetRounds()))].GetRoundId())
	switch w.random.IntN(6) {
	case 0:
		if made, err := u.SplitFamily(t.Context(), id, clientsdk.Split{Members: []clientsdk.ID{member}, Since: w.day()}); err == nil {
			w.families = append(w.families, made)
		}
	case 1:
		_ = w.users[1].MergeFamily(t.Context(), w.families[w.random.IntN(len(w.families))], id, "sama")
	case 2:
		_ = u.RemoveMember(t.Context(), id, member, w.removal())
	case 3:
		parts := map[clientsdk.ID]*ksv1.Individual{}
		for _, m := range h.GetMembers() {
			parts[mustID(t, m.GetMemberId())] = &ksv1.Individual{Relation: ksv1.Relation_RELATION_CHILD.Enum(), MaritalStatus: ksv1.MaritalStatus_MARITAL_STATUS_SINGLE.Enum(), Smokes: w.answer()}
		}
		_, _ = u.SaveRound(t.Context(), id, u.NewID(), &ksv1.Round{SurveyDate: proto.String(w.day()), CleanWater: w.answer()}, parts)
	default:
		_, _ = u.Save(t.Context(), id, w.edit(u, round, member))
	}
}

// edit is of one record: what is asked, who is who, and how they left, or had not left.
func (w *work) edit(u *clientsdk.User, round, member clientsdk.ID) clientsdk.Edit {
	family, of := clientsdk.Key{Kind: clientsdk.KindFamily}, clientsdk.Key{Kind: clientsdk.KindMember, Member: member}
	name := proto.String(fmt.Sprint("Nama ", w.random.IntN(9)))
	edits := []clientsdk.Edit{
		{Key: clientsdk.Key{Kind: clientsdk.KindIndividual, Record: round, Member: member}, Set: &ksv1.Individual{Smokes: w.answer(), HealthInsurance: w.answer(), Note: name}},
		{Key: clientsdk.Key{Kind: clientsdk.KindRound, Record: round}, Set: &ksv1.Round{CleanWater: w.answer(), SurveyDate: proto.String(w.day())}},
		{Key: family, Set: &ksv1.Family{Address: name, HeadName: name}},
		{Key: of, Set: &ksv1.Member{Name: name}},
		{Key: of, Set: &ksv1.Member{StatedAge: &ksv1.StatedAge{Months: uint32(12 * (6 + w.random.IntN(60))), AsOf: w.day()}}, Clear: []protowire.Number{6}},
		{Key: of, Set: &ksv1.Member{}, Clear: []protowire.Number{9}},
		{Key: clientsdk.Key{Kind: clientsdk.KindMember, Member: u.NewID()}, Set: &ksv1.Member{Name: proto.String("Bayi"), Sex: ksv1.Sex_SEX_FEMALE.Enum(), BirthDate: proto.String(w.day())}},
		{Key: family, Set: &ksv1.Family{Removal: w.removal()}},
		{Key: family, Set: &ksv1.Family{}, Clear: []protowire.Number{10}},
	}
	return edits[w.random.IntN(len(edits))]
}

func (w *work) removal() *ksv1.Removal {
	return &ksv1.Removal{Reason: ksv1.RemovalReason(1 + w.random.IntN(3)), Date: w.day()}
}

func (w *work) day() string {
	days := []string{"2026-11-30", "2026-11-01", "2026-03-05", "2025-06-01", "2024-02-29"}
	return days[w.random.IntN(len(days))]
}

func (w *work) answer() *ksv1.Answer {
	return ksv1.Answer(1 + w.random.IntN(2)).Enum()
}
