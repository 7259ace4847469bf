package registration

import (
	"context"

	"github.com/keluarga-sehat/sync/internal/record"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/store"
)

// view is how much of a person's numbers and contacts a reader sees.
type view struct{ number, contact access.View }

// viewOf is what the reader's role is shown at most, less what the reader has not
// to do with the person now: numbers whole are for who writes or verifies the
// list.
func (s *Service) viewOf(c *access.Caller, over access.OverRegistration, w *Whole, n *store.Nominee) view {
	v := view{number: min(c.View(access.NomineeNumber), access.LastDigits)}
	p := w.find(n.Puskesmas)
	state := w.State()
	if p != nil {
		state = ksv1.RegistrationState(p.State)
	}
	switch {
	case over.DrawUp && undecided(n) && (state == draft || state == returned),
		over.Decide && undecided(n) && state == inVerification,
		over.Decide && n.Standing == int32(standingAdmitted):
		v.number = c.View(access.NomineeNumber)
		v.contact = c.View(access.NomineeContact)
	case over.Contacts, c.AdministersPuskesmas(n.Puskesmas):
		v.contact = c.View(access.NomineeContact)
	}
	return v
}

// Shown is a nominee as a reader sees them.
type Shown struct {
	store.Nominee
	Person *ksv1.NomineePerson
}

func (s *Service) show(w *Whole, n *store.Nominee, v view) (Shown, error) {
	p, err := s.PersonOf(&w.Registration, n)
	if err != nil {
		return Shown{}, err
	}
	p.Nik = v.number.Mask(p.GetNik())
	if v.number < access.Full {
		p.Nip = ""
	}
	if v.contact < access.Full {
		p.Mobile, p.Email = "", ""
	}
	return Shown{*n, p}, nil
}

// NomineeFilter bounds a list of nominees; zero fields don't.
type NomineeFilter struct {
	Registration uint32
	Puskesmas    string
	Standing     ksv1.NomineeStanding
	// NIK, Mobile and Email find persons, for whose role is shown such whole: to
	// others each hit would tell what is masked.
	NIK, Mobile, Email string
	After              uint32
	Limit              int
}

// Nominees lists nominees that the caller may see, by number. next is where to go
// on; 0: nothing follows. A page may hold fewer though more follow. Errors:
// ErrForbidden, also for what may not be searched by; *InvalidError for a number of wrong form, store.ErrNotFound for a
// registration that is not the caller's to see.
func (s *Service) Nominees(ctx context.Context, c *access.Caller, f NomineeFilter) (out []Shown, next uint32, err error) {
	if !c.Has(ksv1.Right_RIGHT_READ_NOMINEES) || f.NIK != "" && c.View(access.NomineeNumber) < access.Full ||
		(f.Mobile != "" || f.Email != "") && c.View(access.NomineeContact) < access.Full {
		return nil, 0, ErrForbidden
	}
	q := store.NomineeQuery{Registration: f.Registration, Puskesmas: f.Puskesmas, Standing: int32(f.Standing), After: f.After, Limit: f.Limit + 1}
	if err := s.hashFilter(&q, f); err != nil {
		return nil, 0, err
	}
	if c.Account.Puskesmas != "" {
		if f.Puskesmas != "" && f.Puskesmas != c.Account.Puskesmas {
			return nil, 0, nil
		}
		q.Puskesmas = c.Account.Puskesmas
	} else {
		q.Area = c.Account.Area
	}
	err = s.Store.Read(scoped(ctx, c), func(ctx context.Context, snap store.Snapshot) error {
		out, next = nil, 0
		if f.Registration != 0 && c.Account.Puskesmas == "" {
			if _, _, err := s.open(ctx, snap, c, f.Registration); err != nil {
				return err
			}
		}
		rows, err := snap.ListNominees(ctx, q)
		if err != nil {
			return err
		}
		if len(rows) > f.Limit {
			rows = rows[:f.Limit]
			next = rows[f.Limit-1].Number
		}
		seen := map[uint32]*Whole{}
		for i := range rows {
			shown, ok, err := s.showRow(ctx, snap, c, &rows[i], seen)
			if err != nil {
				return err
			}
			if ok {
				out = append(out, shown)
			}
		}
		return nil
	})
	return out, next, err
}

// hashFilter puts what finds persons into the query.
func (s *Service) hashFilter(q *store.NomineeQuery, f NomineeFilter) error {
	for _, x := range []struct {
		field, text string
		to          *[]byte
		hash        func(*record.Ring, string) ([]byte, error)
	}{{"nik", f.NIK, &q.NIKHash, nikHash}, {"mobile", f.Mobile, &q.MobileHash, mobileHash}, {"email", f.Email, &q.EmailHash, emailHash}} {
		if x.text == "" {
			continue
		}
		hash, err := x.hash(s.Vault.Ring(), x.text)
		if err != nil {
			return err
		}
		if hash == nil {
			return &InvalidError{x.field, "bentuk isian ini tidak benar"}
		}
		*x.to = hash
	}
	return nil
}

// showRow shows a nominee where the caller may see those of the Puskesmas in the
// registration, or administers the Puskesmas and the list was accepted.
func (s *Service) showRow(ctx context.Context, snap store.Snapshot, c *access.Caller, n *store.Nominee, seen map[uint32]*Whole) (Shown, bool, error) {
	w, ok := seen[n.Registration]
	if !ok {
		row, err := snap.FindRegistration(ctx, n.Registration)
		if err != nil {
			return Shown{}, false, err
		}
		w = &Whole{Registration: row}
		if w.Puskesmas, err = snap.RegistrationPuskesmasOf(ctx, n.Registration); err != nil {
			return Shown{}, false, err
		}
		seen[n.Registration] = w
	}
	over, err := overNominee(ctx, snap, c, &w.Registration, n)
	if err != nil {
		return Shown{}, false, err
	}
	if !over.Read {
		p := w.find(n.Puskesmas)
		if p == nil || !wasAccepted(p) || !c.AdministersPuskesmas(n.Puskesmas) {
			return Shown{}, false, nil
		}
	}
	shown, err := s.show(w, n, s.viewOf(c, over, w, n))
	return shown, err == nil, err
}

// ShowNominee shows one to a caller who has just dealt with it. Errors:
// store.ErrNotFound.
func (s *Service) ShowNominee(ctx context.Context, c *access.Caller, n *store.Nominee) (shown Shown, err error) {
	err = s.Store.Read(scoped(ctx, c), func(ctx context.Context, snap store.Snapshot) error {
		var ok bool
		if shown, ok, err = s.showRow(ctx, snap, c, n, map[uint32]*Whole{}); err == nil && !ok {
			err = store.ErrNotFound
		}
		return err
	})
	return shown, err
}
