package registration

import (
	"context"
	"fmt"
	"slices"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/store"
)

// Short names of the states.
const (
	draft          = ksv1.RegistrationState_REGISTRATION_STATE_DRAFT
	submitted      = ksv1.RegistrationState_REGISTRATION_STATE_SUBMITTED
	inVerification = ksv1.RegistrationState_REGISTRATION_STATE_IN_VERIFICATION
	returned       = ksv1.RegistrationState_REGISTRATION_STATE_RETURNED
	accepted       = ksv1.RegistrationState_REGISTRATION_STATE_ACCEPTED
	issued         = ksv1.RegistrationState_REGISTRATION_STATE_ACCOUNTS_ISSUED
	distributed    = ksv1.RegistrationState_REGISTRATION_STATE_DISTRIBUTED
	activated      = ksv1.RegistrationState_REGISTRATION_STATE_ACTIVATED
	withdrawn      = ksv1.RegistrationState_REGISTRATION_STATE_WITHDRAWN
	refused        = ksv1.RegistrationState_REGISTRATION_STATE_REFUSED
)

// move is a step of a Puskesmas: where it may begin, and where it ends.
type move struct {
	from []ksv1.RegistrationState
	to   ksv1.RegistrationState
}

// moves are all steps that a Puskesmas can take; there is no other way.
var moves = map[ksv1.RegistrationStep]move{
	ksv1.RegistrationStep_REGISTRATION_STEP_SUBMITTED:          {[]ksv1.RegistrationState{draft, returned}, submitted},
	ksv1.RegistrationStep_REGISTRATION_STEP_VERIFICATION_BEGUN: {[]ksv1.RegistrationState{submitted}, inVerification},
	ksv1.RegistrationStep_REGISTRATION_STEP_RETURNED:           {[]ksv1.RegistrationState{inVerification}, returned},
	ksv1.RegistrationStep_REGISTRATION_STEP_ACCEPTED:           {[]ksv1.RegistrationState{inVerification}, accepted},
	ksv1.RegistrationStep_REGISTRATION_STEP_REFUSED:            {[]ksv1.RegistrationState{inVerification}, refused},
	ksv1.RegistrationStep_REGISTRATION_STEP_ISSUED:             {[]ksv1.RegistrationState{accepted}, issued},
	ksv1.RegistrationStep_REGISTRATION_STEP_DISTRIBUTED:        {[]ksv1.RegistrationState{issued}, distributed},
	ksv1.RegistrationStep_REGISTRATION_STEP_ACTIVATED:          {[]ksv1.RegistrationState{distributed}, activated},
	ksv1.RegistrationStep_REGISTRATION_STEP_WITHDRAWN:          {[]ksv1.RegistrationState{draft, submitted, inVerification, returned}, withdrawn},
}

// advance is how far states have come, least first.
var advance = []ksv1.RegistrationState{draft, returned, submitted, inVerification, accepted, issued, distributed, activated}

// Derive is the state of a whole registration: that of the Puskesmas that has
// come least far; withdrawn and refused ones don't count while there are others,
// and without others one refused makes it refused (decided). Without any
// Puskesmas it is a draft.
func Derive(list []store.RegistrationPuskesmas) ksv1.RegistrationState {
	least, end := -1, ksv1.RegistrationState(0)
	for _, p := range list {
		state := ksv1.RegistrationState(p.State)
		at := slices.Index(advance, state)
		switch {
		case at < 0:
			end = max(end, state) // refused above withdrawn
		case least < 0 || at < least:
			least = at
		}
	}
	switch {
	case least >= 0:
		return advance[least]
	case end != 0:
		return end
	}
	return draft
}

// editable tells whether a list may be changed.
func editable(p *store.RegistrationPuskesmas) bool {
	return p == nil || p.State == int32(draft) || p.State == int32(returned)
}

// wasAccepted tells whether a Puskesmas's list is in force, or was until a newer one.
func wasAccepted(p *store.RegistrationPuskesmas) bool {
	return slices.Contains([]ksv1.RegistrationState{accepted, issued, distributed, activated}, ksv1.RegistrationState(p.State))
}

// waits tells whether a Puskesmas waits for Pusdatin.
func waits(p store.RegistrationPuskesmas) bool {
	return p.State == int32(submitted) || p.State == int32(inVerification)
}

