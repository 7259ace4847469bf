package promises

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/keluarga-sehat/sync/client-sdk/device"
	"github.com/keluarga-sehat/sync/cmd/ks-sim/disk"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/record"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/audit"
	"github.com/keluarga-sehat/sync/server/auth"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/session"
	"github.com/keluarga-sehat/sync/server/store"
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
	// splits draws who splits which family, likewise.
	splits *rand.Rand
	// handovers are devices that change hands without a signal, drawn likewise.
	handovers *handovers
	now       time.Time
	dir       string
	ring      *record.Ring

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
	// made is all that was ever saved.
	made made
	// serverLost are acked changes that a restore took from the server, deviceLost
	// what a database put back took from its device (by what it says: ids may have
	// been given anew): what both took may be gone.
	serverLost map[merge.ID]bool
	deviceLost map[[32]byte]bool
	sent       []*ksv1.UploadPage
	backup     string
	Report     Report
	stretched  map[string][]byte
}

// savedChange is what the checker remembers of a change.
type savedChange struct {
	content [32]byte
	village uint32
	family  merge.ID
	said    [32]byte
}

// Report is what a seed met and what was verified.
type Report struct {
	Seed       uint64
	Saves      int
	Sessions   int
	Faulty     int
	Cuts       int
	Crashes    int
	Clocks     int
	Reassigned int
	Forks      int
	Restores   int
	PutBack    int
	DiskFaults int
	PowerCuts  int
	Replays    int
	Verified   int
	LostTwice  int
	Quarantine int
	Conflicts  int
	// Restrictions count those lifted too.
	Restrictions, Erasures int
	// Submissions and Verdicts were made on devices; Applied verdicts stand.
	Submissions, Verdicts, Applied int
	// Splits are families of which members became one of their own.
	Splits int
	// Handovers are devices that a colleague went on with.
	Handovers  int
	Violations []string
}

func (r *Report) violate(format string, args ...any) {
	if len(r.Violations) < 20 {
		r.Violations = append(r.Violations, fmt.Sprintf(format, args...))
	}
}

// surveyor is an account with its assignment.
type surveyor struct {
	name    string
	account uint32
	device  uint32
}

// replica is one database of one device: the device itself, or a copy of its
// file that somebody runs elsewhere.
type replica struct {
	owner  *surveyor
	path   string
	store  *device.Store
	offset time.Duration // the device's clock less the true one
	stuck  bool
	copy   string // of the database, to be put back; "": none
	// lossTold: what the last putting back took away has been reported, and
	// nothing was saved or synced since.
	lossTold bool
	marks    [][]byte // of the last few saves
	// took is the grant under which the owner took the device over; nil: it is the
	// owner's own.
	took *grant
	// until is until when it has no signal.
	until time.Time
}

const (
	puskesmasCode = "P3204050101"
	password      = "rahasia-simulasi"
	surveyorCount = 3
)

var villageCodes = []string{"32.04.05.2001", "32.04.05.2002"}

