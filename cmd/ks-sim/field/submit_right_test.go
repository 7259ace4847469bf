package field

import (
	"context"
	"testing"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// giveRoles gives surveyor1 roles in place of the present ones.
func giveRoles(t *testing.T, f *Field, roles ...ksv1.Role) {
	t.Helper()
	err := f.Store.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
		a, err := tx.Directory().LockAccount(ctx, f.Surveyors[0].Account)
		if err != nil {
			return err
		}
		a.Roles = nil
		for _, role := range roles {
			a.Roles = append(a.Roles, int32(role))
		}
		a.ScopeRevision++
		_, err = tx.Directory().PutAccount(ctx, a)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func revoke(t *testing.T, f *Field, device uint32) {
	t.Helper()
	err := f.Store.Write(t.Context(), func(ctx context.Context, tx store.Tx) error { return tx.Directory().RevokeDevice(ctx, device) })
	if err != nil {
		t.Fatal(err)
	}
}

// comesWithItsWork checks that what was submitted is in the queue once all of its work is let in,
// and not before.
func comesWithItsWork(t *testing.T, f *Field, id clientsdk.ID) {
	t.Helper()
	token := restToken(t, f, "supervisor")
	waiting := waitingIDs(t, f, token)
	if len(waiting) < 2 {
		t.Fatalf("%d changes wait", len(waiting))
	}
	for _, change := range waiting {
		if queued(t, f, token, id) {
			t.Fatal("in the queue while work waits")
		}
		decideOn(t, f, token, change, true)
	}
	if !queued(t, f, token, id) {
		t.Error("not in the queue with its work")
	}
	var list struct{ Batches []struct{ Families int } }
	restGet(t, f, token, "/v1/review/batches", &list)
	if len(list.Batches) != 1 || list.Batches[0].Families != 1 {
		t.Errorf("batches %+v", list.Batches)
	}
}

// The surveyor has left and the account is disabled, or the device was revoked; the broken
// phone's backup file is all there is.
func TestWhatWhoLeftSubmittedComesWithItsWork(t *testing.T) {
	for _, how := range []string{"disabled", "revoked"} {
		t.Run(how, func(t *testing.T) {
			onEachEngine(t, 1, func(t *testing.T, f *Field) {
				u := signIn(t, f, "surveyor1")
				mustSync(t, u)
				id := submitted(t, u)
				file := fileWith(t, u)
				if how == "disabled" {
					disable(t, f, "surveyor1")
				} else {
					revoke(t, f, partOf(t, file).GetDevice())
				}
				s := supervisorWith(t, f)
				carry(t, s, file)
				mustSync(t, s)
				comesWithItsWork(t, f, id)
			})
		})
	}
}

func TestWhatWhoMayCollectNoLongerSubmittedComesWithItsWork(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		u := signIn(t, f, "surveyor1")
		mustSync(t, u)
		id := submitted(t, u)
		giveRoles(t, f, ksv1.Role_ROLE_PUSKESMAS_HEAD)
		mustSync(t, u)
		batchShows(t, u, ksv1.BatchState_BATCH_STATE_UPLOADED, ksv1.NotQueued_NOT_QUEUED_WORK_WAITS)
		comesWithItsWork(t, f, id)
		mustSync(t, u)
		batchShows(t, u, ksv1.BatchState_BATCH_STATE_UPLOADED, 0)
	})
}
