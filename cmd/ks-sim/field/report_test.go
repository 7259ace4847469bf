package field

import (
	"bytes"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/area"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
)

// laporan is what the tests read of a report.
type laporan struct {
	Visits, Surveyed, Complete, Interventions string
	Index, Progress                           map[string]any
	Villages                                  []map[string]any
	Surveyors                                 []struct{ Name, Visits, Surveyed, Complete, Submitted, Approved, Returned string }
}

// plainFigures are the figures of the Puskesmas in plain SQL over packed values.
type plainFigures struct {
	surveyed, complete, sehat int
	// terpenuhi and dikenai are by indicator, from 0.
	terpenuhi, dikenai [12]int
}

// inPlainSQL counts on a basis ("provisional", "verified") the values that stand from
// a bit on: 0 besar, 32 inti.
func inPlainSQL(t *testing.T, f *Field, basis string, bit int) (p plainFigures) {
	t.Helper()
	s, ok := f.Store.(*sqlite.Store)
	if !ok {
		t.Fatal("plain SQL is asked of SQLite")
	}
	value := fmt.Sprintf("(%s >> %d)", basis, bit)
	row := s.DB().QueryRowContext(t.Context(), `SELECT count(*), coalesce(sum(`+value+` >> 24 & 7 <= 3), 0), coalesce(sum(`+value+` >> 24 & 7 = 3), 0) FROM family WHERE `+basis+` <> 0`)
	if err := row.Scan(&p.surveyed, &p.complete, &p.sehat); err != nil {
		t.Fatal(err)
	}
	for i := range p.dikenai {
		one := fmt.Sprintf("%s >> %d & 3", value, 2*i)
		row := s.DB().QueryRowContext(t.Context(), `SELECT coalesce(sum(`+one+` = 1), 0), coalesce(sum(`+one+` IN (1, 2)), 0) FROM family WHERE `+basis+` <> 0 AND `+value+` >> 24 & 7 <= 3`)
		if err := row.Scan(&p.terpenuhi[i], &p.dikenai[i]); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// workedMonth is a Puskesmas with families of this month, visits with advice and
// without, approvals and returns; it tells how many visits had advice.
func workedMonth(t *testing.T) (f *Field, visits, advised int) {
	t.Helper()
	f = newField(t, 3, nil)
	u := collect(t, f, 24)
	list, _ := u.Families(clientsdk.Query{Limit: 100})
	today := time.Now().In(area.WIB).Format(time.DateOnly)
	for i, x := range list {
		if i%2 == 1 {
			continue
		}
		visit := &ksv1.Visit{Date: proto.String(today), Outcome: ksv1.VisitOutcome_VISIT_OUTCOME_COMPLETED.Enum()}
		if i%4 == 0 {
			visit.Advice = proto.String("berobat teratur ke Puskesmas")
			advised++
		}
		visits++
		if _, err := u.RecordVisit(t.Context(), x.ID, visit); err != nil {
			t.Fatal(err)
		}
	}
	var all []clientsdk.ID
	for _, x := range list {
		all = append(all, x.ID)
	}
	if _, err := u.Submit(t.Context(), all, ""); err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	token, judged := restToken(t, f, "supervisor"), 0
	for id, item := range reviewQueue(t, f, token, "?pageSize=1000") {
		outcome, more := "APPROVED", ""
		if judged%6 == 5 {
			outcome, more = "RETURNED", `,"note":"periksa lagi"`
		}
		if status, body := judge(t, f, token, id, outcome, item.Digest, more); status != 200 {
			t.Fatalf("judge: %d %s", status, body)
		}
		judged++
	}
	if judged == 0 {
		t.Fatal("nothing came to be judged")
	}
	if err := f.Server.Board().Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	return f, visits, advised
}

func TestTheReportHasTheFiguresOfTheDashboardAndOfPlainSQL(t *testing.T) {
	t.Parallel()
	f, visits, advised := workedMonth(t)
	token, path := restToken(t, f, "supervisor"), "/v1/puskesmas/"+PuskesmasCode
	for _, basis := range []string{"PROVISIONAL", "VERIFIED"} {
		for membership, bit := range map[string]int{"BESAR": 0, "INTI": 32} {
			query := "?basis=BASIS_" + basis + "&membership=MEMBERSHIP_" + membership
			var report laporan
			restGet(t, f, token, path+"/report"+query, &report)
			plain := inPlainSQL(t, f, strings.ToLower(basis), bit)
			mustBeTheDashboards(t, f, token, path, query, &report)
			mustBeTheSQLs(t, query, &plain, report.Index)
			if report.Visits != strconv.Itoa(visits) || report.Interventions != strconv.Itoa(advised) {
				t.Errorf("%s: %s visits, %s interventions; %d and %d were made", query, report.Visits, report.Interventions, visits, advised)
			}
			if provisional := inPlainSQL(t, f, "provisional", bit); report.Surveyed != strconv.Itoa(provisional.surveyed) || report.Complete != strconv.Itoa(provisional.complete) {
				t.Errorf("%s: %s surveyed, %s complete in the month; plain SQL says %+v", query, report.Surveyed, report.Complete, provisional)
			}
			mustBeTheWorkbooks(t, takeFile(t, f, "GET", "Bearer "+token, "/v1/exports/puskesmas/"+PuskesmasCode+"/report"+query, "").data, &report, &plain)
		}
	}
}

// timeless takes out of an answer what differs with the moment and the question.
func timeless(x map[string]any) map[string]any {
	delete(x, "asOf")
	delete(x, "day")
	return x
}

func mustBeTheDashboards(t *testing.T, f *Field, token, path, query string, report *laporan) {
	t.Helper()
	var index struct{ Index map[string]any }
	restGet(t, f, token, path+"/index"+query, &index)
	if !reflect.DeepEqual(timeless(report.Index), timeless(index.Index)) {
		t.Errorf("%s: the report's index %v, the dashboard's %v", query, report.Index, index.Index)
	}
	var parts struct{ Indexes []map[string]any }
	restGet(t, f, token, path+"/indexes"+query, &parts)
	if len(parts.Indexes) == 0 || len(parts.Indexes) != len(report.Villages) {
		t.Fatalf("%s: %d villages, %d on the dashboard", query, len(report.Villages), len(parts.Indexes))
	}
	for i := range parts.Indexes {
		if !reflect.DeepEqual(timeless(report.Villages[i]), timeless(parts.Indexes[i])) {
			t.Errorf("%s: the report's village %v, the dashboard's %v", query, report.Villages[i], parts.Indexes[i])
		}
	}
	var progress map[string]any
	restGet(t, f, token, path+"/progress", &progress)
	if !reflect.DeepEqual(timeless(report.Progress), timeless(progress)) {
		t.Errorf("%s: the report's progress %v, the dashboard's %v", query, report.Progress, progress)
	}
}

func mustBeTheSQLs(t *testing.T, query string, plain *plainFigures, index map[string]any) {
	t.Helper()
	if index["surveyed"] != strconv.Itoa(plain.surveyed) || index["complete"] != strconv.Itoa(plain.complete) || index["sehat"] != strconv.Itoa(plain.sehat) {
		t.Errorf("%s: index %v, plain SQL %+v", query, index, plain)
	}
	coverage, ok := index["coverage"].([]any)
	if !ok || len(coverage) != len(plain.dikenai) {
		t.Fatalf("%s: coverage %v", query, index["coverage"])
	}
	for i, x := range coverage {
		c, ok := x.(map[string]any)
		if !ok || c["numerator"] != strconv.Itoa(plain.terpenuhi[i]) || c["denominator"] != strconv.Itoa(plain.dikenai[i]) {
			t.Errorf("%s: indicator %d: %v, plain SQL %d of %d", query, i+1, x, plain.terpenuhi[i], plain.dikenai[i])
		}
	}
}

// mustBeTheWorkbooks reads the A4 sheet as who prints it does.
func mustBeTheWorkbooks(t *testing.T, data []byte, report *laporan, plain *plainFigures) {
	t.Helper()
	book, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("%v: %s", err, clip(data))
	}
	defer book.Close()
	rows, err := book.GetRows("Laporan")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for i, row := range rows {
		if len(row) == 0 {
			continue
		}
		var want []string
		switch number, _, _ := strings.Cut(row[0], ". "); {
		case row[0] == "Puskesmas":
			want = []string{strconv.Itoa(plain.surveyed), strconv.Itoa(plain.complete), strconv.Itoa(plain.sehat)}
		case row[0] == "Dalam periode ini":
			row, want = rows[i+1], []string{report.Visits, report.Surveyed, report.Complete, report.Interventions}
		case number != row[0]:
			n, err := strconv.Atoi(number)
			if err != nil || n < 1 || n > len(plain.dikenai) {
				continue
			}
			want = []string{strconv.Itoa(plain.terpenuhi[n-1]), strconv.Itoa(plain.dikenai[n-1])}
		default:
			for _, s := range report.Surveyors {
				if s.Name == row[0] {
					want = []string{s.Visits, s.Surveyed, s.Complete, s.Submitted, s.Approved, s.Returned}
				}
			}
		}
		if want == nil {
			continue
		}
		seen++
		if len(row) <= len(want) || !reflect.DeepEqual(row[1:1+len(want)], want) {
			t.Errorf("row %q: %v, want %v", row[0], row[1:], want)
		}
	}
	if want := 2 + len(plain.dikenai) + len(report.Surveyors); seen != want || len(report.Surveyors) == 0 {
		t.Errorf("%d rows of figures on the sheet, want %d", seen, want)
	}
}
