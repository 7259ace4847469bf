package field

import (
	"crypto/rand"
	"io"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/rawsurvei"
	"github.com/keluarga-sehat/sync/internal/sheet"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/exchange"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// listOf is the list of families of a survey year (0: at present), without its header line.
func listOf(t *testing.T, f *Field, year int) string {
	t.Helper()
	_, rows, _ := strings.Cut(exportAs(t, f, exchange.Export{Year: year, List: &exchange.List{Format: sheet.CSV}}), "\n")
	return rows
}

// begin opens a round of the first family on a device, in which its first member is there and
// nothing of a person is answered.
func begin(t *testing.T, u *clientsdk.User, date string) {
	t.Helper()
	found, _ := u.Families(clientsdk.Query{})
	h, err := u.Family(t.Context(), found[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	member, err := merge.ParseID(h.Members[0].MemberId)
	if err != nil {
		t.Fatal(err)
	}
	_, err = u.SaveRound(t.Context(), found[0].ID, u.NewID(), &ksv1.Round{SurveyDate: proto.String(date), CleanWater: ksv1.Answer_ANSWER_YA.Enum()},
		map[clientsdk.ID]*ksv1.Individual{member: {Present: proto.Bool(true)}})
	if err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
}

// A survey that is only begun takes no family out of our files: they have the round that
// counts, and what they leave open is read again.
func TestABegunSurveyGoesOutAndIn(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		bring(t, f, k1("2018-02-03").of(m1))
		before := export(t, f)
		u := signIn(t, f, "surveyor1")
		mustSync(t, u)
		begin(t, u, "2019-02-03")
		if out := export(t, f); out != before {
			t.Errorf("begun in 2019, exported\n%s\nnot\n%s", out, before)
		}
		for year, later := range map[int]int{0: 1, 2018: 0, 2019: 0} {
			e := exchange.Export{Store: f.Store, Vault: ingest.NewVault(f.Ring, rand.Reader), Format: rawsurvei.CSV, Year: year}
			if done, err := e.To(store.AsOperator(t.Context()), io.Discard); err != nil || done.Later != later {
				t.Errorf("year %d: %+v, %v", year, done, err)
			}
		}
		if rows := listOf(t, f, 0); !strings.Contains(rows, ",1,2018-02-03,1.000,sehat,1.000,sehat,") {
			t.Errorf("begun in 2019, listed\n%s", rows)
		}
		begun := inYear(t, f, 2019)
		again := newField(t, 1, nil)
		if r, told := bring(t, again, begun); r.Refused != 0 || r.Read != 1 {
			t.Errorf("%+v, told: %s", r, told)
		}
		if got := inYear(t, again, 2019); got != begun || !strings.Contains(got, "2019-02-03") {
			t.Errorf("read again, exported\n%s\nnot\n%s", got, begun)
		}
		if got := sehatOf(t, again, 0); got != "0/1" {
			t.Errorf("read again: %s", got)
		}
	})
}

// The list of families agrees with the figures of the same area, for each membership and of
// each year.
func TestTheListAgreesWithTheFigures(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	uncle := rawMember{id: "M2", relation: "7", birth: "1981-02-03", smokes: "T", gone: "0"}
	open := uncle
	open.smokes = ""
	child := rawMember{id: "M3", relation: "3", birth: "2010-12-03", smokes: "T", gone: "0"}
	smoker := m1
	smoker.smokes = "Y"
	bring(t, f, k1("2018-02-03").of(m1, uncle), k1("2019-02-03").of(smoker, open, child))
	for year, want := range map[int]string{
		0:    ",2,2018-02-03,0.750,pra-sehat,1.000,sehat,", // inti is complete in 2019, all members in 2018
		2018: ",2,2018-02-03,1.000,sehat,1.000,sehat,",
		2019: ",3,2019-02-03,0.750,pra-sehat,,belum lengkap,",
	} {
		if rows := listOf(t, f, year); !strings.Contains(rows, want) {
			t.Errorf("%d: %q is not in\n%s", year, want, rows)
		}
	}
	u, id := whoseFamily(t, f)
	moved := &ksv1.Family{Removal: &ksv1.Removal{Reason: ksv1.RemovalReason_REMOVAL_REASON_MOVED, Date: "2018-06-01"}}
	if _, err := u.Save(t.Context(), id, clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: moved}); err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	for year, want := range map[int]int{0: 0, 2018: 1, 2019: 0} {
		if rows, got := listOf(t, f, year), sehatOf(t, f, year); strings.Count(rows, "\n") != want || !strings.HasSuffix(got, map[int]string{0: "/0", 1: "/1"}[want]) {
			t.Errorf("%d: %s counted, listed\n%s", year, got, rows)
		}
	}
}
