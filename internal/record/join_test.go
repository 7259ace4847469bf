package record

import (
	"crypto/rand"
	"encoding/json"
	"testing"
	"time"
)

// A backup of before a rotation was restored, and its keys rotated again; the key file of
// between is joined: what devices sealed to its escrow key opens, and what it signed verifies.
func TestJoinedKeysHaveTheEscrowKeysAndAuditorsOfBoth(t *testing.T) {
	t.Parallel()
	first, err := NewRing(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rotate := func(r *Ring, at int64) *Ring {
		next, err := r.Rotate(rand.Reader, time.UnixMilli(at))
		if err == nil {
			next, err = next.Retire()
		}
		if err != nil {
			t.Fatal(err)
		}
		return next
	}
	between, present := rotate(first, 1000), rotate(first, 2000)
	_, enc, err := NewEscrow(rand.Reader, between.EscrowPublicKey())
	if err != nil {
		t.Fatal(err)
	}
	joined, err := present.Join(between)
	if err == nil {
		joined, err = written(t, joined).Join(between) // nothing twice
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := joined.OpenEscrow(enc); err != nil || len(joined.escrows) != 3 || string(joined.EscrowPublicKey()) != string(present.EscrowPublicKey()) {
		t.Errorf("%d escrow keys, %v", len(joined.escrows), err)
	}
	signer, err := between.auditor()
	if err != nil {
		t.Fatal(err)
	}
	if a := joined.FormerAuditors(); len(a) != 2 || !a[1].PublicKey.Equal(signer) || a[1].UntilMS != 2000 {
		t.Errorf("auditors: %+v", a)
	}
	if !joined.Holds(between) || present.Holds(between) || !joined.Holds(present) {
		t.Error("a ring doesn't know which keys it holds")
	}
}

// A program that knows nothing of retired keys refuses a file that has some.
func TestAKeyFileWithRetiredKeysIsOfAVersionOfItsOwn(t *testing.T) {
	t.Parallel()
	first, kept := rotated(t)
	dropped, err := kept.Drop()
	if err != nil {
		t.Fatal(err)
	}
	for want, r := range map[int]*Ring{ringFileFirst: first, ringFileRotated: dropped, ringFileKept: kept} {
		data, err := r.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		var file map[string]any
		if err := json.Unmarshal(data, &file); err != nil || file["version"] != float64(want) {
			t.Errorf("version %v, want %d, %v", file["version"], want, err)
		}
		// A version before wrote retired keys as 2.
		if file["version"] = max(want-1, ringFileFirst); want == ringFileKept {
			if data, err = json.Marshal(file); err != nil {
				t.Fatal(err)
			}
		}
		if r, err := UnmarshalRing(data); err != nil || (want == ringFileKept) != (len(r.FormerKeys()) > 0) {
			t.Errorf("version %d is not read: %v", want, err)
		}
	}
}
