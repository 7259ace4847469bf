package api

import (
	"testing"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/store"
)

func TestAStreamEndsWhereItsCallerMayDoSomethingElse(t *testing.T) {
	t.Parallel()
	caller := func(scope uint64, role ksv1.Role, villages ...store.Village) *access.Caller {
		return &access.Caller{Account: store.Account{Number: 1, Puskesmas: "P1", Roles: []int32{int32(role)}, ScopeRevision: scope}, Work: villages}
	}
	one, two := store.Village{Number: 1, Code: "32.04.05.2001"}, store.Village{Number: 2, Code: "32.04.05.2002"}
	began := caller(1, ksv1.Role_ROLE_SUPERVISOR, one, two)
	synced := two
	synced.Revision = 9
	for name, c := range map[string]struct {
		now  *access.Caller
		want bool
	}{
		"nothing":         {caller(1, ksv1.Role_ROLE_SUPERVISOR, one, two), false},
		"the families":    {caller(1, ksv1.Role_ROLE_SUPERVISOR, synced, one), false},
		"the assignment":  {caller(2, ksv1.Role_ROLE_SUPERVISOR, one, two), true},
		"the role":        {caller(1, ksv1.Role_ROLE_PUSKESMAS_HEAD, one, two), true},
		"a village less":  {caller(1, ksv1.Role_ROLE_SUPERVISOR, one), true},
		"another village": {caller(1, ksv1.Role_ROLE_SUPERVISOR, one, store.Village{Number: 3}), true},
	} {
		if got := changed(began, c.now); got != c.want {
			t.Errorf("%s changed: ends %t", name, got)
		}
	}
}
