package device

import (
	"context"
	"errors"

	"github.com/keluarga-sehat/sync/internal/record"
)

// rehearsedSuffix is of a store that Rehearse makes.
const rehearsedSuffix = ".coba"

// Rehearse makes a store beside the path, as Create would, and takes it away again: what would
// keep Create from it, as too little space, is met before a server registers a device for
// nothing. Errors: those of Create, but for fs.ErrExist.
func Rehearse(ctx context.Context, o Options) (err error) {
	unlock, err := o.lock()
	if err != nil {
		return o.room(err)
	}
	defer func() { err = errors.Join(err, unlock()) }()
	o.Path += rehearsedSuffix
	leave := func() error { return errors.Join(Discard(o.Path), removeAll(o.Path+".lock")) }
	if err := leave(); err != nil { // one that was broken off
		return err
	}
	o.Env.Stretch = func([]byte, []byte, record.PasswordCost) []byte { return make([]byte, record.KeyBytes) }
	s, err := Create(ctx, o, "", Profile{})
	if err != nil {
		return errors.Join(err, leave())
	}
	return errors.Join(s.Close(), leave())
}
