package field

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/cmd/ks-sim/registry"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server"
	"github.com/keluarga-sehat/sync/server/store"
)

// accessMatrix is a field with places and everybody who may ask.
type accessMatrix struct {
	*Field
	worlds  []*accessWorld
	callers []*accessCaller
	// offset is added to the field's clock.
	offset *atomic.Int64
	// turn is held while something is asked of which few may be under way.
	turn sync.Mutex
}

// newAccessMatrix builds it on a store.
func newAccessMatrix(t *testing.T, s store.Store) *accessMatrix {
	t.Helper()
	m := &accessMatrix{worlds: accessPlaces(), offset: &atomic.Int64{}}
	now := func() time.Time { return time.Now().Add(time.Duration(m.offset.Load())) }
	f, err := New(t.Context(), Options{Dir: t.TempDir(), Surveyors: 3, Staff: true, Store: s, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	cleanUp(t, func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	m.Field = f
	withRegistry(t, f, registry.Options{}).Put(cardOf(3204054101900077))
	m.places(t)
	m.people(t)
	m.plant(t)
	return m
}

// places are the neighbours of the sample.
func (m *accessMatrix) places(t *testing.T) {
	t.Helper()
	for _, w := range m.worlds {
		if w.none || w.puskesmas == PuskesmasCode {
			continue
		}
		kecamatan := w.village[:8]
		err := m.AddPuskesmas(t.Context(), store.Puskesmas{Code: w.puskesmas, Name: "Puskesmas " + w.name, District: w.district, Villages: []string{w.village}},
			[]store.Area{{Code: w.province, Name: w.province}, {Code: w.district, Name: w.district}, {Code: kecamatan, Name: kecamatan}, {Code: w.village, Name: w.village}})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// offices of the neighbours; those of the sample are its own.
var accessOffices = []struct {
	name string
	role ksv1.Role
	area string
}{
	{"provinsi-33", ksv1.Role_ROLE_PROVINCE, "33"}, {"dinas-3205", ksv1.Role_ROLE_DISTRICT, "32.05"}, {"dinas-3301", ksv1.Role_ROLE_DISTRICT, "33.01"},
}

// people makes the accounts and the callers.
func (m *accessMatrix) people(t *testing.T) {
	t.Helper()
	for _, o := range accessOffices {
		if err := m.AddOffice(t.Context(), o.name, o.role, o.area); err != nil {
			t.Fatal(err)
		}
	}
	a1 := m.worlds[0]
	extra := func(name, puskesmas string, role ksv1.Role, assigned ...string) {
		_, err := server.AddAccount(t.Context(), m.Store, m.Ring, randomness, server.NewAccount{
			UserName: name, FullName: name, Password: m.Password, Roles: []ksv1.Role{role}, Puskesmas: puskesmas, Assigned: assigned,
			PasswordCost: m.options.PasswordCost,
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"penjabat", "mantan", "belum-terdaftar", "mati", "kedaluwarsa", "dicabut", "ditutup"} {
		extra(name, PuskesmasCode, ksv1.Role_ROLE_SURVEYOR, a1.village)
	}
	extra("rt9", PuskesmasCode, ksv1.Role_ROLE_SURVEYOR, a1.village+"/009")
	// A head who collects in one village.
	_, err := server.AddAccount(t.Context(), m.Store, m.Ring, randomness, server.NewAccount{
		UserName: "kepala-pendata", FullName: "Kepala Pendata", Password: m.Password, Puskesmas: PuskesmasCode, Assigned: []string{a1.village},
		Roles: []ksv1.Role{ksv1.Role_ROLE_PUSKESMAS_HEAD, ksv1.Role_ROLE_SURVEYOR}, PasswordCost: m.options.PasswordCost,
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range m.worlds {
		if !w.none {
			extra("korban-"+strings.ToLower(w.name), w.puskesmas, ksv1.Role_ROLE_SURVEYOR)
			extra("wakil-"+strings.ToLower(w.name), w.puskesmas, ksv1.Role_ROLE_PUSKESMAS_ADMINISTRATOR)
		}
	}
	m.callers = []*accessCaller{
		{name: "pusat", roles: []role{asNational}},
		{name: "provinsi", roles: []role{asProvince}, area: "32"},
		{name: "provinsi-33", roles: []role{asProvince}, area: "33"},
		{name: "dinas", roles: []role{asDistrict}, area: "32.04"},
		{name: "dinas-3205", roles: []role{asDistrict}, area: "32.05"},
		{name: "dinas-3301", roles: []role{asDistrict}, area: "33.01"},
		{name: "administrator", roles: []role{asAdministrator}, puskesmas: PuskesmasCode},
		{name: "kepala", roles: []role{asHead}, puskesmas: PuskesmasCode},
		{name: "supervisor", roles: []role{asSupervisor}, puskesmas: PuskesmasCode},
		{name: "surveyor1", roles: []role{asSurveyor}, puskesmas: PuskesmasCode, assigned: []string{a1.village}},
		{name: "surveyor3", roles: []role{asSurveyor}, puskesmas: PuskesmasCode, assigned: []string{m.worlds[1].village}},
		{name: "rt9", roles: []role{asSurveyor}, puskesmas: PuskesmasCode, assigned: []string{a1.village + "/009"}},
		{name: "penjabat", roles: []role{asSurveyor, asSupervisor}, puskesmas: PuskesmasCode, assigned: []string{a1.village}},
		{name: "kepala-pendata", roles: []role{asHead, asSurveyor}, puskesmas: PuskesmasCode, assigned: []string{a1.village}},
		{name: "mantan", roles: []role{asSurveyor}, puskesmas: PuskesmasCode, assigned: []string{a1.village}},
		{name: "belum-terdaftar", roles: []role{asSurveyor}, puskesmas: PuskesmasCode, assigned: []string{a1.village}, unregistered: true},
	}
	for _, w := range m.worlds[2:5] {
		for r, name := range map[role]string{asAdministrator: "administrator", asHead: "head", asSupervisor: "supervisor", asSurveyor: "surveyor"} {
			c := &accessCaller{name: name + "-" + strings.ToLower(w.puskesmas), roles: []role{r}, puskesmas: w.puskesmas}
			if r == asSurveyor {
				c.assigned = []string{w.village}
			}
			m.callers = append(m.callers, c)
		}
	}
	for _, c := range m.callers {
		if !c.unregistered {
			inForce(t, m.Field, c.name)
		}
	}
	m.acting(t)
	m.tokens(t)
}

// acting names one acting supervisor, and another one long ago.
func (m *accessMatrix) acting(t *testing.T) {
	t.Helper()
	for name, until := range map[string]time.Time{"penjabat": time.Now().Add(24 * time.Hour), "mantan": time.Now().Add(-time.Minute)} {
		err := m.Store.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
			a, err := tx.Snapshot().FindAccountByName(ctx, name)
			if err != nil {
				return err
			}
			a.ActingUntilMS = until.UnixMilli()
			_, err = tx.Directory().PutAccount(ctx, a)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// tokens signs everybody in, and spoils the tokens of some.
func (m *accessMatrix) tokens(t *testing.T) {
	t.Helper()
	for _, c := range m.callers {
		c.token = restToken(t, m.Field, c.name)
		for _, w := range m.worlds {
			if c.covers(w) {
				c.covered = append(c.covered, w)
			}
		}
	}
	m.offset.Store(-int64(time.Hour))
	expired := restToken(t, m.Field, "kedaluwarsa")
	m.offset.Store(0)
	disabled := restToken(t, m.Field, "mati")
	ended, revoked := newRawDevice(t, m.Field, "ditutup"), newRawDevice(t, m.Field, "dicabut")
	token := m.token("administrator")
	restPost(t, m.Field, token, fmt.Sprintf("/v1/accounts/%d:disable", m.worlds[0].account(t, m.Field, "mati")), `{}`)
	restPost(t, m.Field, token, "/v1/sessions/"+sessionOf(t, ended)+":end", `{}`)
	restPost(t, m.Field, token, fmt.Sprintf("/v1/devices/%d:revoke", revoked.tokens.GetDeviceNumber()), `{}`)
	var feed struct{ Secret string }
	postInto(t, m.Field, m.token("dinas"), "/v1/feedTokens", `{"name":"uji","days":1}`, &feed)
	m.callers = append(m.callers,
		&accessCaller{name: "feed of dinas", broken: isSignedOut, token: feed.Secret, feedOf: m.caller("dinas")},
		&accessCaller{name: "nobody", broken: isSignedOut},
		&accessCaller{name: "made up", broken: isSignedOut, token: "AAAA.BBBB.CCCC"},
		&accessCaller{name: "expired", broken: isSignedOut, token: expired},
		&accessCaller{name: "disabled", broken: isForbidden, token: disabled},
		&accessCaller{name: "session ended", broken: isSignedOut, token: ended.tokens.GetAccessToken()},
		&accessCaller{name: "device revoked", broken: isForbidden, token: revoked.tokens.GetAccessToken()},
	)
}

// caller of a name; nobody where there is none.
func (m *accessMatrix) caller(name string) *accessCaller {
	for _, c := range m.callers {
		if c.name == name {
			return c
		}
	}
	return &accessCaller{}
}

func (m *accessMatrix) token(name string) string { return m.caller(name).token }

// plant fills the places.
func (m *accessMatrix) plant(t *testing.T) {
	t.Helper()
	for _, w := range m.worlds {
		if w.none {
			w.nowhere()
			continue
		}
		w.family(t, m.Field)
	}
	for _, w := range m.worlds[:5] {
		suffix := "-" + strings.ToLower(w.puskesmas)
		if w.puskesmas == PuskesmasCode {
			suffix = ""
		}
		w.reviewed(t, m.Field, m.token("supervisor"+suffix))
		w.staff(t, m.Field, m.token("administrator"+suffix), "korban-"+strings.ToLower(w.name))
		w.set("administrator", "account", strconv.Itoa(int(w.account(t, m.Field, "wakil-"+strings.ToLower(w.name)))))
	}
	for name, w := range map[string]*accessWorld{"dinas": m.worlds[0], "dinas-3205": m.worlds[3], "dinas-3301": m.worlds[4]} {
		w.registration(t, m.Field, m.token(name))
		w.offices(t, m.Field, m.token("pusat"))
	}
	if err := m.Server.Board().Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
}
