package auth

import (
	"testing"
	"time"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/store"
)

func TestHeadsAndAdministratorsDoNotAct(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 5, 1, 0, 0, 0, time.UTC)
	s := &Service{now: func() time.Time { return now }}
	for role, acts := range map[ksv1.Role]bool{
		ksv1.Role_ROLE_SURVEYOR: true, ksv1.Role_ROLE_PUSKESMAS_HEAD: false, ksv1.Role_ROLE_PUSKESMAS_ADMINISTRATOR: false,
	} {
		c := &access.Caller{Account: store.Account{
			Roles: []int32{int32(ksv1.Role_ROLE_SURVEYOR), int32(role)}, ActingUntilMS: now.Add(time.Hour).UnixMilli(), Puskesmas: "P",
		}}
		s.actFor(&c.Account)
		if may := c.Has(ksv1.Right_RIGHT_REVIEW); may != acts {
			t.Errorf("%s beside surveyor, named acting, may review: %t", role, may)
		}
	}
}
