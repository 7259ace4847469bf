package disk_test

import (
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/client-sdk/device"
	"github.com/keluarga-sehat/sync/cmd/ks-sim/disk"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/record"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

const password = "kata sandi"

// damagedStore is a store with unsent work, closed and damaged in an index.
func damagedStore(t *testing.T) (o device.Options, family merge.ID) {
	t.Helper()
	o = device.Options{Path: filepath.Join(t.TempDir(), "ks-siti.db"), Cost: record.MinPasswordCost, Env: device.Env{Now: time.Now, Rand: rand.Reader}}
	ring, err := record.NewRing(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s, err := device.Create(t.Context(), o, password, device.Profile{Device: 3, Account: 4, EscrowPublicKey: ring.EscrowPublicKey()})
	if err != nil {
		t.Fatal(err)
	}
	family = s.NewFamilyID()
	_, err = s.Save(t.Context(), family, 7, func(*device.Draft) ([]merge.RecordEdit, error) {
		return []merge.RecordEdit{{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{HeadName: proto.String("Budi"), Place: proto.String("001/001")}}}, nil
	})
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite3", o.Path)
	if err != nil {
		t.Fatal(err)
	}
	var root, size int
	err = errors.Join(db.QueryRowContext(t.Context(), `SELECT rootpage FROM sqlite_schema WHERE name = 'confirmed_by_place'`).Scan(&root),
		db.QueryRowContext(t.Context(), `PRAGMA page_size`).Scan(&size), db.Close())
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(o.Path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteAt(make([]byte, size), int64((root-1)*size))
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	return o, family
}

// TestASalvageOnADiskThatFailsLosesNothing lets a write or sync fail, or the power go,
// with a damaged store being opened, at instants from the first to the last.
func TestASalvageOnADiskThatFailsLosesNothing(t *testing.T) {
	t.Parallel()
	original, family := damagedStore(t)
	rng := mathrand.New(mathrand.NewPCG(1, 2))
	const stride = 47 // some six of the writes and syncs for each fault
	for _, fault := range []disk.Fault{disk.Broken, disk.Dead} {
		name, failed := map[disk.Fault]string{disk.Broken: "write failed", disk.Dead: "power cut"}[fault], 0
		for after := 0; ; after += stride {
			when := fmt.Sprintf("%s after %d", name, after)
			if !salvageFails(t, when, original, family, fault, after, rng) {
				break
			}
			failed++
		}
		if t.Logf("%s at %d instants", name, failed); failed < 3 {
			t.Errorf("%s at %d instants", name, failed)
		}
	}
}

// salvageFails opens a copy of a damaged store on a disk that meets a fault, then on one
// that works. It tells whether the fault was met.
func salvageFails(t *testing.T, when string, o device.Options, family merge.ID, fault disk.Fault, after int, rng *mathrand.Rand) bool {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Dir(o.Path))); err != nil {
		t.Fatal(err)
	}
	d, err := disk.New(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	o.Path, o.VFS = filepath.Join(dir, filepath.Base(o.Path)), disk.VFS
	d.Fail(fault, after, false)
	if s, err := device.Open(t.Context(), o, password); err == nil {
		_ = s.Close() // what fails here is met by the next opening
	}
	met := d.Mend()
	if met && fault == disk.Dead {
		for _, name := range []string{o.Path, o.Path + ".baru"} {
			if err := d.PowerCut(name, rng); err != nil {
				t.Fatal(err)
			}
		}
	}
	if !device.Exists(o.Path) {
		t.Fatalf("%s: the device looks new", when)
	}
	s, err := device.Open(t.Context(), o, password)
	if err != nil {
		t.Fatalf("%s: %v", when, err)
	}
	if _, err := s.Family(t.Context(), family); err != nil {
		t.Errorf("%s: %v", when, err)
	}
	if l := s.Loss(); l == nil || l.LostChanges != 0 || !device.Exists(l.SetAside) {
		t.Errorf("%s: loss %+v", when, l)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return met
}
