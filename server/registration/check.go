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
	"github.com/keluarga-sehat/sync/server/store"
)

// Finding is one thing that is wrong, or should be looked at.
type Finding struct {
	// Puskesmas that it concerns; "": the request itself.
	Puskesmas string
	// Nominee, Position in the list, Role and FullName say of whom; zero: of nobody.
	Nominee  uint32
	Position int
	Role     ksv1.Role
	FullName string
	// Field is one of NomineePerson, or "letter.number", "name", "nominees".
	Field  string
	Reason ksv1.FindingReason
	// Blocking: the Puskesmas can't be accepted while it is so.
	Blocking bool
	// Message is for people, in Indonesian.
	Message string
	// OtherRegistration and OtherPuskesmas are where the other one stands; for
	// Pusdatin alone.
	OtherRegistration uint32
	OtherPuskesmas    string
}

// Check lists what is missing or malformed: the request's own first, then by
// Puskesmas and place in the list; code "" is all Puskesmas that are under way.
// Errors: store.ErrNotFound.
func (s *Service) Check(ctx context.Context, c *access.Caller, number uint32, code string) (out []Finding, err error) {
	err = s.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		out = nil
		w, over, err := s.open(ctx, snap, c, number)
		if err != nil {
			return err
		}
		if code != "" && w.find(code) == nil {
			return fmt.Errorf("find Puskesmas %s: %w", code, store.ErrNotFound)
		}
		if code == "" {
			if out, err = s.checkRequest(ctx, snap, w); err != nil {
				return err
			}
		}
		for _, p := range w.Puskesmas {
			if code != "" && p.Puskesmas != code || code == "" && !editable(&p) && !waits(p) {
				continue
			}
			found, err := s.checkPuskesmas(ctx, snap, w, p.Puskesmas)
			if err != nil {
				return err
			}
			out = append(out, found...)
		}
		if !over.Decide {
			for i := range out {
				out[i].OtherRegistration, out[i].OtherPuskesmas = 0, ""
			}
		}
		return nil
	})
	return out, err
}

// check is everything that bears on the acceptance of one Puskesmas.
func (s *Service) check(ctx context.Context, snap store.Snapshot, w *Whole, code string) ([]Finding, error) {
	request, err := s.checkRequest(ctx, snap, w)
	if err != nil {
		return nil, err
	}
	own, err := s.checkPuskesmas(ctx, snap, w, code)
	return append(request, own...), err
}

// checkRequest looks at the letter and the persons responsible for offices that
// have no account yet.
func (s *Service) checkRequest(ctx context.Context, snap store.Snapshot, w *Whole) ([]Finding, error) {
	var out []Finding
	letter, err := s.letterOf(&w.Registration)
	if err != nil {
		return nil, err
	}
	for _, f := range []struct{ field, text, what string }{
		{"letter.number", letter.GetNumber(), "Nomor surat"}, {"letter.date", letter.GetDate(), "Tanggal surat"},
		{"letter.signatory", letter.GetSignatory(), "Penanda tangan surat"},
	} {
		if f.text == "" {
			out = append(out, missing(f.field, f.what))
		}
	}
	if date, err := time.Parse(time.DateOnly, letter.GetDate()); err == nil && date.After(s.Now().Add(24*time.Hour)) {
		out = append(out, Finding{Field: "letter.date", Reason: ksv1.FindingReason_FINDING_REASON_MALFORMED, Blocking: true, Message: "Tanggal surat berada di masa depan."})
	}
	if letter.GetPdfBytes() == 0 {
		out = append(out, missing("letter.pdf", "Berkas surat (PDF)"))
	}
	offices, err := s.list(ctx, snap, w.Number, "")
	if err != nil {
		return nil, err
	}
	for _, o := range s.officesOf(w) {
		has, err := hasOffice(ctx, snap, o)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(offices, func(n store.Nominee) bool { return n.Role == int32(o.role) })
		if has {
			continue
		}
		if i < 0 {
			f := missing("offices", "Penanggung jawab "+roleLabel(o.role))
			f.Role = o.role
			out = append(out, f)
			continue
		}
		found, err := s.checkNominee(ctx, snap, w, &offices[i], offices)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

func missing(field, what string) Finding {
	return Finding{Field: field, Reason: ksv1.FindingReason_FINDING_REASON_MISSING, Blocking: true, Message: what + " belum diisi."}
}

// checkPuskesmas looks at code, name, numbers of nominees and each of them.
func (s *Service) checkPuskesmas(ctx context.Context, snap store.Snapshot, w *Whole, code string) ([]Finding, error) {
	p := w.find(code)
	out, err := s.checkMaster(ctx, snap, w, p)
	if err != nil {
		return nil, err
	}
	list, err := s.list(ctx, snap, w.Number, code)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(n store.Nominee) bool { return n.Position == 0 })
	rules, err := readRules(ctx, snap)
	if err != nil {
		return nil, err
	}
	out = append(out, checkNumbers(rules, list)...)
	busy, err := s.checkBusy(ctx, snap, w, p, list)
	if err != nil {
		return nil, err
	}
	out = append(out, busy...)
	all, err := s.everybody(ctx, snap, w)
	if err != nil {
		return nil, err
	}
	for i := range list {
		found, err := s.checkNominee(ctx, snap, w, &list[i], all)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	for i := range out {
		out[i].Puskesmas = code
	}
	return out, nil
}

// everybody reads all nominees of a registration.
func (s *Service) everybody(ctx context.Context, snap store.Snapshot, w *Whole) ([]store.Nominee, error) {
	all, err := s.list(ctx, snap, w.Number, "")
	for _, p := range w.Puskesmas {
		more, failed := s.list(ctx, snap, w.Number, p.Puskesmas)
		all, err = append(all, more...), errors.Join(err, failed)
	}
	return all, err
}

// checkMaster holds code and name against the master list.
func (s *Service) checkMaster(ctx context.Context, snap store.Snapshot, w *Whole, p *store.RegistrationPuskesmas) ([]Finding, error) {
	known, err := snap.FindPuskesmas(ctx, p.Puskesmas)
	if errors.Is(err, store.ErrNotFound) {
		return []Finding{{Field: "puskesmas_code", Reason: ksv1.FindingReason_FINDING_REASON_UNKNOWN_PUSKESMAS, Blocking: true,
			Message: "Kode Puskesmas tidak ada dalam daftar induk."}}, nil
	}
	if err != nil {
		return nil, err
	}
	var out []Finding
	if known.District != w.District {
		out = append(out, Finding{Field: "puskesmas_code", Reason: ksv1.FindingReason_FINDING_REASON_OTHER_DISTRICT, Blocking: true,
			Message: "Puskesmas ini berada di kabupaten/kota lain."})
	}
	if plainName(known.Name) != plainName(p.Name) {
		out = append(out, Finding{Field: "name", Reason: ksv1.FindingReason_FINDING_REASON_NAME_DISAGREES, Blocking: true,
			Message: fmt.Sprintf("Nama Puskesmas tidak sesuai dengan daftar induk (%s).", known.Name)})
	}
	return out, nil
}

// plainName is a name without what differs only in writing.
func plainName(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return strings.ContainsRune(" .,-()/\t", r) })
	return strings.Join(slices.DeleteFunc(words, func(w string) bool {
		return w == "puskesmas" || w == "pkm" || w == "upt" || w == "uptd"
	}), " ")
}

