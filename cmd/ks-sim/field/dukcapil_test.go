package field

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/cmd/ks-sim/registry"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/dukcapil"
	"github.com/keluarga-sehat/sync/server/store"
)

// withRegistry starts a stand-in registry and the server anew, connected to it.
func withRegistry(t *testing.T, f *Field, o registry.Options) *registry.Server {
	t.Helper()
	o.Dir = t.TempDir()
	s, err := registry.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	config, err := dukcapil.LoadConfig(filepath.Join(o.Dir, registry.ConfigFile))
	if err != nil {
		t.Fatal(err)
	}
	client, err := dukcapil.NewClient(config)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Stop(); err != nil {
		t.Fatal(err)
	}
	f.options.Registry, f.options.LookUpsPerUser, f.options.LookUpsInAll = client, config.PerUser, config.InAll
	if err := f.Start(t.Context(), f.Address); err != nil {
		t.Fatal(err)
	}
	cleanUp(t, func() {
		client.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// inForce accepts the registration forms of accounts.
func inForce(t *testing.T, f *Field, names ...string) {
	t.Helper()
	for _, name := range names {
		err := f.Store.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
			a, err := tx.Snapshot().FindAccountByName(ctx, name)
			if err != nil {
				return err
			}
			a.Registered = true
			_, err = tx.Directory().PutAccount(ctx, a)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// cardOf is a card with one person, both of one number.
func cardOf(number uint64) registry.Person {
	return registry.Person{
		NIK: prokesga.NIK(number), NKK: prokesga.NIK(number), Name: "CONTOH TUNGGAL", Sex: "PEREMPUAN", Birth: "1990-01-01",
		Relation: "KEPALA KELUARGA", Marital: "BELUM KAWIN",
	}
}

func TestTheCardFillsTheFamily(t *testing.T) { onEachEngine(t, 1, theCardFillsTheFamily) }

func theCardFillsTheFamily(t *testing.T, f *Field) {
	r := withRegistry(t, f, registry.Options{})
	inForce(t, f, "surveyor1")
	card := registry.Card(7, 320405)
	r.Put(card...)
	u := signIn(t, f, "surveyor1")
	mustSync(t, u)
	id, _, err := u.StartFamily(t.Context(), village(t, u), "003/001", &ksv1.Family{HeadName: proto.String("Contoh")})
	if err != nil {
		t.Fatal(err)
	}
	// One of them is there already, without a NIK, under the name that people use.
	wife := u.NewID()
	_, err = u.Save(t.Context(), id, clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindMember, Member: wife}, Set: &ksv1.Member{
		Name: proto.String(strings.ToLower(card[0].Name)), BirthDate: proto.String(card[0].Birth), Sex: ksv1.Sex_SEX_FEMALE.Enum(),
	}})
	if err != nil {
		t.Fatal(err)
	}
	got, err := u.FillFromCard(t.Context(), id, card[0].NKK.Text())
	if err != nil || got.Outcome != clientsdk.FillDone || len(got.Members) != len(card) {
		t.Fatalf("filled: %+v, %v", got, err)
	}
	if head := got.Members[0]; head.Part.GetRelation() != ksv1.Relation_RELATION_HEAD || head.Part.GetMaritalStatus() != ksv1.MaritalStatus_MARITAL_STATUS_MARRIED {
		t.Errorf("the head comes first, and married in our numbering: %v", head.Part)
	}
	h, err := u.Family(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if len(h.GetMembers()) != len(card) || h.GetFamily().GetNkkStatus() != ksv1.IdentifierStatus_IDENTIFIER_STATUS_VERIFIED {
		t.Errorf("%d members, card %v", len(h.GetMembers()), h.GetFamily().GetNkkStatus())
	}
	for _, m := range h.GetMembers() {
		if m.GetMember().GetNikStatus() != ksv1.IdentifierStatus_IDENTIFIER_STATUS_VERIFIED {
			t.Errorf("member %s is %v", m.GetMemberId(), m.GetMember().GetNikStatus())
		}
		if m.GetMemberId() == wife.String() && m.GetMember().GetName() != strings.ToLower(card[0].Name) {
			t.Error("the surveyor's spelling was overwritten")
		}
	}
	// Again: nobody twice.
	if got, err = u.FillFromCard(t.Context(), id, card[0].NKK.Text()); err != nil || got.Members[0].Added {
		t.Errorf("again: %+v, %v", got, err)
	}
	if h, err = u.Family(t.Context(), id); err != nil || len(h.GetMembers()) != len(card) {
		t.Errorf("after a second time %d members, %v", len(h.GetMembers()), err)
	}
	lookUpIsOnRecord(t, f, id.String(), card)
}

// lookUpIsOnRecord: with family and purpose, without a number or a name.
func lookUpIsOnRecord(t *testing.T, f *Field, family string, card []registry.Person) {
	t.Helper()
	found := 0
	for _, e := range auditEntries(t, f, restToken(t, f, "surveyor1"), "pageSize=100") {
		if e.Entry.Kind == "AUDIT_KIND_LOOK_UP" {
			found++
			if text := fmt.Sprint(e); !strings.Contains(text, "family:"+family) || !strings.Contains(text, "ENTER_MEMBERS") {
				t.Errorf("entry %s", text)
			}
		}
		for _, p := range card {
			if text := fmt.Sprint(e); strings.Contains(text, p.NIK.Text()) || strings.Contains(text, p.NKK.Text()) || strings.Contains(text, p.Name) {
				t.Errorf("an entry gives a person away: %s", text)
			}
		}
	}
	if found != 2 {
		t.Errorf("%d look-ups on record, want 2", found)
	}
}

func TestALookUpThatFailsLeavesTheFamilyToTheSurveyor(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	f, err := New(t.Context(), Options{Dir: t.TempDir(), Surveyors: 2, Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	r := withRegistry(t, f, registry.Options{PerUser: 3})
	inForce(t, f, "surveyor1")
	u, other := signIn(t, f, "surveyor1"), signIn(t, f, "surveyor2")
	mustSync(t, u)
	mustSync(t, other)
	known := cardOf(3204050101200001)
	r.Put(known)
	begin := func(u *clientsdk.User) clientsdk.ID {
		id, _, err := u.StartFamily(t.Context(), village(t, u), "003/001", &ksv1.Family{HeadName: proto.String("Contoh")})
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	id := begin(u)
	try := func(what string, number prokesga.NIK, want clientsdk.FillOutcome) {
		t.Helper()
		got, err := u.FillFromCard(t.Context(), id, number.Text())
		if err != nil || got.Outcome != want || want != clientsdk.FillDone && (got.Message == "" || len(got.Members) > 0) {
			t.Errorf("%s: %+v, %v", what, got, err)
		}
	}
	try("no such card", 3204050101200002, clientsdk.FillNoRecord)
	try("quota of the registry", 3204050101209993, clientsdk.FillQuota)
	try("credentials refused", 3204050101209994, clientsdk.FillUnavailable)
	try("down", 3204050101209992, clientsdk.FillUnavailable)
	r.SetMode(registry.Garbled)
	try("an answer that is none", known.NKK, clientsdk.FillUnavailable)
	r.SetMode(registry.Answers)
	try("the second that was answered", known.NKK, clientsdk.FillDone)
	try("the third", known.NKK, clientsdk.FillDone)
	asked := r.Asked()
	try("more than the user's quota", known.NKK, clientsdk.FillQuota)
	if r.Asked() != asked {
		t.Error("the registry was asked beyond the user's quota")
	}
	if _, err := u.FillFromCard(t.Context(), id, "12345"); err == nil {
		t.Error("what is no number was looked up")
	}
	if got, err := other.FillFromCard(t.Context(), begin(other), known.NKK.Text()); err != nil || got.Outcome != clientsdk.FillNotAllowed {
		t.Errorf("a form that is not in force: %+v, %v", got, err)
	}
	if err := f.Stop(); err != nil {
		t.Fatal(err)
	}
	try("off line", known.NKK, clientsdk.FillOffline)
	for _, told := range []string{"this server's quota is used up", "it objects to user, login or address", "answer is not of the agreed form"} {
		if !strings.Contains(log.String(), told) {
			t.Errorf("the operator does not read %q", told)
		}
	}
	for _, secret := range []string{known.NKK.Text(), known.Name, "Login Gagal"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
}

func TestASlowRegistryHoldsNobodyLong(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	withRegistry(t, f, registry.Options{})
	inForce(t, f, "surveyor1")
	u := signIn(t, f, "surveyor1")
	mustSync(t, u)
	id, _, err := u.StartFamily(t.Context(), village(t, u), "003/001", nil)
	if err != nil {
		t.Fatal(err)
	}
	// The server gives up before the device does, which would call itself offline, and
	// both before the registry answers.
	got, err := u.FillFromCard(t.Context(), id, "3204050101209991")
	if err != nil || got.Outcome != clientsdk.FillUnavailable {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestContactsAreThereOfflineAndBeforeSignIn(t *testing.T) {
	onEachEngine(t, 1, contactsAreThereOffline)
}

func contactsAreThereOffline(t *testing.T, f *Field) {
	for name, role := range map[string]ksv1.Role{"pusdatin": ksv1.Role_ROLE_NATIONAL, "dinkes": ksv1.Role_ROLE_DISTRICT} {
		area := ""
		if role == ksv1.Role_ROLE_DISTRICT {
			area = "32.04"
		}
		if err := f.AddOffice(t.Context(), name, role, area); err != nil {
			t.Fatal(err)
		}
	}
	put := func(who, area, body string) {
		t.Helper()
		if status, data := rest(t, f, "PUT", restToken(t, f, who), "/v1/support/"+area, body); status != 200 {
			t.Fatalf("%d %s", status, data)
		}
	}
	put("pusdatin", "id", `{"contacts":[{"name":"Sari (contoh)","telephone":"0812 3456 7890","hours":"Senin–Jumat 08.00–16.00 WIB"},{"name":"Bima (contoh)","email":"bima@contoh.example"}],"helpText":"Mulailah dari halaman bantuan."}`)
	put("dinkes", "32.04", `{"contacts":[{"name":"Dina (contoh)","telephone":"+62 813-1111-2222"}]}`)
	if status, data := rest(t, f, "PUT", restToken(t, f, "dinkes"), "/v1/support/32.04", `{"contacts":[{"name":"x","telephone":"0812345"}]}`); status != 400 || !bytes.Contains(data, []byte("contacts[0].telephone")) {
		t.Errorf("a mobile number of seven digits: %d %s", status, data)
	}
	c, err := f.Device("surveyor1")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if desks, err := c.Contacts(); err != nil || len(desks) > 0 {
		t.Errorf("before the first sync: %v, %v", desks, err)
	}
	u, err := c.SignIn(t.Context(), "surveyor1", f.Password)
	if err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	if err := u.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Stop(); err != nil {
		t.Fatal(err)
	}
	desks, err := c.Contacts()
	if err != nil || len(desks) != 2 || desks[0].GetContacts()[0].GetTelephone() != "+6281311112222" || desks[1].GetContacts()[1].GetName() != "Bima (contoh)" {
		t.Errorf("off line, nobody signed in: %v, %v", desks, err)
	}
	if err := os.WriteFile(filepath.Join(f.options.Dir, "device-surveyor1", "support.bin"), []byte{0xff}, 0o600); err != nil {
		t.Fatal(err)
	}
	if desks, err := c.Contacts(); err != nil || len(desks) > 0 {
		t.Errorf("a file cut short: %v, %v", desks, err)
	}
	if err := f.Start(t.Context(), f.Address); err != nil {
		t.Fatal(err)
	}
}
