package field

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server"
	"github.com/keluarga-sehat/sync/server/store"
)

// accessWorld is a place with everything that somebody elsewhere must not see: a
// family with a conflict, a verdict and a batch, a change in quarantine, staff, an
// office, a registration, sessions.
type accessWorld struct {
	name                                   string
	province, district, puskesmas, village string
	place                                  string
	// none: a place that does not exist, with ids of nothing.
	none bool
	// surveyor works here.
	surveyor string
	// targets by kind: what requests name.
	targets map[string]map[string]string
	// canaries are what must be shown to nobody who may not see it.
	canaries []canary
}

// canary is a text that was planted: kind is its line of shownTo.
type canary struct {
	kind, text string
	// place that it belongs to.
	world *accessWorld
	// id: an id, which a trail may hold where somebody asked for it.
	id bool
	// forms in which it stands in answers: those of numbers are also packed.
	forms [][]byte
}

func (w *accessWorld) rt() string { return w.village + "/" + w.place }

func (w *accessWorld) plant(kind, text string) string {
	if text == "" || w.none {
		return text
	}
	w.canaries = append(w.canaries, canary{kind: kind, text: text, world: w, forms: answeredAs(text)})
	return text
}

// answeredAs are the forms of a text in answers: a number of 16 digits stands in records
// as protobuf has it, and those as base64 in JSON.
func answeredAs(text string) (forms [][]byte) {
	forms = append(forms, []byte(text))
	number, err := strconv.ParseUint(text, 10, 64)
	if err != nil || len(text) != 16 {
		return forms
	}
	for _, d := range disguisesOfNumber(number) {
		if d.name == "varint" || strings.HasPrefix(d.name, "varint as base64") {
			forms = append(forms, d.bytes)
		}
	}
	return forms
}

func (w *accessWorld) plantID(kind, text string) string {
	w.plant(kind, text)
	w.canaries[len(w.canaries)-1].id = true
	return text
}

// kenari is a name that stands nowhere else.
func (w *accessWorld) kenari(what string) string { return "Kenari" + what + w.name }

// number is one of 16 digits that stands nowhere else.
func (w *accessWorld) number(serial int) uint64 {
	digits := strings.ReplaceAll(w.village, ".", "")[:6]
	n, err := strconv.ParseUint(fmt.Sprintf("%s410190%d%03d", digits, 7+int(w.name[1]-'0'), serial), 10, 64)
	if err != nil {
		panic(err) // the codes are constants
	}
	return n
}

// accessPlaces are the own place, a neighbour in the same Puskesmas, the
// neighbouring Puskesmas, another district, another province, and none.
func accessPlaces() []*accessWorld {
	list := []*accessWorld{
		{name: "A1", province: "32", district: "32.04", puskesmas: PuskesmasCode, village: "32.04.05.2001", surveyor: "surveyor1"},
		{name: "A2", province: "32", district: "32.04", puskesmas: PuskesmasCode, village: "32.04.05.2002", surveyor: "surveyor3"},
		{name: "B1", province: "32", district: "32.04", puskesmas: "P3204060101", village: "32.04.06.2001"},
		{name: "C1", province: "32", district: "32.05", puskesmas: "P3205010101", village: "32.05.01.2001"},
		{name: "D1", province: "33", district: "33.01", puskesmas: "P3301010101", village: "33.01.01.2001"},
		{name: "N1", province: "99", district: "99.99", puskesmas: "P9999999999", village: "99.99.99.2999", none: true},
	}
	for _, w := range list {
		w.targets = map[string]map[string]string{}
		w.place = "001/001"
		if w.surveyor == "" {
			w.surveyor = "surveyor-" + strings.ToLower(w.puskesmas)
		}
	}
	return list
}

// set notes what requests about a kind of thing name.
func (w *accessWorld) set(kind string, pairs ...string) {
	if w.targets[kind] == nil {
		w.targets[kind] = map[string]string{}
	}
	for i := 0; i < len(pairs); i += 2 {
		w.targets[kind][pairs[i]] = pairs[i+1]
	}
}

const nowhereID = "0f000000-0000-8000-8000-00000000f00d"

