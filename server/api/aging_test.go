package api

import "testing"

func TestWhatIsNotAskedForIsForgottenWithinTheRoom(t *testing.T) {
	t.Parallel()
	a := aging[int, int]{}
	for i := range 1000 {
		a.keep(i, i, taking{size: 1, room: 100})
		if _, ok := a.find(0); !ok {
			t.Fatalf("what is asked for all the time is gone after %d", i)
		}
		if n := len(a.young) + len(a.old); n > 110 {
			t.Fatalf("%d kept in a room for 100", n)
		}
	}
	if _, ok := a.find(1); ok {
		t.Error("what nobody asked for is kept")
	}
	if v, ok := a.find(999); !ok || v != 999 {
		t.Errorf("the last is %d, %v", v, ok)
	}
}
