package field

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/cmd/ks-sim/registry"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/follow"
	"github.com/keluarga-sehat/sync/server/person"
	"github.com/keluarga-sehat/sync/server/registration"
	"github.com/keluarga-sehat/sync/server/sample"
	"github.com/keluarga-sehat/sync/server/store"
)

// Canaries: numbers and words that are nowhere but in people's data.
const (
	canaryNIK     = 3204054107900917
	canaryNKK     = 3204050101210918
	canaryCard    = 3204050101200919
	canaryDouble  = 3204050107900920
	canaryNominee = 3301014101900041
	canaryName    = "Kenarijaya"
	canaryAddress = "Jalankenari"
	canaryVisit   = "Catatankenari"
	canaryAdvice  = "Sarankenari"
	canaryBatch   = "Setorankenari"
	canaryVerdict = "Kembalikenari"
	canaryPerson  = "Pejabatkenari"
	canaryMobile  = "081255447719"
	canaryEmail   = "kenari.pejabat@dinkes.example"
	canaryLetter  = "440/KENARI/2026"
	canaryPDF     = "Suratkenari"
	canaryNote    = "Alasankenari"
)

// secretWorld is a Puskesmas with something in every sealed column.
type secretWorld struct {
	*Field
	registry *registry.Server
	// First is returned, third approved, changed since and returned.
	families     []clientsdk.ID
	batch        clientsdk.ID
	registration uint32
	surveyor     *clientsdk.User
	session      *rawDevice
}

// newSecretWorld plants canaries by all the ways in which people's data come.
func newSecretWorld(t *testing.T, o Options) *secretWorld {
	t.Helper()
	o.Surveyors, o.Staff = 2, true
	f, err := New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	cleanUp(t, func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	w := &secretWorld{Field: f}
	w.registry = withRegistry(t, f, registry.Options{})
	w.registry.Put(registry.Person{
		NIK: canaryCard, NKK: canaryCard, Name: strings.ToUpper(canaryName) + " KARTU", Sex: "PEREMPUAN", Birth: "1990-01-01",
		Relation: "KEPALA KELUARGA", Marital: "BELUM KAWIN",
	})
	inForce(t, f, "surveyor1")
	w.plantFamilies(t)
	w.plantConflict(t)
	w.plantReview(t)
	w.plantQuarantine(t)
	w.plantRegistration(t)
	w.follow(t)
	w.session = newRawDevice(t, f, "surveyor2")
	renewed, err := w.session.refresh(t, w.session.tokens.GetRefreshToken(), 1)
	if err != nil || renewed.GetRefreshToken() == "" {
		t.Fatalf("renew a session: %v", err)
	}
	return w
}

func (w *secretWorld) plantFamilies(t *testing.T) {
	t.Helper()
	u := signIn(t, w.Field, "surveyor1")
	w.surveyor = u
	mustSync(t, u)
	g := NewGenerator(31, 320405, time.Now())
	for i := range 3 {
		x := g.FamilyOfFour()
		x.Family.HeadName, x.Family.Address = proto.String(canaryName+" Kepala"), proto.String(canaryAddress)
		x.Family.Nkk = proto.Uint64(canaryNKK + uint64(i))
		if i < 2 { // and are told that they share it
			x.People[1].Member.Nik = proto.Uint64(canaryDouble)
		}
		x.People[0].Member.Name, x.People[0].Member.Nik = proto.String(canaryName+" Ibu"), proto.Uint64(canaryNIK+uint64(i))
		id, err := Interview(t.Context(), u, village(t, u), "001/001", x)
		if err != nil {
			t.Fatal(err)
		}
		_, err = u.RecordVisit(t.Context(), id, &ksv1.Visit{
			Date: proto.String(time.Now().Format(time.DateOnly)), Outcome: ksv1.VisitOutcome_VISIT_OUTCOME_COMPLETED.Enum(),
			Note: proto.String(canaryVisit), Advice: proto.String(canaryAdvice),
		})
		if err != nil {
			t.Fatal(err)
		}
		w.families = append(w.families, id)
	}
	id, _, err := u.StartFamily(t.Context(), village(t, u), "001/001", &ksv1.Family{HeadName: proto.String(canaryName)})
	if err != nil {
		t.Fatal(err)
	}
	if filled, err := u.FillFromCard(t.Context(), id, fmt.Sprint(canaryCard)); err != nil || filled.Outcome != clientsdk.FillDone {
		t.Fatalf("filled from the card: %+v, %v", filled, err)
	}
	mustSync(t, u)
}

// plantConflict lets two people write one field unseen.
func (w *secretWorld) plantConflict(t *testing.T) {
	t.Helper()
	other := signIn(t, w.Field, "surveyor2")
	mustSync(t, other)
	for i, u := range []*clientsdk.User{w.surveyor, other} {
		edit := clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: &ksv1.Family{Address: proto.String(fmt.Sprint(canaryAddress, i))}}
		if _, err := u.Save(t.Context(), w.families[1], edit); err != nil {
			t.Fatal(err)
		}
	}
	mustSync(t, w.surveyor)
	mustSync(t, other)
}

