package field

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Who keeps one of the values that others entered judges, as DOMAIN.md section 6
// has it in one right with review; who writes a value of the own collects, and
// another judges the family.
func TestKeepingAValueIsJudgingAndWritingOneIsCollecting(t *testing.T) {
	t.Parallel()
	f := newField(t, 2, nil)
	a, b := signIn(t, f, "surveyor1"), signIn(t, f, "surveyor2")
	mustSync(t, a)
	id, err := Interview(t.Context(), a, village(t, a), "001/001", NewGenerator(3, 320405, time.Now()).FamilyOfFour())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Submit(t.Context(), []clientsdk.ID{id}, ""); err != nil {
		t.Fatal(err)
	}
	mustSync(t, a)
	mustSync(t, b)
	disagree := func(one, two string) {
		for u, text := range map[*clientsdk.User]string{a: one, b: two} {
			edit := clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: &ksv1.Family{Address: proto.String(text)}}
			if _, err := u.Save(t.Context(), id, edit); err != nil {
				t.Fatal(err)
			}
		}
		mustSync(t, a)
		mustSync(t, b)
		mustSync(t, a)
	}
	for _, c := range []struct {
		one, two, resolution string
		mayJudge             bool
	}{
		{"Jl. Satu", "Jl. Dua", "", true},
		{"Jl. Tiga", "Jl. Empat", `"valueJson":"\"Jl. Lima\""`, false},
	} {
		disagree(c.one, c.two)
		var shown struct {
			Digest    string
			Conflicts []struct {
				Field  uint32
				Values []struct{ Stamp json.RawMessage }
			}
		}
		token := tokenFor(t, f, "supervisor")
		restGet(t, f, token, "/v1/families/"+id.String(), &shown)
		if len(shown.Conflicts) != 1 {
			t.Fatalf("%s, %s: conflicts %+v", c.one, c.two, shown.Conflicts)
		}
		if c.resolution == "" {
			c.resolution = `"keep":` + string(shown.Conflicts[0].Values[1].Stamp)
		}
		restPost(t, f, token, "/v1/families/"+id.String()+":resolveConflict",
			fmt.Sprintf(`{"kind":"RECORD_KIND_FAMILY","field":%d,"seenDigest":%q,%s}`, shown.Conflicts[0].Field, shown.Digest, c.resolution))
		if item := reviewQueue(t, f, token, "")[id.String()]; item.MayJudge != c.mayJudge {
			t.Errorf("after %s the supervisor may judge: %v", c.resolution, item.MayJudge)
		}
	}
}