// nowhere fills the world that is none with ids of nothing.
func (w *accessWorld) nowhere() {
	const number = "4000000001"
	w.set("family", "family", nowhereID, "name", "Kenaritiada N1")
	w.set("change", "change", nowhereID)
	w.set("batch", "batch", nowhereID)
	w.set("registration", "registration", number, "letter", "KENARI/TIADA", "puskesmas", w.puskesmas)
	w.set("nominee", "nominee", number, "nik", "3204054101900999")
	w.set("victim", "device", number, "session", "00000000000000000000000000000000")
	for kind := range accountRights {
		w.set(kind, "account", number)
	}
}

// family plants one with a conflict, in the surveyor's own village, and submits
// it; and another whose changes go to quarantine.
func (w *accessWorld) family(t *testing.T, f *Field) {
	t.Helper()
	ctx := t.Context()
	u := signIn(t, f, w.surveyor)
	mustSync(t, u)
	number := w.villageNumber(t, u)
	one, two := w.canaryFamily(1), w.canaryFamily(2)
	id, err := Interview(ctx, u, number, w.place, one)
	if err != nil {
		t.Fatal(err)
	}
	batch, err := u.Submit(ctx, []clientsdk.ID{id}, w.plant("family", w.kenari("kiriman")))
	if err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	w.conflict(t, f, u, id)
	held, err := Interview(ctx, u, number, "009/009", two)
	if err != nil {
		t.Fatal(err)
	}
	account := w.account(t, f, w.surveyor)
	w.assign(t, f, account, w.village+"/002")
	mustSync(t, u)
	w.assign(t, f, account, w.village)
	w.set("family", "family", w.plantID("family", id.String()), "name", w.kenari("kepala1"))
	w.set("batch", "batch", w.plantID("family", batch.String()))
	w.plantID("quarantined", held.String())
}

func (w *accessWorld) assign(t *testing.T, f *Field, account uint32, area string) {
	t.Helper()
	if err := server.Assign(t.Context(), f.Store, account, []string{area}); err != nil {
		t.Fatal(err)
	}
}

func (w *accessWorld) account(t *testing.T, f *Field, name string) (number uint32) {
	t.Helper()
	err := f.Store.Read(t.Context(), func(ctx context.Context, snap store.Snapshot) error {
		a, err := snap.FindAccountByName(ctx, name)
		number = a.Number
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return number
}

func (w *accessWorld) villageNumber(t *testing.T, u *clientsdk.User) uint32 {
	t.Helper()
	list, err := u.Villages(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range list {
		if v.GetCode() == w.village {
			return v.GetVillage()
		}
	}
	t.Fatalf("%s does not have %s", w.surveyor, w.village)
	return 0
}

// numbersApart is between the serials of families: numbers of which packed forms can't be
// taken for each other where base64 cuts a byte are 128 apart.
const numbersApart = 300

// canaryFamily is a family all of whose texts and numbers are planted; serial 1
// goes through, 2 to quarantine.
func (w *accessWorld) canaryFamily(serial int) *Generated {
	kind, digit := "family", strconv.Itoa(serial)
	if serial == 2 {
		kind = "quarantined"
	}
	g := NewGenerator(uint64(serial), 320405, time.Now()).Family()
	name := w.plant(kind, w.kenari("kepala"+digit))
	g.Family.HeadName = proto.String(name)
	g.Family.Address = proto.String(w.plant(kind, w.kenari("jalan"+digit)))
	card := w.number(numbersApart * serial)
	g.Family.Nkk = proto.Uint64(card)
	w.plant(numbersOf(kind), strconv.FormatUint(card, 10))
	g.Round.Note = proto.String(w.plant(kind, w.kenari("catatan"+digit)))
	for i := range g.People {
		m := g.People[i].Member
		m.Name = proto.String(w.plant(kind, w.kenari(fmt.Sprintf("anggota%d%d", serial, i))))
		number := w.number(numbersApart*serial + 1 + i)
		m.Nik = proto.Uint64(number)
		w.plant(numbersOf(kind), strconv.FormatUint(number, 10))
	}
	return g
}

func numbersOf(kind string) string {
	if kind == "quarantined" {
		return kind
	}
	return "family number"
}

// conflict edits the family on two devices, neither of which has seen the other.
func (w *accessWorld) conflict(t *testing.T, f *Field, u *clientsdk.User, id clientsdk.ID) {
	t.Helper()
	second := signInOn(t, deviceOf(t, f, w.surveyor+"-2"), f, w.surveyor)
	mustSync(t, second)
	for i, on := range []*clientsdk.User{u, second} {
		edit := &ksv1.Family{Address: proto.String(w.plant("family", w.kenari("sengketa"+strconv.Itoa(i)))), Nkk: proto.Uint64(w.number(30 + i))}
		w.plant("family number", strconv.FormatUint(w.number(30+i), 10))
		if _, err := on.Save(t.Context(), id, clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: edit}); err != nil {
			t.Fatal(err)
		}
	}
	mustSync(t, u)
	mustSync(t, second)
}

// corrected writes other numbers over those that were judged.
func (w *accessWorld) corrected(t *testing.T, f *Field) {
	t.Helper()
	u := signInOn(t, deviceOf(t, f, w.surveyor+"-3"), f, w.surveyor)
	mustSync(t, u)
	id, err := clientsdk.ParseID(w.targets["family"]["family"])
	if err != nil {
		t.Fatal(err)
	}
	h, err := u.Family(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	member, err := clientsdk.ParseID(h.GetMembers()[0].GetMemberId())
	if err != nil {
		t.Fatal(err)
	}
	card, person := w.number(40), w.number(199)
	_, err = u.Save(t.Context(), id, clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: &ksv1.Family{Nkk: &card}},
		clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindMember, Member: member}, Set: &ksv1.Member{Nik: &person}})
	if err != nil {
		t.Fatal(err)
	}
	w.plant("family number", strconv.FormatUint(card, 10))
	w.plant("family number", strconv.FormatUint(person, 10))
	mustSync(t, u)
}

