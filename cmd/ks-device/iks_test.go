package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// shortFamily is a line of iks-families.jsonl; its first line explains the form.
type shortFamily struct {
	ID        string             `json:"id"`
	Household map[string]*string `json:"household"`
	Members   []map[string]any   `json:"members"`
	Values    string             `json:"values"`
	IKS3      *string            `json:"iks3"`
	Category  string             `json:"category"`
}

func published(t testing.TB) []shortFamily {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "internal", "iks", "testdata", "iks-families.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var out []shortFamily
	for _, l := range strings.Split(strings.TrimSpace(string(data)), "\n")[1:] {
		var f shortFamily
		if err := json.Unmarshal([]byte(l), &f); err != nil {
			t.Fatal(err)
		}
		out = append(out, f)
	}
	return out
}

var rawHeader = strings.Fields(`survei_survei_id survei_tanggal survei_kelurahan_id survei_status_delete survei_status_pindah survei_rt_survei_rt_id
survei_rt_sab survei_rt_sat survei_rt_jk survei_rt_js survei_rt_gjb survei_rt_obat_gjb survei_rt_pasung
survei_individu_survei_individu_detail_id survei_individu_hub_kel_id survei_individu_umur_bln survei_individu_umur_thn survei_individu_jk_id
survei_individu_stmarital_id survei_individu_wuh survei_individu_jkn survei_individu_merokok survei_individu_babj survei_individu_sab
survei_individu_tb survei_individu_obat_tb survei_individu_batuk survei_individu_hipertensi survei_individu_obat_hipertensi
survei_individu_sistolik survei_individu_diastolik survei_individu_kb survei_individu_kb_detail survei_individu_kb_follow survei_individu_faskes
survei_individu_asi_ekslusif survei_individu_imunisasi survei_individu_pantau_balita survei_individu_status_delete ks_mother`)

func rawTable(families []shortFamily) [][]string {
	table := [][]string{rawHeader}
	for _, f := range families {
		for i, m := range f.Members {
			table = append(table, rawRow(f, i, m))
		}
	}
	return table
}

func rawRow(f shortFamily, i int, m map[string]any) []string {
	row := map[string]string{
		"survei_survei_id": f.ID, "survei_tanggal": "2016-05-17", "survei_kelurahan_id": "3204052001", "survei_rt_survei_rt_id": "rt" + f.ID,
		"survei_individu_survei_individu_detail_id": fmt.Sprintf("%s-%d", f.ID, i), "survei_individu_hub_kel_id": "3", "survei_individu_stmarital_id": "2",
		"survei_individu_jk_id": "1",
	}
	if i == 0 {
		row["survei_individu_hub_kel_id"] = "1"
	}
	for _, q := range []string{"sab", "sat", "jk", "js", "gjb", "obat_gjb", "pasung"} {
		value := map[string]string{"sab": "Y", "sat": "Y", "jk": "Y", "js": "Y", "gjb": "T", "pasung": "T"}[q]
		if v, ok := f.Household[q]; ok {
			value = ""
			if v != nil {
				value = *v
			}
		}
		row["survei_rt_"+q] = value
	}
	months := int(m["m"].(float64))
	row["survei_individu_umur_bln"], row["survei_individu_umur_thn"] = strconv.Itoa(months), strconv.Itoa(months/12)
	if m["sex"] == "P" {
		row["survei_individu_jk_id"] = "2"
	}
	if m["married"] == true {
		row["survei_individu_stmarital_id"] = "1"
	}
	if m["pregnant"] == true {
		row["survei_individu_wuh"] = "Y"
	}
	answers := map[string]string{"jkn": "Y", "merokok": "T"}
	if months >= 180 {
		answers["babj"], answers["sab"], answers["tb"], answers["batuk"], answers["ht"] = "Y", "Y", "T", "T", "T"
	}
	columns := map[string]string{
		"jkn": "jkn", "merokok": "merokok", "babj": "babj", "sab": "sab", "tb": "tb", "obat_tb": "obat_tb", "batuk": "batuk", "ht": "hipertensi",
		"obat_ht": "obat_hipertensi", "kb": "kb", "faskes": "faskes", "asi": "asi_ekslusif", "imun": "imunisasi", "tumbuh": "pantau_balita",
	}
	for key, column := range columns {
		value := answers[key]
		if v, ok := m[key]; ok {
			value, _ = v.(string)
		}
		row["survei_individu_"+column] = value
	}
	if m["kb_reason"] == "menopause" {
		row["survei_individu_kb_detail"] = "3"
	}
	if bp, ok := m["bp"].([]any); ok {
		row["survei_individu_sistolik"], row["survei_individu_diastolik"] = fmt.Sprint(bp[0]), fmt.Sprint(bp[1])
	}
	for j, other := range f.Members {
		if other["id"] != nil && other["id"] == m["mother"] {
			row["ks_mother"] = fmt.Sprintf("%s-%d", f.ID, j)
		}
	}
	out := make([]string, len(rawHeader))
	for k, name := range rawHeader {
		out[k] = row[name]
	}
	return out
}

