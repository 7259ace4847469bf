package field

import (
	"errors"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server"
)

func TestUnsentWorkIsDeliveredWithoutThePassword(t *testing.T) {
	onEachEngine(t, 1, unsentWorkIsDeliveredWithoutThePassword)
}

func unsentWorkIsDeliveredWithoutThePassword(t *testing.T, f *Field) {
	c, err := f.Device("surveyor1")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	u, err := c.SignIn(t.Context(), "surveyor1", f.Password)
	if err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	g := NewGenerator(3, 320405, time.Now())
	const families = 3
	for range families {
		if _, err := Interview(t.Context(), u, village(t, u), "001/001", g.Family()); err != nil {
			t.Fatal(err)
		}
	}
	pending, err := u.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Deposit(t.Context(), "surveyor1"); !errors.Is(err, clientsdk.ErrInUse) {
		t.Errorf("a deposit from an open store: %v", err)
	}
	if err := u.Close(); err != nil {
		t.Fatal(err)
	}
	// Nobody knows the password any more.
	for range 2 {
		got, err := c.Deposit(t.Context(), "surveyor1")
		if err != nil || got.Changes != pending.Pending || got.Received != pending.Pending || got.Refused != 0 {
			t.Fatalf("deposit of %d changes: %+v, %v", pending.Pending, got, err)
		}
	}
	found, err := server.Verify(t.Context(), f.Store, f.Ring, nil)
	if err != nil || found.Changes != 0 {
		t.Fatalf("deposited work was merged unseen: %+v, %v", found, err)
	}
	supervisor := restToken(t, f, "supervisor")
	var list struct {
		Changes []struct {
			ChangeID string `json:"changeId"`
			Reason   string
		}
	}
	restGet(t, f, supervisor, "/v1/quarantine?pageSize=100", &list)
	if len(list.Changes) != pending.Pending || list.Changes[0].Reason != "DEPOSITED" {
		t.Fatalf("the supervisor sees %+v", list)
	}
	for _, x := range list.Changes {
		restPost(t, f, supervisor, "/v1/quarantine/"+x.ChangeID+":decide", `{"admit":true}`)
	}
	// The password comes back to mind: everything is there once.
	if u, err = c.SignIn(t.Context(), "surveyor1", f.Password); err != nil {
		t.Fatal(err)
	}
	defer u.Close()
	if r := mustSync(t, u); r.Quarantined+r.Refused > 0 {
		t.Errorf("the ordinary sync: %+v", r)
	}
	found, err = server.Verify(t.Context(), f.Store, f.Ring, nil)
	if err != nil || found.Families != families || found.Changes != pending.Pending || len(found.Differences) > 0 {
		t.Errorf("at the end: %+v, %v", found, err)
	}
	if n, err := u.Counts(t.Context()); err != nil || n.Pending != 0 || n.Applied != pending.Pending {
		t.Errorf("on the device: %+v, %v", n, err)
	}
}

func TestADepositNeedsTheDevicesOwnKey(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	signIn(t, f, "surveyor1")
	conn := rawConn(t, f)
	for name, device := range map[string]uint32{"a foreign signature": 1, "an unknown device": 99} {
		r := &ksv1.DepositRequest{Device: device, Signature: make([]byte, 64), EscrowKeys: [][]byte{{1}}, Changes: []*ksv1.DepositedChange{{Id: make([]byte, 16), Sealed: []byte{1}}}}
		if _, err := ksv1.NewSyncServiceClient(conn).Deposit(t.Context(), r); status.Code(err) != codes.Unauthenticated {
			t.Errorf("%s: %v", name, err)
		}
	}
}
