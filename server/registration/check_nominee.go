package registration

import (
	"cmp"
	"context"
	"slices"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/account"
	"github.com/keluarga-sehat/sync/server/store"
)

// nominee looks at one person: fields, then what others have too.
func (k *checker) nominee(ctx context.Context, n *store.Nominee) ([]Finding, error) {
	person, err := k.PersonOf(&k.w.Registration, n)
	if err != nil {
		return nil, err
	}
	out := CheckPerson(person)
	here, err := k.sharedHere(ctx, k.snap, n, k.settled)
	if err != nil {
		return nil, err
	}
	out = append(out, here...)
	elsewhere, err := k.sharedElsewhere(ctx, n)
	if err != nil {
		return nil, err
	}
	out = append(out, elsewhere...)
	for i := range out {
		out[i].Nominee, out[i].Position, out[i].Role, out[i].FullName = n.Number, n.Position, ksv1.Role(n.Role), person.GetFullName()
	}
	return out, nil
}

// CheckPerson holds a person's fields against DOMAIN.md sections 1 and 7.
func CheckPerson(p *ksv1.NomineePerson) []Finding {
	var out []Finding
	for _, f := range account.Faults(p) {
		out = append(out, Finding{Field: f.Field, Reason: f.Reason, Blocking: f.Blocking, Message: f.Problem})
	}
	return out
}

// blocked is an error of the first finding that keeps a person from a place; nil: none.
func blocked(field string, findings []Finding) error {
	if i := slices.IndexFunc(findings, func(f Finding) bool { return f.Blocking }); i >= 0 {
		return &InvalidError{cmp.Or(field, "person."+findings[i].Field), findings[i].Message}
	}
	return nil
}

// sharedHere finds what others of a registration have too.
func (s *Service) sharedHere(ctx context.Context, snap store.Snapshot, n *store.Nominee, all []store.Nominee) ([]Finding, error) {
	var out []Finding
	for _, look := range []struct {
		hash    func(*store.Nominee) []byte
		finding Finding
	}{
		{func(n *store.Nominee) []byte { return n.NIKHash }, Finding{Field: "nik", Reason: ksv1.FindingReason_FINDING_REASON_NIK_TWICE, Blocking: true,
			Message: "NIK ini tercantum lebih dari sekali dalam permohonan ini."}},
		{func(n *store.Nominee) []byte { return n.MobileHash }, Finding{Field: "mobile", Reason: ksv1.FindingReason_FINDING_REASON_MOBILE_SHARED,
			Message: "Nomor HP ini juga dipakai orang lain dalam permohonan ini."}},
		{func(n *store.Nominee) []byte { return n.EmailHash }, Finding{Field: "email", Reason: ksv1.FindingReason_FINDING_REASON_EMAIL_SHARED,
			Message: "Alamat e-mail ini juga dipakai orang lain dalam permohonan ini."}},
	} {
		for i := range all {
			o := &all[i]
			if look.hash(n) == nil || o.Number == n.Number || !current(o) || !slices.Equal(look.hash(o), look.hash(n)) {
				continue
			}
			left, err := s.hasLeft(ctx, snap, o)
			if err != nil {
				return nil, err
			}
			if !left {
				out = append(out, look.finding)
				break
			}
		}
	}
	return out, nil
}

// current tells whether a nominee stands for a place still.
func current(n *store.Nominee) bool {
	return n.Standing != int32(ksv1.NomineeStanding_NOMINEE_STANDING_REPLACED) && n.Standing != int32(ksv1.NomineeStanding_NOMINEE_STANDING_REFUSED)
}

// onlyProposed tells of whom a Puskesmas would have and no district has admitted.
func onlyProposed(n store.Nominee) bool { return n.Standing == int32(standingProposed) }

// sharesShown bounds how many others are looked at.
const sharesShown = 20

