package registration

import (
	"bytes"
	"errors"
	"testing"
)

// TestALetterIsEnteredOnce: run again, receive would enter a second request, and neither
// could be accepted.
func TestALetterIsEnteredOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	receive := func(form [][]string, pdf []byte) (*Whole, error) {
		return w.Receive(ctx, w.pusdatin, Received{Form: asCSV(form, ","), LetterPDF: pdf, Channel: byPost})
	}
	first, err := receive(filled(), aPDF)
	if err != nil {
		t.Fatal(err)
	}
	var before *ReceivedError
	if _, err := receive(filled(), aPDF); !errors.As(err, &before) || before.Registration != first.Number || !before.Same {
		t.Errorf("the same again: %v", err)
	}
	other := filled()
	other[13][6] = nominee(0, 99).GetNik()
	if _, err := receive(other, aPDF); !errors.As(err, &before) || before.Registration != first.Number || before.Same {
		t.Errorf("another list with the letter: %v", err)
	}
	if list, _, err := w.List(ctx, w.pusdatin, Filter{Limit: 9}); err != nil || len(list) != 1 {
		t.Errorf("entered: %+v, %v", list, err)
	}
	if _, err := receive(other, bytes.Replace(aPDF, []byte("surat"), []byte("lain"), 1)); err != nil {
		t.Errorf("another letter of the same number: %v", err)
	}
	_, err1 := w.BeginVerification(ctx, w.pusdatin, first.Number, nil, "")
	_, err2 := w.Refuse(ctx, w.pusdatin, first.Number, nil, "salah alamat")
	_, err3 := receive(filled(), aPDF)
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Errorf("when the first was refused: %v", err)
	}
}
