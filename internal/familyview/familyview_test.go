package familyview

import (
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// element is a field of a record on the wire.
func element(t *testing.T, m proto.Message) []byte {
	t.Helper()
	data, err := proto.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestARegistersTextIsTheContractsNameAndJSON(t *testing.T) {
	t.Parallel()
	address := element(t, &ksv1.Family{Address: proto.String(`Gg. "A"`)})
	name, text, err := FieldText(merge.KindFamily, 4, address)
	if err != nil || name != "address" || text == nil || *text != `"Gg. \"A\""` {
		t.Errorf("an address: %s, %v, %v", name, text, err)
	}
	if name, text, err = FieldText(merge.KindFamily, 4, nil); err != nil || name != "address" || text != nil {
		t.Errorf("a cleared address: %s, %v, %v", name, text, err)
	}
	if name, text, err = FieldText(merge.KindFamily, 3999, []byte{1}); err != nil || name != "" || text != nil {
		t.Errorf("a field of a newer version: %s, %v, %v", name, text, err)
	}
	if _, _, err = FieldText(0, 4, address); err == nil {
		t.Error("a record of no kind was named")
	}
}

func TestADifferenceNamesItsQuestionAndBothValues(t *testing.T) {
	t.Parallel()
	d, err := Difference(&merge.Difference{
		Key: merge.Key{Kind: merge.KindFamily}, Field: protowire.Number(4), After: element(t, &ksv1.Family{Address: proto.String("Jl. Mawar")}),
	})
	if err != nil || d.GetQuestion() != "I.9" || d.BeforeJson != nil || d.GetAfterJson() != `"Jl. Mawar"` {
		t.Errorf("a new address: %v, %v", d, err)
	}
}

func TestRoundsThatWereWithdrawnAreNotShown(t *testing.T) {
	t.Parallel()
	h := &ksv1.Household{Rounds: []*ksv1.HouseholdRound{
		{RoundId: "a", Round: &ksv1.Round{Withdrawal: &ksv1.Withdrawal{Date: "2024-05-17"}}}, {RoundId: "b", Round: &ksv1.Round{}},
	}}
	HideWithdrawn(h)
	if len(h.Rounds) != 1 || h.Rounds[0].RoundId != "b" {
		t.Errorf("shown: %v", h.Rounds)
	}
	if index := Index(h); index.GetInti() != nil || index.GetRuleset() == "" {
		t.Errorf("the index of a round without a date: %v", index)
	}
}
