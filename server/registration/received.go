package registration

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/keluarga-sehat/sync/server/store"
)

// ReceivedError: a letter was entered before, with some Puskesmas of the form, in a request
// that is not over. Both would stand in each other's way.
type ReceivedError struct {
	Registration uint32
	// Same: so was the form, as it stands there.
	Same bool
}

// Error names the registration.
func (e *ReceivedError) Error() string {
	if e.Same {
		return fmt.Sprintf("already received as registration %d", e.Registration)
	}
	return fmt.Sprintf("the letter was already received as registration %d, with another list: a corrected form goes into that one, once it was returned", e.Registration)
}

// notReceived tells whether a form is new: no request of the district has its letter, by
// number and PDF, with one of its Puskesmas, unless withdrawn or refused. Errors:
// *ReceivedError.
func (s *Service) notReceived(ctx context.Context, snap store.Snapshot, form *Form, pdf []byte) error {
	hash, err := letterHash(s.Vault.Ring(), strings.TrimSpace(form.Letter.GetNumber()))
	if err != nil || hash == nil {
		return err
	}
	rows, err := snap.ListRegistrations(ctx, store.RegistrationQuery{Area: form.District, LetterHash: hash, Limit: pageRows})
	if err != nil {
		return err
	}
	sum := sha256.Sum256(pdf)
	for _, row := range rows {
		letter, err := s.letterOf(&row)
		if err != nil {
			return err
		}
		if letter.GetPdfSha256() != hex.EncodeToString(sum[:]) {
			continue
		}
		w := &Whole{Registration: row}
		if w.Puskesmas, err = snap.RegistrationPuskesmasOf(ctx, row.Number); err != nil {
			return err
		}
		if !slices.ContainsFunc(form.Puskesmas, func(p FormPuskesmas) bool { return underWay(w.find(p.Code)) }) {
			continue
		}
		same, err := s.sameLists(ctx, snap, w, form)
		if err != nil {
			return err
		}
		return &ReceivedError{row.Number, same}
	}
	return nil
}

// underWay tells whether a Puskesmas stands in a request, and is not over there.
func underWay(p *store.RegistrationPuskesmas) bool {
	return p != nil && p.State != int32(withdrawn) && p.State != int32(refused)
}

// sameLists tells whether the lists of a form are those of a registration.
func (s *Service) sameLists(ctx context.Context, snap store.Snapshot, w *Whole, form *Form) (bool, error) {
	for _, p := range form.Puskesmas {
		if !underWay(w.find(p.Code)) {
			return false, nil
		}
		list, err := s.list(ctx, snap, w.Number, p.Code)
		if err != nil {
			return false, err
		}
		listed := slices.DeleteFunc(list, func(n store.Nominee) bool { return n.Position == 0 }) // who came later is in no form
		same, err := s.samePeople(w, listed, p.People)
		if err != nil || !same {
			return false, err
		}
	}
	return true, nil
}
