package field

import (
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/person"
	"github.com/keluarga-sehat/sync/server/store"
)

// Nothing of a family with a double, a conflict and a place in a batch is in any
// answer while its processing is restricted, and nobody works on it. What is kept of
// others goes on naming its id: a batch the families that it had, a double the other.
func TestARestrictedFamilyIsInNoAnswer(t *testing.T) {
	onEachEngine(t, 2, aRestrictedFamilyIsInNoAnswer)
}

// restrictedName is in no other family's data.
const restrictedName = "Terbataswati"

func aRestrictedFamilyIsInNoAnswer(t *testing.T, f *Field) {
	u, other := signIn(t, f, "surveyor1"), signIn(t, f, "surveyor2")
	mustSync(t, u)
	id := withCard(t, u, "001/001", 3204051111110001, restrictedName)
	beside := withCard(t, u, "001/001", 3204051111110001, "Ujang")
	mustSync(t, other)
	for i, x := range []*clientsdk.User{u, other} {
		edit := clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: &ksv1.Family{Address: proto.String([]string{"Jl. Satu", "Jl. Dua"}[i])}}
		if _, err := x.Save(t.Context(), id, edit); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := u.Submit(t.Context(), []clientsdk.ID{id, beside}, ""); err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	mustSync(t, other)
	awaitDoubles(t, f, "supervisor", "a pair", states("OPEN"))
	token := tokenFor(t, f, "supervisor")
	named := namedIn(t, f, token, id, beside)
	if len(named) < 8 {
		t.Fatalf("before, only %v name it: nothing is tried", named)
	}
	s, ctx := personService(t, f), store.AsOperator(t.Context())
	found, err := s.Find(ctx, person.Selector{Family: id})
	if err == nil {
		err = s.Restrict(ctx, found, true)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range namedIn(t, f, token, id, beside) {
		t.Errorf("%s names it", path)
	}
	digest := "AAAAAAAAAAAAAAAAAAAAAA=="
	for path, body := range map[string]string{
		":judge":           `{"outcome":"VERDICT_OUTCOME_APPROVED","judgedDigest":"` + digest + `"}`,
		":resolveConflict": `{"kind":"RECORD_KIND_FAMILY","field":9,"seenDigest":"` + digest + `","valueJson":"\"x\""}`,
		":mergeInto":       `{"keptFamilyId":"` + beside.String() + `","note":"dua kali"}`,
	} {
		if status, data := rest(t, f, "POST", token, "/v1/families/"+id.String()+path, body); status != 404 {
			t.Errorf("%s of it: %d %s", path, status, clip(data))
		}
	}
	if status, data := rest(t, f, "POST", token, "/v1/families/"+beside.String()+":mergeInto", `{"keptFamilyId":"`+id.String()+`","note":"dua kali"}`); status != 404 {
		t.Errorf("another merged into it: %d %s", status, clip(data))
	}
}

// namedIn are the addresses whose answer gives the head's name, or lists the family.
func namedIn(t *testing.T, f *Field, token string, id, beside clientsdk.ID) (named []string) {
	t.Helper()
	var batches struct {
		Batches []struct{ Batch struct{ BatchID string } }
	}
	restGet(t, f, token, "/v1/review/batches", &batches)
	paths := []string{
		"/v1/families", "/v1/conflicts", "/v1/duplicates?includeDismissed=true", "/v1/quarantine", "/v1/review/queue",
		"/v1/review/batches", "/v1/forms/" + id.String(),
		"/v1/puskesmas/" + PuskesmasCode + "/priorities/families", "/v1/families/" + beside.String(),
	}
	for _, part := range []string{"", "/history", "/differences", "/verdicts"} {
		paths = append(paths, "/v1/families/"+id.String()+part)
	}
	for _, b := range batches.Batches {
		paths = append(paths, "/v1/review/batches/"+b.Batch.BatchID)
	}
	names := func(text string) bool {
		return strings.Contains(text, restrictedName) || strings.Contains(text, `"family":{"familyId":"`+id.String())
	}
	for _, path := range paths {
		status, data := rest(t, f, "GET", token, path, "")
		if status != 200 && status != 404 {
			t.Errorf("%s: %d %s", path, status, clip(data))
		}
		// An error may repeat what was asked for.
		if status == 200 && names(string(data)) {
			named = append(named, path)
		}
	}
	for _, asked := range []string{`{}`, `{"text":"` + restrictedName + `"}`} {
		status, data := rest(t, f, "POST", token, "/v1/forms:search", asked)
		if status != 200 {
			t.Errorf("%s of forms: %d %s", asked, status, clip(data))
		}
		if names(string(data)) {
			named = append(named, "/v1/forms:search")
		}
	}
	for _, kind := range []string{"FAMILIES_KIND_LIST", "FAMILIES_KIND_RAW"} {
		got := takeFile(t, f, "POST", "Bearer "+token, "/v1/exports/families", `{"kind":"`+kind+`","reason":"percobaan pembatasan"}`)
		if got.status != 200 {
			t.Errorf("export %s: %d %s", kind, got.status, clip(got.data))
		}
		if names(string(got.data)) {
			named = append(named, kind)
		}
	}
	return named
}
