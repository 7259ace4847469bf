package field

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/server"
	"github.com/keluarga-sehat/sync/server/store"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// tagged is an answer of which a client has an earlier form.
type tagged struct {
	status int
	etag   string
	asOf   string
	cache  string
	body   string
}

func askTagged(t *testing.T, f *Field, token, path, etag string) tagged {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+f.Address+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	if etag != "" {
		r.Header.Set("If-None-Match", etag)
	}
	c := restClient(t, f)
	defer c.CloseIdleConnections()
	response, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	h := response.Header
	return tagged{response.StatusCode, h.Get("ETag"), h.Get("X-As-Of"), h.Get("Cache-Control"), string(body)}
}

// mustBeOneAnswer asks with compression and without, which must make no difference
// but that of the time.
func mustBeOneAnswer(t *testing.T, f *Field, token, path string) {
	t.Helper()
	bodies := map[string]string{}
	for _, accepted := range []string{"gzip", "identity", "gzip;q=0"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+f.Address+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set("Accept-Encoding", accepted) // set by us, it is for us to undo
		c := restClient(t, f)
		response, err := c.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		var body io.Reader = response.Body
		if response.Header.Get("Content-Encoding") == "gzip" {
			if body, err = gzip.NewReader(body); err != nil || accepted != "gzip" {
				t.Fatalf("%s: compressed for who takes %s: %v", path, accepted, err)
			}
		}
		text, err := io.ReadAll(body)
		if err := errors.Join(err, response.Body.Close()); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		c.CloseIdleConnections()
		bodies[accepted] = strings.ReplaceAll(string(text), response.Header.Get("X-As-Of"), "")
	}
	if bodies["gzip"] != bodies["identity"] || bodies["gzip"] != bodies["gzip;q=0"] || bodies["gzip"] == "" {
		t.Errorf("%s: compressed %q, plain %q, refused %q", path, bodies["gzip"], bodies["identity"], bodies["gzip;q=0"])
	}
}

// aggregates are all questions for figures.
var aggregates = []string{
	"/v1/areas/32.04.05.2001/index", "/v1/areas/32.04.05.2001~001/index", "/v1/areas/32.04.05/indexes?membership=MEMBERSHIP_BESAR", "/v1/areas/32.04.05.2001/indexes",
	"/v1/areas/32.04.05/trend", "/v1/areas/32.04.05/change", "/v1/areas/32.04.05/priorities", "/v1/areas/32.04.05/progress",
	"/v1/areas/32.04.05/progress/parts", "/v1/areas/32.04.05/progress/days", "/v1/puskesmas/" + PuskesmasCode + "/indexes?order_by=iks%20desc",
}

func TestAnAnswerIsSentAgainOnlyWhenItsFiguresChanged(t *testing.T) {
	onEachEngine(t, 2, anAnswerIsSentAgainOnlyWhenItsFiguresChanged)
}

