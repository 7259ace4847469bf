package field

import (
	"bytes"
	"crypto/rand"
	"strings"
	"testing"
	"time"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/rawsurvei"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/exchange"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

func export(t *testing.T, f *Field) string {
	t.Helper()
	return exportAs(t, f, exchange.Export{Format: rawsurvei.CSV})
}

func exportAs(t *testing.T, f *Field, e exchange.Export) string {
	t.Helper()
	e.Store, e.Vault = f.Store, ingest.NewVault(f.Ring, rand.Reader)
	var out bytes.Buffer
	if _, err := e.To(store.AsOperator(t.Context()), &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// load imports a file, or its first lines, as if it had been interrupted behind
// a commit.
func load(t *testing.T, f *Field, text string, lines int) exchange.Report {
	t.Helper()
	if lines > 0 {
		text = strings.Join(strings.SplitAfter(text, "\n")[:lines], "")
	}
	i := &exchange.Importer{
		Core: &ingest.Core{Store: f.Store, Vault: ingest.NewVault(f.Ring, rand.Reader), Now: time.Now}, Rand: rand.Reader,
		Tell: func(x rawsurvei.Issue) {
			if x.Refused {
				t.Error(x)
			}
		},
	}
	if err := i.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	r := rawsurvei.NewReader()
	if err := r.Open("out.csv", strings.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := i.File(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if err := i.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	return i.Report
}

func TestRawOutInOutGivesEqualFilesAndIndexes(t *testing.T) {
	onEachEngine(t, 1, rawOutInOut)
}

func rawOutInOut(t *testing.T, f *Field) {
	u := signIn(t, f, "surveyor1")
	mustSync(t, u)
	g := NewGenerator(11, 320405, time.Now())
	var ids []clientsdk.ID
	for range 30 {
		id, err := Interview(t.Context(), u, village(t, u), "001/001", g.Family())
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	removeSome(t, u, ids)
	mustSync(t, u)
	first := export(t, f)
	if n := strings.Count(first, "\n"); n < 31 {
		t.Fatalf("%d lines", n)
	}
	empty := newField(t, 1, nil)
	load(t, empty, first, 40)
	report := load(t, empty, first, 0)
	if report.Families != 30 || report.Refused != 0 || report.Unchanged == 0 {
		t.Fatalf("second run after an interruption: %+v", report)
	}
	second := export(t, empty)
	if first != second {
		a, b := strings.Split(first, "\n"), strings.Split(second, "\n")
		for i := range min(len(a), len(b)) {
			if a[i] != b[i] {
				t.Fatalf("line %d:\n%s\n%s", i+1, a[i], b[i])
			}
		}
		t.Fatalf("%d lines, then %d", len(a), len(b))
	}
	if again := load(t, empty, first, 0); again.Unchanged != again.Families {
		t.Errorf("a third run alters %d families", again.Families-again.Unchanged)
	}
	for _, x := range []*Field{f, empty} {
		if err := x.Server.Board().Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if f.Server.Board().Area("32").Provisional != empty.Server.Board().Area("32").Provisional {
		t.Error("indexes differ")
	}
	// What was imported reaches devices like everything else.
	v := signIn(t, empty, "surveyor1")
	mustSync(t, v)
	if _, n := v.Families(clientsdk.Query{}); n != 28 {
		t.Errorf("the device lists %d families; two of 30 are gone", n)
	}
}

// removeSome has members and families go in every way there is.
func removeSome(t *testing.T, u *clientsdk.User, ids []clientsdk.ID) {
	t.Helper()
	today := time.Now().In(area.WIB).Format(time.DateOnly)
	for i, removal := range []*ksv1.Removal{
		{Reason: ksv1.RemovalReason_REMOVAL_REASON_DIED, Date: today},
		{Reason: ksv1.RemovalReason_REMOVAL_REASON_DIED, Date: "2020-01-31"},
		{Reason: ksv1.RemovalReason_REMOVAL_REASON_MOVED, Date: "2020-01-31"},
		{Reason: ksv1.RemovalReason_REMOVAL_REASON_MOVED},
		{Reason: ksv1.RemovalReason_REMOVAL_REASON_ENTERED_TWICE},
	} {
		h, err := u.Family(t.Context(), ids[i])
		if err != nil {
			t.Fatal(err)
		}
		last := h.GetMembers()[len(h.GetMembers())-1]
		member, err := merge.ParseID(last.GetMemberId())
		if err != nil {
			t.Fatal(err)
		}
		if err := u.RemoveMember(t.Context(), ids[i], member, removal); err != nil {
			t.Fatal(err)
		}
	}
	moved := &ksv1.Family{Removal: &ksv1.Removal{Reason: ksv1.RemovalReason_REMOVAL_REASON_MOVED, Date: today}}
	gone := &ksv1.Family{Removal: &ksv1.Removal{Reason: ksv1.RemovalReason_REMOVAL_REASON_ENTERED_TWICE}}
	for i, f := range []*ksv1.Family{moved, gone} {
		if _, err := u.Save(t.Context(), ids[10+i], clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: f}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestForeignIdsAndCarriedColumnsComeBack(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	const text = `survei_survei_id,survei_tanggal,survei_kelurahan_id,survei_sumber,survei_status_pindah,survei_rt_survei_rt_id,survei_individu_survei_individu_detail_id,survei_individu_hub_kel_id,survei_individu_jk_id,survei_individu_stmarital_id,survei_individu_tanggal_lahir,survei_individu_nik,survei_individu_status_nik,survei_individu_kb_follow,old_id
K1,2024-05-17,3204052001,mobile,,R1,M1,1,1,1,1980-02-03,12345,2,M2,77
K1,2024-05-17,3204052001,mobile,,R1,M2,2,2,1,1982-02-03,,,,
K2,2024-05-17,3204052001,web,3,R2,M3,1,1,2,1950-02-03,,,,
`
	load(t, f, text, 0)
	out := export(t, f)
	for _, want := range []string{"K1", "K2", "R1", "M1", "M2", "mobile", "12345", "77", "old_id"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is lost:\n%s", want, out)
		}
	}
	again := newField(t, 1, nil)
	load(t, again, out, 0)
	if second := export(t, again); second != out {
		t.Errorf("not equal:\n%s\n%s", out, second)
	}
}