// checkNumbers holds the list against the rules.
func checkNumbers(rules *ksv1.RegistrationRules, list []store.Nominee) []Finding {
	var out []Finding
	for _, role := range listRoles {
		have := 0
		for _, n := range list {
			if n.Role == int32(role) {
				have++
			}
		}
		want, exact := asked(rules, role)
		f := Finding{Field: "nominees", Role: role, Blocking: true}
		switch {
		case have < want:
			f.Reason = ksv1.FindingReason_FINDING_REASON_TOO_FEW
			f.Message = fmt.Sprintf("%s: %d orang, seharusnya paling sedikit %d.", roleLabel(role), have, want)
		case exact && have > want:
			f.Reason = ksv1.FindingReason_FINDING_REASON_TOO_MANY
			f.Message = fmt.Sprintf("%s: %d orang, seharusnya %d.", roleLabel(role), have, want)
		default:
			continue
		}
		out = append(out, f)
	}
	return out
}

// checkBusy finds the Puskesmas in another registration that is under way, and an
// administrator whom it has already.
func (s *Service) checkBusy(ctx context.Context, snap store.Snapshot, w *Whole, p *store.RegistrationPuskesmas, list []store.Nominee) ([]Finding, error) {
	others, err := snap.RegistrationsOfPuskesmas(ctx, p.Puskesmas)
	if err != nil {
		return nil, err
	}
	var out []Finding
	for _, o := range others {
		state := ksv1.RegistrationState(o.State)
		if o.Registration == w.Number || !waits(o) && state != accepted && state != issued && state != distributed {
			continue
		}
		out = append(out, Finding{Field: "puskesmas_code", Reason: ksv1.FindingReason_FINDING_REASON_PUSKESMAS_ELSEWHERE, Blocking: true,
			Message: "Puskesmas ini sedang diproses dalam permohonan lain.", OtherRegistration: o.Registration, OtherPuskesmas: o.Puskesmas})
	}
	present, err := administrators(ctx, snap, p.Puskesmas)
	if err != nil {
		return nil, err
	}
	for _, a := range present {
		same := slices.ContainsFunc(list, func(n store.Nominee) bool {
			return n.Role == int32(ksv1.Role_ROLE_PUSKESMAS_ADMINISTRATOR) && n.NIKHash != nil && slices.Equal(n.NIKHash, a.NIKHash)
		})
		if !same {
			out = append(out, Finding{Field: "nominees", Role: ksv1.Role_ROLE_PUSKESMAS_ADMINISTRATOR,
				Reason: ksv1.FindingReason_FINDING_REASON_HAS_ADMINISTRATOR, Blocking: true,
				Message: "Puskesmas ini sudah memiliki akun administrator; ajukan penggantian."})
			break
		}
	}
	return out, nil
}

// administrators are the accounts of a Puskesmas's administrators that are not
// disabled.
func administrators(ctx context.Context, snap store.Snapshot, code string) ([]store.Account, error) {
	return accountsWith(ctx, snap, store.AccountQuery{Puskesmas: code}, ksv1.Role_ROLE_PUSKESMAS_ADMINISTRATOR)
}

// accountsWith are the accounts of a place with a role that are not disabled.
func accountsWith(ctx context.Context, snap store.Snapshot, q store.AccountQuery, role ksv1.Role) ([]store.Account, error) {
	var out []store.Account
	q.Limit = pageRows
	for {
		page, err := snap.ListAccounts(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, a := range page {
			q.After = a.Number
			if !a.Disabled && slices.Contains(a.Roles, int32(role)) {
				out = append(out, a)
			}
		}
		if len(page) < pageRows {
			return out, nil
		}
	}
}
