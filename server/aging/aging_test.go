package aging

import "testing"

func TestWhatIsNotAskedForIsForgottenWithinTheRoom(t *testing.T) {
	t.Parallel()
	m := Map[int, int]{}
	for i := range 1000 {
		m.Keep(i, i, Taking{Size: 1, Room: 100})
		if _, ok := m.Find(0); !ok {
			t.Fatalf("what is asked for all the time is gone after %d", i)
		}
		if n := len(m.young) + len(m.old); n > 110 {
			t.Fatalf("%d kept in a room for 100", n)
		}
	}
	if _, ok := m.Find(1); ok {
		t.Error("what nobody asked for is kept")
	}
	if v, ok := m.Find(999); !ok || v != 999 {
		t.Errorf("the last is %d, %v", v, ok)
	}
}
