package dukcapil

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Registry answers look-ups. Safe for concurrent use.
type Registry interface {
	// Person is whom a NIK was given to. Errors: ErrNoRecord, ErrRefused,
	// *UnavailableError, *QuotaError.
	Person(ctx context.Context, nik prokesga.NIK) (*ksv1.RegistryPerson, error)
	// FamilyCard are the persons on a card, one at least. Errors: as Person.
	FamilyCard(ctx context.Context, nkk prokesga.NKK) (*Card, error)
}

// Errors of look-ups. None carries a number or a name.
var (
	// ErrNoRecord: the registry has no such number, or none in force.
	ErrNoRecord = errors.New("no such number in the civil registry")
	// ErrRefused: the registry does not take this server's credentials or address,
	// or gave what was not asked for; the operator must see to it.
	ErrRefused = errors.New("the civil registry refused this server")
	// ErrOff: no registry is configured.
	ErrOff = errors.New("no civil registry is configured")
	// ErrNotRegistered: the user's registration form is not in force.
	ErrNotRegistered = errors.New("registration form is not in force")
	// ErrForbidden: the family lies outside the caller's areas, or the role gives
	// no look-ups.
	ErrForbidden = errors.New("no look-up for this family")
)

// UnavailableError says that the registry is down or too slow, and how long to
// leave it alone.
type UnavailableError struct {
	Wait  time.Duration
	Cause error
}

// Error names the cause.
func (e *UnavailableError) Error() string {
	return fmt.Sprintf("civil registry unavailable: %v", e.Cause)
}

// Unwrap gives the cause.
func (e *UnavailableError) Unwrap() error { return e.Cause }

// QuotaError says that a quota is used up, and until when.
type QuotaError struct {
	// Whose: OfUser, OfServer or OfRegistry.
	Whose string
	Wait  time.Duration
}

// Whose quota it is: one user's and all users' together by this server's configuration, and
// this server's by the registry's.
const (
	OfUser     = "user"
	OfServer   = "server"
	OfRegistry = "registry"
)

// Error says whose.
func (e *QuotaError) Error() string { return "look-up quota used up: " + e.Whose }