// plantReview leaves a returned family, an approved one, and one that was approved
// and returned after a correction.
func (w *secretWorld) plantReview(t *testing.T) {
	t.Helper()
	submit := func(ids ...clientsdk.ID) {
		t.Helper()
		var err error
		if w.batch, err = w.surveyor.Submit(t.Context(), ids, canaryBatch); err != nil {
			t.Fatal(err)
		}
		mustSync(t, w.surveyor)
	}
	token := restToken(t, w.Field, sample.Supervisor)
	verdict := func(id clientsdk.ID, outcome, more string) {
		t.Helper()
		digest := reviewQueue(t, w.Field, token, "")[id.String()].Digest
		if status, body := judge(t, w.Field, token, id.String(), outcome, digest, more); status != 200 {
			t.Fatalf("%s: %d %s", outcome, status, body)
		}
	}
	submit(w.families[0], w.families[2])
	verdict(w.families[0], "RETURNED", `,"note":"`+canaryVerdict+`"`)
	verdict(w.families[2], "APPROVED", "")
	edit := clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: &ksv1.Family{Address: proto.String(canaryAddress + " Baru")}}
	if _, err := w.surveyor.Save(t.Context(), w.families[2], edit); err != nil {
		t.Fatal(err)
	}
	submit(w.families[2])
	verdict(w.families[2], "RETURNED", `,"note":"`+canaryVerdict+`"`)
}

// plantQuarantine leaves work without a right, one piece of it refused, and one of a person
// who was erased.
func (w *secretWorld) plantQuarantine(t *testing.T) {
	t.Helper()
	v := village(t, w.surveyor)
	assign := func(to string) {
		t.Helper()
		if err := server.Assign(t.Context(), w.Store, w.Surveyors[0].Account, []string{to}); err != nil {
			t.Fatal(err)
		}
	}
	id, err := Interview(t.Context(), w.surveyor, v, "001/001", NewGenerator(33, 320405, time.Now()).FamilyOfFour())
	if err != nil {
		t.Fatal(err)
	}
	mustSync(t, w.surveyor)
	people := personService(t, w.Field)
	found, err := people.Find(store.AsOperator(t.Context()), person.Selector{Family: id})
	if err != nil || len(found) != 1 {
		t.Fatalf("found %v, %v", found, err)
	}
	if found[0].Member, err = merge.ParseID(found[0].Household.GetMembers()[0].GetMemberId()); err != nil {
		t.Fatal(err)
	}
	_, err = w.surveyor.Save(t.Context(), id,
		clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: &ksv1.Family{Address: proto.String(canaryAddress)}},
		clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindMember, Member: found[0].Member}, Set: &ksv1.Member{Name: proto.String(canaryName)}})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		x := NewGenerator(32, 320405, time.Now()).Family()
		x.Family.HeadName = proto.String(canaryName + " Karantina")
		if _, err := Interview(t.Context(), w.surveyor, v, "001/001", x); err != nil {
			t.Fatal(err)
		}
	}
	assign("32.04.05.2001/002/001")
	mustSync(t, w.surveyor)
	assign("32.04.05.2001")
	if done, err := people.Erase(store.AsOperator(t.Context()), found); err != nil || done != 1 {
		t.Fatalf("erased %d: %v", done, err)
	}
	var list struct {
		Changes []struct {
			ChangeID string `json:"changeId"`
		}
	}
	token := restToken(t, w.Field, sample.Supervisor)
	restGet(t, w.Field, token, "/v1/quarantine", &list)
	if len(list.Changes) < 2 {
		t.Fatalf("%d changes in quarantine", len(list.Changes))
	}
	restPost(t, w.Field, token, "/v1/quarantine/"+list.Changes[0].ChangeID+":decide", `{"admit":false,"note":"`+canaryNote+`"}`)
}

