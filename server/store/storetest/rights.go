package storetest

import (
	"strings"
	"testing"

	"github.com/keluarga-sehat/sync/server/store/statements"
)

// RightsQuery is a statement behind the commands for a person's rights, which must
// not read a whole table however large it is.
type RightsQuery struct {
	Name, SQL string
	Args      []any
}

// RightsQueries are they, in an engine's dialect.
func RightsQueries(e statements.Engine) []RightsQuery {
	id, number := make([]byte, 16), int64(1)
	return []RightsQuery{
		{"who has a number", `SELECT village, revision FROM identifier WHERE hash = $1 LIMIT $2`, []any{number, number}},
		{"a family by id", `SELECT payload FROM family WHERE village ` + e.InInts("$1") + ` AND id = $2`, []any{e.Ints([]int64{1, 2}), id}},
		{
			"its changes", `SELECT payload FROM history WHERE village = $1 AND family = $2 AND revision < $3 ORDER BY revision DESC LIMIT $4`,
			[]any{number, id, number, number},
		},
		{"its quarantine", `SELECT payload FROM quarantine WHERE village = $1 AND family = $2`, []any{number, id}},
		{"whose members what waits would bring into it", `SELECT brings_from FROM quarantine WHERE village = $1 AND brings_into = $2`, []any{number, id}},
		{
			"its trail", `SELECT body FROM audit_entry WHERE (chain, sequence) IN (SELECT chain, sequence FROM audit_subject WHERE subject ` + e.InBlobs("$1") + `)
ORDER BY time_ms DESC, chain DESC, sequence DESC LIMIT $2`, []any{e.Blobs([][]byte{id}), number},
		},
		{"restriction", `UPDATE family SET restricted = 1 WHERE village = $1 AND id = $2`, []any{number, id}},
		{"what it is found by", `SELECT village, family, entries FROM identified WHERE village = $1 AND family = $2`, []any{number, id}},
		{"its entries in the index", `DELETE FROM identifier WHERE hash = $1 AND village = $2 AND revision = $3`, []any{number, number, number}},
		{
			"those withheld, at every sync", `SELECT payload FROM family WHERE village = $1 AND (restricted = 1 OR superseded = 1) ORDER BY id`, []any{number},
		},
		{"its verdicts", `DELETE FROM verdict WHERE village = $1 AND family = $2`, []any{number, id}},
		{"its village's movements", `SELECT day, revision, moved FROM movement WHERE village = $1`, []any{number}},
		{"its movements", `UPDATE movement SET moved = $1 WHERE village = $2 AND day = $3 AND revision = $4`, []any{id, number, number, number}},
	}
}

// Judge fails where a plan scans a table, or uses no index.
func (q *RightsQuery) Judge(t *testing.T, plan []string, scan, index string) {
	t.Helper()
	text := strings.Join(plan, "\n")
	for _, line := range plan {
		// A list of parameters is scanned, too; it is no table.
		if strings.Contains(line, scan) && !strings.Contains(line, "json_each") {
			t.Errorf("%s reads a whole table:\n%s", q.Name, text)
			return
		}
	}
	if !strings.Contains(text, index) {
		t.Errorf("%s uses no index:\n%s", q.Name, text)
	}
}
