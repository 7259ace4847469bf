package field

import (
	"encoding/base64"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// Whoever pages through families is told of none in RT of others, by no token either; pages are
// as full as they would be if there were no others.
func TestPageTokensNameNoFamilyOfAnothersRT(t *testing.T) {
	onEachEngine(t, 2, pageTokensNameNoFamilyOfAnothersRT)
}

func pageTokensNameNoFamilyOfAnothersRT(t *testing.T, f *Field) {
	u := signIn(t, f, f.Supervisor)
	mustSync(t, u)
	g := NewGenerator(7, 320405, time.Now())
	var all, own []string
	for _, place := range []string{"001/001", "001/002", "001/003", "002/001", "002/002", "003/001", "003/002", "003/003"} {
		id, err := Interview(t.Context(), u, village(t, u), place, g.FamilyOfFour())
		if err != nil {
			t.Fatal(err)
		}
		if all = append(all, id.String()); place == "001/002" || place[:3] == "002" || place == "003/002" {
			own = append(own, id.String())
		}
	}
	mustSync(t, u)
	assign(t, f, f.Surveyors[1].Account, "32.04.05.2001/003/002", "32.04.05.2001/002", "32.04.05.2001/002/001", "32.04.05.2001/001/002", "32.04.05.2002")
	for who, want := range map[string][]string{f.Supervisor: all, "surveyor2": own} {
		for _, size := range []string{"1", "2", "3"} {
			if got := pagedFamilies(t, f, who, size, all); !slices.Equal(got, want) {
				t.Errorf("%s pages by %s through %v, want %v", who, size, got, want)
			}
		}
	}
	// Bounded by an RW, and within it by what is assigned.
	var page struct{ Families []struct{ FamilyID string } }
	restGet(t, f, restToken(t, f, "surveyor2"), "/v1/families?area=32.04.05.2001~003", &page)
	if len(page.Families) != 1 || page.Families[0].FamilyID != own[3] {
		t.Errorf("in RW 003: %v", page.Families)
	}
}

// pagedFamilies reads a list of families to its end; tokens must name those of their page.
func pagedFamilies(t *testing.T, f *Field, who, size string, all []string) (ids []string) {
	t.Helper()
	for token := ""; ; {
		var page struct {
			Families      []struct{ FamilyID string }
			NextPageToken string
		}
		query := url.Values{"pageSize": {size}, "pageToken": {token}}
		restGet(t, f, restToken(t, f, who), "/v1/families?"+query.Encode(), &page)
		for _, x := range page.Families {
			ids = append(ids, x.FamilyID)
		}
		if token = page.NextPageToken; token == "" {
			return ids
		}
		plain, err := base64.RawURLEncoding.DecodeString(token)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range all {
			if strings.Contains(string(plain), id) && !slices.Contains(ids, id) {
				t.Errorf("%s is told of %s by a token", who, id)
			}
		}
		if len(page.Families) == 0 {
			t.Errorf("%s gets an empty page that has a next one", who)
		}
	}
}
