package registration

import (
	"context"
	"errors"
	"testing"

	"github.com/keluarga-sehat/sync/server/store"
)

// halfAccepted is a registration of a province without an account whose first Puskesmas
// was accepted, with the person responsible for the province, and whose second was returned.
func (w *world) halfAccepted(t *testing.T) uint32 {
	t.Helper()
	ctx := t.Context()
	w.disable(t, w.province.Account.Number)
	number := w.drawnUp(t)
	_, err1 := w.SetOffices(ctx, w.bandung, number, nominee(0, 70), nil)
	_, err2 := w.RecordCopy(ctx, w.bandung, number, byPost, "")
	_, err3 := w.Submit(ctx, w.bandung, number, nil, online, "")
	_, err4 := w.BeginVerification(ctx, w.pusdatin, number, nil, "")
	_, err5 := w.Accept(ctx, w.pusdatin, number, []string{"P3204050101"}, "")
	_, err6 := w.Return(ctx, w.pusdatin, number, []string{"P3204050102"}, "kurang")
	if err := errors.Join(err1, err2, err3, err4, err5, err6); err != nil {
		t.Fatal(err)
	}
	return number
}

func TestAnOfficesAccountIsForWhomPusdatinHasLookedAt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	number := w.halfAccepted(t)
	var step *StepError
	if _, err := w.SetOffices(ctx, w.bandung, number, nominee(0, 77), nil); !errors.As(err, &step) || step.State != accepted {
		t.Errorf("another person after the acceptance: %v", err)
	}
	if _, err := w.SetOffices(ctx, w.bandung, number, nil, nil); !errors.As(err, &step) {
		t.Errorf("nobody after the acceptance: %v", err)
	}
	if _, err := w.SetOffices(ctx, w.bandung, number, nominee(0, 70), nil); err != nil {
		t.Errorf("the same person: %v", err)
	}
	_, guides, err := w.Issue(ctx, w.pusdatin, number, nil, "")
	if err != nil || len(guides) != 2 || guides[0].FullName != nominee(0, 70).GetFullName() {
		t.Fatalf("guides %+v, %v", guides, err)
	}
}

func TestAnOfficesPersonIsLookedAtAgainBeforeTheIssue(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	number := w.halfAccepted(t)
	w.write(t, func(ctx context.Context, tx store.Tx) error {
		row, err := tx.Snapshot().FindRegistration(ctx, number)
		if err != nil {
			return err
		}
		people, err := w.list(ctx, tx.Snapshot(), number, "")
		if err != nil {
			return err
		}
		spoiled := nominee(0, 70)
		spoiled.Nik = "12"
		if err := w.sealNominee(&row, &people[0], spoiled); err != nil {
			return err
		}
		_, err = tx.Directory().PutNominee(ctx, people[0])
		return err
	})
	var incomplete *IncompleteError
	if _, _, err := w.Issue(ctx, w.pusdatin, number, nil, ""); !errors.As(err, &incomplete) || incomplete.Findings[0].Field != "nik" {
		t.Errorf("issued to a person without a NIK: %v", err)
	}
}
