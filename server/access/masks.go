package access

import (
	"strings"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// View is how much of a personal number or contact a reader is shown.
type View int

// Views, the least first.
const (
	// Nothing of it.
	Nothing View = iota
	// LastDigits: the last four, to tell persons apart by.
	LastDigits
	// Full: all of it, because the task needs it.
	Full
)

// Field is a kind of personal number or contact.
type Field int

// Fields.
const (
	// FamilyNumber: NIK and No. KK of those who are surveyed; see FamilyNumbers.
	FamilyNumber Field = iota
	// StaffNumber: NIK and NIP of those who have accounts.
	StaffNumber
	// StaffContact: their telephone numbers and addresses.
	StaffContact
	// NomineeNumber and NomineeContact: of those who are nominated.
	NomineeNumber
	NomineeContact
)

// views is the one table of what roles are shown at most (DOMAIN.md sections 6
// and 7); whatever is missing is shown nothing. Where a task narrows it further,
// such as a list that nobody is working on, its own package says so.
var views = map[Field]map[ksv1.Role]View{
	// Who enters or reviews a number needs it whole; a head looks. The RAW export,
	// which a head has too, with a reason (DOMAIN.md section 6), is whole: a masked
	// file could not be read in again.
	FamilyNumber: {
		ksv1.Role_ROLE_PUSKESMAS_HEAD: LastDigits, ksv1.Role_ROLE_SUPERVISOR: Full, ksv1.Role_ROLE_SURVEYOR: Full,
	},
	StaffNumber: {
		ksv1.Role_ROLE_NATIONAL: LastDigits, ksv1.Role_ROLE_PROVINCE: LastDigits, ksv1.Role_ROLE_DISTRICT: LastDigits,
		ksv1.Role_ROLE_PUSKESMAS_ADMINISTRATOR: LastDigits, ksv1.Role_ROLE_PUSKESMAS_HEAD: LastDigits, ksv1.Role_ROLE_SUPERVISOR: LastDigits,
	},
	// Whoever gives codes must reach the person.
	StaffContact: {
		ksv1.Role_ROLE_NATIONAL: Full, ksv1.Role_ROLE_PROVINCE: Full, ksv1.Role_ROLE_DISTRICT: Full, ksv1.Role_ROLE_PUSKESMAS_ADMINISTRATOR: Full,
	},
	// Whole while a list is drawn up or verified.
	NomineeNumber: {
		ksv1.Role_ROLE_NATIONAL: Full, ksv1.Role_ROLE_PROVINCE: LastDigits, ksv1.Role_ROLE_DISTRICT: Full,
		ksv1.Role_ROLE_PUSKESMAS_ADMINISTRATOR: LastDigits,
	},
	NomineeContact: {
		ksv1.Role_ROLE_NATIONAL: Full, ksv1.Role_ROLE_DISTRICT: Full, ksv1.Role_ROLE_PUSKESMAS_ADMINISTRATOR: Full,
	},
}

// View is the most that one of the caller's roles is shown of a field that does not
// depend on the place.
func (c *Caller) View(f Field) View {
	most := Nothing
	for _, role := range c.Account.Roles {
		most = max(most, views[f][ksv1.Role(role)])
	}
	return most
}

// shownDigits is how many are shown of a number that is masked.
const shownDigits = 4

// Mask writes a number as the view allows: "************6789", or "" for nothing.
// What is no longer than the digits that would be left is masked whole.
func (v View) Mask(number string) string {
	switch {
	case v == Full:
		return number
	case v == Nothing || number == "":
		return ""
	case len(number) <= shownDigits:
		return strings.Repeat("*", len(number))
	}
	return strings.Repeat("*", len(number)-shownDigits) + number[len(number)-shownDigits:]
}