// sharedElsewhere finds the person, the mobile number and the e-mail address in
// other registrations that were submitted and are not over, and an account that
// the person has elsewhere.
func (k *checker) sharedElsewhere(ctx context.Context, n *store.Nominee) ([]Finding, error) {
	var out []Finding
	for _, look := range []struct {
		q       store.NomineeQuery
		finding Finding
	}{
		{store.NomineeQuery{NIKHash: n.NIKHash}, Finding{Field: "nik", Reason: ksv1.FindingReason_FINDING_REASON_NIK_ELSEWHERE, Blocking: true,
			Message: "NIK ini juga diusulkan di tempat lain."}},
		{store.NomineeQuery{MobileHash: n.MobileHash}, Finding{Field: "mobile", Reason: ksv1.FindingReason_FINDING_REASON_MOBILE_SHARED,
			Message: "Nomor HP ini juga dipakai orang lain di tempat lain."}},
		{store.NomineeQuery{EmailHash: n.EmailHash}, Finding{Field: "email", Reason: ksv1.FindingReason_FINDING_REASON_EMAIL_SHARED,
			Message: "Alamat e-mail ini juga dipakai orang lain di tempat lain."}},
	} {
		if look.q.NIKHash == nil && look.q.MobileHash == nil && look.q.EmailHash == nil {
			continue
		}
		look.q.Limit = sharesShown
		others, err := k.snap.NomineesSharing(ctx, look.q)
		if err != nil {
			return nil, err
		}
		for _, o := range others {
			same, err := k.sameBusiness(ctx, n, &o)
			if err != nil {
				return nil, err
			}
			if same {
				continue
			}
			look.finding.OtherRegistration, look.finding.OtherPuskesmas = o.Registration, o.Puskesmas
			out = append(out, look.finding)
			break
		}
	}
	if n.NIKHash == nil {
		return out, nil
	}
	accounts, err := k.snap.AccountsOfPerson(ctx, n.NIKHash)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(accounts, func(a store.Account) bool { return !account.Lapsed(&a, k.Now()) && stands(&a, n) }) {
		out = append(out, Finding{Field: "nik", Reason: ksv1.FindingReason_FINDING_REASON_HAS_ACCOUNT, Blocking: true,
			Message: "Orang ini sudah memiliki akun aktif lain."})
	}
	return out, nil
}

// stands tells whether an account stands in the way of a nominee: one elsewhere,
// or one in the Puskesmas that would have to become its administrator's.
func stands(a *store.Account, n *store.Nominee) bool {
	if a.Disabled {
		return false
	}
	administrator := int32(ksv1.Role_ROLE_PUSKESMAS_ADMINISTRATOR)
	return n.Puskesmas == "" || a.Puskesmas != n.Puskesmas || n.Role == administrator && !slices.Contains(a.Roles, administrator)
}

// sameBusiness tells whether another nominee is none of this one's concern: of
// the same registration (looked at elsewhere), standing no more, only proposed, of a list
// that was not submitted or is over, the same person's earlier registration in the
// same Puskesmas, or of who has left theirs.
func (k *checker) sameBusiness(ctx context.Context, n, o *store.Nominee) (bool, error) {
	here := slices.ContainsFunc(k.all, func(x store.Nominee) bool { return x.Number == o.Number })
	if here || o.Number == n.Number || !current(o) || onlyProposed(*o) {
		return true, nil
	}
	if o.Puskesmas == n.Puskesmas && n.NIKHash != nil && slices.Equal(o.NIKHash, n.NIKHash) {
		return true, nil
	}
	list, known := k.others[o.Registration]
	if !known {
		var err error
		if list, err = k.snap.Standings(ctx, "", o.Registration); err != nil {
			return false, err
		}
		k.others[o.Registration] = list
	}
	if o.Puskesmas == "" {
		state := Derive(list)
		return state == draft || state == returned || state == withdrawn || state == refused, nil
	}
	i := slices.IndexFunc(list, func(p store.RegistrationPuskesmas) bool { return p.Puskesmas == o.Puskesmas })
	if i < 0 {
		return true, nil
	}
	switch ksv1.RegistrationState(list[i].State) {
	case draft, returned, withdrawn, refused:
		return true, nil
	}
	return k.hasLeft(ctx, k.snap, o)
}
