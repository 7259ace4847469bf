package api

import (
	"slices"
	"testing"

	"github.com/keluarga-sehat/sync/internal/iks"
)

// ordered has a name and a ratio, undefined where whole is 0.
type ordered struct {
	name  string
	ratio iks.Ratio
}

var orderedColumns = map[string]column[ordered]{
	"name": {text: func(x ordered) string { return x.name }},
	"iks":  {number: func(x ordered) (iks.Ratio, bool) { return x.ratio, x.ratio.Whole > 0 }},
}

func TestListsAreFilteredSortedAndPaged(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		orderBy, filter string
		want            []string
		bad             bool
	}{
		"as they come":                      {want: []string{"a", "b", "c", "d"}},
		"ascending, undefined last":         {orderBy: "iks", want: []string{"c", "a", "b", "d"}},
		"descending, undefined last":        {orderBy: "iks desc", want: []string{"b", "a", "c", "d"}},
		"a bound is exact":                  {filter: "iks < 0.5", want: []string{"c"}},
		"a bound may be included":           {filter: "iks <= 0.50 AND name != \"c\"", want: []string{"a"}},
		"contains, whatever the case":       {filter: "name : \"B\"", want: []string{"b"}},
		"undefined passes no comparison":    {filter: "iks >= 0", want: []string{"a", "b", "c"}},
		"no such field":                     {filter: "nik = 3", bad: true},
		"no such order":                     {orderBy: "nik", bad: true},
		"two orders":                        {orderBy: "iks, name", bad: true},
		"a text is no number":               {filter: "iks = sehat", bad: true},
		"a number too long to compare":      {filter: "iks < 99999999999999999999", bad: true},
		"too many decimals":                 {filter: "iks < 0.1234567", bad: true},
		"what is no comparison, such as OR": {filter: "iks < 1 OR iks > 2", bad: true},
	} {
		rows := []ordered{{"a", iks.Ratio{Part: 1, Whole: 2}}, {"b", iks.Ratio{Part: 2, Whole: 3}}, {"c", iks.Ratio{Part: 499, Whole: 1000}}, {"d", iks.Ratio{}}}
		var got []string
		token := ""
		for {
			page, next, total, err := arrange(rows, orderedColumns, arrangement{c.orderBy, c.filter, token, 2})
			if (err != nil) != c.bad {
				t.Errorf("%s: %v", name, err)
			}
			for _, x := range page {
				got = append(got, x.name)
			}
			if err == nil && total != len(c.want) {
				t.Errorf("%s: %d in all, want %d", name, total, len(c.want))
			}
			if token = next; token == "" {
				break
			}
			rows = []ordered{{"a", iks.Ratio{Part: 1, Whole: 2}}, {"b", iks.Ratio{Part: 2, Whole: 3}}, {"c", iks.Ratio{Part: 499, Whole: 1000}}, {"d", iks.Ratio{}}}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
