package account

import (
	"errors"
	"testing"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/store"
)

func TestAnOfficeOfAnUnknownAreaIsRefusedByItsField(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	national := &access.Caller{Account: store.Account{Number: 99, Roles: []int32{int32(ksv1.Role_ROLE_NATIONAL)}}}
	for area, role := range map[string]ksv1.Role{"77": ksv1.Role_ROLE_PROVINCE, "32.99": ksv1.Role_ROLE_DISTRICT} {
		a := NewAccount{Person: person("Siti", 1), Roles: []ksv1.Role{role}, Area: area}
		var invalid *InvalidError
		if _, err := w.CreateStaff(t.Context(), national, []NewAccount{a}); !errors.As(err, &invalid) || invalid.Field != "staff[0].area" {
			t.Errorf("%s: %v", area, err)
		}
	}
}
