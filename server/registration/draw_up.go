package registration

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/keluarga-sehat/sync/internal/area"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/store"
)

// Bounds of a registration.
const (
	maxPuskesmas = 500
	maxNominees  = 1000 // of one Puskesmas
)

// listRoles are the roles of nominees in a Puskesmas, in the order of the form.
var listRoles = []ksv1.Role{
	ksv1.Role_ROLE_PUSKESMAS_ADMINISTRATOR, ksv1.Role_ROLE_PUSKESMAS_HEAD, ksv1.Role_ROLE_SUPERVISOR, ksv1.Role_ROLE_SURVEYOR,
}

// Create draws up a registration of the caller's district with Puskesmas from the
// master list, without persons yet. Errors: ErrForbidden, *InvalidError.
func (s *Service) Create(ctx context.Context, c *access.Caller, codes []string) (*Whole, error) {
	if !ownsDistrict(c) {
		return nil, ErrForbidden
	}
	var w *Whole
	err := s.Store.Write(scoped(ctx, c), func(ctx context.Context, tx store.Tx) (err error) {
		if w, err = s.create(ctx, tx, c, c.Account.Area, ksv1.RegistrationChannel_REGISTRATION_CHANNEL_ONLINE); err != nil {
			return err
		}
		for i, code := range codes {
			if err := s.putList(ctx, tx, w, code, "", nil); err != nil {
				return positioned(err, fmt.Sprintf("puskesmas_codes[%d]", i))
			}
		}
		return nil
	})
	return w, err
}

// ownsDistrict tells whether the caller draws up for a district that can be one.
func ownsDistrict(c *access.Caller) bool {
	code, err := area.Parse(c.Account.Area)
	return err == nil && code.Level() == area.District && c.Account.Area == code.Dotted() && c.Has(ksv1.Right_RIGHT_DRAW_UP_REGISTRATION)
}

// positioned names in an error of a Puskesmas where it stands in the request.
func positioned(err error, field string) error {
	var invalid *InvalidError
	if errors.As(err, &invalid) {
		return &InvalidError{field, invalid.Problem}
	}
	return err
}

// create adds the empty request.
func (s *Service) create(ctx context.Context, tx store.Tx, c *access.Caller, district string, channel ksv1.RegistrationChannel) (*Whole, error) {
	w := &Whole{Registration: store.Registration{District: district, Channel: int32(channel), CreatedMS: s.Now().UnixMilli()}}
	var err error
	if w.Salt, err = s.Vault.NewSalt(); err != nil {
		return nil, err
	}
	if w.Number, err = tx.Directory().PutRegistration(ctx, w.Registration); err != nil {
		return nil, err
	}
	return w, s.tell(ctx, tx, w, "", 0, draft, Taken{
		Step: ksv1.RegistrationStep_REGISTRATION_STEP_DRAWN_UP, Actor: c.Account.Number, Channel: channel,
	})
}

// List is a Puskesmas of a registration with the people whom it nominates.
type List struct {
	Code string
	// Name as the form gives it; "": that of the master list.
	Name   string
	People []*ksv1.NomineePerson
	// Seen is the etag of the list that the caller looked at, "" where the Puskesmas
	// was not in the registration; nil: written whatever stands there.
	Seen *string
}

// SetPuskesmas adds a Puskesmas or replaces its name and its list. Errors:
// store.ErrNotFound, ErrForbidden, *StepError once it was submitted,
// ErrListChanged, *InvalidError.
func (s *Service) SetPuskesmas(ctx context.Context, c *access.Caller, number uint32, l List) (*Whole, error) {
	return s.change(ctx, c, number, mayDrawUp, func(ctx context.Context, tx store.Tx, w *Whole) error {
		if err := s.checkSeen(ctx, tx, w, l); err != nil {
			return err
		}
		if err := s.putList(ctx, tx, w, l.Code, l.Name, l.People); err != nil {
			return err
		}
		state := ksv1.RegistrationState(w.find(l.Code).State)
		return s.tell(ctx, tx, w, l.Code, state, state, Taken{Step: ksv1.RegistrationStep_REGISTRATION_STEP_DRAWN_UP, Actor: c.Account.Number})
	})
}

// checkSeen refuses to write over what the caller has not seen.
func (s *Service) checkSeen(ctx context.Context, tx store.Tx, w *Whole, l List) error {
	p := w.find(l.Code)
	switch {
	case l.Seen == nil, p == nil && *l.Seen == "":
		return nil
	case p == nil:
		return ErrListChanged
	case *l.Seen == "":
		return &InvalidError{"etag", "daftar Puskesmas ini sudah ada; muat ulang, lalu ubah yang terbaru"}
	}
	var last uint32
	err := s.eachEvent(ctx, tx.Snapshot(), w.Number, func(e *store.RegistrationEvent) error {
		if e.Puskesmas == l.Code {
			last = e.Sequence
		}
		return nil
	})
	if err == nil && etagOf(last) != *l.Seen {
		err = ErrListChanged
	}
	return err
}

