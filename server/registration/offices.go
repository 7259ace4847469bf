package registration

import (
	"context"
	"slices"

	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/store"
)

// SetOffices names who is responsible for the offices; nil is nobody. Errors:
// store.ErrNotFound, ErrForbidden, *StepError once nothing of the registration can
// be changed, and for others than Pusdatin verifies or has accepted.
func (s *Service) SetOffices(ctx context.Context, c *access.Caller, number uint32, province, district *ksv1.NomineePerson) (*Whole, error) {
	return s.change(ctx, c, number, mayDrawUp, func(ctx context.Context, tx store.Tx, w *Whole) error {
		if err := s.checkEditable(w); err != nil {
			return err
		}
		if err := s.putOffices(ctx, tx, w, province, district); err != nil {
			return err
		}
		return s.tell(ctx, tx, w, "", w.State(), w.State(), Taken{Step: ksv1.RegistrationStep_REGISTRATION_STEP_DRAWN_UP, Actor: c.Account.Number})
	})
}

// putOffices writes who is responsible. Whom Pusdatin verifies with some Puskesmas stays
// until its accounts are issued or it is returned: nobody whom Pusdatin has not looked at
// gets an office's account. Errors: *StepError for others.
func (s *Service) putOffices(ctx context.Context, tx store.Tx, w *Whole, province, district *ksv1.NomineePerson) error {
	var people []*ksv1.NomineePerson
	for role, person := range map[ksv1.Role]*ksv1.NomineePerson{ksv1.Role_ROLE_PROVINCE: province, ksv1.Role_ROLE_DISTRICT: district} {
		if person != nil {
			person.Role = role
			people = append(people, person)
		}
	}
	// Who has the office's account already stays, whatever a later form says.
	present, err := s.list(ctx, tx.Snapshot(), w.Number, "")
	if err != nil {
		return err
	}
	people = slices.DeleteFunc(people, func(p *ksv1.NomineePerson) bool {
		return slices.ContainsFunc(present, func(n store.Nominee) bool { return n.Account != 0 && n.Role == int32(p.GetRole()) })
	})
	present = slices.DeleteFunc(present, func(n store.Nominee) bool { return n.Account != 0 })
	if i := slices.IndexFunc(w.Puskesmas, verified); i >= 0 {
		same, err := s.samePeople(w, present, people)
		if err == nil && !same {
			err = &StepError{w.Puskesmas[i].Puskesmas, ksv1.RegistrationState(w.Puskesmas[i].State), ksv1.RegistrationStep_REGISTRATION_STEP_DRAWN_UP}
		}
		return err
	}
	slices.SortFunc(people, func(a, b *ksv1.NomineePerson) int { return int(a.GetRole()) - int(b.GetRole()) })
	return s.putPeople(ctx, tx, w, "", people, []ksv1.Role{ksv1.Role_ROLE_PROVINCE, ksv1.Role_ROLE_DISTRICT})
}

// verified tells whether Pusdatin looks at a Puskesmas, or has and issued no accounts yet.
func verified(p store.RegistrationPuskesmas) bool {
	return p.State == int32(inVerification) || p.State == int32(accepted)
}

// samePeople tells whether persons, one a role, are those who are there.
func (s *Service) samePeople(w *Whole, present []store.Nominee, people []*ksv1.NomineePerson) (bool, error) {
	if len(present) != len(people) {
		return false, nil
	}
	for i := range present {
		known, err := s.PersonOf(&w.Registration, &present[i])
		if err != nil {
			return false, err
		}
		if !slices.ContainsFunc(people, func(p *ksv1.NomineePerson) bool { return proto.Equal(tidy(p), known) }) {
			return false, nil
		}
	}
	return true, nil
}
