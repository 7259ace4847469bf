package api

import (
	"fmt"
	"slices"
	"testing"

	"google.golang.org/grpc/health/grpc_health_v1"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

func TestTheOldestOfASenderGivesWayToTheNext(t *testing.T) {
	t.Parallel()
	h := newHeld(heldMost{ofOne: 3, inAll: 100, few: 1})
	var gone []int
	var ends []func()
	for n := range 5 {
		end, ok := h.begin(asker{address: "192.0.2.1"}, func() { gone = append(gone, n) })
		if !ok {
			t.Fatalf("%d is refused", n)
		}
		ends = append(ends, end)
	}
	if !slices.Equal(gone, []int{0, 1}) || h.count("192.0.2.1") != 3 {
		t.Errorf("gave way: %v; %d are held", gone, h.count("192.0.2.1"))
	}
	for _, end := range ends {
		end()
		end()
	}
	if len(h.of) != 0 || h.all != 0 {
		t.Errorf("counted still: %v, %d", h.of, h.all)
	}
}

func TestAFewWhoHoldMuchKeepNobodyOut(t *testing.T) {
	t.Parallel()
	h := newHeld(heldMost{ofOne: 4, inAll: 8, few: 1})
	begin := func(sender string) (gaveWay, ok bool) {
		t.Helper()
		_, ok = h.begin(asker{address: sender}, func() { gaveWay = true })
		return gaveWay, ok
	}
	for range 4 {
		for _, sender := range []string{"192.0.2.1", "192.0.2.2"} {
			if _, ok := begin(sender); !ok {
				t.Errorf("%s is refused", sender)
			}
		}
	}
	for n := range 8 {
		if _, ok := begin(fmt.Sprint("198.51.100.", n)); !ok {
			t.Errorf("the %dth who holds nothing is refused", n+1)
		}
	}
	if _, ok := begin("192.0.2.9"); ok || h.all != 16 {
		t.Errorf("one beyond all: %v; %d are held", ok, h.all)
	}
}

// A thief has a token whose session has ended: what they hold under it takes nothing of the user's.
func TestASessionPushesNoneOutOfItsUsersOthers(t *testing.T) {
	t.Parallel()
	h := newHeld(heldMost{ofOne: 6, inAll: 100, few: 1})
	pushed := map[string]int{}
	begin := func(session string) {
		t.Helper()
		if _, ok := h.begin(asker{user: "7 on 1", session: session}, func() { pushed[session]++ }); !ok {
			t.Errorf("%s is refused", session)
		}
	}
	begin("own")
	for range 20 {
		begin("ended")
	}
	begin("own")
	begin("own")
	if pushed["own"] != 0 || pushed["ended"] != 17 || h.count("7 on 1") != 6 {
		t.Errorf("pushed out %v; %d are held", pushed, h.count("7 on 1"))
	}
}

func TestStrangersOfAnAddressKeepNoUserOutNorAnyProbe(t *testing.T) {
	t.Parallel()
	const address = "192.0.2.1"
	s := newSilences()
	pushed := map[string]int{}
	begin := func(method, user string) {
		t.Helper()
		if _, ok := s.begin(method, asker{user: user, session: user, address: address}, func() { pushed[method+user]++ }); !ok {
			t.Errorf("%s of %q is refused", method, user)
		}
	}
	const check, sync, signIn = grpc_health_v1.Health_Check_FullMethodName, ksv1.SyncService_Sync_FullMethodName, ksv1.AuthService_SignIn_FullMethodName
	begin(sync, "7 on 1")
	begin(check, "")
	for range 3 * SilentUsers {
		begin(signIn, "")
	}
	if len(pushed) != 1 || s.strangers.count(address) != StrangerStreams {
		t.Errorf("sign-ins that say nothing push out %v; %d are held", pushed, s.strangers.count(address))
	}
	clear(pushed)
	for range 3 * SilentUsers {
		begin(check, "")
		begin(sync, "8 on 2")
	}
	if pushed[sync+"7 on 1"]+pushed[signIn] != 0 || s.checks.count(address) != CheckStreams || s.users.count("8 on 2") != SilentStreams {
		t.Errorf("a user and checks push out %v", pushed)
	}
	begin(sync, "7 on 1")
}
