package field

import (
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server"
)

// assignedElsewhere takes the families of a field out of a surveyor's assignment, so that work on
// them waits for a decision.
func assignedElsewhere(t *testing.T, f *Field, surveyor int) {
	t.Helper()
	if err := server.Assign(t.Context(), f.Store, f.Surveyors[surveyor].Account, []string{"32.04.05.2001/009/009"}); err != nil {
		t.Fatal(err)
	}
}

type waitingChange struct {
	ChangeID string `json:"changeId"`
	Writes   []struct{ Kind, RecordID, FieldName string }
}

// waitingChanges is what waits for the supervisor, oldest first.
func waitingChanges(t *testing.T, f *Field) []waitingChange {
	t.Helper()
	var list struct{ Changes []waitingChange }
	restGet(t, f, restToken(t, f, f.Supervisor), "/v1/quarantine", &list)
	return list.Changes
}

// Answers that wait for a decision are shown as long as the family has not withdrawn from
// their round.
func TestQuarantineTellsNothingOfAWithdrawnRound(t *testing.T) {
	t.Parallel()
	f, u := aloneIn2018(t, 2)
	other := signIn(t, f, "surveyor2")
	family, member, round := begunAgain(t, u, other)
	if _, err := other.SaveRound(t.Context(), family, round, &ksv1.Round{Restrained: ksv1.Answer_ANSWER_YA.Enum()}, map[clientsdk.ID]*ksv1.Individual{member: {Tuberculosis: ksv1.Answer_ANSWER_YA.Enum()}}); err != nil {
		t.Fatal(err)
	}
	if _, err := other.Save(t.Context(), family, clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: &ksv1.Family{Address: proto.String("Jl. Melati")}}); err != nil {
		t.Fatal(err)
	}
	assignedElsewhere(t, f, 1)
	mustSync(t, other)
	told := func() string {
		var names []string
		for _, c := range waitingChanges(t, f) {
			for _, w := range c.Writes {
				names = append(names, w.FieldName)
			}
		}
		return strings.Join(names, " ")
	}
	if got := told(); got != "restrained tuberculosis address" {
		t.Fatalf("before the refusal: %s", got)
	}
	recordRefusal(t, u, family, round)
	mustSync(t, u)
	if got := told(); got != "address" {
		t.Errorf("after it: %s", got)
	}
}
