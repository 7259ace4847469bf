package record

import (
	"crypto/rand"
	"errors"
	"testing"
	"time"
)

// rotated is a ring whose keys were rotated once, and the ring of before.
func rotated(t *testing.T) (before, retired *Ring) {
	t.Helper()
	before, err := NewRing(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	both, err := before.Rotate(rand.Reader, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if retired, err = both.Retire(); err != nil {
		t.Fatal(err)
	}
	return before, written(t, retired)
}

// written is a ring as it comes back from its file.
func written(t *testing.T, r *Ring) *Ring {
	t.Helper()
	data, err := r.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	out, err := UnmarshalRing(data)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// opens tells whether a ring has the keys by which another seals.
func opens(r, sealedBy *Ring) bool {
	_, err1 := r.FamilyKeyOf(sealedBy.PresentKey(), [SaltBytes]byte{})
	_, token, _ := sealedBy.TokenKey()
	_, err2 := r.SessionKey(token)
	return !errors.Is(err1, ErrUnknownKey) && !errors.Is(err2, ErrUnknownKey)
}

func TestRetiredKeysOpenNothingUntilTheyAreTakenUp(t *testing.T) {
	t.Parallel()
	first, once := rotated(t)
	both, err := once.Rotate(rand.Reader, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if opens(both, first) || !opens(both, once) {
		t.Error("a second rotation takes up what the first retired, or not what it replaces")
	}
	twice, err := both.Retire()
	if err != nil {
		t.Fatal(err)
	}
	twice = written(t, twice)
	// The first look-up key stays: digests are derived from it.
	if _, err := twice.FamilyKeyOf(first.PresentKey(), [SaltBytes]byte{}); !errors.Is(err, ErrUnknownKey) || opens(twice, once) || twice.Rotating() || len(twice.FormerKeys()) != 2 {
		t.Errorf("retired keys open: %v, %+v", err, twice.FormerKeys())
	}
	up, err := twice.TakeUp()
	if err != nil {
		t.Fatal(err)
	}
	up = written(t, up)
	if !opens(up, first) || !opens(up, once) || !up.Rotating() || len(up.FormerKeys()) != 0 || up.PresentKey() != twice.PresentKey() || up.IdentifierKey() != twice.IdentifierKey() {
		t.Error("keys that were taken up don't open, or are used to seal")
	}
	if _, err := up.Drop(); err == nil {
		t.Error("keys were dropped on the way")
	}
	for _, r := range []*Ring{first, once} {
		was := up.Before(r.PresentKey())
		if was == nil || was.PresentKey() != r.PresentKey() || was.IdentifierKey() != r.IdentifierKey() {
			t.Errorf("before a rotation: %v", was)
		}
	}
	if twice.Before(once.PresentKey()) != nil {
		t.Error("retired keys are given out")
	}
}

func TestDroppedKeysComeBackWithTheirFileAlone(t *testing.T) {
	t.Parallel()
	before, retired := rotated(t)
	dropped, err := retired.Drop()
	if err != nil {
		t.Fatal(err)
	}
	dropped = written(t, dropped)
	again, err := dropped.TakeUp()
	if err != nil || again.Rotating() || len(dropped.FormerKeys()) != 0 {
		t.Errorf("dropped keys are there: %v", err)
	}
	joined, err := dropped.Join(before)
	if err != nil {
		t.Fatal(err)
	}
	joined = written(t, joined)
	if !opens(joined, before) || joined.PresentKey() != retired.PresentKey() || joined.Before(before.PresentKey()) == nil {
		t.Error("the keys of a former file don't open")
	}
	if back, err := joined.Retire(); err != nil || len(back.FormerKeys()) != 1 || back.Rotating() {
		t.Errorf("%v", err)
	}
	if same, err := retired.Join(retired); err != nil || len(same.former) != 1 {
		t.Errorf("the same file: %v", err)
	}
	if _, err := before.Join(retired); err == nil {
		t.Error("a newer file is taken for a former one")
	}
	if other, _ := rotated(t); true {
		if _, err := dropped.Join(other); err == nil {
			t.Error("the file of another installation is taken")
		}
	}
}
