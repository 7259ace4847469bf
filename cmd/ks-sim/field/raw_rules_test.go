package field

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/rawsurvei"
	"github.com/keluarga-sehat/sync/internal/record"
	"github.com/keluarga-sehat/sync/server"
	"github.com/keluarga-sehat/sync/server/exchange"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store/fresh"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
)

const rawHead = "survei_survei_id,survei_tanggal,survei_updated_at,survei_kelurahan_id,survei_alamat,survei_iks_besar,survei_rt_indikator_8,survei_rt_survei_rt_id," +
	"survei_individu_survei_individu_detail_id,survei_individu_hub_kel_id,survei_individu_jk_id,survei_individu_stmarital_id,survei_individu_tanggal_lahir,survei_individu_nama,survei_individu_merokok,survei_individu_status_delete\n"

func raw(rows ...string) string { return rawHead + strings.Join(rows, "\n") + "\n" }

func TestYearsAreRoundsAndTheNewerCorrectionHolds(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	row := func(date, updated, address, smokes string) string {
		return fmt.Sprintf("K1,%s,%s,3204052001,%s,,,R1,M1,1,1,1,1980-02-03,Asep,%s,", date, updated, address, smokes)
	}
	load(t, f, raw(row("2024-05-17", "2024-05-18 10:00:00", "Jalan Baru", "Y")), 0)
	if r := load(t, f, raw(row("2024-05-17", "2024-05-18 09:00:00", "Jalan Tua", "T")), 0); r.Older != 1 {
		t.Errorf("the older correction: %+v", r)
	}
	if r := load(t, f, raw(row("2023-05-17", "2025-01-01 00:00:00", "Jalan Lama", "T")), 0); r.Older != 0 || r.Unchanged != 0 {
		t.Errorf("the year before: %+v", r)
	}
	latest := export(t, f)
	for _, want := range []string{"2024-05-17", "Jalan Baru"} {
		if !strings.Contains(latest, want) {
			t.Errorf("no %q in the latest:\n%s", want, latest)
		}
	}
	if before := exportAs(t, f, exchange.Export{Format: rawsurvei.CSV, Year: 2023}); !strings.Contains(before, "2023-05-17") || !strings.Contains(before, "2025-01-01") {
		t.Errorf("the round of 2023 is lost:\n%s", before)
	}
	if r := load(t, f, raw(row("2024-05-17", "2024-05-18 11:00:00", "Jalan Terbaru", "T")), 0); r.Older != 0 || !strings.Contains(export(t, f), "Jalan Terbaru") {
		t.Errorf("the newer correction: %+v", r)
	}
}

func TestAnImportDoesNotOverruleWhatWasEnteredLater(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	text := raw("K1,2024-05-17,2024-05-18 10:00:00,3204052001,Jalan Lama,,,R1,M1,1,1,1,1980-02-03,Asep,Y,")
	load(t, f, text, 0)
	addressMended(t, f)
	if r := load(t, f, text, 0); r.Kept != 1 || r.Unchanged != 1 {
		t.Errorf("the same file again: %+v", r)
	}
	if out := export(t, f); !strings.Contains(out, "Jalan Betul") || strings.Contains(out, "Jalan Lama") {
		t.Errorf("the surveyor's correction is gone:\n%s", out)
	}
}