// feedBytes of a page, so that a few families take several.
const feedBytes = 2000

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
	var key [32]byte
	for i := range 8 {
		key[i] = byte(seed >> (8 * i))
	}
	chacha := rand.NewChaCha8(key)
	key[31] = 1
	w := &World{
		rng: rand.New(rand.NewPCG(seed, 0x6b73)), bytes: chacha, chains: rand.NewChaCha8(key), reviews: newReviews(seed), splits: newSplits(seed), handovers: newHandovers(seed), dir: dir, disk: d,
		now:   time.Date(2026, 3, 2, 7, 0, 0, 0, time.UTC),
		path:  filepath.Join(dir, "server.db"),
		acked: map[merge.ID]savedChange{}, saved: map[merge.ID]savedChange{},
		serverLost: map[merge.ID]bool{}, deviceLost: map[[32]byte]bool{},
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

// everybody is all replicas, the supervisor's last.
func (w *World) everybody() []*replica { return append(slices.Clone(w.replicas), w.boss) }

// newPath is where the SDK keeps a user's database, on one more device.
func (w *World) newPath(owner *surveyor) (string, error) {
	w.files++
	folder := filepath.Join(w.dir, "device-"+strconv.Itoa(w.files))
	return filepath.Join(folder, "ks-"+owner.name+".db"), os.Mkdir(folder, 0o700)
}

// key is that of the owner's first device.
func (s *surveyor) key() ed25519.PrivateKey {
	seed := sha256.Sum256([]byte("device of " + s.name))
	return ed25519.NewKeyFromSeed(seed[:])
}

// register puts an owner's device into the tables.
func (w *World) register(ctx context.Context, tx store.Tx, s *surveyor, key ed25519.PrivateKey) (err error) {
	public, ok := key.Public().(ed25519.PublicKey)
	if !ok {
		return errors.New("device key without a public one")
	}
	s.device, err = tx.Directory().PutDevice(ctx, store.Device{PublicKey: public, Account: s.account, RegisteredMS: w.now.UnixMilli()})
	w.handovers.own(s)
	return err
}

func (w *World) deviceOptions(r *replica) device.Options {
	o := device.Options{
		Path: r.path, Unsafe: w.disk == nil, Cost: record.MinPasswordCost,
		Env: device.Env{Now: func() time.Time { return w.clockOf(r) }, Rand: w.bytes, Stretch: w.stretch},
	}
	if w.disk != nil {
		o.VFS = disk.VFS
	}
	return o
}

// stretch remembers what Argon2id made of a password: a world opens its stores some
// hundred times, which took more than half of its time.
func (w *World) stretch(password, salt []byte, cost record.PasswordCost) []byte {
	of := fmt.Sprintf("%x %x %+v", password, salt, cost)
	if w.stretched[of] == nil {
		if w.stretched == nil {
			w.stretched = map[string][]byte{}
		}
		w.stretched[of] = record.Argon2id(password, salt, cost)
	}
	return bytes.Clone(w.stretched[of])
}

func (w *World) clockOf(r *replica) time.Time {
	if r.stuck {
		return time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	}
	return w.now.Add(r.offset)
}

func (w *World) openServer(ctx context.Context) error {
	var err error
	if w.store, err = sqlite.Open(ctx, w.path, sqlite.Options{Unsafe: true}); err != nil {
		return err
	}
	vault := ingest.NewVault(w.ring, w.bytes)
	core := &ingest.Core{Store: w.store, Vault: vault, Now: func() time.Time { return w.now }}
	if w.auth, err = auth.New(w.store, w.ring, core.Now, w.handovers.bytes, slog.New(slog.DiscardHandler)); err != nil {
		return err
	}
	trail, err := audit.New(audit.Config{Store: w.store, Ring: w.ring, Now: core.Now, Rand: w.chains})
	if err != nil {
		return err
	}
	w.backend = &session.Backend{
		Store: w.store, Vault: vault, Core: core, Changes: core, Now: core.Now, Rand: w.bytes, FeedBytes: feedBytes, Audit: trail,
	}
	return trail.Checkpoint(ctx)
}

func (w *World) seedServer(ctx context.Context) error {
	return w.store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		d := tx.Directory()
		if err := session.BeginEpoch(ctx, tx, w.bytes); err != nil {
			return err
		}
		var areas []store.Area
		for _, code := range villageCodes {
			areas = append(areas, store.Area{Code: code, Name: "Desa " + code[len(code)-1:]})
		}
		if err := d.PutAreas(ctx, areas); err != nil {
			return err
		}
		err := d.PutPuskesmas(ctx, []store.Puskesmas{{Code: puskesmasCode, Name: "Puskesmas Simulasi", District: "32.04", Villages: villageCodes}})
		if err != nil {
			return err
		}
		for i := range surveyorCount {
			s := &surveyor{name: "surveyor" + strconv.Itoa(i)}
			w.surveyors = append(w.surveyors, s)
			w.replicas = append(w.replicas, &replica{owner: s})
			s.account, err = d.PutAccount(ctx, store.Account{
				UserName: s.name, FullName: []byte{}, Roles: []int32{int32(ksv1.Role_ROLE_SURVEYOR)},
				Puskesmas: puskesmasCode, Assigned: w.randomAssignment(),
			})
			if err != nil {
				return err
			}
			if err := w.register(ctx, tx, s, s.key()); err != nil {
				return err
			}
		}
		boss := &surveyor{name: "supervisor"}
		w.boss = &replica{owner: boss}
		boss.account, err = d.PutAccount(ctx, store.Account{
			UserName: boss.name, FullName: []byte{}, Roles: []int32{int32(ksv1.Role_ROLE_SUPERVISOR)}, Puskesmas: puskesmasCode,
		})
		if err != nil {
			return err
		}
		return w.register(ctx, tx, boss, boss.key())
	})
}

// randomAssignment draws a few RT, or a whole village.
func (w *World) randomAssignment() []string {
	var out []string
	for _, code := range villageCodes {
		switch w.rng.IntN(4) {
		case 0:
			out = append(out, code)
		case 1:
			out = append(out, code+"/001")
		case 2:
			for _, p := range places {
				if w.rng.IntN(2) == 0 {
					out = append(out, code+"/"+p)
				}
			}
		}
	}
	if len(out) == 0 {
		out = append(out, villageCodes[0]+"/"+places[0])
	}
	return out
}

// caller is a surveyor as the server knows them now.
func (w *World) caller(ctx context.Context, s *surveyor) (*access.Caller, error) {
	c := &access.Caller{Device: s.device}
	err := w.store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		var err error
		if c.Account, err = snap.FindAccount(ctx, s.account); err != nil {
			return err
		}
		p, err := snap.FindPuskesmas(ctx, puskesmasCode)
		if err != nil {
			return err
		}
		c.Work = nil
		for _, code := range p.Villages {
			v, err := snap.VillagesUnder(ctx, code)
			if err != nil {
				return err
			}
			c.Work = append(c.Work, v...)
		}
		return nil
	})
	return c, err
}

// Close ends everything and removes the files.
func (w *World) Close() error {
	var errs []error
	for _, r := range w.everybody() {
		if r.store != nil {
			errs = append(errs, r.store.Close())
		}
	}
	errs = append(errs, w.store.Close(), os.RemoveAll(w.dir))
	if w.disk != nil {
		w.disk.Close()
	}
	return errors.Join(errs...)
}
