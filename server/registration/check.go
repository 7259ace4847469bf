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

// checker looks at one registration; what all checks need is read once.
type checker struct {
	*Service
	snap  store.Snapshot
	w     *Whole
	rules *ksv1.RegistrationRules
	all   []store.Nominee
	// settled are all but those whom a Puskesmas has only proposed: as a draft, that must not
	// stand in anybody's way.
	settled []store.Nominee
	// others are the Puskesmas of other registrations that were looked at.
	others map[uint32][]store.RegistrationPuskesmas
}

func (s *Service) checkerOf(ctx context.Context, snap store.Snapshot, w *Whole) (*checker, error) {
	k := &checker{Service: s, snap: snap, w: w, others: map[uint32][]store.RegistrationPuskesmas{}}
	var err error
	if k.rules, err = readRules(ctx, snap); err != nil {
		return nil, err
	}
	if k.all, err = s.everybody(ctx, snap, w.Number); err != nil {
		return nil, err
	}
	k.settled = slices.DeleteFunc(slices.Clone(k.all), onlyProposed)
	return k, nil
}

// Check lists what is missing or malformed: the request's own first, then by
// Puskesmas and place in the list; code "" is all Puskesmas that are under way.
// What stands elsewhere is told to a district only of persons as it has submitted
// them: a draft must not be a way to ask about persons, nor a list that was returned
// and is written anew. Errors: store.ErrNotFound.
func (s *Service) Check(ctx context.Context, c *access.Caller, number uint32, code string) (out []Finding, err error) {
	err = s.Store.Read(scoped(ctx, c), func(ctx context.Context, snap store.Snapshot) error {
		out = nil
		w, over, err := s.open(ctx, snap, c, number)
		if err != nil {
			return err
		}
		if code != "" && w.find(code) == nil {
			return fmt.Errorf("find Puskesmas %s: %w", code, store.ErrNotFound)
		}
		k, err := s.checkerOf(ctx, snap, w)
		if err != nil {
			return err
		}
		if code == "" {
			if out, err = k.request(ctx); err != nil {
				return err
			}
		}
		for _, p := range w.Puskesmas {
			if code != "" && p.Puskesmas != code || code == "" && !editable(&p) && !waits(p) {
				continue
			}
			found, err := k.puskesmas(ctx, p.Puskesmas)
			if err != nil {
				return err
			}
			out = append(out, found...)
		}
		if !over.Decide {
			out = withoutOthers(k, out)
		}
		return nil
	})
	return out, err
}

// withoutOthers takes out of findings what only Pusdatin is told.
func withoutOthers(k *checker, list []Finding) []Finding {
	out := list[:0]
	for _, f := range list {
		person := f.Nominee != 0 && (f.OtherRegistration != 0 || f.Reason == ksv1.FindingReason_FINDING_REASON_HAS_ACCOUNT)
		if person && !k.asSubmitted(f.Nominee) {
			continue
		}
		f.OtherRegistration, f.OtherPuskesmas = 0, ""
		out = append(out, f)
	}
	return out
}

// asSubmitted tells whether a nominee stands there as submitted, or was decided on since.
func (k *checker) asSubmitted(nominee uint32) bool {
	i := slices.IndexFunc(k.all, func(n store.Nominee) bool { return n.Number == nominee })
	if i < 0 {
		return false
	}
	submittedMS := k.w.SubmittedMS
	if p := k.w.find(k.all[i].Puskesmas); p != nil {
		submittedMS = p.SubmittedMS
	}
	return submittedMS > 0 && (k.all[i].SinceMS <= submittedMS || !undecided(&k.all[i]))
}

