// Package sample is a small real place to try things with: Kecamatan Cileunyi
// with an invented Puskesmas, and accounts of every level and role. It serves
// 'ks-server dev', the demo and the tests; nothing of it is meant for a server
// that people work with.
package sample

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/keluarga-sehat/sync/internal/record"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server"
	"github.com/keluarga-sehat/sync/server/store"
)

// User is one of the sample's accounts.
type User struct {
	// Name to sign in with.
	Name string
	// Account is its number.
	Account uint32
	// Role in the office or Puskesmas.
	Role ksv1.Role
	// Assigned are a surveyor's areas.
	Assigned []string
}

// Names of the accounts besides the surveyors, who are surveyor1, surveyor2 and
// so on.
const (
	Supervisor    = "supervisor"
	Head          = "kepala"
	Administrator = "administrator"
	DistrictStaff = "dinas"
	ProvinceStaff = "provinsi"
	NationalStaff = "pusat"
)

// Place writes areas, targets, the Puskesmas and support contacts into a store that has none, and
// begins its epoch.
func Place(ctx context.Context, s store.Store, rand io.Reader) error {
	if err := server.InitStore(ctx, s, rand); err != nil {
		return err
	}
	err := s.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		var targets []store.Target
		for _, code := range VillageCodes() {
			targets = append(targets, store.Target{Area: code, Families: targetFamilies})
		}
		return errors.Join(
			tx.Directory().PutAreas(ctx, areas),
			tx.Directory().PutPuskesmas(ctx, []store.Puskesmas{{Code: PuskesmasCode, Name: "Puskesmas Cileunyi (contoh)", District: District, Villages: VillageCodes()}}),
			tx.Directory().PutTargets(ctx, targets))
	})
	if err != nil {
		return err
	}
	return placeContacts(ctx, s)
}

// CheapPassword costs a thousandth of what a server's hash does: for passwords
// drawn at random where signing in by the thousand is not what is tried.
var CheapPassword = record.PasswordCost{MemoryKiB: 64, Passes: 1, Lanes: 1}

// Accounts makes accounts, all with one password.
type Accounts struct {
	Store    store.Store
	Ring     *record.Ring
	Rand     io.Reader
	Password string
	// PasswordCost is as in server.NewAccount.
	PasswordCost record.PasswordCost
}

// AddSurveyors makes surveyors of the Puskesmas. Two neighbours share a village,
// so that they know the same families.
func (m Accounts) AddSurveyors(ctx context.Context, surveyors int) ([]User, error) {
	var out []User
	villages := VillageCodes()
	for i := range surveyors {
		out = append(out, User{
			Name: "surveyor" + strconv.Itoa(i+1), Role: ksv1.Role_ROLE_SURVEYOR, Assigned: []string{villages[i/2%len(villages)]},
		})
	}
	return m.add(ctx, out, func(i int) server.NewAccount {
		return server.NewAccount{FullName: "Pembina Keluarga " + strconv.Itoa(i+1), Puskesmas: PuskesmasCode}
	})
}

// AddStaff makes an account of each other role: in the Puskesmas, and in the
// offices above it.
func (m Accounts) AddStaff(ctx context.Context) ([]User, error) {
	list := []server.NewAccount{
		{UserName: Supervisor, FullName: "Supervisor Contoh", Roles: []ksv1.Role{ksv1.Role_ROLE_SUPERVISOR}, Puskesmas: PuskesmasCode},
		{UserName: Head, FullName: "Kepala Puskesmas Contoh", Roles: []ksv1.Role{ksv1.Role_ROLE_PUSKESMAS_HEAD}, Puskesmas: PuskesmasCode},
		{UserName: Administrator, FullName: "Administrator Contoh", Roles: []ksv1.Role{ksv1.Role_ROLE_PUSKESMAS_ADMINISTRATOR}, Puskesmas: PuskesmasCode},
		{UserName: DistrictStaff, FullName: "Petugas Dinas Kesehatan Contoh", Roles: []ksv1.Role{ksv1.Role_ROLE_DISTRICT}, Area: District},
		{UserName: ProvinceStaff, FullName: "Petugas Provinsi Contoh", Roles: []ksv1.Role{ksv1.Role_ROLE_PROVINCE}, Area: areas[0].Code},
		{UserName: NationalStaff, FullName: "Petugas Pusat Contoh", Roles: []ksv1.Role{ksv1.Role_ROLE_NATIONAL}},
	}
	users := make([]User, len(list))
	for i, a := range list {
		users[i] = User{Name: a.UserName, Role: a.Roles[0]}
	}
	return m.add(ctx, users, func(i int) server.NewAccount { return list[i] })
}

// add makes the users, in order, with what account says of each.
func (m Accounts) add(ctx context.Context, users []User, account func(i int) server.NewAccount) ([]User, error) {
	out := slices.Clone(users)
	for i := range out {
		a := account(i)
		a.UserName, a.Password, a.Roles, a.Assigned = out[i].Name, m.Password, []ksv1.Role{out[i].Role}, out[i].Assigned
		a.PasswordCost = m.PasswordCost
		number, err := server.AddAccount(ctx, m.Store, m.Ring, m.Rand, a)
		if err != nil {
			return nil, fmt.Errorf("sample account %s: %w", a.UserName, err)
		}
		out[i].Account = number
	}
	return out, nil
}