func TestAnImportTellsWhichIndexesDiffer(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	i := &exchange.Importer{Core: &ingest.Core{Store: f.Store, Vault: ingest.NewVault(f.Ring, rand.Reader), Now: time.Now}, Rand: rand.Reader, Compare: true}
	var told []string
	i.Tell = func(x rawsurvei.Issue) { told = append(told, x.String()) }
	text := raw("K1,2024-05-17,,3204052001,,0.750,Y,R1,M1,1,1,1,1980-02-03,Asep,Y,")
	if err := loadWith(t.Context(), i, strings.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	d := i.Report.Differences
	if d.Besar.Differ != 1 || d.Indicators[7].Differ != 1 || d.Inti.Of != 0 || !strings.Contains(d.String(), "indicator 8: 1 of 1 families differ (file → here: Y→? 1)") {
		t.Errorf("%+v\n%s", d, d.String())
	}
	if all := strings.Join(told, "\n"); !strings.Contains(all, "besar 0.750 in the file, – here; indicator 8 Y in the file, ? here") {
		t.Errorf("told:\n%s", all)
	}
}

func TestAWorkbookHoldsWhatTheTextHolds(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	text := raw("K1,2024-05-17,2024-05-18 10:00:00,3204052001,=1+1,,,R1,M1,1,1,1,1980-02-03,Asep,Y,", "K1,2024-05-17,2024-05-18 10:00:00,3204052001,=1+1,,,R1,M2,7,2,9,tak ada,Siti,X,1")
	load(t, f, text, 0)
	first := export(t, f)
	if !strings.Contains(first, "tak ada") || !strings.Contains(first, "Siti") {
		t.Errorf("the removed member's data are lost:\n%s", first)
	}
	workbook := exportAs(t, f, exchange.Export{Format: rawsurvei.XLSX})
	if !strings.HasPrefix(workbook, "PK\x03\x04") {
		t.Fatal("no workbook")
	}
	again := newField(t, 1, nil)
	load(t, again, workbook, 0)
	if second := export(t, again); second != first {
		t.Errorf("not equal:\n%s\n%s", first, second)
	}
}

// A removed member's row is not judged wherever it stands, and what it holds comes
// back.
func TestAnImportJudgesNoRowOfARemovedMember(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	load(t, f, raw(
		"K1,never,,3204052001,Jalan Lama,,,R1,M1,1,1,1,1980-02-03,Asep,Y,1", "K1,2024-05-17,,3204052001,Jalan Baru,,,R1,M2,1,1,1,1980-02-03,Asep,Y,",
		"K2,2024-05-17,,3204052001,Jalan Sepi,,,R2,M3,x,1,1,1980-02-03,Asep,Y,1",
	), 0)
	first := export(t, f)
	if strings.Count(first, "Jalan Baru") != 2 || !strings.Contains(first, "Jalan Sepi") {
		t.Errorf("exported:\n%s", first)
	}
	again := newField(t, 1, nil)
	load(t, again, first, 0)
	if second := export(t, again); second != first {
		t.Errorf("not equal:\n%s\n%s", first, second)
	}
	i := &exchange.Importer{Core: &ingest.Core{Store: f.Store, Vault: ingest.NewVault(f.Ring, rand.Reader), Now: time.Now}, Rand: rand.Reader}
	var told []string
	i.Tell = func(x rawsurvei.Issue) { told = append(told, x.String()) }
	if err := loadWith(t.Context(), i, strings.NewReader(raw("K3,never,,3204052001,,,,R3,M4,1,1,1,1980-02-03,Asep,Y,1"))); err != nil {
		t.Fatal(err)
	}
	if all := strings.Join(told, "\n"); i.Report.Refused != 1 || !strings.Contains(all, "survei_tanggal: refused: no survey date that can be read") {
		t.Errorf("a family without a date: %+v\n%s", i.Report, all)
	}
}

// childConfig is what a child process is told that imports a file.
type childConfig struct{ Store, Ring, File string }

const childVariable = "KS_TEST_IMPORT"

// importChild is the child: it imports, and may be killed at any moment.
func importChild(text string) error {
	var c childConfig
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return err
	}
	ctx := context.Background()
	s, err := OpenStore(ctx, c.Store)
	if err != nil {
		return err
	}
	keys, err := os.ReadFile(c.Ring)
	if err != nil {
		return err
	}
	ring, err := record.UnmarshalRing(keys)
	if err != nil {
		return err
	}
	in, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer in.Close()
	i := &exchange.Importer{Core: &ingest.Core{Store: s, Vault: ingest.NewVault(ring, rand.Reader), Now: time.Now}, Rand: rand.Reader, Tell: func(rawsurvei.Issue) {}}
	return errors.Join(loadWith(ctx, i, in), s.Close())
}

func loadWith(ctx context.Context, i *exchange.Importer, in io.Reader) error {
	if err := i.Start(ctx); err != nil {
		return err
	}
	r := rawsurvei.NewReader()
	if err := r.Open("raw", in); err != nil {
		return err
	}
	return errors.Join(i.File(ctx, r), i.Flush(ctx), r.Close())
}

func TestAnImportKilledAndStartedAgainEndsAsIfItHadNotBeen(t *testing.T) {
	t.Parallel()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		killedImport(t, filepath.Join(t.TempDir(), "server.db"))
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		killedImport(t, cluster.NewDatabase(t))
	})
}