// request looks at the letter and the persons responsible for offices that have
// no account yet.
func (k *checker) request(ctx context.Context) ([]Finding, error) {
	var out []Finding
	letter, err := k.letterOf(&k.w.Registration)
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
	if date, err := time.Parse(time.DateOnly, letter.GetDate()); err == nil && date.After(k.Now().Add(24*time.Hour)) {
		out = append(out, Finding{Field: "letter.date", Reason: ksv1.FindingReason_FINDING_REASON_MALFORMED, Blocking: true, Message: "Tanggal surat berada di masa depan."})
	}
	if letter.GetPdfBytes() == 0 {
		out = append(out, missing("letter.pdf", "Berkas surat (PDF)"))
	}
	for _, o := range k.officesOf(k.w) {
		found, err := k.office(ctx, o)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

// office looks at who is responsible for an office without an account.
func (k *checker) office(ctx context.Context, o office) ([]Finding, error) {
	has, err := hasOffice(ctx, k.snap, o)
	if err != nil || has {
		return nil, err
	}
	n := k.responsible(o)
	if n == nil {
		f := missing("offices", "Penanggung jawab "+roleLabel(o.role))
		f.Role = o.role
		return []Finding{f}, nil
	}
	return k.nominee(ctx, n)
}

// responsible is who is named for an office; nil: nobody.
func (k *checker) responsible(o office) *store.Nominee {
	i := slices.IndexFunc(k.all, func(n store.Nominee) bool { return n.Puskesmas == "" && n.Role == int32(o.role) })
	if i < 0 {
		return nil
	}
	return &k.all[i]
}

func missing(field, what string) Finding {
	return Finding{Field: field, Reason: ksv1.FindingReason_FINDING_REASON_MISSING, Blocking: true, Message: what + " belum diisi."}
}

// puskesmas looks at code, name, numbers of nominees and each of them.
func (k *checker) puskesmas(ctx context.Context, code string) ([]Finding, error) {
	p := k.w.find(code)
	out, err := k.master(ctx, p)
	if err != nil {
		return nil, err
	}
	var list []store.Nominee
	for _, n := range k.all {
		if n.Puskesmas == code && n.Position > 0 {
			list = append(list, n)
		}
	}
	out = append(out, checkNumbers(k.rules, list)...)
	busy, err := k.busy(ctx, p, list)
	if err != nil {
		return nil, err
	}
	out = append(out, busy...)
	for i := range list {
		found, err := k.nominee(ctx, &list[i])
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

// master holds code and name against the master list.
func (k *checker) master(ctx context.Context, p *store.RegistrationPuskesmas) ([]Finding, error) {
	known, err := k.snap.FindPuskesmas(ctx, p.Puskesmas)
	if errors.Is(err, store.ErrNotFound) {
		return []Finding{{Field: "puskesmas_code", Reason: ksv1.FindingReason_FINDING_REASON_UNKNOWN_PUSKESMAS, Blocking: true,
			Message: "Kode Puskesmas tidak ada dalam daftar induk."}}, nil
	}
	if err != nil {
		return nil, err
	}
	var out []Finding
	if known.District != k.w.District {
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

// busy finds the Puskesmas in another registration that is under way, and an
// administrator whom it has already.
func (k *checker) busy(ctx context.Context, p *store.RegistrationPuskesmas, list []store.Nominee) ([]Finding, error) {
	others, err := k.snap.Standings(ctx, p.Puskesmas, 0)
	if err != nil {
		return nil, err
	}
	var out []Finding
	for _, o := range others {
		state := ksv1.RegistrationState(o.State)
		if o.Registration == k.w.Number || !waits(o) && state != accepted && state != issued && state != distributed {
			continue
		}
		out = append(out, Finding{Field: "puskesmas_code", Reason: ksv1.FindingReason_FINDING_REASON_PUSKESMAS_ELSEWHERE, Blocking: true,
			Message: "Puskesmas ini sedang diproses dalam permohonan lain.", OtherRegistration: o.Registration, OtherPuskesmas: o.Puskesmas})
	}
	present, err := administrators(ctx, k.snap, p.Puskesmas)
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
