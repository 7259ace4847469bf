package registration

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/account"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// Errors of package registration; the service layer gives them codes and texts.
var (
	// ErrForbidden: the caller may see it but not do this.
	ErrForbidden = errors.New("not the caller's registration to change")
	// ErrCopyMissing: the province's copy is to be recorded before a submission, and
	// behind the last change of what is submitted.
	ErrCopyMissing = errors.New("the copy to the province was not recorded")
	// ErrLetterMissing: a submission needs the letter with its PDF.
	ErrLetterMissing = errors.New("the letter or its PDF is missing")
	// ErrListChanged: somebody else has changed the Puskesmas' list since the caller
	// looked at it, or taken the Puskesmas out.
	ErrListChanged = errors.New("the list was changed meanwhile")
	// ErrNothingDue: no Puskesmas of the registration stands where the step begins.
	ErrNothingDue = errors.New("there is nothing of which this step is due")
)

// StepError: a Puskesmas stands where the step does not begin. It carries the
// present state.
type StepError struct {
	Puskesmas string
	State     ksv1.RegistrationState
	Step      ksv1.RegistrationStep
}

// Error tells where it stands.
func (e *StepError) Error() string {
	who := "the registration"
	if e.Puskesmas != "" {
		who = "Puskesmas " + e.Puskesmas
	}
	return fmt.Sprintf("%s is %s: the step %q is not due", who, StateName(e.State), StepName(e.Step))
}

// StateName is a state for operators, "in verification".
func StateName(state ksv1.RegistrationState) string {
	return named(state.String(), "REGISTRATION_STATE_")
}

// StepName is a step for operators, "verification begun".
func StepName(step ksv1.RegistrationStep) string { return named(step.String(), "REGISTRATION_STEP_") }

// FindingName is why somebody is not taken, for operators, "has account".
func FindingName(reason ksv1.FindingReason) string { return named(reason.String(), "FINDING_REASON_") }

func named(value, prefix string) string {
	return strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(value, prefix), "_", " "))
}

// IncompleteError: a Puskesmas has blocking findings.
type IncompleteError struct {
	Puskesmas string
	Findings  []Finding
}

// Error counts them.
func (e *IncompleteError) Error() string {
	return fmt.Sprintf("Puskesmas %s has %d blocking findings", e.Puskesmas, len(e.Findings))
}

// InvalidError: a field is missing or malformed.
type InvalidError struct{ Field, Problem string }

// Error names field and problem.
func (e *InvalidError) Error() string { return e.Field + ": " + e.Problem }

// Service carries the procedure out. All fields must be set; safe for concurrent
// use.
type Service struct {
	Store    store.Store
	Vault    *ingest.Vault
	Accounts *account.Service
	Now      func() time.Time

	papers paperCache
	forms  formPlaces
}

// Whole is a registration with its Puskesmas.
type Whole struct {
	store.Registration
	Puskesmas []store.RegistrationPuskesmas
}

// State is derived from the Puskesmas.
func (w *Whole) State() ksv1.RegistrationState { return Derive(w.Puskesmas) }

// find gives one of the Puskesmas; nil: it is not there.
func (w *Whole) find(code string) *store.RegistrationPuskesmas {
	i := slices.IndexFunc(w.Puskesmas, func(p store.RegistrationPuskesmas) bool { return p.Puskesmas == code })
	if i < 0 {
		return nil
	}
	return &w.Puskesmas[i]
}

// scoped declares the caller's reach as that of the transactions: row-level
// security is drawn from who is decided about, however the call came here. An
// operator's command keeps its own.
func scoped(ctx context.Context, c *access.Caller) context.Context {
	if _, operator := store.ScopeOf(ctx); operator {
		return ctx
	}
	return store.WithScope(ctx, c.StoreScope())
}

// open reads a registration that the caller may see. Errors: store.ErrNotFound.
func (s *Service) open(ctx context.Context, snap store.Snapshot, c *access.Caller, number uint32) (*Whole, access.OverRegistration, error) {
	row, err := snap.FindRegistration(ctx, number)
	if err != nil {
		return nil, access.OverRegistration{}, err
	}
	return s.judge(ctx, snap, c, row)
}

func (s *Service) judge(ctx context.Context, snap store.Snapshot, c *access.Caller, row store.Registration) (*Whole, access.OverRegistration, error) {
	over := c.OverRegistration(&row)
	if !over.Read {
		return nil, over, fmt.Errorf("registration %d: %w", row.Number, store.ErrNotFound)
	}
	w := &Whole{Registration: row}
	var err error
	w.Puskesmas, err = snap.RegistrationPuskesmasOf(ctx, row.Number)
	return w, over, err
}

// change runs a step on a registration that the caller may see, locked. Errors:
// store.ErrNotFound, ErrForbidden, those of fn.
func (s *Service) change(ctx context.Context, c *access.Caller, number uint32, may func(access.OverRegistration) bool,
	fn func(ctx context.Context, tx store.Tx, w *Whole) error) (*Whole, error) {
	var w *Whole
	err := s.Store.Write(scoped(ctx, c), func(ctx context.Context, tx store.Tx) error {
		row, err := tx.Directory().LockRegistration(ctx, number)
		if err != nil {
			return err
		}
		var over access.OverRegistration
		if w, over, err = s.judge(ctx, tx.Snapshot(), c, row); err != nil {
			return err
		}
		if !may(over) {
			return ErrForbidden
		}
		return fn(ctx, tx, w)
	})
	return w, err
}

func mayDrawUp(o access.OverRegistration) bool { return o.DrawUp }
func mayDecide(o access.OverRegistration) bool { return o.Decide }