func anAnswerIsSentAgainOnlyWhenItsFiguresChanged(t *testing.T, f *Field) {
	if err := f.AddOffice(t.Context(), "district-3204", ksv1.Role_ROLE_DISTRICT, "32.04"); err != nil {
		t.Fatal(err)
	}
	u := signIn(t, f, "surveyor1")
	mustSync(t, u)
	g := NewGenerator(31, 320405, time.Now())
	survey := func() {
		if _, err := Interview(t.Context(), u, village(t, u), "001/001", g.FamilyOfFour()); err != nil {
			t.Fatal(err)
		}
		mustSync(t, u)
		if err := f.Server.Board().Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	survey()
	token := restToken(t, f, "district-3204")
	first := map[string]tagged{}
	for _, path := range aggregates {
		x := askTagged(t, f, token, path, "")
		if x.status != 200 || x.etag == "" || x.asOf == "" || x.cache != "private, no-cache" {
			t.Fatalf("%s: %+v", path, x)
		}
		first[path] = x
	}
	if err := f.Server.Board().Refresh(t.Context()); err != nil { // nothing changed, but the time
		t.Fatal(err)
	}
	for path, x := range first {
		again := askTagged(t, f, token, path, `"other", `+x.etag)
		if again.status != 304 || again.body != "" || again.etag != x.etag || again.asOf <= x.asOf {
			t.Errorf("%s unchanged: %+v after %+v", path, again, x)
		}
		if whole := askTagged(t, f, token, path, ""); whole.status != 200 || !strings.Contains(whole.body, whole.asOf) {
			t.Errorf("%s told as of %s: %+v", path, whole.asOf, whole)
		}
		mustBeOneAnswer(t, f, token, path)
	}
	survey()
	for path, x := range first {
		if again := askTagged(t, f, token, path, x.etag); again.status != 200 || again.etag == x.etag || again.body == "" {
			t.Errorf("%s changed: %+v", path, again)
		}
	}
	if x := askTagged(t, f, restToken(t, f, "supervisor"), "/v1/progress/surveyors", ""); x.status != 200 || x.etag == "" || x.cache != "no-store, private" {
		t.Errorf("names of staff: %+v", x)
	}
	noBrowserKeepsSmallCells(t, f, token)
}

// What is withheld from the district and shown to who may see the families, is kept
// by no browser, and no tag of it is good for the district.
func noBrowserKeepsSmallCells(t *testing.T, f *Field, district string) {
	t.Helper()
	withheld := 0
	for _, user := range []string{"supervisor", "surveyor1"} {
		token := restToken(t, f, user)
		for _, path := range []string{"/v1/areas/32.04.05.2001/index", "/v1/areas/32.04.05.2001/indexes", "/v1/areas/32.04.05.2001/trend"} {
			own, theirs := askTagged(t, f, token, path, ""), askTagged(t, f, district, path, "")
			if own.status != 200 || own.cache != "no-store, private" || theirs.cache != "private, no-cache" {
				t.Errorf("%s to %s: %d %s, to the district %s", path, user, own.status, own.cache, theirs.cache)
			}
			if strings.Contains(own.body, `"withheld":true`) || !strings.Contains(theirs.body, `"withheld":true`) {
				continue
			}
			withheld++
			if crossed := askTagged(t, f, district, path, own.etag); crossed.status != 200 || crossed.body == own.body {
				t.Errorf("%s with %s's tag: %d", path, user, crossed.status)
			}
			if same := askTagged(t, f, token, path, own.etag); same.status != 304 || same.cache != "no-store, private" {
				t.Errorf("%s to %s again: %+v", path, user, same)
			}
		}
	}
	if withheld == 0 {
		t.Error("nothing is withheld from the district: nothing is tried")
	}
}

func TestATagGivesNobodyMoreThanTheOwnAnswer(t *testing.T) {
	onEachEngine(t, 1, aTagGivesNobodyMoreThanTheOwnAnswer)
}

func aTagGivesNobodyMoreThanTheOwnAnswer(t *testing.T, f *Field) {
	for name, code := range map[string]string{"district-3204": "32.04", "district-3205": "32.05"} {
		if err := f.AddOffice(t.Context(), name, ksv1.Role_ROLE_DISTRICT, code); err != nil {
			t.Fatal(err)
		}
	}
	u := signIn(t, f, "surveyor1")
	mustSync(t, u)
	g := NewGenerator(32, 320405, time.Now())
	if _, err := Interview(t.Context(), u, village(t, u), "001/001", g.FamilyOfFour()); err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	if err := f.Server.Board().Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	const path = "/v1/areas/32.04.05.2001/index"
	officer, supervisor := restToken(t, f, "district-3204"), restToken(t, f, "supervisor")
	withheld := askTagged(t, f, officer, path, "")
	open := askTagged(t, f, supervisor, path, withheld.etag)
	if withheld.status != 200 || open.status != 200 || open.etag == withheld.etag || !strings.Contains(withheld.body, `"withheld":true`) {
		t.Fatalf("officer %+v, supervisor %+v", withheld, open)
	}
	if x := askTagged(t, f, restToken(t, f, "district-3205"), path, withheld.etag); x.status != 404 || x.body == withheld.body {
		t.Errorf("another district with the tag: %+v", x)
	}
	if x := askTagged(t, f, "not-a-token", path, withheld.etag); x.status != 401 {
		t.Errorf("nobody with the tag: %+v", x)
	}
	// What the surveyor loses by reassignment is not told any more, tag or none.
	surveyor := restToken(t, f, "surveyor1")
	mine := askTagged(t, f, surveyor, path, "")
	if mine.status != 200 {
		t.Fatalf("surveyor: %+v", mine)
	}
	if err := server.Assign(t.Context(), f.Store, f.Surveyors[0].Account, []string{"32.04.05.2002"}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "a surveyor who was reassigned sees nothing", func() bool { return askTagged(t, f, surveyor, path, mine.etag).status == 404 })
	disable(t, f, "district-3204")
	eventually(t, "a disabled account sees nothing", func() bool { return askTagged(t, f, officer, path, withheld.etag).status == 403 })
}

func disable(t *testing.T, f *Field, name string) {
	t.Helper()
	err := f.Store.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
		a, err := tx.Snapshot().FindAccountByName(ctx, name)
		if err != nil {
			return err
		}
		a.Disabled = true
		_, err = tx.Directory().PutAccount(ctx, a)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// eventually waits for a condition, at most a minute.
func eventually(t *testing.T, claim string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal(claim)
		}
	}
}
