package field

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/audit"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
)

type shownEntry struct {
	Entry struct {
		Kind, Method, Outcome, Reason, Ground string
		Account                               uint32
		Subjects, Families                    []string
	}
	UserName, Label string
}

func auditEntries(t *testing.T, f *Field, token, query string) []shownEntry {
	t.Helper()
	var out struct{ Entries []shownEntry }
	restGet(t, f, token, "/v1/audit/entries?"+query, &out)
	return out.Entries
}

func TestTheTrailTellsWhoSawAndDidWhat(t *testing.T) {
	onEachEngine(t, 3, theTrailTells)
}

func theTrailTells(t *testing.T, f *Field) {
	admin := administrator(t, f)
	u := signIn(t, f, "surveyor1")
	mustSync(t, u)
	household := NewGenerator(3, 320405, time.Now()).Family()
	id, err := Interview(t.Context(), u, village(t, u), "001/001", household)
	if err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	supervisor := restToken(t, f, "supervisor")
	restGet(t, f, supervisor, "/v1/families/"+id.String(), new(any))
	restGet(t, f, supervisor, "/v1/families?area=32.04.05.2001", new(any))
	if status, _ := rest(t, f, "GET", restToken(t, f, "surveyor3"), "/v1/families/"+id.String(), ""); status != 404 {
		t.Fatalf("another surveyor reads the family: %d", status)
	}
	if status, _ := rest(t, f, "POST", "", "/v1/auth:signIn", `{"userName":"surveyor2","password":"salah sama sekali"}`); status != 401 {
		t.Fatalf("a wrong password: %d", status)
	}
	var seen []string
	all := auditEntries(t, f, admin, "pageSize=200")
	for _, e := range all {
		seen = append(seen, strings.Join([]string{e.Entry.Kind, e.Entry.Method, e.Entry.Outcome, e.UserName}, " "))
		if e.Label == "" {
			t.Errorf("%+v has no label", e)
		}
	}
	for _, want := range []string{
		"AUDIT_KIND_SIGN_IN AuthService.SignIn AUDIT_OUTCOME_DONE surveyor1", "AUDIT_KIND_PULL SyncService.Sync AUDIT_OUTCOME_DONE surveyor1",
		"AUDIT_KIND_CHANGE SyncService.Sync AUDIT_OUTCOME_DONE surveyor1", "AUDIT_KIND_READ FamilyService.GetFamily AUDIT_OUTCOME_DONE supervisor",
		"AUDIT_KIND_READ FamilyService.ListFamilies AUDIT_OUTCOME_DONE supervisor", "AUDIT_KIND_READ FamilyService.GetFamily AUDIT_OUTCOME_REFUSED surveyor3",
	} {
		if !slices.Contains(seen, want) {
			t.Errorf("no entry %q in\n%s", want, strings.Join(seen, "\n"))
		}
	}
	// Somebody's wrong password is nobody's deed: the national level sees it.
	if err := f.AddOffice(t.Context(), "pusat", ksv1.Role_ROLE_NATIONAL, ""); err != nil {
		t.Fatal(err)
	}
	failed := auditEntries(t, f, restToken(t, f, "pusat"), "kind=AUDIT_KIND_SIGN_IN&pageSize=50")
	i := slices.IndexFunc(failed, func(e shownEntry) bool { return e.Entry.Reason == "SIGN_IN_FAILED" })
	if i < 0 || !slices.Equal(failed[i].Entry.Subjects, []string{fmt.Sprintf("account:%d", f.Surveyors[1].Account)}) || failed[i].UserName != "" {
		t.Errorf("the failed sign-in: %+v", failed)
	}
	// A family's access trail: its own reads, and lists and pulls of where it stands.
	if err := f.addHead(t.Context(), "kepala"); err != nil {
		t.Fatal(err)
	}
	var methods []string
	for _, e := range auditEntries(t, f, restToken(t, f, "kepala"), "familyId="+id.String()) {
		methods = append(methods, e.Entry.Method+" "+e.UserName)
	}
	for _, want := range []string{"FamilyService.GetFamily supervisor", "FamilyService.ListFamilies supervisor", "SyncService.Sync surveyor1"} {
		if !slices.Contains(methods, want) {
			t.Errorf("no access %q in %v", want, methods)
		}
	}
	f.checkTrail(t, household.Family.GetHeadName(), f.Surveyors[0].Name)
}

func (f *Field) addHead(ctx context.Context, name string) error {
	_, err := f.addAccount(ctx, name, name, ksv1.Role_ROLE_PUSKESMAS_HEAD, nil)
	return err
}

// checkTrail: the trail verifies, and holds no name.
func (f *Field) checkTrail(t *testing.T, names ...string) {
	t.Helper()
	keys, err := audit.KeysOf(f.Ring)
	if err != nil {
		t.Fatal(err)
	}
	v, err := audit.Verify(t.Context(), f.Store, keys, "")
	if err != nil || len(v.Problems) > 0 || v.Entries == 0 {
		t.Errorf("trail: %+v, %v", v, err)
	}
	err = f.Store.Read(t.Context(), func(ctx context.Context, snap store.Snapshot) error {
		rows, err := snap.SearchAudit(ctx, store.AuditQuery{Limit: 1000})
		for _, row := range rows {
			for _, name := range names {
				if bytes.Contains(row.Body, []byte(name)) {
					t.Errorf("entry %d holds %q", row.Sequence, name)
				}
			}
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestADeviceRemembersTheTrailAndRaisesAnAlarm(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	u := signIn(t, f, "surveyor1")
	mustSync(t, u)
	g := NewGenerator(3, 320405, time.Now())
	interview := func() {
		t.Helper()
		if _, err := Interview(t.Context(), u, village(t, u), "001/001", g.Family()); err != nil {
			t.Fatal(err)
		}
		mustSync(t, u)
	}
	alarms := func() (n int) {
		err := f.Store.Read(t.Context(), func(ctx context.Context, snap store.Snapshot) error {
			rows, err := snap.SearchAudit(ctx, store.AuditQuery{Kind: int32(ksv1.AuditKind_AUDIT_KIND_ALARM), Limit: 10})
			n = len(rows)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	interview()
	interview()
	if n := alarms(); n != 0 {
		t.Fatalf("%d alarms about an untouched trail", n)
	}
	// Who owns the database rewrites the end of the trail, and all that points to it.
	db, ok := f.Store.(*sqlite.Store)
	if !ok {
		t.Fatalf("the field's store is %T", f.Store)
	}
	for _, sql := range []string{
		`DROP TRIGGER audit_entry_stays_update`, `UPDATE audit_entry SET hash = zeroblob(32)`,
	} {
		if _, err := db.DB().ExecContext(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	interview()
	if n := alarms(); n == 0 {
		t.Error("the device's memory was not heard")
	}
}
