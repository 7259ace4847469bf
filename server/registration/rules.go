package registration

import (
	"context"
	"fmt"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protojson"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/store"
)

// metaRules is the setting that holds the rules.
const metaRules = "registration.rules"

// defaultRules are the ministry's numbers (DOMAIN.md section 7); the address is
// the operator's to set.
func defaultRules() *ksv1.RegistrationRules {
	return &ksv1.RegistrationRules{
		Administrators: 1, Supervisors: 1, Surveyors: 10, Heads: 1,
		PostalAddress: "Pusat Data dan Teknologi Informasi, Kementerian Kesehatan, Jakarta",
	}
}

func readRules(ctx context.Context, snap store.Snapshot) (*ksv1.RegistrationRules, error) {
	rules := defaultRules()
	text, err := snap.Meta(ctx, metaRules)
	if err != nil || text == "" {
		return rules, err
	}
	rules = &ksv1.RegistrationRules{}
	if err := (protojson.UnmarshalOptions{DiscardUnknown: true}).Unmarshal([]byte(text), rules); err != nil {
		return nil, fmt.Errorf("decode %s: %w", metaRules, err)
	}
	return rules, nil
}

// Rules are what Pusdatin asks for, and where it is reached.
func (s *Service) Rules(ctx context.Context) (rules *ksv1.RegistrationRules, err error) {
	err = s.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		rules, err = readRules(ctx, snap)
		return err
	})
	return rules, err
}

// Bounds of the numbers, as the contract states them.
const (
	maxAdministrators, maxHeads  = 10, 10
	maxSupervisors, maxSurveyors = 100, 1000
	maxPostalAddress, maxMail    = 500, 200 // letters
)

func checkRules(r *ksv1.RegistrationRules) error {
	switch {
	case r.GetAdministrators() < 1 || r.GetAdministrators() > maxAdministrators:
		return &InvalidError{"rules.administrators", fmt.Sprintf("Isi 1 sampai %d.", maxAdministrators)}
	case r.GetHeads() > maxHeads || r.GetSupervisors() > maxSupervisors || r.GetSurveyors() > maxSurveyors:
		return &InvalidError{"rules", fmt.Sprintf("Paling banyak %d kepala, %d supervisor, dan %d surveyor.", maxHeads, maxSupervisors, maxSurveyors)}
	case utf8.RuneCountInString(r.GetPostalAddress()) > maxPostalAddress || utf8.RuneCountInString(r.GetEmail()) > maxMail:
		return &InvalidError{"rules.postal_address", fmt.Sprintf("Paling banyak %d huruf, alamat e-mail %d.", maxPostalAddress, maxMail)}
	}
	return nil
}

// SetRules sets them. Errors: ErrForbidden, *InvalidError.
func (s *Service) SetRules(ctx context.Context, c *access.Caller, rules *ksv1.RegistrationRules) error {
	if !c.Has(ksv1.Right_RIGHT_DECIDE_REGISTRATION) {
		return ErrForbidden
	}
	if err := checkRules(rules); err != nil {
		return err
	}
	text, err := protojson.Marshal(rules)
	if err != nil {
		return fmt.Errorf("encode %s: %w", metaRules, err)
	}
	return s.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		return tx.Directory().PutMeta(ctx, metaRules, string(text))
	})
}

// asked is how many of a role a Puskesmas needs, and whether it may not have more.
func asked(rules *ksv1.RegistrationRules, role ksv1.Role) (n int, exact bool) {
	switch role {
	case ksv1.Role_ROLE_PUSKESMAS_ADMINISTRATOR:
		return int(rules.GetAdministrators()), true
	case ksv1.Role_ROLE_PUSKESMAS_HEAD:
		return int(rules.GetHeads()), true
	case ksv1.Role_ROLE_SUPERVISOR:
		return int(rules.GetSupervisors()), false
	default:
		return int(rules.GetSurveyors()), false
	}
}

// roleLabels are the roles on paper and on screen.
var roleLabels = map[ksv1.Role]string{
	ksv1.Role_ROLE_PROVINCE: "Dinas Kesehatan Provinsi", ksv1.Role_ROLE_DISTRICT: "Dinas Kesehatan Kabupaten/Kota",
	ksv1.Role_ROLE_PUSKESMAS_ADMINISTRATOR: "Administrator", ksv1.Role_ROLE_PUSKESMAS_HEAD: "Kepala Puskesmas",
	ksv1.Role_ROLE_SUPERVISOR: "Supervisor", ksv1.Role_ROLE_SURVEYOR: "Surveyor",
}

func roleLabel(role ksv1.Role) string { return roleLabels[role] }
