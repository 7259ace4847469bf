package field

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
)

// counted is a family as plain SQL reads it from its packed values, inti: how many
// indicators are Y and T, and which are T.
type counted struct {
	id, village, failing string
	category, y, t       int
}

// countedFamilies reads those that count.
func countedFamilies(t *testing.T, f *Field) []counted {
	t.Helper()
	s, ok := f.Store.(*sqlite.Store)
	if !ok {
		t.Fatal("plain SQL is asked of SQLite")
	}
	rows, err := s.DB().QueryContext(t.Context(), `
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12)
SELECT f.id, v.code, (f.provisional >> 56) & 7, sum((f.provisional >> (30 + 2 * i)) & 3 = 1), sum((f.provisional >> (30 + 2 * i)) & 3 = 2),
    coalesce(group_concat(CASE WHEN (f.provisional >> (30 + 2 * i)) & 3 = 2 THEN i END, ' '), '')
FROM family f JOIN village v ON v.number = f.village JOIN n WHERE f.provisional <> 0 GROUP BY f.village, f.id ORDER BY f.village, f.id`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []counted
	for rows.Next() {
		var id []byte
		var c counted
		if err := rows.Scan(&id, &c.village, &c.category, &c.y, &c.t, &c.failing); err != nil {
			t.Fatal(err)
		}
		c.id = merge.ID(id).String()
		out = append(out, c)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// priorityPage is what the tests read of a list of families to intervene at.
type priorityPage struct {
	Families []struct {
		Family  struct{ FamilyID string }
		Failing []int
	}
	NextPageToken string
	TotalSize     int
}

// priorities reads a whole list, a page at a time.
func priorities(t *testing.T, f *Field, token, query string, size int) (ids []string) {
	t.Helper()
	path := "/v1/puskesmas/" + PuskesmasCode + "/priorities/families?pageSize=" + fmt.Sprint(size) + query
	next, total := "", 0
	for pages := 0; ; pages++ {
		var page priorityPage
		restGet(t, f, token, path+next, &page)
		if pages > 0 && page.TotalSize != total || len(page.Families) > size || pages > 100 {
			t.Fatalf("%s: page %d has %d families of %d, before %d", query, pages, len(page.Families), page.TotalSize, total)
		}
		total = page.TotalSize
		for _, x := range page.Families {
			ids = append(ids, x.Family.FamilyID)
		}
		if page.NextPageToken == "" {
			break
		}
		next = "&pageToken=" + url.QueryEscape(page.NextPageToken)
	}
	if len(ids) != total {
		t.Errorf("%s: %d families came on pages of %d, of %d", query, len(ids), size, total)
	}
	return ids
}

const (
	tidakSehat = 1
	complete   = 3 // and below: there is an index
)

// byIndex puts the lowest index first, families without one last.
func byIndex(a, b counted) int {
	switch hasA, hasB := a.category <= complete, b.category <= complete; {
	case hasA && hasB:
		return cmp.Compare(a.y*(b.y+b.t), b.y*(a.y+a.t))
	case hasA:
		return -1
	case hasB:
		return 1
	}
	return 0
}

func TestFamiliesToInterveneAtAreFilteredSortedAndPagedAsPlainSQLCountsThem(t *testing.T) {
	t.Parallel()
	f := newField(t, 3, nil)
	collect(t, f, 40)
	if err := f.AddOffice(t.Context(), "dinas", ksv1.Role_ROLE_DISTRICT, "32.04"); err != nil {
		t.Fatal(err)
	}
	all := slices.DeleteFunc(countedFamilies(t, f), func(c counted) bool { return c.t == 0 })
	token := restToken(t, f, "supervisor")
	fails := func(c counted, indicator string) bool { return slices.Contains(strings.Fields(c.failing), indicator) }
	for name, x := range map[string]struct {
		filter, order string
		passes        func(c counted) bool
		compare       func(a, b counted) int
	}{
		"most urgent first": {"", "", func(counted) bool { return true }, byIndex},
		"who smokes":        {"indicator_9 = T", "failing desc", func(c counted) bool { return fails(c, "9") }, func(a, b counted) int { return b.t - a.t }},
		"tidak sehat":       {"category = TIDAK_SEHAT", "iks", func(c counted) bool { return c.category == tidakSehat }, byIndex},
		"two comparisons": {"iks < 0.5 AND failing >= 4", "failing", func(c counted) bool { return c.category <= complete && 2*c.y < c.y+c.t && c.t >= 4 },
			func(a, b counted) int { return a.t - b.t }},
		"one village": {"area : " + all[0].village, "failing desc", func(c counted) bool { return c.village == all[0].village },
			func(a, b counted) int { return b.t - a.t }},
		"nobody": {"failing > 12", "", func(counted) bool { return false }, byIndex},
	} {
		var want []counted
		for _, c := range all {
			if x.passes(c) {
				want = append(want, c)
			}
		}
		query := "&filter=" + url.QueryEscape(x.filter) + "&orderBy=" + url.QueryEscape(x.order)
		for _, size := range []int{7, 1000} {
			got := priorities(t, f, token, query, size)
			if len(got) != len(want) {
				t.Errorf("%s: %d families, plain SQL says %d", name, len(got), len(want))
				continue
			}
			place := map[string]counted{}
			for _, c := range want {
				place[c.id] = c
			}
			for i, id := range got {
				if _, ok := place[id]; !ok {
					t.Errorf("%s: %s is not among those of plain SQL", name, id)
				}
				if i > 0 && x.compare(place[got[i-1]], place[id]) > 0 {
					t.Errorf("%s: %+v stands before %+v", name, place[got[i-1]], place[id])
				}
			}
			if seen := slices.Compact(slices.Sorted(slices.Values(got))); len(seen) != len(got) {
				t.Errorf("%s: a family comes twice", name)
			}
		}
	}
	refused(t, f, token)
}

// refused are requests that name no list, and callers to whom no family is named.
func refused(t *testing.T, f *Field, token string) {
	t.Helper()
	path := "/v1/puskesmas/" + PuskesmasCode + "/priorities/families"
	for query, field := range map[string]string{
		"?filter=wealth%3D1": "filter", "?filter=iks%3A1": "filter", "?orderBy=head_name": "order_by", "?orderBy=iks%20down": "order_by", "?pageToken=x": "page_token",
	} {
		if status, body := rest(t, f, "GET", token, path+query, ""); status != 400 || !strings.Contains(string(body), `"field":"`+field) {
			t.Errorf("%s: %d %s", query, status, clip(body))
		}
	}
	if status, body := rest(t, f, "GET", restToken(t, f, "dinas"), path, ""); status != 403 || strings.Contains(string(body), "familyId") {
		t.Errorf("the district's office: %d %s", status, clip(body))
	}
}
