package field

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// taken is a file that was taken away.
type taken struct {
	status  int
	data    []byte
	header  http.Header
	rows    string // of the trailer
	leftOut string // likewise
}

func takeFile(t *testing.T, f *Field, method, authorization, path, body string) taken {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, "https://"+f.Address+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if authorization != "" {
		r.Header.Set("Authorization", authorization)
	}
	c := restClient(t, f)
	defer c.CloseIdleConnections()
	resp, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return taken{resp.StatusCode, data, resp.Header, resp.Trailer.Get("X-Row-Count"), resp.Trailer.Get("X-Left-Out")}
}

func (x taken) csv(t *testing.T) []map[string]string {
	t.Helper()
	if x.status != 200 {
		t.Fatalf("%d: %s", x.status, clip(x.data))
	}
	rows, err := csv.NewReader(bytes.NewReader(x.data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, row := range rows[1:] {
		m := map[string]string{}
		for i, cell := range row {
			m[rows[0][i]] = cell
		}
		out = append(out, m)
	}
	if x.rows != strconv.Itoa(len(out)) {
		t.Errorf("%d rows came, the trailer says %q", len(out), x.rows)
	}
	return out
}

// collect lets a surveyor bring families home.
func collect(t *testing.T, f *Field, families int) *clientsdk.User {
	t.Helper()
	u := signIn(t, f, "surveyor1")
	mustSync(t, u)
	g := NewGenerator(31, 320405, time.Now())
	for i := range families {
		if _, err := Interview(t.Context(), u, village(t, u), []string{"001/001", "001/002"}[i%2], g.Family()); err != nil {
			t.Fatal(err)
		}
	}
	mustSync(t, u)
	if err := f.Server.Board().Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	return u
}

func TestExportsAndFeedsGiveTheDashboardsFigures(t *testing.T) {
	onEachEngine(t, 3, exportsAndFeedsGiveTheDashboardsFigures)
}

func exportsAndFeedsGiveTheDashboardsFigures(t *testing.T, f *Field) {
	collect(t, f, 12)
	if err := f.AddOffice(t.Context(), "dinas", ksv1.Role_ROLE_DISTRICT, "32.04"); err != nil {
		t.Fatal(err)
	}
	for _, user := range []string{"dinas", "supervisor"} {
		token := restToken(t, f, user)
		where, of := "area=32.04.05", "/v1/areas/32.04.05"
		if user == "supervisor" {
			where, of = "puskesmasCode="+PuskesmasCode, "/v1/puskesmas/"+PuskesmasCode
		}
		for _, query := range []string{"", "&basis=BASIS_VERIFIED", "&membership=MEMBERSHIP_BESAR", "&day=" + time.Now().AddDate(0, 0, -3).Format("2006-01-02"), "&surveyYear=2024"} {
			var shown ksIndexes
			restGet(t, f, token, of+"/indexes?pageSize=1000"+query, &shown)
			got := takeFile(t, f, "GET", "Bearer "+token, "/v1/exports/figures?"+where+query, "").csv(t)
			shown.mustEqual(t, user+query, got)
		}
	}
	feedsGiveThem(t, f)
}

// ksIndexes are the dashboard's figures, as REST gives them.
type ksIndexes struct {
	Indexes []struct {
		Area, Name, Iks, Category, Surveyed, Complete, Sehat string
		Coverage                                             []struct {
			Numerator, Denominator, Percent string
			Withheld                        bool
		}
	}
}

func (x *ksIndexes) mustEqual(t *testing.T, what string, rows []map[string]string) {
	t.Helper()
	if len(rows) != len(x.Indexes) || len(rows) == 0 {
		t.Fatalf("%s: %d rows, %d areas on the dashboard", what, len(rows), len(x.Indexes))
	}
	for i, want := range x.Indexes {
		row := rows[i]
		if row["wilayah"] != want.Area || row["iks"] != want.Iks || row["terdata"] != want.Surveyed || row["lengkap"] != want.Complete || row["sehat"] != want.Sehat {
			t.Errorf("%s: row %v, dashboard %+v", what, row, want)
		}
		for n, c := range want.Coverage {
			name := "indikator_" + strconv.Itoa(n+1)
			remark := map[bool]string{true: "< 5"}[c.Withheld]
			if !c.Withheld && c.Percent == "" {
				remark = "–"
			}
			if row[name+"_terpenuhi"] != c.Numerator || row[name+"_dikenai"] != c.Denominator || row[name+"_persen"] != c.Percent || row[name+"_keterangan"] != remark {
				t.Errorf("%s: %s %s: row %v, dashboard %+v", what, want.Area, name, row, c)
			}
		}
	}
}

func feedsGiveThem(t *testing.T, f *Field) {
	token := restToken(t, f, "dinas")
	status, data := rest(t, f, "POST", token, "/v1/feedTokens", `{"name":"Excel kantor","days":30,"area":"32.04.05"}`)
	var made struct {
		Secret string
		Token  struct{ TokenNumber int }
	}
	if err := json.Unmarshal(data, &made); status != 200 || err != nil || !strings.HasPrefix(made.Secret, "ksf_") {
		t.Fatalf("%d %s", status, data)
	}
	var shown ksIndexes
	restGet(t, f, token, "/v1/areas/32.04.05/indexes?pageSize=1000", &shown)
	shown.mustEqual(t, "feed", takeFile(t, f, "GET", "Bearer "+made.Secret, "/v1/feeds/figures?area=32.04.05", "").csv(t))
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+f.Address+"/", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.SetBasicAuth("siapa saja", made.Secret)
	basic := r.Header.Get("Authorization")
	got := takeFile(t, f, "GET", basic, "/v1/feeds/figures?area=32.04.05&format=FILE_FORMAT_JSON", "")
	var rows []map[string]any
	if err := json.Unmarshal(got.data, &rows); err != nil || len(rows) != len(shown.Indexes) || rows[0]["wilayah"] != shown.Indexes[0].Area {
		t.Errorf("JSON: %v, %s", err, clip(got.data))
	}
	for name, path := range map[string]string{
		"beyond the token's area": "/v1/feeds/figures?area=32.04", "the nation": "/v1/feeds/figures?area=id",
	} {
		if got := takeFile(t, f, "GET", basic, path, ""); got.status != 404 {
			t.Errorf("%s: %d %s", name, got.status, clip(got.data))
		}
	}
	for path, authorization := range map[string]string{"/v1/feeds/figures": basic, "/v1/exports/figures?kind=FIGURES_KIND_INDEX": "Bearer " + token} {
		if got := takeFile(t, f, "GET", authorization, path, ""); got.status != 400 || !bytes.Contains(got.data, []byte(`"field":"area"`)) {
			t.Errorf("%s without an area: %d %s", path, got.status, clip(got.data))
		}
	}
	for _, path := range []string{"/v1/auth/self", "/v1/areas/32.04.05/index", "/v1/exports/figures?area=32.04.05", "/v1/feedTokens", "/v1/families"} {
		if status, data := rest(t, f, "GET", made.Secret, path, ""); status != 401 {
			t.Errorf("a feed token opens %s: %d %s", path, status, clip(data))
		}
	}
	if got := takeFile(t, f, "GET", "", "/v1/feeds/figures?area=32.04.05", ""); got.status != 401 || !strings.HasPrefix(got.header.Get("WWW-Authenticate"), "Basic ") {
		t.Errorf("without a token: %d %v", got.status, got.header)
	}
	status, data = rest(t, f, "POST", token, "/v1/feedTokens/"+strconv.Itoa(made.Token.TokenNumber)+":revoke", "{}")
	if status != 200 || !bytes.Contains(data, []byte(`"revoked":true`)) {
		t.Fatalf("revoke: %d %s", status, data)
	}
	if got := takeFile(t, f, "GET", basic, "/v1/feeds/figures?area=32.04.05", ""); got.status != 401 {
		t.Errorf("a revoked token: %d", got.status)
	}
}

func TestAnExportOfFamiliesIsRecordedMaskedAndCounted(t *testing.T) {
	onEachEngine(t, 1, anExportOfFamiliesIsRecorded)
}

func anExportOfFamiliesIsRecorded(t *testing.T, f *Field) {
	collect(t, f, 10)
	if _, err := f.addAccount(t.Context(), "kepala", "kepala", ksv1.Role_ROLE_PUSKESMAS_HEAD, nil); err != nil {
		t.Fatal(err)
	}
	supervisor, head, admin := restToken(t, f, "supervisor"), restToken(t, f, "kepala"), administrator(t, f)
	for _, none := range []string{`{"reason":"pendek"}`, `{"reason":"               "}`} {
		if got := takeFile(t, f, "POST", "Bearer "+supervisor, "/v1/exports/families", none); got.status != 400 {
			t.Errorf("without a reason, %s: %d", none, got.status)
		}
	}
	const reason = `"reason":"Surat 443/12 tentang pemutakhiran"`
	list := takeFile(t, f, "POST", "Bearer "+supervisor, "/v1/exports/families", "{"+reason+"}")
	rows := list.csv(t)
	if len(rows) != 10 || len(rows[0]["no_kk"]) != 16 || rows[0]["nama_kepala_keluarga"] == "" {
		t.Errorf("%d rows, the first %v", len(rows), rows[0])
	}
	one := takeFile(t, f, "POST", "Bearer "+supervisor, "/v1/exports/families", `{"area":"32.04.05.2001/001/002",`+reason+`}`).csv(t)
	if len(one) != 5 || one[0]["rt"] != "002" {
		t.Errorf("one RT: %d rows", len(one))
	}
	for _, row := range takeFile(t, f, "POST", "Bearer "+head, "/v1/exports/families", "{"+reason+"}").csv(t) {
		if number := row["no_kk"]; !strings.Contains(number, "••••") {
			t.Errorf("the head is given %q", number)
		}
	}
	raw := takeFile(t, f, "POST", "Bearer "+supervisor, "/v1/exports/families", `{"kind":"FAMILIES_KIND_RAW",`+reason+`}`)
	if raw.csv(t); string(raw.data) != export(t, f) {
		t.Error("RAW over REST is another file than that of the command")
	}
	book := takeFile(t, f, "POST", "Bearer "+supervisor, "/v1/exports/families", `{"format":"FILE_FORMAT_XLSX",`+reason+`}`)
	opened, err := excelize.OpenReader(bytes.NewReader(book.data))
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	if n, err := opened.GetCellValue("Penutup", "B1"); err != nil || n != "10" || book.rows != "10" {
		t.Errorf("the workbook's last sheet says %q, the trailer %q, %v", n, book.rows, err)
	}
	var state struct {
		Export struct{ State, Rows, Families string }
	}
	restGet(t, f, supervisor, "/v1/exports/"+raw.header.Get("X-Export-Id"), &state)
	if state.Export.State != "EXPORT_STATE_DONE" || state.Export.Rows != raw.rows || state.Export.Families != "10" {
		t.Errorf("%+v, trailer %s", state, raw.rows)
	}
	if status, _ := rest(t, f, "GET", head, "/v1/exports/"+raw.header.Get("X-Export-Id"), ""); status != 404 {
		t.Errorf("another's export: %d", status)
	}
	entries := auditEntries(t, f, admin, "kind=AUDIT_KIND_EXPORT&pageSize=100")
	done, begun := entries[0].Entry, entries[1].Entry
	if done.Outcome != "AUDIT_OUTCOME_DONE" || len(done.Families) != 10 || done.Ground != "Surat 443/12 tentang pemutakhiran" {
		t.Errorf("last entry: %+v", done)
	}
	if begun.Outcome != "AUDIT_OUTCOME_BEGUN" || begun.Ground != done.Ground || begun.Subjects[0] != "puskesmas:"+PuskesmasCode {
		t.Errorf("the entry before: %+v", begun)
	}
}

func TestAnExportThatItsReceiverLeavesEndsAtOnce(t *testing.T) {
	f := newField(t, 1, nil)
	collect(t, f, 150)
	const window = 64 << 10 // stays so, that the file does not fit in it
	conn := rawConn(t, f, grpc.WithInitialWindowSize(window), grpc.WithInitialConnWindowSize(window))
	ctx := metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+restToken(t, f, "supervisor"))
	start := func() (ksv1.ExportService_ExportFamiliesClient, string) {
		t.Helper()
		stream, err := ksv1.NewExportServiceClient(conn).ExportFamilies(ctx, &ksv1.ExportFamiliesRequest{
			Kind: ksv1.FamiliesKind_FAMILIES_KIND_RAW, Reason: "percobaan putus di tengah jalan",
		})
		if err != nil {
			t.Fatal(err)
		}
		head, err := stream.Header()
		if err != nil || len(head.Get("export-id")) != 1 {
			t.Fatalf("%v, %v", head, err)
		}
		return stream, head.Get("export-id")[0]
	}
	// Nobody reads on, so the stream stands once its window is full.
	stream, id := start()
	if _, err := stream.Recv(); err != nil {
		t.Fatal(err)
	}
	second, err := ksv1.NewExportServiceClient(conn).ExportFamilies(ctx, &ksv1.ExportFamiliesRequest{Reason: "percobaan yang kedua"})
	if err == nil {
		_, err = second.Recv()
	}
	if reasonOf(err) != "TOO_MANY_EXPORTS" {
		t.Errorf("a second export beside it: %v", err)
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	token := restToken(t, f, "supervisor")
	var state struct {
		Export struct{ State, Rows string }
	}
	for end := time.Now().Add(time.Minute); state.Export.State != "EXPORT_STATE_BROKEN_OFF"; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%+v", state)
		}
		restGet(t, f, token, "/v1/exports/"+id, &state)
	}
	var entries []shownEntry
	for end := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		entries = auditEntries(t, f, token, "kind=AUDIT_KIND_EXPORT")
		if len(entries) >= 3 || time.Now().After(end) {
			break
		}
	}
	last := entries[0].Entry
	if last.Outcome != "AUDIT_OUTCOME_FAILED" || len(last.Families) == 0 || len(last.Families) == 150 {
		t.Errorf("how it ended: %s %s, %d families", last.Outcome, last.Reason, len(last.Families))
	}
	if got := takeFile(t, f, "POST", "Bearer "+token, "/v1/exports/families", `{"reason":"sekali lagi, sampai selesai"}`).csv(t); len(got) != 150 {
		t.Errorf("afterwards %d rows", len(got))
	}
}
