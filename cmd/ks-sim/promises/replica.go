package promises

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/keluarga-sehat/sync/client-sdk/device"
	"github.com/keluarga-sehat/sync/cmd/ks-sim/disk"
	"github.com/keluarga-sehat/sync/internal/record"
	"github.com/keluarga-sehat/sync/server/store"
)

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
		Env: device.Env{Now: func() time.Time { return w.clockOf(r) }, Rand: w.bytes, Stretch: quickly},
	}
	if w.disk != nil {
		o.VFS = disk.VFS
	}
	return o
}

// quickly stretches a password at once: Argon2id, which is not what a world tries, took
// most of its time.
func quickly(password, salt []byte, cost record.PasswordCost) []byte {
	sum := sha256.Sum256(fmt.Appendf(nil, "%x %x %+v", password, salt, cost))
	return sum[:]
}

func (w *World) clockOf(r *replica) time.Time {
	if r.stuck {
		return time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	}
	return w.now.Add(r.offset)
}
