package access

import (
	"slices"
	"time"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// OverAccount is what a caller may do with an account.
type OverAccount struct {
	// Read: see it.
	Read bool
	// Reissue: give it a new one-time code.
	Reissue bool
	// Manage: issue it, disable it, end its sessions, revoke its devices.
	Manage bool
}

// officeRoles are what the national level issues itself; the administrators of
// Puskesmas among them, by the registration procedure, also those who do other work
// there: nobody else manages them.
var officeRoles = []ksv1.Role{
	ksv1.Role_ROLE_NATIONAL, ksv1.Role_ROLE_PROVINCE, ksv1.Role_ROLE_DISTRICT, ksv1.Role_ROLE_PUSKESMAS_ADMINISTRATOR,
}

// staffRoles are what the administrator of a Puskesmas makes.
var staffRoles = []ksv1.Role{ksv1.Role_ROLE_PUSKESMAS_HEAD, ksv1.Role_ROLE_SUPERVISOR, ksv1.Role_ROLE_SURVEYOR}

// Place is what counts of an account's Puskesmas; zero for an office's account.
type Place struct {
	District string
	// Unadministered: nobody administers it, or whoever is to has not activated the account.
	Unadministered bool
}

// Over decides what the caller may do with an account (DOMAIN.md section 6, row
// "accounts") of a place. Nobody manages the own account: it would be the way to keep what
// was taken. Where nobody administers a Puskesmas, the national level does what can't wait,
// such as to disable an account or to revoke a lost device; codes, by which one could become
// somebody who sees families, it gives none.
func (c *Caller) Over(a *store.Account, of Place) OverAccount {
	var may OverAccount
	same := c.Account.Puskesmas == a.Puskesmas && c.Account.Area == a.Area
	if c.is(ksv1.Role_ROLE_NATIONAL) && slices.ContainsFunc(officeRoles, func(role ksv1.Role) bool { return has(a, role) }) {
		may = OverAccount{Read: true, Reissue: true, Manage: true}
	}
	for _, office := range []ksv1.Role{ksv1.Role_ROLE_PROVINCE, ksv1.Role_ROLE_DISTRICT} {
		if c.is(office) && same && only(a, office) {
			may = OverAccount{Read: true, Reissue: true, Manage: true}
		}
	}
	if c.is(ksv1.Role_ROLE_NATIONAL) && a.Puskesmas != "" && of.Unadministered {
		may.Read, may.Manage = true, true
	}
	if c.is(ksv1.Role_ROLE_DISTRICT) && of.District != "" && of.District == c.Account.Area && has(a, ksv1.Role_ROLE_PUSKESMAS_ADMINISTRATOR) {
		may.Read, may.Reissue = true, true
	}
	if same && a.Puskesmas != "" {
		if c.is(ksv1.Role_ROLE_PUSKESMAS_ADMINISTRATOR) {
			mine := only(a, staffRoles...)
			may = OverAccount{Read: true, Reissue: mine, Manage: mine}
		}
		may.Read = may.Read || c.is(ksv1.Role_ROLE_PUSKESMAS_HEAD) || c.is(ksv1.Role_ROLE_SUPERVISOR) && has(a, ksv1.Role_ROLE_SURVEYOR)
	}
	if a.Number != 0 && a.Number == c.Account.Number {
		may = OverAccount{Read: true}
	}
	may.Read = may.Read && c.Has(ksv1.Right_RIGHT_READ_STAFF)
	may.Reissue = may.Reissue && c.Has(ksv1.Right_RIGHT_ISSUE_ACCOUNTS)
	may.Manage = may.Manage && c.Has(ksv1.Right_RIGHT_ISSUE_ACCOUNTS)
	return may
}

// MayAct tells whether an account with some roles may act as supervisor: who leads the
// Puskesmas or manages its accounts does not review families by that.
func MayAct(roles []int32) bool {
	a := &store.Account{Roles: roles}
	return !has(a, ksv1.Role_ROLE_PUSKESMAS_HEAD) && !has(a, ksv1.Role_ROLE_PUSKESMAS_ADMINISTRATOR)
}

// Acts tells whether an account is a supervisor at an instant because it was named an
// acting one, whatever roles it has got since.
func Acts(a *store.Account, at time.Time) bool {
	return a.ActingUntilMS > at.UnixMilli() && MayAct(a.Roles)
}

// AuditScope bounds which entries of the audit trail a caller may see (DOMAIN.md
// section 6, row "audit trail"); by the account that acted. Zero fields bound
// nothing; names tells whether accounts are shown by name.
type AuditScope struct {
	Account             uint32
	District, Puskesmas string
	Names               bool
}

// Audit is what the caller may see of the audit trail; ok is false for nothing.
func (c *Caller) Audit() (scope AuditScope, ok bool) {
	switch {
	case !c.Has(ksv1.Right_RIGHT_READ_AUDIT):
		return scope, false
	case c.is(ksv1.Role_ROLE_NATIONAL):
		return scope, true
	case c.is(ksv1.Role_ROLE_DISTRICT):
		return AuditScope{District: c.Account.Area}, c.Account.Area != ""
	case c.is(ksv1.Role_ROLE_PUSKESMAS_ADMINISTRATOR) || c.is(ksv1.Role_ROLE_PUSKESMAS_HEAD):
		return AuditScope{Puskesmas: c.Account.Puskesmas, Names: true}, c.Account.Puskesmas != ""
	default:
		return AuditScope{Account: c.Account.Number, Names: true}, true
	}
}

func has(a *store.Account, role ksv1.Role) bool { return slices.Contains(a.Roles, int32(role)) }

// only tells whether the account has roles, and none but these.
func only(a *store.Account, roles ...ksv1.Role) bool {
	return len(a.Roles) > 0 && !slices.ContainsFunc(a.Roles, func(r int32) bool { return !slices.Contains(roles, ksv1.Role(r)) })
}
