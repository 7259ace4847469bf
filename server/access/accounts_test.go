package access

import (
	"testing"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

func TestEveryAccountIsSomebodysToManage(t *testing.T) {
	t.Parallel()
	caller := func(number uint32, area, puskesmas string, role ksv1.Role) *Caller {
		return &Caller{Account: store.Account{Number: number, Roles: []int32{int32(role)}, Area: area, Puskesmas: puskesmas}}
	}
	national, district := caller(1, "", "", ksv1.Role_ROLE_NATIONAL), caller(2, "32.04", "", ksv1.Role_ROLE_DISTRICT)
	administrator := caller(3, "", "P1", ksv1.Role_ROLE_PUSKESMAS_ADMINISTRATOR)
	for _, c := range []struct {
		roles   []ksv1.Role
		manages *Caller
	}{
		{[]ksv1.Role{ksv1.Role_ROLE_PUSKESMAS_ADMINISTRATOR}, national},
		{[]ksv1.Role{ksv1.Role_ROLE_SURVEYOR, ksv1.Role_ROLE_PUSKESMAS_ADMINISTRATOR}, national},
		{[]ksv1.Role{ksv1.Role_ROLE_PUSKESMAS_HEAD, ksv1.Role_ROLE_SURVEYOR}, administrator},
	} {
		a := store.Account{Number: 9, Puskesmas: "P1"}
		for _, role := range c.roles {
			a.Roles = append(a.Roles, int32(role))
		}
		for _, who := range []*Caller{national, district, administrator} {
			if over := who.Over(&a, Place{District: "32.04"}); over.Manage != (who == c.manages) {
				t.Errorf("%v: account %d may %+v", c.roles, who.Account.Number, over)
			}
		}
	}
	a := store.Account{Number: 9, Puskesmas: "P1", Roles: []int32{int32(ksv1.Role_ROLE_SURVEYOR)}}
	for _, who := range []*Caller{national, district, administrator} {
		if over := who.Over(&a, Place{"32.04", true}); over.Manage != (who != district) || over.Reissue != (who == administrator) {
			t.Errorf("where nobody administers: account %d may %+v", who.Account.Number, over)
		}
	}
}