// Taken is a step as it is taken: by whom and with which note, over which way.
type Taken struct {
	Step    ksv1.RegistrationStep
	Actor   uint32
	Note    string
	Channel ksv1.RegistrationChannel
	Nominee uint32
}

// due picks those of the Puskesmas named (none: all) of which a step is due.
// Errors: *StepError for one that is named and is elsewhere, store.ErrNotFound,
// ErrNothingDue.
func due(w *Whole, codes []string, step ksv1.RegistrationStep) ([]*store.RegistrationPuskesmas, error) {
	m := moves[step]
	var out []*store.RegistrationPuskesmas
	for i := range w.Puskesmas {
		p := &w.Puskesmas[i]
		if len(codes) > 0 && !slices.Contains(codes, p.Puskesmas) {
			continue
		}
		if slices.Contains(m.from, ksv1.RegistrationState(p.State)) {
			out = append(out, p)
		} else if len(codes) > 0 {
			return nil, &StepError{p.Puskesmas, ksv1.RegistrationState(p.State), step}
		}
	}
	for _, code := range codes {
		if w.find(code) == nil {
			return nil, fmt.Errorf("find Puskesmas %s: %w", code, store.ErrNotFound)
		}
	}
	if len(out) == 0 {
		return nil, ErrNothingDue
	}
	return out, nil
}

// take moves a Puskesmas one step and writes it to the timeline. Errors:
// *StepError.
func (s *Service) take(ctx context.Context, tx store.Tx, w *Whole, p *store.RegistrationPuskesmas, t Taken) error {
	m, ok := moves[t.Step]
	before := ksv1.RegistrationState(p.State)
	if !ok || !slices.Contains(m.from, before) {
		return &StepError{p.Puskesmas, before, t.Step}
	}
	now := s.Now().UnixMilli()
	p.State, p.SinceMS = int32(m.to), now
	if m.to == submitted {
		p.SubmittedMS = now
	}
	if err := tx.Directory().PutRegistrationPuskesmas(ctx, *p); err != nil {
		return err
	}
	return s.tell(ctx, tx, w, p.Puskesmas, before, m.to, t)
}

// tell appends to the timeline; puskesmas "" is the whole request.
func (s *Service) tell(ctx context.Context, tx store.Tx, w *Whole, puskesmas string, before, after ksv1.RegistrationState, t Taken) error {
	note, err := s.sealNote(&w.Registration, t.Note)
	if err != nil {
		return err
	}
	return tx.Directory().AppendRegistrationEvent(ctx, store.RegistrationEvent{
		Registration: w.Number, TimeMS: s.Now().UnixMilli(), Step: int32(t.Step), Puskesmas: puskesmas, Before: int32(before), After: int32(after),
		Actor: t.Actor, Nominee: t.Nominee, Channel: int32(t.Channel), Note: note,
	})
}

// keep writes the request's own row, with since when it waits.
func (s *Service) keep(ctx context.Context, tx store.Tx, w *Whole) error {
	w.WaitingMS = 0
	for _, p := range w.Puskesmas {
		if waits(p) && (w.WaitingMS == 0 || p.SubmittedMS < w.WaitingMS) {
			w.WaitingMS = p.SubmittedMS
		}
	}
	_, err := tx.Directory().PutRegistration(ctx, w.Registration)
	return err
}

// step takes one step with all Puskesmas of which it is due.
func (s *Service) step(ctx context.Context, c *access.Caller, number uint32, codes []string, may func(access.OverRegistration) bool, t Taken,
	before func(ctx context.Context, tx store.Tx, w *Whole, list []*store.RegistrationPuskesmas) error) (*Whole, error) {
	t.Actor = c.Account.Number
	return s.change(ctx, c, number, may, func(ctx context.Context, tx store.Tx, w *Whole) error {
		list, err := due(w, codes, t.Step)
		if err != nil {
			return err
		}
		if before != nil {
			if err := before(ctx, tx, w, list); err != nil {
				return err
			}
		}
		for _, p := range list {
			if err := s.take(ctx, tx, w, p, t); err != nil {
				return err
			}
		}
		return s.keep(ctx, tx, w)
	})
}
