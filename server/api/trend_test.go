package api

import (
	"context"
	"testing"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/past"
	"github.com/keluarga-sehat/sync/server/store"
)

// quietVillages are so many that a month of theirs is more than one question may read.
const quietVillages = past.MaxDailyTallies/defaultDays + 100

var districtOfficer = &access.Caller{Account: store.Account{Number: 1, Area: "32.04", Roles: []int32{int32(ksv1.Role_ROLE_DISTRICT)}}}

// In a pilot one district works, while whole provinces have no figures yet: its trend, and
// theirs, are told.
func TestAPilotsTrendIsToldWhileOtherProvincesHaveNoFigures(t *testing.T) {
	t.Parallel()
	w := newOpenWorld(t)
	w.AddQuietProvince(quietVillages)
	for day := range 5 {
		w.Move(1, 20260301+day, 1)
	}
	w.Settle()
	for _, code := range []string{"32.04", "33"} {
		caller := *districtOfficer
		caller.Account.Area = code
		ctx := context.WithValue(t.Context(), callerKey{}, &caller)
		r := &ksv1.GetTrendRequest{Area: code, Membership: ksv1.Membership_MEMBERSHIP_INTI, Basis: ksv1.Basis_BASIS_PROVISIONAL}
		got, err := indexService{services: w.services}.GetTrend(ctx, r)
		if err != nil || len(got.GetPoints()) == 0 {
			t.Errorf("trend of %s: %d points, %v", code, len(got.GetPoints()), err)
		}
	}
}
