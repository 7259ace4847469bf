package audit

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/store"
)

// Trail is the entry of a call under way, to which what carries it out adds what
// it concerns. All methods do nothing on a nil one, for work that is recorded
// elsewhere. Safe for concurrent use.
type Trail struct {
	mu    sync.Mutex
	entry *ksv1.AuditEntry
	quiet bool
	// partly: what was counted was shown, though the call failed later.
	partly bool
}

type trailKey struct{}

// Begin opens the entry of a call.
func Begin(ctx context.Context, kind ksv1.AuditKind, method string) (context.Context, *Trail) {
	t := &Trail{entry: &ksv1.AuditEntry{Kind: kind, Method: method}}
	return context.WithValue(ctx, trailKey{}, t), t
}

// Of is the entry of the call under way; nil where none is recorded.
func Of(ctx context.Context) *Trail {
	t, _ := ctx.Value(trailKey{}).(*Trail)
	return t
}

func (t *Trail) change(f func(e *ksv1.AuditEntry)) {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	f(t.entry)
}

// Actor says who acts.
func (t *Trail) Actor(a *store.Account, device uint32) {
	t.change(func(e *ksv1.AuditEntry) { SetActor(e, a, device) })
}

// Subject adds what the call concerns, once each, however often a transaction is
// tried.
func (t *Trail) Subject(subjects ...string) {
	t.change(func(e *ksv1.AuditEntry) {
		for _, subject := range subjects {
			if len(e.Subjects) < MaxSubjects && !slices.Contains(e.Subjects, subject) {
				e.Subjects = append(e.Subjects, subject)
			}
		}
	})
}

// Family adds one of several families that are shown or changed.
func (t *Trail) Family(id string) {
	t.change(func(e *ksv1.AuditEntry) {
		e.Count++
		if len(e.Families) < MaxFamilies {
			e.Families = append(e.Families, id)
		}
	})
}

// Ground says why: a purpose or the number of a letter, never personal data.
func (t *Trail) Ground(text string) { t.change(func(e *ksv1.AuditEntry) { e.Ground = text }) }

// Kind corrects what the entry tells of.
func (t *Trail) Kind(kind ksv1.AuditKind) { t.change(func(e *ksv1.AuditEntry) { e.Kind = kind }) }

// Partly keeps what is counted also where the call fails: it has been shown.
func (t *Trail) Partly() {
	if t != nil {
		t.mu.Lock()
		t.partly = true
		t.mu.Unlock()
	}
}

// Begun is the entry of a call that is about to show what its request asks for;
// nil where none is recorded.
func (t *Trail) Begun() *ksv1.AuditEntry {
	if t == nil {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	e := proto.CloneOf(t.entry)
	e.Outcome = ksv1.AuditOutcome_AUDIT_OUTCOME_BEGUN
	return e
}

// Quiet leaves a call unrecorded, if it succeeds.
func (t *Trail) Quiet() {
	if t != nil {
		t.mu.Lock()
		t.quiet = true
		t.mu.Unlock()
	}
}

// Entry is the call's entry with its end; nil: nothing is to be recorded.
func (t *Trail) Entry(outcome ksv1.AuditOutcome, reason string) *ksv1.AuditEntry {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.quiet && outcome == ksv1.AuditOutcome_AUDIT_OUTCOME_DONE {
		return nil
	}
	t.entry.Outcome, t.entry.Reason = outcome, reason
	if outcome != ksv1.AuditOutcome_AUDIT_OUTCOME_DONE && !t.partly {
		t.entry.Families, t.entry.Count = nil, 0 // nothing was shown
	}
	return t.entry
}

// SetActor says in an entry who acts.
func SetActor(e *ksv1.AuditEntry, a *store.Account, device uint32) {
	e.Account, e.Device, e.Puskesmas = a.Number, device, a.Puskesmas
	if len(a.Area) == len("32.04") {
		e.District = a.Area
	}
}

// By is an entry of a caller's.
func By(c *access.Caller, kind ksv1.AuditKind, method string) *ksv1.AuditEntry {
	e := &ksv1.AuditEntry{Kind: kind, Method: method, Outcome: ksv1.AuditOutcome_AUDIT_OUTCOME_DONE}
	SetActor(e, &c.Account, c.Device)
	return e
}

// What entries concern.

// FamilySubject names a family.
func FamilySubject(id merge.ID) string { return "family:" + id.String() }

// AreaSubject names an area by its path.
func AreaSubject(path string) string { return "area:" + path }

// FamiliesSubject names the families of an area wider than a village, also of the nation:
// an operator's export of them is in the trail of each.
func FamiliesSubject(wide area.Code) string { return "families:" + wide.String() }

// PuskesmasSubject names a Puskesmas by its code.
func PuskesmasSubject(code string) string { return "puskesmas:" + code }

// AccountSubject names an account by its number.
func AccountSubject(number uint32) string { return fmt.Sprintf("account:%d", number) }

// DeviceSubject names a device by its number.
func DeviceSubject(number uint32) string { return fmt.Sprintf("device:%d", number) }

// RegistrationSubject names a registration by its number.
func RegistrationSubject(number uint32) string { return fmt.Sprintf("registration:%d", number) }

// NomineeSubject names a nominee by its number.
func NomineeSubject(number uint32) string { return fmt.Sprintf("nominee:%d", number) }

// FeedTokenSubject names a feed token by its number.
func FeedTokenSubject(number uint32) string { return fmt.Sprintf("feedToken:%d", number) }

// ListSubject is what a list of families is of, as SubjectsAround finds it however the area
// was written (a code, or as REST writes one): a village or what lies in it. A list of a wider
// area is of no more than the caller's Puskesmas.
func ListSubject(c *access.Caller, areaText string) string {
	code, err := area.ParseRESTName(strings.TrimSpace(areaText))
	switch {
	case err == nil && code.Level() >= area.Village:
		return AreaSubject(code.String())
	case c.Account.Puskesmas != "":
		return PuskesmasSubject(c.Account.Puskesmas)
	case err != nil:
		return AreaSubject(areaText)
	}
	return AreaSubject(code.String())
}

// SubjectsAround are all by which reads of a family that stands in an RT, or stood
// in others, are found: its own, lists and pulls of the Puskesmas by which its village was
// known and of what the RT lies in, and exports of wider areas. An area had a code for a time:
// before or afterwards the code may be another's.
func SubjectsAround(family merge.ID, villages []store.Village, codes []store.DatedCode, places []area.Place) (always []string, dated []store.DatedSubjects) {
	always = []string{FamilySubject(family), FamiliesSubject(area.Code{})}
	for _, v := range villages {
		if subject := PuskesmasSubject(v.Puskesmas); !slices.Contains(always, subject) {
			always = append(always, subject)
		}
	}
	for _, c := range codes {
		code, err := area.Parse(c.Code)
		if err != nil {
			continue
		}
		in := store.DatedSubjects{FromMS: c.FromMS, ToMS: c.ToMS}
		for _, place := range places {
			for inner := code.RT(place); inner.Level() >= area.Village; inner = inner.Parent() {
				if subject := AreaSubject(inner.String()); !slices.Contains(in.Subjects, subject) {
					in.Subjects = append(in.Subjects, subject)
				}
			}
		}
		for wide := code.Parent(); wide.Level() > area.Nation; wide = wide.Parent() {
			in.Subjects = append(in.Subjects, FamiliesSubject(wide))
		}
		dated = append(dated, in)
	}
	return always, dated
}
