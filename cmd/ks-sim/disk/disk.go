// Package disk is a disk that fails on request: SQLite writes to it through a
// VFS of its own, and it knows what was synced and what was not. A power cut
// leaves what was synced and, of the rest, whatever chance says: lost, torn
// within a sector, or there while an earlier write is not. Writes and syncs can
// be made to fail, once or until further notice.
//
// Files are the real ones of a folder, so that whatever reads them beside SQLite
// sees what a restart would see.
package disk

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/psanford/sqlite3vfs"
)

// VFS is the name under which SQLite knows these disks.
const VFS = "ks-disk"

// sectorBytes are written whole or not at all.
const sectorBytes = 512

// Fault is what a write or a sync meets.
type Fault int

// Faults.
const (
	// Broken: the device reports an error (EIO).
	Broken Fault = iota + 1
	// Dead: the power goes at this instant (Die).
	Dead
)

// Disk holds the databases of one folder and those below it. Safe for concurrent use.
type Disk struct {
	dir string

	mu      sync.Mutex
	files   map[string]*content // guarded by mu
	dead    bool                // the power is gone: nothing reaches a file any more
	fault   Fault
	after   int  // calls that still go well before the fault
	forever bool // the fault stays
	met     bool // a call has met the fault since it was set
}

// content is what a file holds for certain, and what was done to it since its
// last sync.
type content struct {
	synced  []byte
	pending []operation
}

// operation is a write, or a truncation where data is nil.
type operation struct {
	at   int64
	data []byte
}

var registry = struct {
	sync.Mutex
	once  sync.Once
	err   error
	disks map[string]*Disk
}{disks: map[string]*Disk{}}

// New makes a disk of an existing folder. Close it when no database of it is
// open any more.
func New(dir string) (*Disk, error) {
	registry.once.Do(func() { registry.err = sqlite3vfs.RegisterVFS(VFS, vfs{}) })
	if registry.err != nil {
		return nil, fmt.Errorf("register %s: %w", VFS, registry.err)
	}
	d := &Disk{dir: filepath.Clean(dir), files: map[string]*content{}}
	registry.Lock()
	defer registry.Unlock()
	registry.disks[d.dir] = d
	return d, nil
}

// Close forgets the disk; its files stay.
func (d *Disk) Close() {
	registry.Lock()
	defer registry.Unlock()
	delete(registry.disks, d.dir)
}

// Fail makes the write or sync that follows after so many good ones meet a
// fault; forever: and all after it, until Mend.
func (d *Disk) Fail(fault Fault, after int, forever bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fault, d.after, d.forever, d.met = fault, after, forever, false
}

// Mend ends faults. It tells whether any call has met one.
func (d *Disk) Mend() (met bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fault = 0
	return d.met
}

// Die stops everything that would reach a file under the path, as the power
// does when it goes: close what is open, then call PowerCut.
func (d *Disk) Die() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.dead = true
}

