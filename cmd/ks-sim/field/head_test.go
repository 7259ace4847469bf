package field

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server"
	"github.com/keluarga-sehat/sync/server/sample"
)

// A head is shown the last digits of a number (access.FamilyNumbers); records go
// down to devices whole, so none may go down to a head's.
func TestAHeadsDeviceGetsNoFamilies(t *testing.T) {
	onEachEngine(t, 1, aHeadsDeviceGetsNoFamilies)
}

func aHeadsDeviceGetsNoFamilies(t *testing.T, f *Field) {
	if _, err := f.addAccount(t.Context(), "kepala", "Kepala Puskesmas", ksv1.Role_ROLE_PUSKESMAS_HEAD, nil); err != nil {
		t.Fatal(err)
	}
	u := signIn(t, f, "surveyor1")
	mustSync(t, u)
	if _, err := Interview(t.Context(), u, village(t, u), "001/001", NewGenerator(1, 320405, time.Now()).Family()); err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	for name, want := range map[string]int{"kepala": 0, "supervisor": 1} {
		reader := signIn(t, f, name)
		got := mustSync(t, reader).Received
		if held, _ := reader.Families(clientsdk.Query{}); int(got) != want || len(held) != want {
			t.Errorf("%s received %d, holds %d families, want %d", name, got, len(held), want)
		}
	}
}

// A head who is a surveyor too collects where the surveyor may, and elsewhere reads as
// the head does.
func TestAHeadWhoCollectsDoesSoInTheAssignedAreasAlone(t *testing.T) {
	onEachEngine(t, 3, aHeadWhoCollects)
}

func aHeadWhoCollects(t *testing.T, f *Field) {
	codes := sample.VillageCodes()
	_, err := server.AddAccount(t.Context(), f.Store, f.Ring, rand.Reader, server.NewAccount{
		UserName: "kepala", FullName: "Kepala Pendata", Password: f.Password, Puskesmas: PuskesmasCode, Assigned: codes[:1],
		Roles: []ksv1.Role{ksv1.Role_ROLE_PUSKESMAS_HEAD, ksv1.Role_ROLE_SURVEYOR}, PasswordCost: f.options.PasswordCost,
	})
	if err != nil {
		t.Fatal(err)
	}
	ids, numbers := [2]string{}, [2]string{"3204054101900077", "3204054101900088"}
	for i, name := range []string{"surveyor1", "surveyor3"} {
		u := signIn(t, f, name)
		mustSync(t, u)
		g := NewGenerator(uint64(i)+1, 320405, time.Now()).Family()
		g.Family.Nkk = proto.Uint64([2]uint64{3204054101900077, 3204054101900088}[i])
		id, err := Interview(t.Context(), u, village(t, u), "001/001", g)
		if err != nil {
			t.Fatal(err)
		}
		mustSync(t, u)
		ids[i] = id.String()
	}
	head := tokenFor(t, f, "kepala")
	for i, want := range []struct {
		card                 string
		form, save           int
		outside, exportWhole bool
	}{
		{numbers[0], 200, 400, false, true}, // a form is saved with its etag
		{"************0088", 404, 404, true, false},
	} {
		if _, data := rest(t, f, "GET", head, "/v1/families/"+ids[i], ""); !strings.Contains(string(data), `"`+want.card+`"`) || strings.Contains(string(data), numbers[i]) != (i == 0) {
			t.Errorf("%s: the family is not shown with %s: %.300s", codes[i], want.card, data)
		}
		if status, data := rest(t, f, "GET", head, "/v1/forms/"+ids[i], ""); status != want.form {
			t.Errorf("%s: the form: %d %.200s", codes[i], status, data)
		}
		if status, data := rest(t, f, "POST", head, "/v1/forms/"+ids[i]+":save", `{"set":{"family":{"address":"Jl. Mawar"}}}`); status != want.save {
			t.Errorf("%s: saving: %d %.200s", codes[i], status, data)
		}
		status, data := rest(t, f, "POST", head, "/v1/forms", `{"villageCode":"`+codes[i]+`","place":"001/001","family":{"headName":"Budi"}}`)
		if status != 200 || strings.Contains(strings.ReplaceAll(string(data), " ", ""), `"outsideAssignment":true`) != want.outside {
			t.Errorf("%s: a new family: %d %.200s", codes[i], status, data)
		}
		list := takeFile(t, f, "POST", "Bearer "+head, "/v1/exports/families", `{"area":"`+codes[i]+`","reason":"laporan bulanan Puskesmas"}`)
		if list.status != 200 || strings.Contains(string(list.data), numbers[i]) != want.exportWhole {
			t.Errorf("%s: the list: %d %.300s", codes[i], list.status, list.data)
		}
	}
	device := signIn(t, f, "kepala")
	mustSync(t, device)
	held, _ := device.Families(clientsdk.Query{})
	for _, h := range held {
		if h.ID.String() == ids[1] {
			t.Error("the device holds a family outside the assignment")
		}
	}
	if len(held) != 2 {
		t.Errorf("the device holds %d families, want those of the assigned village", len(held))
	}
}
