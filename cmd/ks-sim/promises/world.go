package promises

import (
	"context"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/keluarga-sehat/sync/client-sdk/device"
	"github.com/keluarga-sehat/sync/cmd/ks-sim/disk"
	"github.com/keluarga-sehat/sync/cmd/ks-sim/judge"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/record"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/auth"
	"github.com/keluarga-sehat/sync/server/session"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
)

// World is one seed's server, devices and clock.
type World struct {
	rng   *rand.Rand
	bytes *rand.ChaCha8
	// chains draws what the audit trail's chains are called, which changes nothing
	// else.
	chains *rand.ChaCha8
	// reviews draws what review does, which changes nothing else.
	reviews *rand.Rand
	// decisions are a supervisor's on quarantined work, drawn likewise.
	decisions *decisions
	// splits draws who splits which family, likewise.
	splits *rand.Rand
	// judges are the supervisor's right to judge, drawn likewise.
	judges *judges
	// areas draws which villages leave the Puskesmas, likewise.
	areas *rand.Rand
	// handovers are devices that change hands without a signal, drawn likewise.
	handovers *handovers
	now       time.Time
	// serverClock is by how much the server's differs, drawn likewise.
	serverClock serverClock
	dir         string
	ring        *record.Ring

	disk *disk.Disk // of the devices; nil: one that never fails
	// rights: families are restricted and erased meanwhile; nil: none is.
	rights *rights

	path    string
	store   *sqlite.Store
	backend *session.Backend
	auth    *auth.Service

	surveyors []*surveyor
	replicas  []*replica
	// boss is the supervisor's device.
	boss  *replica
	files int

	// acked are the contents of changes that a server acknowledged as applied,
	// saved those that a device reported as durably saved.
	acked, saved map[merge.ID]savedChange
	// ackedRenamed are those that a server acknowledged, and has under other names than they
	// were brought by: by what they say.
	ackedRenamed map[[32]byte]savedChange
	// made is all that was ever saved.
	made made
	// serverLost are acked changes that a restore took from the server, deviceLost
	// what a database put back took from its device (by what it says: ids may have
	// been given anew): what both took may be gone.
	serverLost map[merge.ID]bool
	deviceLost map[[32]byte]bool
	sent       []*ksv1.UploadPage
	// foreign are those changes in it that the server told to be another's by their names, so
	// that their devices have given them others: no session can bring them any more.
	foreign map[[32]byte]bool
	backup  string
	Report  Report
}

// savedChange is what the checker remembers of a change.
type savedChange struct {
	content [32]byte
	village uint32
	family  merge.ID
	said    [32]byte
}

func savedAs(c *ksv1.Change) savedChange {
	return savedChange{merge.ContentHash(c), c.GetVillage(), merge.ID(c.GetFamilyId()), judge.Saying(c)}
}

const (
	puskesmasCode = "P3204050101"
	password      = "rahasia-simulasi"
	surveyorCount = 3
)

var villageCodes = []string{"32.04.05.2001", "32.04.05.2002"}

// places of each village in the simulated world.
var places = []string{"001/001", "001/002", "002/001"}

// NewWorld sets up a server with two villages and its devices in dir.
func NewWorld(ctx context.Context, seed uint64, dir string) (*World, error) {
	return newWorld(ctx, seed, dir, nil)
}

// NewWorldOnBadDisks sets up the same, with devices whose disks fail and lose
// power. Its seeds live through other histories than NewWorld's.
func NewWorldOnBadDisks(ctx context.Context, seed uint64, dir string) (*World, error) {
	d, err := disk.New(dir)
	if err != nil {
		return nil, err
	}
	return newWorld(ctx, seed, dir, d)
}

func newWorld(ctx context.Context, seed uint64, dir string, d *disk.Disk) (*World, error) {
	chacha := bytesOf(seed, 0)
	w := &World{
		rng: rand.New(rand.NewPCG(seed, 0x6b73)), bytes: chacha, chains: bytesOf(seed, 1), reviews: newReviews(seed), decisions: newDecisions(seed), splits: newSplits(seed), judges: newJudges(seed), areas: newAreas(seed), handovers: newHandovers(seed), serverClock: newServerClock(seed), dir: dir, disk: d,
		now:   time.Date(2026, 3, 2, 7, 0, 0, 0, time.UTC),
		path:  filepath.Join(dir, "server.db"),
		acked: map[merge.ID]savedChange{}, saved: map[merge.ID]savedChange{},
		ackedRenamed: map[[32]byte]savedChange{}, foreign: map[[32]byte]bool{}, serverLost: map[merge.ID]bool{}, deviceLost: map[[32]byte]bool{},
		made: made{map[merge.ID]savedChange{}, map[[32]byte]*saying{}},
	}
	w.Report.Seed = seed
	var err error
	if w.ring, err = record.NewRing(chacha); err != nil {
		return nil, err
	}
	if err := w.openServer(ctx); err != nil {
		return nil, err
	}
	if err := w.seedServer(ctx); err != nil {
		return nil, err
	}
	for _, r := range w.everybody() {
		if r.path, err = w.newPath(r.owner); err != nil {
			return nil, err
		}
		r.store, err = device.Create(ctx, w.deviceOptions(r), password,
			device.Profile{Device: r.owner.device, Account: r.owner.account, EscrowPublicKey: w.ring.EscrowPublicKey()})
		if err == nil {
			err = r.store.PutDepositKey(ctx, r.owner.key().Seed())
		}
		if err != nil {
			return nil, err
		}
	}
	return w, nil
}

// bytesOf are a seed's random bytes for one purpose, apart from those for others.
func bytesOf(seed uint64, purpose byte) *rand.ChaCha8 {
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], seed)
	key[31] = purpose
	return rand.NewChaCha8(key)
}

// everybody is all replicas, the supervisor's last.
func (w *World) everybody() []*replica { return append(slices.Clone(w.replicas), w.boss) }

// Close ends everything and removes the files.
func (w *World) Close() error {
	var errs []error
	for _, r := range w.everybody() {
		if r.store != nil {
			errs = append(errs, r.store.Close())
		}
	}
	if w.store != nil { // as it is where a restore was broken off
		errs = append(errs, w.store.Close())
	}
	errs = append(errs, os.RemoveAll(w.dir))
	if w.disk != nil {
		w.disk.Close()
	}
	return errors.Join(errs...)
}