// PowerCut leaves the files of a database as they may be found after Die, and
// lets the disk work again.
func (d *Disk) PowerCut(path string, rng *rand.Rand) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.dead = false
	for _, name := range []string{path, path + "-wal", path + "-journal"} {
		c := d.files[name]
		if c == nil {
			continue
		}
		image := c.image(rng)
		c.synced, c.pending = image, nil
		if err := os.WriteFile(name, image, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// image applies to what was synced those operations that chance lets through.
func (c *content) image(rng *rand.Rand) []byte {
	out := append([]byte{}, c.synced...)
	reached := rng.IntN(5) // of four; 0: nothing, 4: everything
	for _, o := range c.pending {
		if rng.IntN(4) >= reached {
			continue
		}
		if o.data != nil && rng.IntN(8) == 0 {
			o.data = o.data[:rng.IntN(len(o.data)/sectorBytes+1)*sectorBytes]
		}
		out = o.apply(out)
	}
	return out
}

func (o operation) apply(to []byte) []byte {
	if o.data == nil {
		if o.at < int64(len(to)) {
			return to[:o.at]
		}
		return to
	}
	if end := o.at + int64(len(o.data)); end > int64(len(to)) {
		to = append(to, make([]byte, end-int64(len(to)))...)
	}
	copy(to[o.at:], o.data)
	return to
}

// meet counts a call and says what it meets.
func (d *Disk) meet() error {
	switch {
	case d.dead:
		return sqlite3vfs.IOError
	case d.fault == 0:
		return nil
	case d.after > 0:
		d.after--
		return nil
	}
	fault := d.fault
	d.met = true
	if !d.forever {
		d.fault = 0
	}
	d.dead = fault == Dead
	return sqlite3vfs.IOError
}

// vfs finds the disk of a file by the folders that it lies in.
type vfs struct{}

func diskOf(name string) (*Disk, error) {
	registry.Lock()
	defer registry.Unlock()
	for at := name; at != filepath.Dir(at); {
		at = filepath.Dir(at)
		if d := registry.disks[at]; d != nil {
			return d, nil
		}
	}
	return nil, sqlite3vfs.CantOpenError
}

// Open opens a database or its log; SQLite's own temporary files stay in memory.
func (vfs) Open(name string, flags sqlite3vfs.OpenFlag) (sqlite3vfs.File, sqlite3vfs.OpenFlag, error) {
	d, err := diskOf(name)
	if err != nil {
		return nil, 0, err
	}
	mode := os.O_RDWR
	if flags&sqlite3vfs.OpenCreate != 0 {
		mode |= os.O_CREATE
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.dead {
		return nil, 0, sqlite3vfs.CantOpenError
	}
	f, err := os.OpenFile(name, mode, 0o600)
	if err != nil {
		return nil, 0, sqlite3vfs.CantOpenError
	}
	found, err := os.ReadFile(name)
	if err != nil {
		return nil, 0, sqlite3vfs.CantOpenError
	}
	c := &content{synced: found}
	d.files[name] = c
	return &file{disk: d, content: c, File: f}, flags, nil
}

// Delete removes a file; like a clean closing, which is what deletes logs, it
// is taken to last.
func (vfs) Delete(name string, _ bool) error {
	d, err := diskOf(name)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.meet(); err != nil {
		return err
	}
	delete(d.files, name)
	if err := os.Remove(name); err != nil && !os.IsNotExist(err) {
		return sqlite3vfs.IOError
	}
	return nil
}

// Access tells whether a file is there.
func (vfs) Access(name string, _ sqlite3vfs.AccessFlag) (bool, error) {
	_, err := os.Stat(name)
	return err == nil, nil
}

// FullPathname is the absolute path.
func (vfs) FullPathname(name string) string {
	full, err := filepath.Abs(strings.TrimPrefix(name, "file:"))
	if err != nil {
		return name
	}
	return full
}

// file is an open one.
type file struct {
	*os.File
	disk    *Disk
	content *content
}

// ReadAt reads; past the end it says so.
func (f *file) ReadAt(p []byte, at int64) (int, error) {
	n, err := f.File.ReadAt(p, at)
	if n < len(p) && err == nil {
		err = io.EOF
	}
	return n, err
}

// WriteAt writes.
func (f *file) WriteAt(p []byte, at int64) (int, error) {
	return len(p), f.do(operation{at: at, data: append([]byte{}, p...)})
}

// Truncate cuts the file.
func (f *file) Truncate(size int64) error { return f.do(operation{at: size}) }

func (f *file) do(o operation) error {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if err := f.disk.meet(); err != nil {
		return err
	}
	f.content.pending = append(f.content.pending, o)
	if o.data == nil {
		return f.File.Truncate(o.at)
	}
	_, err := f.File.WriteAt(o.data, o.at)
	return err
}

// Sync makes what was written last. What a failed one was to make last stays
// readable, and a later one that succeeds says nothing of it: as on Linux.
func (f *file) Sync(sqlite3vfs.SyncType) error {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if err := f.disk.meet(); err != nil {
		if !f.disk.dead {
			f.content.pending = nil
		}
		return err
	}
	for _, o := range f.content.pending {
		f.content.synced = o.apply(f.content.synced)
	}
	f.content.pending = nil
	return nil
}

// FileSize is the file's.
func (f *file) FileSize() (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, sqlite3vfs.IOError
	}
	return info.Size(), nil
}

// Lock and its kin do nothing: a device's database has one connection.
func (f *file) Lock(sqlite3vfs.LockType) error { return nil }

// Unlock does nothing.
func (f *file) Unlock(sqlite3vfs.LockType) error { return nil }

// CheckReservedLock finds none.
func (f *file) CheckReservedLock() (bool, error) { return false, nil }

// SectorSize is what is written whole or not at all.
func (f *file) SectorSize() int64 { return sectorBytes }

// DeviceCharacteristics: a write spoils nothing beside it, as SQLite assumes of
// every disk.
func (f *file) DeviceCharacteristics() sqlite3vfs.DeviceCharacteristic {
	return sqlite3vfs.IocapPowersafeOverwrite
}