func csvOf(t testing.TB, table [][]string, comma rune) string {
	t.Helper()
	var b strings.Builder
	w := csv.NewWriter(&b)
	w.Comma = comma
	if err := w.WriteAll(table); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func runIKSCommand(t testing.TB, stdin string, args ...string) (int, string, string) {
	t.Helper()
	var out, errs bytes.Buffer
	code := Run(t.Context(), append([]string{"iks"}, args...), strings.NewReader(stdin), &out, &errs)
	return code, out.String(), errs.String()
}

func checkPublished(t *testing.T, output string, families []shortFamily) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(output), "\n")
	if len(lines) != len(families) {
		t.Fatalf("%d lines for %d families", len(lines), len(families))
	}
	for i, f := range families {
		var got line
		if err := json.Unmarshal([]byte(lines[i]), &got); err != nil {
			t.Fatal(err)
		}
		want := ""
		if f.IKS3 != nil {
			want = *f.IKS3
		}
		if got.Family != f.ID || got.Besar.Values != f.Values || got.Besar.IKS != want || got.Besar.Category != f.Category {
			t.Errorf("%s: got %+v, want %s %s %s", f.ID, got.Besar, f.Values, want, f.Category)
		}
	}
}

func TestPublishedFamiliesComeOutExactlyInEveryFormOfFile(t *testing.T) {
	t.Parallel()
	families := published(t)
	plain := csvOf(t, rawTable(families), ',')
	padded := strings.ReplaceAll(plain, "F40-", "  F40-")
	for name, text := range map[string]string{
		"plain": plain, "semicolons": csvOf(t, rawTable(families), ';'), "mark and CRLF": "\ufeff" + strings.ReplaceAll(plain, "\n", "\r\n"), "padded": padded,
	} {
		code, out, errs := runIKSCommand(t, text, "-")
		if code != exitOK {
			t.Fatalf("%s: exit %d: %s", name, code, errs)
		}
		checkPublished(t, out, families)
	}
	book := excelize.NewFile()
	for i, row := range rawTable(families) {
		cells := make([]any, len(row))
		for j := range row {
			cells[j] = row[j]
		}
		if err := book.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &cells); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "raw.xlsx")
	if err := book.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	code, out, errs := runIKSCommand(t, "", path)
	if code != exitOK {
		t.Fatalf("xlsx: exit %d: %s", code, errs)
	}
	checkPublished(t, out, families)
}

func TestBrokenRowsRefuseTheirFamilyAndNothingElse(t *testing.T) {
	t.Parallel()
	set := func(column, value string) func([]string) {
		return func(row []string) {
			for i, name := range rawHeader {
				if name == column {
					row[i] = value
				}
			}
		}
	}
	base := published(t)
	for name, c := range map[string]struct {
		spoil  func(row []string)
		column string
	}{
		"date":        {set("survei_tanggal", "17-05-2016"), "survei_tanggal"},
		"code":        {set("survei_individu_hub_kel_id", "10"), "survei_individu_hub_kel_id"},
		"answer":      {set("survei_individu_jkn", "X"), "survei_individu_jkn"},
		"area":        {set("survei_kelurahan_id", "320405200"), "survei_kelurahan_id"},
		"pressure":    {set("survei_individu_sistolik", "12o"), "survei_individu_sistolik"},
		"required":    {set("survei_individu_jk_id", ""), "survei_individu_jk_id"},
		"no age":      {func(r []string) { set("survei_individu_umur_bln", "")(r); set("survei_individu_umur_thn", "")(r) }, "survei_individu_tanggal_lahir"},
		"quote":       {set("survei_rt_survei_rt_id", "\x00"), "survei_rt_survei_rt_id"},
		"status":      {set("survei_status_delete", "ya"), "survei_status_delete"},
		"met before":  {set("survei_survei_id", "F01"), "survei_survei_id"},
		"empty ident": {set("survei_survei_id", " "), "survei_survei_id"},
	} {
		families := base[:5]
		table := rawTable(families)
		for _, row := range table[1:] {
			if row[0] == "F04" {
				c.spoil(row)
			}
		}
		code, out, errs := runIKSCommand(t, csvOf(t, table, ','), "-")
		if code != exitIncomplete {
			t.Errorf("%s: exit %d", name, code)
		}
		if !strings.Contains(errs, "refused") || !strings.Contains(errs, c.column) || !strings.Contains(errs, "-:") {
			t.Errorf("%s: not told precisely: %s", name, errs)
		}
		kept := append(append([]shortFamily{}, families[:2]...), families[3:]...)
		checkPublished(t, out, kept)
	}
}