// reviewed lets the supervisor return the family, which is corrected then, and finds the
// change in quarantine; head and supervisor have tokens by then.
func (w *accessWorld) reviewed(t *testing.T, f *Field, token string) {
	t.Helper()
	family := w.targets["family"]["family"]
	var got struct{ Digest string }
	restGet(t, f, token, "/v1/families/"+family, &got)
	body := fmt.Sprintf(`{"outcome":"VERDICT_OUTCOME_RETURNED","note":%q,"judgedDigest":%q}`, w.plant("family", w.kenari("putusan")), got.Digest)
	restPost(t, f, token, "/v1/families/"+family+":judge", body)
	w.corrected(t, f)
	var list struct {
		Changes []struct{ ChangeID, FamilyID, VillageCode string }
	}
	restGet(t, f, token, "/v1/quarantine", &list)
	for _, c := range list.Changes {
		if c.VillageCode == w.village {
			w.set("change", "change", c.ChangeID)
			w.plantID("quarantined", c.ChangeID)
			return
		}
	}
	t.Fatalf("nothing of %s is in quarantine", w.name)
}

// staff lets the administrator make an account that waits for its activation, and
// another that has a device and a session.
func (w *accessWorld) staff(t *testing.T, f *Field, token, victim string) {
	t.Helper()
	nik := w.number(900)
	body := fmt.Sprintf(`{"staff":[{"person":{"fullName":%q,"notCivilServant":true,"nik":"%d","position":"Perawat","mobile":%q,"email":%q},"roles":["ROLE_SURVEYOR"]}]}`,
		w.plant("staff", w.kenari("staf")), nik, w.mobile(1), w.plant("staff contact", "kenari.staf."+strings.ToLower(w.name)+"@contoh.example"))
	w.plant("staff NIK", strconv.FormatUint(nik, 10))
	w.plant("staff contact", w.mobile(1)[1:])
	var made struct{ Accounts []issuedAccount }
	postInto(t, f, token, "/v1/accounts:createStaff", body, &made)
	w.set("staff", "account", fmt.Sprint(made.Accounts[0].Account))
	device := newRawDevice(t, f, victim)
	w.set("backup", "backup", backupBy(t, device))
	w.set("victim", "device", fmt.Sprint(device.tokens.GetDeviceNumber()), "session", w.plantID("session", sessionOf(t, device)))
}

func (w *accessWorld) mobile(n int) string {
	return fmt.Sprintf("08129%d%d%05d", w.name[0]-'A', w.name[1]-'0', 77000+n)
}

func postInto(t *testing.T, f *Field, token, path, body string, into any) {
	t.Helper()
	status, data := rest(t, f, "POST", token, path, body)
	if status != 200 {
		t.Fatalf("POST %s: %d %s", path, status, data)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatalf("POST %s: %v in %s", path, err, data)
	}
}
