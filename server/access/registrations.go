package access

import (
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// OverRegistration is what a caller may do with a registration.
type OverRegistration struct {
	// Read: see it. DrawUp: change, submit and withdraw it, hand its guides over.
	// Decide: verify it, decide on it, issue its accounts.
	Read, DrawUp, Decide bool
	// Contacts: see mobile numbers and e-mail addresses of its persons.
	Contacts bool
}

// OverRegistration decides what the caller may do with a registration (DOMAIN.md
// section 6, row "registration procedure"). A draft is the district's own: the
// province sees it from its copy on, Pusdatin from the submission on, or from
// the beginning where Pusdatin itself entered it from paper.
func (c *Caller) OverRegistration(r *store.Registration) OverRegistration {
	var may OverRegistration
	paper := r.Channel != int32(ksv1.RegistrationChannel_REGISTRATION_CHANNEL_ONLINE)
	switch {
	case c.is(ksv1.Role_ROLE_NATIONAL):
		seen := r.SubmittedMS > 0 || paper
		may = OverRegistration{Read: seen, Decide: seen, Contacts: seen}
	case c.is(ksv1.Role_ROLE_PROVINCE):
		may.Read = r.CopiedMS > 0 && len(c.Account.Area) == 2 && len(r.District) > 2 && r.District[:2] == c.Account.Area
	case c.is(ksv1.Role_ROLE_DISTRICT):
		own := c.Account.Area != "" && r.District == c.Account.Area
		may = OverRegistration{Read: own, DrawUp: own, Contacts: own}
	}
	may.Read = may.Read && c.Has(ksv1.Right_RIGHT_READ_REGISTRATION)
	may.DrawUp = may.DrawUp && c.Has(ksv1.Right_RIGHT_DRAW_UP_REGISTRATION)
	may.Decide = may.Decide && c.Has(ksv1.Right_RIGHT_DECIDE_REGISTRATION)
	return may
}

// OverNominee is what the caller may do with a nominee of a registration whose Puskesmas is
// in a district now; "": of an office, or of a Puskesmas that nobody knows. Who was decided
// on, or proposed, goes with the Puskesmas into another district; a list that was not decided
// on is then Pusdatin's alone to look at, which sends it back.
func (c *Caller) OverNominee(r *store.Registration, district string, decided bool) OverRegistration {
	if district == "" || district == r.District || c.is(ksv1.Role_ROLE_NATIONAL) {
		return c.OverRegistration(r)
	}
	if !decided {
		return OverRegistration{}
	}
	now := *r
	now.District = district
	return c.OverRegistration(&now)
}

// RegistrationScope bounds the lists of registrations that a caller may see to
// those of OverRegistration; ok is false for none.
func (c *Caller) RegistrationScope() (q store.RegistrationQuery, ok bool) {
	switch {
	case !c.Has(ksv1.Right_RIGHT_READ_REGISTRATION):
		return q, false
	case c.is(ksv1.Role_ROLE_NATIONAL):
		return store.RegistrationQuery{Submitted: true}, true
	case c.is(ksv1.Role_ROLE_PROVINCE):
		return store.RegistrationQuery{Area: c.Account.Area, Copied: true}, len(c.Account.Area) == 2
	case c.is(ksv1.Role_ROLE_DISTRICT):
		return store.RegistrationQuery{Area: c.Account.Area}, c.Account.Area != ""
	}
	return q, false
}

// AdministersPuskesmas tells whether the caller is an administrator of the
// Puskesmas.
func (c *Caller) AdministersPuskesmas(code string) bool {
	return code != "" && c.Account.Puskesmas == code && !c.Account.Disabled && c.is(ksv1.Role_ROLE_PUSKESMAS_ADMINISTRATOR)
}