func killedImport(t *testing.T, address string) {
	s, err := OpenStore(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	f, err := New(t.Context(), Options{Dir: t.TempDir(), Surveyors: 1, Store: s})
	if err != nil {
		t.Fatal(err)
	}
	// An importer that is killed as it writes SQLite's log back lets nobody open the store
	// until all who have it open have ended; so nobody has.
	if err := errors.Join(f.Close(), s.Close()); err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	text.WriteString(rawHead)
	const families = 3000
	for n := range families {
		for m := range 4 {
			fmt.Fprintf(&text, "K%d,2024-05-17,,3204052001,Jalan %d,,,R%d,M%d-%d,%d,%d,1,1980-02-03,Nama %d,T,\n", n, n, n, n, m, []int{1, 2, 7, 7}[m], 1+m%2, m)
		}
	}
	dir := t.TempDir()
	ring, err := f.Ring.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	c := childConfig{Store: address, Ring: filepath.Join(dir, "ring"), File: filepath.Join(dir, "raw.csv")}
	if err := errors.Join(os.WriteFile(c.Ring, ring, 0o600), os.WriteFile(c.File, text.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
	}
	config, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	killed := 0
	for round := 1; ; round++ {
		child := exec.CommandContext(t.Context(), os.Args[0])
		child.Env = append(os.Environ(), childVariable+"="+string(config))
		var said bytes.Buffer
		child.Stderr = &said
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		if round <= 4 {
			time.AfterFunc(time.Duration(100+mathrand.IntN(500))*time.Millisecond, func() { _ = child.Process.Kill() })
		}
		err := child.Wait()
		if err == nil {
			break
		}
		if killed++; killed > 4 || said.Len() > 0 {
			t.Fatalf("the import fails: %v\n%s", err, &said)
		}
	}
	t.Logf("killed %d times", killed)
	if f.Store, err = OpenStore(t.Context(), address); err != nil {
		t.Fatal(err)
	}
	defer f.Store.Close()
	whole := newField(t, 1, nil)
	load(t, whole, text.String(), 0)
	if a, b := export(t, f), export(t, whole); a != b {
		t.Errorf("%d bytes, then %d", len(a), len(b))
	}
	found, err := server.Verify(t.Context(), f.Store, f.Ring, nil)
	if err != nil || found.Families != families || found.Changes != families || len(found.Differences) > 0 {
		t.Errorf("%+v, %v", found, err)
	}
}

func TestRecomputeMendsWhatIsWrong(t *testing.T) {
	t.Parallel()
	s, err := fresh.SQLite(t.Context(), t.TempDir(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	f := newField(t, 1, s)
	cleanUp(t, func() { _ = s.Close() })
	u := signIn(t, f, "surveyor1")
	mustSync(t, u)
	g := NewGenerator(5, 320405, time.Now())
	for range 10 {
		if _, err := Interview(t.Context(), u, village(t, u), "001/001", g.Family()); err != nil {
			t.Fatal(err)
		}
	}
	mustSync(t, u)
	core := &ingest.Core{Store: s, Vault: ingest.NewVault(f.Ring, rand.Reader), Now: time.Now}
	if r, err := core.Recompute(t.Context(), village(t, u)); err != nil || r.Families != 10 || r.Altered != 0 || r.Sums {
		t.Fatalf("nothing was wrong: %+v, %v", r, err)
	}
	if _, err := s.DB().ExecContext(t.Context(), `UPDATE family SET provisional = 0 WHERE id IN (SELECT id FROM family LIMIT 3)`); err != nil {
		t.Fatal(err)
	}
	if found, err := server.Verify(t.Context(), s, f.Ring, nil); err != nil || len(found.Differences) == 0 {
		t.Fatalf("verify sees nothing: %+v, %v", found, err)
	}
	if r, err := core.Recompute(t.Context(), village(t, u)); err != nil || r.Altered != 3 {
		t.Fatalf("recompute: %+v, %v", r, err)
	}
	if found, err := server.Verify(t.Context(), s, f.Ring, nil); err != nil || len(found.Differences) > 0 {
		t.Errorf("after recompute: %+v, %v", found, err)
	}
	// What can't even be read is damage, too.
	if _, err := s.DB().ExecContext(t.Context(), `UPDATE family SET years = '?' WHERE id IN (SELECT id FROM family LIMIT 1)`); err != nil {
		t.Fatal(err)
	}
	if r, err := core.Recompute(t.Context(), village(t, u)); err != nil || r.Altered != 1 {
		t.Errorf("recompute of survey years that can't be read: %+v, %v", r, err)
	}
}