// caller is an account as the services see it.
func (w *secretWorld) caller(t *testing.T, name string) *access.Caller {
	t.Helper()
	c := &access.Caller{}
	err := w.Store.Read(t.Context(), func(ctx context.Context, snap store.Snapshot) (err error) {
		c.Account, err = snap.FindAccountByName(ctx, name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// plantRegistration takes a registration of another district to its accounts.
func (w *secretWorld) plantRegistration(t *testing.T) {
	t.Helper()
	ctx, r, code := t.Context(), w.Server.Services().Registrations, "P3301010101"
	err := w.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.Directory().PutAreas(ctx, []store.Area{{Code: "33", Name: "Jawa Tengah"}, {Code: "33.01", Name: "Cilacap"}}),
			tx.Directory().PutPuskesmas(ctx, []store.Puskesmas{{Code: code, Name: "Puskesmas Jauh", District: "33.01"}}))
	})
	if err := errors.Join(err, w.AddOffice(ctx, "cilacap", ksv1.Role_ROLE_DISTRICT, "33.01")); err != nil {
		t.Fatal(err)
	}
	office, pusdatin := w.caller(t, "cilacap"), w.caller(t, sample.NationalStaff)
	if err := r.SetRules(ctx, pusdatin, &ksv1.RegistrationRules{Administrators: 1}); err != nil {
		t.Fatal(err)
	}
	who := nominated(ksv1.Role_ROLE_PUSKESMAS_ADMINISTRATOR, 40)
	who.Nik = fmt.Sprint(canaryNominee)
	who.FullName, who.Mobile, who.Email = canaryPerson, canaryMobile, canaryEmail
	m, err1 := r.Create(ctx, office, []string{code})
	if err1 != nil {
		t.Fatal(err1)
	}
	w.registration = m.Number
	_, err2 := r.SetPuskesmas(ctx, office, m.Number, registration.List{Code: code, People: []*ksv1.NomineePerson{who}})
	_, err3 := r.SetOffices(ctx, office, m.Number, nominated(0, 41), nil)
	letter := &ksv1.RegistrationLetter{Number: canaryLetter, Date: "2026-01-05", Signatory: canaryPerson}
	_, err4 := r.SetLetter(ctx, office, m.Number, letter, []byte("%PDF-1.4\n"+canaryPDF+"\n%%EOF\n"))
	_, err5 := r.RecordCopy(ctx, office, m.Number, ksv1.RegistrationChannel_REGISTRATION_CHANNEL_POST, canaryNote)
	_, err6 := r.Submit(ctx, office, m.Number, nil, ksv1.RegistrationChannel_REGISTRATION_CHANNEL_ONLINE, "")
	_, err7 := r.BeginVerification(ctx, pusdatin, m.Number, nil, "")
	_, err8 := r.Accept(ctx, pusdatin, m.Number, nil, canaryNote)
	_, _, err9 := r.Issue(ctx, pusdatin, m.Number, nil, "")
	if err := errors.Join(err2, err3, err4, err5, err6, err7, err8, err9); err != nil {
		t.Fatal(err)
	}
}

// follow lets the index of NIK and NKK catch up.
func (w *secretWorld) follow(t *testing.T) {
	t.Helper()
	follower := &follow.Identifiers{Store: w.Store, Vault: w.Server.Services().Vault}
	if err := follower.Catch(store.AsOperator(t.Context())); err != nil {
		t.Fatal(err)
	}
}

// reads is what people are shown, as JSON by request.
func (w *secretWorld) reads(t *testing.T) map[string]string {
	t.Helper()
	out, tokens := map[string]string{}, map[string]string{}
	get := func(user, path string) {
		t.Helper()
		if tokens[user] == "" {
			tokens[user] = restToken(t, w.Field, user)
		}
		var answer map[string]any
		restGet(t, w.Field, tokens[user], path, &answer)
		delete(answer, "asOfMs")
		text, err := json.Marshal(answer)
		if err != nil {
			t.Fatal(err)
		}
		out[user+" "+path] = string(text)
	}
	for _, id := range w.families {
		for _, part := range []string{"", "/history", "/differences", "/verdicts"} {
			get(sample.Supervisor, "/v1/families/"+id.String()+part)
		}
	}
	for _, path := range []string{
		"/v1/families", "/v1/conflicts", "/v1/duplicates", "/v1/quarantine", "/v1/review/queue", "/v1/review/batches/" + w.batch.String(),
	} {
		get(sample.Supervisor, path)
	}
	registration := fmt.Sprintf("/v1/registrations/%d", w.registration)
	for _, path := range []string{registration, registration + "/events", registration + "/letter", fmt.Sprintf("/v1/nominees?registration=%d", w.registration), "/v1/registrations?letterNumber=" + canaryLetter} {
		get("cilacap", path)
	}
	return out
}
