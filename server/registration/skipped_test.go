package registration

import (
	"errors"
	"testing"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/account"
)

// TestOnePersonElsewhereKeepsNobodyElseFromAnAccount: an administrator typed in somebody who
// is accepted in another Puskesmas.
func TestOnePersonElsewhereKeepsNobodyElseFromAnAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	_, guides := w.issued(t)
	a1, a2 := w.activate(t, guides[0].Account), w.activate(t, guides[1].Account)
	typedIn, err := w.Accounts.CreateStaff(scoped(ctx, a1), a1, []account.NewAccount{typed(t, 23, ksv1.Role_ROLE_SURVEYOR)})
	if err != nil {
		t.Fatal(err)
	}
	made, skipped, err := w.CreateStaff(ctx, a2)
	if err != nil || len(made) != 3 || len(skipped) != 1 {
		t.Fatalf("made %+v, skipped %+v, %v", made, skipped, err)
	}
	if x := skipped[0]; x.FullName != nominee(0, 23).GetFullName() || x.Reason != ksv1.FindingReason_FINDING_REASON_HAS_ACCOUNT || x.Message == "" {
		t.Errorf("skipped %+v", x)
	}
	if made, skipped, err := w.CreateStaff(ctx, a2); err != nil || len(made) != 0 || len(skipped) != 1 {
		t.Errorf("once more: made %+v, skipped %+v, %v", made, skipped, err)
	}
	if err := w.Accounts.Disable(scoped(ctx, a1), a1, typedIn[0].Number); err != nil {
		t.Fatal(err)
	}
	if made, skipped, err := w.CreateStaff(ctx, a2); err != nil || len(made) != 1 || len(skipped) != 0 {
		t.Errorf("when the other account was disabled: made %+v, skipped %+v, %v", made, skipped, err)
	}
}

// TestACardThatWasNeverUsedStandsInNobodysWay, once its code is past.
func TestACardThatWasNeverUsedStandsInNobodysWay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	garut := w.adminOf(t, "admin.garut", "P3205010101")
	card, err := w.Accounts.CreateStaff(scoped(ctx, garut), garut, []account.NewAccount{typed(t, 3, ksv1.Role_ROLE_SURVEYOR)})
	if err != nil {
		t.Fatal(err)
	}
	number := w.inVerification(t)
	var incomplete *IncompleteError
	if _, err := w.Accept(ctx, w.pusdatin, number, []string{"P3204050101"}, ""); !errors.As(err, &incomplete) {
		t.Fatalf("accepted while the code may be used: %v", err)
	}
	w.now = w.now.Add(account.CodeLifetime)
	_, err1 := w.Accept(ctx, w.pusdatin, number, []string{"P3204050101"}, "")
	_, guides, err2 := w.Issue(ctx, w.pusdatin, number, []string{"P3204050101"}, "")
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	made, skipped, err := w.CreateStaff(ctx, w.activate(t, guides[0].Account))
	if err != nil || len(made) != 4 || len(skipped) != 0 {
		t.Fatalf("made %+v, skipped %+v, %v", made, skipped, err)
	}
	if !w.account(t, card[0].Number).Disabled {
		t.Error("the person has two accounts")
	}
	if err := w.Accounts.Enable(scoped(ctx, garut), garut, card[0].Number); !errors.Is(err, account.ErrPersonKnown) {
		t.Errorf("the card's account is enabled again: %v", err)
	}
}
