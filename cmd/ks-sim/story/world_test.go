package story

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/cmd/ks-sim/field"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server"
	"github.com/keluarga-sehat/sync/server/store"
)

// world is a Puskesmas with its offices, and surveyors with devices.
type world struct {
	field   *field.Field
	devices map[string]*clientsdk.User
}

// newWorld makes a world with surveyors whose devices are signed in.
func newWorld(t *testing.T, surveyors int) *world {
	t.Helper()
	ctx := t.Context()
	f, err := field.New(ctx, field.Options{Dir: t.TempDir(), Surveyors: surveyors, Staff: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	w := &world{field: f, devices: map[string]*clientsdk.User{}}
	for _, s := range f.Surveyors {
		w.addDevice(t, s.Name)
	}
	return w
}

func (w *world) addDevice(t *testing.T, name string) {
	t.Helper()
	if err := w.signIn(t, name, name); err != nil {
		t.Fatal(err)
	}
	if _, err := w.devices[name].Sync(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
}

// signIn signs a user in on a device of its own, which does not sync yet.
func (w *world) signIn(t *testing.T, user, device string) error {
	t.Helper()
	client, err := w.field.Device(device)
	if err != nil {
		return err
	}
	u, err := client.SignIn(t.Context(), user, w.field.Password)
	if err != nil {
		return err
	}
	t.Cleanup(func() {
		if err := u.Close(); err != nil {
			t.Error(err)
		}
		if err := client.Close(); err != nil {
			t.Error(err)
		}
	})
	w.devices[device] = u
	return nil
}

// deeds are what scripts may ask for of devices.
func (w *world) deeds() map[string]deed {
	return map[string]deed{
		"collect":  w.collect,
		"hostile":  w.hostile,
		"sync":     w.sync,
		"stray":    w.stray,
		"address":  w.address,
		"returned": w.returned,
		"correct":  w.correct,
	}
}

// onDevice reads arguments that name a device.
func (w *world) onDevice(arguments json.RawMessage, into any) (*clientsdk.User, error) {
	var named struct {
		Device string `json:"device"`
	}
	if err := json.Unmarshal(arguments, &named); err != nil {
		return nil, err
	}
	u, ok := w.devices[named.Device]
	if !ok {
		return nil, fmt.Errorf("no device %q", named.Device)
	}
	return u, json.Unmarshal(arguments, into)
}

// collect saves families on a device and submits them as one batch. Names given
// are those of the heads, in order.
func (w *world) collect(ctx context.Context, arguments json.RawMessage) (any, error) {
	var a struct {
		Families int      `json:"families"`
		Names    []string `json:"names"`
		Place    string   `json:"place"`
		Seed     uint64   `json:"seed"`
		Note     string   `json:"note"`
		// NKK is given to every family; 0: none shares one.
		NKK uint64 `json:"nkk"`
	}
	u, err := w.onDevice(arguments, &a)
	if err != nil {
		return nil, err
	}
	villages, err := u.Villages(ctx)
	if err != nil {
		return nil, err
	}
	g := field.NewGenerator(a.Seed+1, 320405, time.Now())
	var ids []clientsdk.ID
	var texts []string
	for n := range a.Families {
		family := g.Family()
		if n < len(a.Names) {
			family.Family.HeadName = &a.Names[n]
		}
		if a.NKK != 0 {
			family.Family.Nkk = &a.NKK
		}
		id, err := field.Interview(ctx, u, villages[0].GetVillage(), a.Place, family)
		if err != nil {
			return nil, err
		}
		ids, texts = append(ids, id), append(texts, id.String())
	}
	_, err = u.Submit(ctx, ids, a.Note)
	return texts, err
}

// hostile saves families whose texts would like to be more than text, and gives
// the names of each one's members.
func (w *world) hostile(ctx context.Context, arguments json.RawMessage) (any, error) {
	var a struct {
		Place string `json:"place"`
	}
	u, err := w.onDevice(arguments, &a)
	if err != nil {
		return nil, err
	}
	villages, err := u.Villages(ctx)
	if err != nil {
		return nil, err
	}
	families, err := field.CollectHostile(ctx, u, villages[0].GetVillage(), a.Place)
	if err != nil {
		return nil, err
	}
	type named struct {
		Family string   `json:"family"`
		Names  []string `json:"names"`
	}
	out := []named{}
	for _, f := range families {
		out = append(out, named{f.ID.String(), f.Names})
	}
	return out, nil
}

// stray saves a family on a device whose surveyor loses its RT before the sync, so
// that it waits for a supervisor's decision; the surveyor has the villages again after.
func (w *world) stray(ctx context.Context, arguments json.RawMessage) (any, error) {
	var named struct {
		Device string `json:"device"`
	}
	u, err := w.onDevice(arguments, &named)
	if err != nil {
		return nil, err
	}
	villages, err := u.Villages(ctx)
	if err != nil {
		return nil, err
	}
	const strays = 99 // a seed that no other family has
	family := field.NewGenerator(strays, 320405, time.Now()).Family()
	if _, err := field.Interview(ctx, u, villages[0].GetVillage(), "009/009", family); err != nil {
		return nil, err
	}
	var own []string
	for _, v := range villages {
		own = append(own, v.GetCode())
	}
	for _, areas := range [][]string{{villages[0].GetCode() + "/002"}, own} {
		if err := w.assign(ctx, named.Device, areas); err != nil {
			return nil, err
		}
		if _, err := u.Sync(ctx, nil); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// assign gives an account its areas, instead of those it had.
func (w *world) assign(ctx context.Context, user string, areas []string) error {
	var number uint32
	err := w.field.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		a, err := snap.FindAccountByName(ctx, user)
		number = a.Number
		return err
	})
	if err != nil {
		return err
	}
	return server.Assign(ctx, w.field.Store, number, areas)
}

// address writes the address of a family that a device knows.
func (w *world) address(ctx context.Context, arguments json.RawMessage) (any, error) {
	_, _, err := w.readdress(ctx, arguments)
	return nil, err
}

// correct writes the address of a returned family and submits it again.
func (w *world) correct(ctx context.Context, arguments json.RawMessage) (any, error) {
	u, id, err := w.readdress(ctx, arguments)
	if err != nil {
		return nil, err
	}
	_, err = u.Submit(ctx, []clientsdk.ID{id}, "")
	return nil, err
}

func (w *world) readdress(ctx context.Context, arguments json.RawMessage) (*clientsdk.User, clientsdk.ID, error) {
	var a struct {
		Family  string `json:"family"`
		Address string `json:"address"`
	}
	u, err := w.onDevice(arguments, &a)
	if err != nil {
		return nil, clientsdk.ID{}, err
	}
	list, _ := u.Families(clientsdk.Query{Limit: 1000})
	for _, f := range list {
		if f.ID.String() == a.Family {
			_, err := u.Save(ctx, f.ID, clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: &ksv1.Family{Address: &a.Address}})
			return u, f.ID, err
		}
	}
	return nil, clientsdk.ID{}, fmt.Errorf("the device does not know family %s", a.Family)
}

// returned syncs a device and gives the families that came back, with the notes.
func (w *world) returned(ctx context.Context, arguments json.RawMessage) (any, error) {
	u, err := w.onDevice(arguments, &struct{}{})
	if err != nil {
		return nil, err
	}
	if _, err := u.Sync(ctx, nil); err != nil {
		return nil, err
	}
	out := []map[string]string{}
	list, _ := u.Families(clientsdk.Query{Limit: 1000})
	for _, f := range list {
		review, err := u.Review(ctx, f.ID)
		if err != nil {
			return nil, err
		}
		if review.GetState() == ksv1.ReviewState_REVIEW_STATE_RETURNED {
			out = append(out, map[string]string{"family": f.ID.String(), "note": review.GetNote()})
		}
	}
	return out, nil
}

// endSessions ends all sessions of an account, as an administrator may.
func (w *world) endSessions(ctx context.Context, arguments json.RawMessage) (any, error) {
	var named struct {
		User string `json:"user"`
	}
	if err := json.Unmarshal(arguments, &named); err != nil {
		return nil, err
	}
	return nil, w.field.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		a, err := tx.Snapshot().FindAccountByName(ctx, named.User)
		if err != nil {
			return err
		}
		return tx.Directory().EndSessions(ctx, a.Number, nil, store.EndByHand)
	})
}

// sync syncs a device.
func (w *world) sync(ctx context.Context, arguments json.RawMessage) (any, error) {
	u, err := w.onDevice(arguments, &struct{}{})
	if err != nil {
		return nil, err
	}
	r, err := u.Sync(ctx, nil)
	if err != nil {
		return nil, err
	}
	return map[string]int{"sent": r.Sent}, nil
}
