package device

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/keluarga-sehat/sync/internal/sqlite"
)

// Renewed is what became of a store in whose place a new one was made.
type Renewed struct {
	// Aside is where the old one is kept now; Discard deletes it.
	Aside string
	// Carried are the parts of backup files that the new one is to deliver: what the old
	// one had not delivered yet of other devices' work, which no password locks, and what
	// was given beside. Left are those that it could not take over.
	Carried, Left int
}

// Renew makes a new store in the place of one that is not open and can't be unlocked,
// which is kept; parts are to be delivered by the new one too. At every instant the path
// names one of the two, whole (replacement). Errors: as Create; then the old one is where
// it was, or the new one there.
func Renew(ctx context.Context, o Options, password string, p Profile, parts [][]byte) (out Renewed, err error) {
	carried, unreadable, err := readCarried(ctx, o)
	if err != nil {
		return out, err
	}
	parts = slices.Concat(parts, carried)
	unlock, err := o.lock()
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	if err := discardUnfinished(o.Path); err != nil {
		return out, fmt.Errorf("renew: %w", err)
	}
	lost, err := o.fillAnew(ctx, password, p, parts)
	if err != nil {
		return out, o.room(errors.Join(err, discardUnfinished(o.Path)))
	}
	out = Renewed{Aside: o.asideName("lama"), Carried: len(parts) - lost, Left: lost + unreadable}
	return out, replacement{path: o.Path, aside: out.Aside}.replace()
}

// readCarried reads the parts that a store which is not open has still to deliver.
func readCarried(ctx context.Context, o Options) (parts [][]byte, unreadable int, err error) {
	s, err := openFile(ctx, o)
	if err != nil {
		return nil, 0, err
	}
	parts, unreadable = s.readableCarried(ctx)
	return parts, unreadable, errors.Join(ctx.Err(), s.closeFile())
}

// fillAnew makes a new store beside the old one: closed, all in one file, and on disk.
func (o Options) fillAnew(ctx context.Context, password string, p Profile, parts [][]byte) (lost int, err error) {
	beside := o
	beside.Path = o.Path + unfinishedSuffix
	s, err := Create(ctx, beside, password, p)
	if err != nil {
		return 0, err
	}
	if lost, err = s.carryOn(ctx, parts); err == nil {
		err = sqlite.EmptyLog(ctx, s.db)
	}
	if err := errors.Join(err, s.Close()); err != nil {
		return 0, err
	}
	return lost, besideWhole(beside.Path)
}

// besideWhole makes sure that a store which is to take another's place was closed as one
// file.
func besideWhole(path string) error {
	if isThere(path + "-wal") {
		return fmt.Errorf("%s was not closed whole", path)
	}
	return nil
}

// asideName is a free name for a store that another takes the place of.
func (o Options) asideName(why string) string {
	aside := fmt.Sprintf("%s.%s-%s", o.Path, why, o.Env.Now().UTC().Format("20060102T150405"))
	for isThere(aside) || isThere(aside+"-wal") {
		aside += "x"
	}
	return aside
}
