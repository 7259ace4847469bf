// Package access decides who may do what, where: deny by default, one decision
// function, one table of rights that a reader can hold against DOMAIN.md
// section 6. Scope comes from the account, never from a request.
package access

import (
	"slices"

	"github.com/keluarga-sehat/sync/internal/area"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// Rights of each role (DOMAIN.md section 6).
var rights = map[ksv1.Role][]ksv1.Right{
	ksv1.Role_ROLE_NATIONAL: {
		ksv1.Right_RIGHT_SEE_AGGREGATES, ksv1.Right_RIGHT_EXPORT_AGGREGATES, ksv1.Right_RIGHT_MASTER_DATA,
		ksv1.Right_RIGHT_READ_STAFF, ksv1.Right_RIGHT_ISSUE_ACCOUNTS, ksv1.Right_RIGHT_READ_AUDIT,
		ksv1.Right_RIGHT_DECIDE_REGISTRATION, ksv1.Right_RIGHT_READ_REGISTRATION, ksv1.Right_RIGHT_READ_NOMINEES,
		ksv1.Right_RIGHT_SET_SUPPORT,
	},
	ksv1.Role_ROLE_PROVINCE: {
		ksv1.Right_RIGHT_SEE_AGGREGATES, ksv1.Right_RIGHT_EXPORT_AGGREGATES,
		ksv1.Right_RIGHT_READ_STAFF, ksv1.Right_RIGHT_ISSUE_ACCOUNTS,
		ksv1.Right_RIGHT_READ_REGISTRATION, ksv1.Right_RIGHT_READ_NOMINEES,
	},
	ksv1.Role_ROLE_DISTRICT: {
		ksv1.Right_RIGHT_SEE_AGGREGATES, ksv1.Right_RIGHT_EXPORT_AGGREGATES, ksv1.Right_RIGHT_MASTER_DATA,
		ksv1.Right_RIGHT_READ_STAFF, ksv1.Right_RIGHT_ISSUE_ACCOUNTS, ksv1.Right_RIGHT_READ_AUDIT,
		ksv1.Right_RIGHT_DRAW_UP_REGISTRATION, ksv1.Right_RIGHT_READ_REGISTRATION, ksv1.Right_RIGHT_READ_NOMINEES,
		ksv1.Right_RIGHT_PROPOSE_REPLACEMENT,
		ksv1.Right_RIGHT_SET_SUPPORT, ksv1.Right_RIGHT_SEE_DUPLICATE_CASES,
	},
	ksv1.Role_ROLE_PUSKESMAS_ADMINISTRATOR: {
		ksv1.Right_RIGHT_SEE_AGGREGATES, ksv1.Right_RIGHT_EXPORT_AGGREGATES, ksv1.Right_RIGHT_ADMINISTER, ksv1.Right_RIGHT_MASTER_DATA,
		ksv1.Right_RIGHT_READ_STAFF, ksv1.Right_RIGHT_ISSUE_ACCOUNTS, ksv1.Right_RIGHT_READ_AUDIT,
		ksv1.Right_RIGHT_READ_NOMINEES, ksv1.Right_RIGHT_PROPOSE_REPLACEMENT,
	},
	ksv1.Role_ROLE_PUSKESMAS_HEAD: {
		ksv1.Right_RIGHT_SEE_AGGREGATES, ksv1.Right_RIGHT_EXPORT_AGGREGATES, ksv1.Right_RIGHT_SEE_FAMILIES, ksv1.Right_RIGHT_EXPORT_FAMILIES,
		ksv1.Right_RIGHT_READ_STAFF, ksv1.Right_RIGHT_NAME_ACTING, ksv1.Right_RIGHT_READ_AUDIT,
	},
	ksv1.Role_ROLE_SUPERVISOR: {
		ksv1.Right_RIGHT_SEE_AGGREGATES, ksv1.Right_RIGHT_EXPORT_AGGREGATES, ksv1.Right_RIGHT_SEE_FAMILIES, ksv1.Right_RIGHT_COLLECT,
		ksv1.Right_RIGHT_REVIEW, ksv1.Right_RIGHT_EXPORT_FAMILIES,
		ksv1.Right_RIGHT_READ_STAFF, ksv1.Right_RIGHT_READ_AUDIT,
		ksv1.Right_RIGHT_LOOK_UP_REGISTRY,
	},
	ksv1.Role_ROLE_SURVEYOR: {
		ksv1.Right_RIGHT_SEE_AGGREGATES, ksv1.Right_RIGHT_SEE_FAMILIES, ksv1.Right_RIGHT_COLLECT,
		ksv1.Right_RIGHT_READ_AUDIT,
		ksv1.Right_RIGHT_LOOK_UP_REGISTRY,
	},
}

// Caller is who makes a call.
type Caller struct {
	Account store.Account
	// Device is the registered number; 0: a browser or script.
	Device uint32
	// Session is the id of the session that the call belongs to.
	Session []byte
	// Work are the villages of the account's Puskesmas, by number and code;
	// empty above the Puskesmas.
	Work []store.Village
	// Feed is set where a feed token was shown instead of the account's own: the
	// caller then has the one right to see aggregates, and within the token's area.
	Feed *store.FeedToken
}

// Has tells whether one of the caller's roles gives the right.
func (c *Caller) Has(right ksv1.Right) bool {
	if c.Account.Disabled || c.Feed != nil && right != ksv1.Right_RIGHT_SEE_AGGREGATES {
		return false
	}
	return slices.ContainsFunc(c.Account.Roles, func(role int32) bool {
		return slices.Contains(rights[ksv1.Role(role)], right)
	})
}

// Rights are all rights that the caller's roles give, ascending.
func (c *Caller) Rights() []ksv1.Right {
	var out []ksv1.Right
	for right := range ksv1.Right_name {
		if c.Has(ksv1.Right(right)) {
			out = append(out, ksv1.Right(right))
		}
	}
	slices.Sort(out)
	return out
}

func (c *Caller) is(role ksv1.Role) bool { return slices.Contains(c.Account.Roles, int32(role)) }

// seesWholePuskesmas tells whether some role reaches over the whole work area;
// a surveyor alone has the assigned areas.
func (c *Caller) seesWholePuskesmas() bool {
	return c.is(ksv1.Role_ROLE_SUPERVISOR) || c.is(ksv1.Role_ROLE_PUSKESMAS_HEAD) || c.is(ksv1.Role_ROLE_PUSKESMAS_ADMINISTRATOR)
}

// MaySeeAggregates tells whether the caller may see figures of an area: above
// the Puskesmas the own area and what lies in it, in a Puskesmas its villages
// (a surveyor: those with an assignment).
func (c *Caller) MaySeeAggregates(code area.Code) bool {
	if !c.Has(ksv1.Right_RIGHT_SEE_AGGREGATES) || !c.feedReaches(code) {
		return false
	}
	if c.is(ksv1.Role_ROLE_NATIONAL) {
		return true
	}
	if c.is(ksv1.Role_ROLE_PROVINCE) || c.is(ksv1.Role_ROLE_DISTRICT) {
		own, err := area.Parse(c.Account.Area)
		return err == nil && own.Level() != area.Nation && own.Contains(code)
	}
	return slices.ContainsFunc(c.Work, func(v store.Village) bool {
		own, err := area.Parse(v.Code)
		return err == nil && own.Contains(code) && (c.seesWholePuskesmas() || c.assignedIn(own))
	})
}

// feedReaches tells whether a feed token, if that is how the caller came, reaches
// to an area.
func (c *Caller) feedReaches(code area.Code) bool {
	if c.Feed == nil || c.Feed.Area == "" {
		return true
	}
	bound, err := area.Parse(c.Feed.Area)
	return err == nil && bound.Contains(code)
}

// assignedIn tells whether a surveyor has an assignment in the village.
func (c *Caller) assignedIn(village area.Code) bool {
	return slices.ContainsFunc(c.Account.Assigned, func(path string) bool {
		assigned, err := area.Parse(path)
		return err == nil && village.Contains(assigned)
	})
}

// SeesWorkOf tells whether the caller may see how an account of the own Puskesmas
// gets on: those who lead it, and everybody the own work.
func (c *Caller) SeesWorkOf(account uint32) bool {
	return c.Has(ksv1.Right_RIGHT_SEE_AGGREGATES) && (c.seesWholePuskesmas() || c.Account.Number == account)
}

// SeesEveryFamily tells whether the caller may see the families of all areas
// whose figures it may see.
func (c *Caller) SeesEveryFamily() bool {
	return c.Has(ksv1.Right_RIGHT_SEE_FAMILIES) && (c.is(ksv1.Role_ROLE_SUPERVISOR) || c.is(ksv1.Role_ROLE_PUSKESMAS_HEAD))
}

// MaySeePuskesmas tells whether the caller may see a Puskesmas's figures.
func (c *Caller) MaySeePuskesmas(p store.Puskesmas) bool {
	district, err := area.Parse(p.District)
	if c.Account.Puskesmas != "" {
		return c.Account.Puskesmas == p.Code && c.seesWholePuskesmas() && (err == nil && c.feedReaches(district) || c.Feed == nil)
	}
	return err == nil && c.MaySeeAggregates(district)
}

// StoreScope is what transactions for the caller may read: the second wall, drawn
// from the account as the first is, and wider only where that needs it.
func (c *Caller) StoreScope() store.Scope {
	s := store.Scope{Villages: c.Villages(), Account: c.Account.Number}
	if c.is(ksv1.Role_ROLE_PUSKESMAS_ADMINISTRATOR) {
		s.Puskesmas = c.Account.Puskesmas
	}
	for _, v := range c.Work {
		s.Figures = append(s.Figures, v.Number)
	}
	switch {
	case c.is(ksv1.Role_ROLE_NATIONAL):
		s.Everywhere, s.RequestsEverywhere = true, true
	case c.is(ksv1.Role_ROLE_PROVINCE) || c.is(ksv1.Role_ROLE_DISTRICT):
		s.FiguresUnder, s.RequestsUnder = c.Account.Area, c.Account.Area
	}
	return s
}
