package registration

import (
	"context"
	"errors"
	"fmt"
	"slices"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/store"
)

// Received is what came on paper or by e-mail.
type Received struct {
	// Registration whose returned Puskesmas the form corrects; 0: a new one.
	Registration uint32
	Form         []byte
	LetterPDF    []byte
	Channel      ksv1.RegistrationChannel
	// Incomplete: a form with mistakes in persons is entered all the same, so that
	// it can be returned with reasons.
	Incomplete bool
}

// Receive enters a form and a letter for a district without an account, by
// Pusdatin: draws up, records the copy, submits. Errors: ErrForbidden, *FormError,
// *InvalidError, store.ErrNotFound, *StepError, *TooManyForms, *ReceivedError.
func (s *Service) Receive(ctx context.Context, c *access.Caller, r Received) (*Whole, error) {
	if !c.Has(ksv1.Right_RIGHT_DECIDE_REGISTRATION) {
		return nil, ErrForbidden
	}
	if r.Channel != ksv1.RegistrationChannel_REGISTRATION_CHANNEL_POST && r.Channel != ksv1.RegistrationChannel_REGISTRATION_CHANNEL_EMAIL {
		return nil, &InvalidError{"channel", "harus pos atau e-mail"}
	}
	if err := checkPDF(r.LetterPDF); err != nil {
		return nil, err
	}
	form, problems, err := s.readForm(ctx, c, r.Form)
	if err != nil {
		return nil, err
	}
	if form.CopyDate == "" || form.CopyChannel == 0 {
		problems = append(problems, RowProblem{0, labelCopyDate, "tembusan ke provinsi, dengan tanggal dan caranya, mendahului pengajuan", true})
	}
	var w *Whole
	err = s.Store.Write(scoped(ctx, c), func(ctx context.Context, tx store.Tx) (err error) {
		more, err := s.checkForm(ctx, tx.Snapshot(), form)
		if err != nil {
			return err
		}
		if err := formError(append(slices.Clone(problems), more...), r.Incomplete); err != nil {
			return err
		}
		if w, err = s.receiving(ctx, tx, c, form, r); err != nil {
			return err
		}
		if err := s.enter(ctx, tx, w, form, r.LetterPDF); err != nil {
			return err
		}
		copied := Taken{Actor: c.Account.Number, Channel: form.CopyChannel, Note: "tembusan tertanggal " + form.CopyDate}
		if err := s.copied(ctx, tx, w, copied); err != nil {
			return err
		}
		return s.submitted(ctx, tx, w, codesOf(form), Taken{Actor: c.Account.Number, Channel: r.Channel})
	})
	return w, err
}

// readForm reads a caller's form when it is its turn. Errors: *FormError, *TooManyForms.
func (s *Service) readForm(ctx context.Context, c *access.Caller, data []byte) (*Form, []RowProblem, error) {
	done, err := s.forms.take(ctx, c.Account.Number)
	if err != nil {
		return nil, nil, err
	}
	defer done()
	return ReadForm(ctx, data)
}

// receiving is the registration that a form goes into: a new one, or one of the
// same district in which every Puskesmas of the form was returned or is new. Errors:
// *ReceivedError for a new one whose letter is there.
func (s *Service) receiving(ctx context.Context, tx store.Tx, c *access.Caller, form *Form, r Received) (*Whole, error) {
	if r.Registration == 0 {
		// One after the other for a district: the second of two then finds the first.
		if err := tx.Directory().LockOffices(ctx, []string{form.District}, ""); err != nil {
			return nil, err
		}
		if err := s.notReceived(ctx, tx.Snapshot(), form, r.LetterPDF); err != nil {
			return nil, err
		}
		return s.create(ctx, tx, c, form.District, r.Channel)
	}
	row, err := tx.Directory().LockRegistration(ctx, r.Registration)
	if err != nil {
		return nil, err
	}
	w, _, err := s.judge(ctx, tx.Snapshot(), c, row)
	if err != nil {
		return nil, err
	}
	if w.District != form.District {
		return nil, &InvalidError{"form", fmt.Sprintf("milik kabupaten/kota %s, sedangkan permohonan milik %s", form.District, w.District)}
	}
	return w, s.tell(ctx, tx, w, "", w.State(), w.State(), Taken{
		Step: ksv1.RegistrationStep_REGISTRATION_STEP_DRAWN_UP, Actor: c.Account.Number, Channel: r.Channel,
	})
}

func codesOf(form *Form) []string {
	var codes []string
	for _, p := range form.Puskesmas {
		codes = append(codes, p.Code)
	}
	return codes
}