func TestAQuoteThatNeverClosesCostsItsRowOnly(t *testing.T) {
	t.Parallel()
	families := published(t)[:5]
	lines := strings.Split(csvOf(t, rawTable(families), ','), "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, "F04,") {
			lines[i] = strings.Replace(l, "2016-05-17", "\"2016-05-17", 1)
			break
		}
	}
	code, out, errs := runIKSCommand(t, strings.Join(lines, "\n"), "-")
	if code != exitIncomplete || !strings.Contains(errs, "never closed") {
		t.Fatalf("exit %d: %s", code, errs)
	}
	checkPublished(t, out, append(append([]shortFamily{}, families[:2]...), families[3:]...))
}

func TestRemovedAndMovedFamiliesGiveNoLine(t *testing.T) {
	t.Parallel()
	families := published(t)[:4]
	table := rawTable(families)
	for _, row := range table[1:] {
		switch row[0] {
		case "F01":
			row[3] = "1"
		case "F03":
			row[4] = "2"
		}
		if row[0] == "F04" {
			row[38] = "1"
		}
	}
	code, out, errs := runIKSCommand(t, csvOf(t, table, ','), "-")
	if code != exitOK || !strings.Contains(errs, "2 removed or moved") {
		t.Fatalf("exit %d: %s", code, errs)
	}
	if !strings.Contains(out, `{"family":"F04","besar":{"values":"NNNNNNNNNNNN","category":"tidak terdefinisi"`) {
		t.Fatalf("a family without members: %s", out)
	}
}

func TestWrongUseIsToldAndHasItsCode(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	binary := filepath.Join(dir, "picture.csv")
	if err := os.WriteFile(binary, []byte{0x89, 'P', 'N', 'G', 0, 1, 2, 255, 254}, 0o600); err != nil {
		t.Fatal(err)
	}
	empty := filepath.Join(dir, "empty.csv")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"no file":   {nil, exitMisused, "name a file"},
		"bad form":  {[]string{"--from", "xml", "a"}, exitMisused, "choose raw-survei or json"},
		"bad flag":  {[]string{"--fro", "json", "a"}, exitMisused, "unknown flag"},
		"not there": {[]string{filepath.Join(dir, "none.csv")}, exitFailed, "none.csv"},
		"a folder":  {[]string{dir}, exitFailed, "is a directory"},
		"binary":    {[]string{binary}, exitFailed, "not a CSV or XLSX table"},
		"empty":     {[]string{empty}, exitFailed, "empty"},
	} {
		code, out, errs := runIKSCommand(t, "", c.args...)
		if code != c.code || !strings.Contains(errs, c.says) || out != "" {
			t.Errorf("%s: exit %d, %q, %q", name, code, out, errs)
		}
	}
	code, _, errs := runIKSCommand(t, "survei_survei_id,survei_tanggal\na,2016-01-01\n", "-")
	if code != exitFailed || !strings.Contains(errs, "survei_individu_jk_id") {
		t.Errorf("missing columns: exit %d, %q", code, errs)
	}
}

func TestAFamilyOfAnEarlierFileIsAnError(t *testing.T) {
	t.Parallel()
	families := published(t)[:3]
	dir := t.TempDir()
	path := filepath.Join(dir, "a.csv")
	if err := os.WriteFile(path, []byte(csvOf(t, rawTable(families), ',')), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errs := runIKSCommand(t, csvOf(t, rawTable(families[:1]), ','), path, "-")
	if code != exitIncomplete || !strings.Contains(errs, "met before in "+path) {
		t.Fatalf("exit %d: %s", code, errs)
	}
	checkPublished(t, out, families)
}

func BenchmarkIKSOfRawMembers(b *testing.B) {
	families := published(b)
	var all []shortFamily
	for i := range 2000 {
		f := families[i%len(families)]
		f.ID = fmt.Sprintf("%s-%d", f.ID, i)
		all = append(all, f)
	}
	text := csvOf(b, rawTable(all), ',')
	members := strings.Count(text, "\n") - 1
	b.ReportAllocs()
	for b.Loop() {
		if code, _, errs := runIKSCommand(b, text, "-"); code != exitOK {
			b.Fatal(errs)
		}
	}
	b.ReportMetric(float64(members)*float64(b.N)/b.Elapsed().Seconds(), "members/s")
}
