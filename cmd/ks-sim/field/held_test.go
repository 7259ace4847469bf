package field

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/server"
	"github.com/keluarga-sehat/sync/server/account"
	"github.com/keluarga-sehat/sync/server/store"
)

func TestWhatALostDeviceHeldIsTold(t *testing.T) { onEachEngine(t, 3, whatALostDeviceHeldIsTold) }

func whatALostDeviceHeldIsTold(t *testing.T, f *Field) {
	administrator(t, f)
	u := signIn(t, f, "surveyor1")
	mustSync(t, u)
	g := NewGenerator(8, 320405, time.Now())
	for _, place := range []string{"001/001", "001/001", "002/001"} {
		if _, err := Interview(t.Context(), u, village(t, u), place, g.Family()); err != nil {
			t.Fatal(err)
		}
	}
	mustSync(t, u)
	// The device was let into one RT alone when it synced last.
	if err := server.Assign(t.Context(), f.Store, f.Surveyors[0].Account, []string{"32.04.05.2001/001/001"}); err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	if err := server.Assign(t.Context(), f.Store, f.Surveyors[0].Account, []string{"32.04.05.2001"}); err != nil {
		t.Fatal(err)
	}
	admin := restToken(t, f, "admin")
	var devices struct{ Devices []struct{ Device uint32 } }
	restGet(t, f, admin, fmt.Sprintf("/v1/accounts/%d/devices", f.Surveyors[0].Account), &devices)
	number := devices.Devices[0].Device
	path := fmt.Sprintf("/v1/devices/%d", number)
	var held struct {
		Account     uint32
		Areas       []string
		Families    string
		RevokedAtMs string
		Sessions    uint32
		FamilyIds   []string
	}
	restGet(t, f, admin, path+"/holdings", &held)
	if held.Account != f.Surveyors[0].Account || !slices.Equal(held.Areas, []string{"32.04.05.2001/001/001"}) || held.Families != "2" || held.RevokedAtMs != "" || held.Sessions != 1 {
		t.Errorf("told %+v", held)
	}
	restPost(t, f, admin, path+":revoke", `{}`)
	restGet(t, f, admin, path+"/holdings", &held)
	if held.RevokedAtMs == "" {
		t.Errorf("after it was revoked: %+v", held)
	}
	if status, _ := rest(t, f, "GET", restToken(t, f, "surveyor3"), path+"/holdings", ""); status != 404 {
		t.Errorf("another surveyor gets %d", status)
	}
	operator := store.AsOperator(t.Context())
	accounts := &account.Service{Store: f.Store, Now: time.Now}
	told, err := accounts.HeldBy(operator, number)
	if err != nil || told.Families != 2 || told.RevokedMS == 0 {
		t.Errorf("to the operator: %+v, %v", told, err)
	}
	places, err := accounts.PlacesHeld(operator, told)
	if err != nil || len(places) != 1 || places[0].Path != "32.04.05.2001/001/001" || places[0].Families != 2 {
		t.Errorf("places %+v, %v", places, err)
	}
}
