package device

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/keluarga-sehat/sync/internal/lasting"
	"github.com/keluarga-sehat/sync/internal/sqlite"
)

// Suffixes of what lies beside a damaged file while it is salvaged.
const (
	// readingSuffix is of the copy that it is read from.
	readingSuffix = ".baca"
	// unfinishedSuffix is of the new store while it is being filled.
	unfinishedSuffix = ".baru"
	// finishedSuffix is of the new store once it holds all, and is to take the place.
	finishedSuffix = ".jadi"
	// keptSuffix is of a copy of the damaged file that is being made, where a file
	// can't have two names.
	keptSuffix = ".salin"
)

// replacement puts a new store, filled and closed, in the place of a damaged file. At
// every instant the path names one of the two, whole:
//
//  1. The damaged file and its log get a second name, under which they are kept.
//  2. The new store is renamed from unfinishedSuffix to finishedSuffix. This decides.
//  3. The damaged file's log and mark are removed, which would be taken for the new one's.
//  4. The new store is renamed to the path, over the damaged file.
//
// Whoever opens a store, or sets it aside, first settles what was broken off: before the
// second step the new store is dropped, and the damaged file, which is as it was, salvaged
// again; behind it the third and fourth are done.
type replacement struct {
	path, aside string
}

// keepAndDecide are the steps up to the one that decides.
func (r replacement) keepAndDecide() []func() error {
	return []func() error{
		func() error { return r.keep("") },
		func() error { return r.keep("-wal") },
		r.last,
		func() error { return os.Rename(r.path+unfinishedSuffix, r.path+finishedSuffix) },
	}
}

// finish are the steps behind it. Any of them can be done again.
func (r replacement) finish() []func() error {
	return []func() error{
		r.last,
		func() error { return removeAll(r.path+"-wal", r.path+"-shm", r.path+markSuffix) },
		func() error { return os.Rename(r.path+finishedSuffix, r.path) },
		r.last,
	}
}

// last makes what was renamed last through a power cut.
func (r replacement) last() error { return lasting.SyncFolder(filepath.Dir(r.path)) }

// run does steps in order.
func run(steps []func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return fmt.Errorf("replace damaged file: %w", err)
		}
	}
	return nil
}

// replace does all of it. After an error before the decision all is as it was.
func (r replacement) replace() error {
	if err := run(r.keepAndDecide()); err != nil {
		return errors.Join(err, r.undo())
	}
	return run(r.finish())
}

// undo drops what was made beside the damaged file, which lies in its place; where a
// renaming failed and yet decided, it does nothing.
func (r replacement) undo() error {
	if isThere(r.path + finishedSuffix) {
		return nil
	}
	return errors.Join(discardUnfinished(r.path), removeAll(r.aside, r.aside+"-wal"))
}

// keep gives a file a second name, or, on a system that has no such thing (Android, FAT),
// a copy.
func (r replacement) keep(suffix string) error {
	err := os.Link(r.path+suffix, r.aside+suffix)
	if err == nil || suffix != "" && errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err := copyToLast(r.path+suffix, r.path+keptSuffix); err != nil {
		return err
	}
	return os.Rename(r.path+keptSuffix, r.aside+suffix)
}

// copyToLast copies a file and waits for the disk.
func copyToLast(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if err == nil {
		err = out.Sync()
	}
	return errors.Join(err, out.Close())
}

// settle brings to its end what was broken off of a salvage, by the rule of replacement.
// Errors: *sqlite.InUseError, where another process is at it.
func (o Options) settle() (err error) {
	left := false
	for _, suffix := range []string{readingSuffix, unfinishedSuffix, finishedSuffix, keptSuffix} {
		left = left || isThere(o.Path+suffix)
	}
	if !left {
		return nil
	}
	unlock, err := o.lock()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	if isThere(o.Path + finishedSuffix) {
		if err := run(replacement{path: o.Path}.finish()); err != nil {
			return err
		}
	}
	return discardUnfinished(o.Path)
}

// lock takes the lock of a store that is not open. On a disk of a simulator there is none.
func (o Options) lock() (unlock func() error, err error) {
	if o.VFS != "" {
		return func() error { return nil }, nil
	}
	return sqlite.Lock(o.Path)
}

// discardUnfinished removes what was made beside a damaged file before it was decided.
func discardUnfinished(path string) error {
	return errors.Join(Discard(path+readingSuffix), Discard(path+unfinishedSuffix), removeAll(path+unfinishedSuffix+".lock", path+keptSuffix))
}

// removeAll removes those files that are there.
func removeAll(paths ...string) error {
	var all error
	for _, path := range paths {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			all = errors.Join(all, err)
		}
	}
	return all
}

func isThere(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
