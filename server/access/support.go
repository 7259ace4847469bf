package access

import ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"

// MaySetSupport tells whether the caller may set contacts and help text of an
// area: the nation ("") by the national level, a district by its own office.
func (c *Caller) MaySetSupport(code string) bool {
	if !c.Has(ksv1.Right_RIGHT_SET_SUPPORT) {
		return false
	}
	if code == "" {
		return c.is(ksv1.Role_ROLE_NATIONAL)
	}
	return c.is(ksv1.Role_ROLE_DISTRICT) && c.Account.Area == code
}

// District is the district that the caller belongs to; "" above it. A Puskesmas
// is its district's.
func (c *Caller) District() string {
	if len(c.Work) > 0 && len(c.Work[0].Code) >= len("32.04") {
		return c.Work[0].Code[:len("32.04")]
	}
	if len(c.Account.Area) == len("32.04") {
		return c.Account.Area
	}
	return ""
}