// formError is nil where a form may be entered.
func formError(problems []RowProblem, incomplete bool) error {
	if incomplete {
		problems = slices.DeleteFunc(problems, func(p RowProblem) bool { return !p.Structural })
	}
	if len(problems) == 0 {
		return nil
	}
	slices.SortStableFunc(problems, func(a, b RowProblem) int { return a.Row - b.Row })
	return &FormError{problems}
}

// checkForm holds a form against the master list, and its persons against each
// other.
func (s *Service) checkForm(ctx context.Context, snap store.Snapshot, form *Form) ([]RowProblem, error) {
	var out []RowProblem
	if _, err := snap.FindArea(ctx, form.District); errors.Is(err, store.ErrNotFound) {
		out = append(out, RowProblem{0, labelDistrict, form.District + " tidak ada dalam daftar induk", true})
	} else if err != nil {
		return nil, err
	}
	rows := map[string]int{}
	for _, p := range form.Puskesmas {
		known, err := snap.FindPuskesmas(ctx, p.Code)
		switch {
		case errors.Is(err, store.ErrNotFound):
			out = append(out, RowProblem{p.Rows[0], columnCode, p.Code + " tidak ada dalam daftar induk", p.Name == ""})
		case err != nil:
			return nil, err
		case known.District != form.District:
			out = append(out, RowProblem{p.Rows[0], columnCode, fmt.Sprintf("%s berada di kabupaten/kota %s", p.Code, known.District), true})
		case p.Name != "" && plainName(known.Name) != plainName(p.Name):
			out = append(out, RowProblem{p.Rows[0], columnName, fmt.Sprintf("dalam daftar induk namanya %q (%s)", known.Name, p.Code), false})
		}
		for i, person := range p.People {
			nik := person.GetNik()
			if first := rows[nik]; nik != "" && first > 0 {
				out = append(out, RowProblem{p.Rows[i], columnNIK, fmt.Sprintf("NIK yang sama ada di baris %d", first), false})
			}
			rows[nik] = p.Rows[i]
		}
	}
	return out, nil
}

// enter writes a form into a registration.
func (s *Service) enter(ctx context.Context, tx store.Tx, w *Whole, form *Form, pdf []byte) error {
	for _, p := range form.Puskesmas {
		if err := s.putList(ctx, tx, w, p.Code, p.Name, p.People); err != nil {
			return err
		}
	}
	if form.Province != nil || form.DistrictOffice != nil {
		if err := s.putOffices(ctx, tx, w, form.Province, form.DistrictOffice); err != nil {
			return err
		}
	}
	if _, err := s.putLetter(ctx, tx, w, form.Letter, pdf); err != nil {
		return err
	}
	return s.keep(ctx, tx, w)
}

// DrawUpFromForm draws a registration of the caller's district up from a filled
// form, or (number not 0) replaces the lists that the form has in one that is
// there; mistakes in persons don't stand in the way of a draft. Errors:
// store.ErrNotFound, ErrForbidden, *FormError, *InvalidError, *StepError, *TooManyForms.
func (s *Service) DrawUpFromForm(ctx context.Context, c *access.Caller, number uint32, data []byte) (*Whole, error) {
	if !ownsDistrict(c) {
		return nil, ErrForbidden
	}
	form, problems, err := s.readForm(ctx, c, data)
	if err != nil {
		return nil, err
	}
	if form.District != "" && form.District != c.Account.Area {
		return nil, &InvalidError{"form", fmt.Sprintf("milik kabupaten/kota %s, bukan %s", form.District, c.Account.Area)}
	}
	enter := func(ctx context.Context, tx store.Tx, w *Whole) error {
		more, err := s.checkForm(ctx, tx.Snapshot(), form)
		if err != nil {
			return err
		}
		if err := formError(append(slices.Clone(problems), more...), true); err != nil {
			return err
		}
		return s.enter(ctx, tx, w, form, nil)
	}
	if number != 0 {
		return s.change(ctx, c, number, mayDrawUp, func(ctx context.Context, tx store.Tx, w *Whole) error {
			if err := enter(ctx, tx, w); err != nil {
				return err
			}
			return s.tell(ctx, tx, w, "", w.State(), w.State(), Taken{Step: ksv1.RegistrationStep_REGISTRATION_STEP_DRAWN_UP, Actor: c.Account.Number})
		})
	}
	var w *Whole
	err = s.Store.Write(scoped(ctx, c), func(ctx context.Context, tx store.Tx) (err error) {
		if w, err = s.create(ctx, tx, c, form.District, ksv1.RegistrationChannel_REGISTRATION_CHANNEL_ONLINE); err != nil {
			return err
		}
		return enter(ctx, tx, w)
	})
	return w, err
}