// etagOf names a Puskesmas in a registration as it stands, by the entry of the
// timeline in which it was last concerned: each write of its list is one.
func etagOf(last uint32) string { return strconv.FormatUint(uint64(last), 36) }

// putList checks what can't even be a draft and writes a Puskesmas with its list.
func (s *Service) putList(ctx context.Context, tx store.Tx, w *Whole, code, name string, people []*ksv1.NomineePerson) error {
	if _, err := area.ParsePuskesmas(code); err != nil {
		return &InvalidError{"puskesmas_code", "bukan kode Puskesmas"}
	}
	if len(people) > maxNominees {
		return &InvalidError{"nominees", fmt.Sprintf("paling banyak %d orang", maxNominees)}
	}
	p := w.find(code)
	if !editable(p) {
		return &StepError{code, ksv1.RegistrationState(p.State), ksv1.RegistrationStep_REGISTRATION_STEP_DRAWN_UP}
	}
	known, err := tx.Snapshot().FindPuskesmas(ctx, code)
	switch {
	case errors.Is(err, store.ErrNotFound):
		if name = strings.TrimSpace(name); name == "" {
			return &InvalidError{"puskesmas_code", "tidak ada dalam daftar induk"}
		}
	case err != nil:
		return err
	case strings.TrimSpace(name) == "":
		name = known.Name
	}
	row := store.RegistrationPuskesmas{Registration: w.Number, Puskesmas: code, Name: name, State: int32(draft), SinceMS: s.Now().UnixMilli()}
	if p != nil {
		row.State, row.SinceMS, row.SubmittedMS = p.State, p.SinceMS, p.SubmittedMS
		*p = row
	} else {
		if len(w.Puskesmas) >= maxPuskesmas {
			return &InvalidError{"puskesmas_code", fmt.Sprintf("permohonan memuat paling banyak %d", maxPuskesmas)}
		}
		w.Puskesmas = append(w.Puskesmas, row)
		slices.SortFunc(w.Puskesmas, func(a, b store.RegistrationPuskesmas) int { return strings.Compare(a.Puskesmas, b.Puskesmas) })
	}
	if err := tx.Directory().PutRegistrationPuskesmas(ctx, row); err != nil {
		return err
	}
	return s.putPeople(ctx, tx, w, code, people, listRoles)
}

// putPeople replaces the list of a Puskesmas, or the persons of the offices.
func (s *Service) putPeople(ctx context.Context, tx store.Tx, w *Whole, code string, people []*ksv1.NomineePerson, roles []ksv1.Role) error {
	if err := tx.Directory().DeleteNominees(ctx, w.Number, code); err != nil {
		return err
	}
	for i, person := range people {
		if !slices.Contains(roles, person.GetRole()) {
			return &InvalidError{fmt.Sprintf("nominees[%d].role", i), "bukan peran dalam daftar ini"}
		}
		n := store.Nominee{
			Registration: w.Number, Puskesmas: code, Position: i + 1, Role: int32(person.GetRole()),
			Standing: int32(ksv1.NomineeStanding_NOMINEE_STANDING_NOMINATED), SinceMS: s.Now().UnixMilli(),
		}
		if err := s.sealNominee(&w.Registration, &n, person); err != nil {
			return err
		}
		if _, err := tx.Directory().PutNominee(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

// RemovePuskesmas takes a draft out. Errors: store.ErrNotFound, ErrForbidden,
// *StepError once it was submitted.
func (s *Service) RemovePuskesmas(ctx context.Context, c *access.Caller, number uint32, code string) error {
	_, err := s.change(ctx, c, number, mayDrawUp, func(ctx context.Context, tx store.Tx, w *Whole) error {
		p := w.find(code)
		if p == nil {
			return fmt.Errorf("find Puskesmas %s: %w", code, store.ErrNotFound)
		}
		step := Taken{Step: ksv1.RegistrationStep_REGISTRATION_STEP_DRAWN_UP, Actor: c.Account.Number}
		if p.State != int32(draft) {
			return &StepError{code, ksv1.RegistrationState(p.State), step.Step}
		}
		if err := tx.Directory().DeleteRegistrationPuskesmas(ctx, number, code); err != nil {
			return err
		}
		return s.tell(ctx, tx, w, code, draft, 0, step)
	})
	return err
}

// checkEditable tells whether anything of the request itself may be changed:
// while some Puskesmas is a draft or was returned, or there is none. Errors:
// *StepError.
func (s *Service) checkEditable(w *Whole) error {
	if len(w.Puskesmas) == 0 || slices.ContainsFunc(w.Puskesmas, func(p store.RegistrationPuskesmas) bool { return editable(&p) }) {
		return nil
	}
	return &StepError{"", w.State(), ksv1.RegistrationStep_REGISTRATION_STEP_DRAWN_UP}
}
