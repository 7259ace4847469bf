package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/keluarga-sehat/sync/internal/lasting"
	"github.com/keluarga-sehat/sync/internal/record"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/rotation"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
)

func keysCommand(o *options) *cobra.Command {
	c := &cobra.Command{
		Use: "keys", Short: "Rotate the server's keys", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return misused("say what: rotate, drop or status") },
	}
	c.AddCommand(keysRotateCommand(o), keysDropCommand(o), keysStatusCommand(o))
	return c
}

func keysRotateCommand(o *options) *cobra.Command {
	var asked rotateAsked
	c := &cobra.Command{
		Use:   "rotate",
		Short: "Seal everything anew under new keys, and retire the old ones; the server must not run",
		Long: `rotate makes new keys, seals every record anew, builds the index of NIK and NKK
anew, opens everything by the new keys alone, and only then retires the old ones. No
server and no other command may use the store meanwhile. It can be interrupted at any
moment, also by a power cut: run it again and it goes on. Run again within an hour
after it ended it makes no new keys, but with --again; it opens everything once more.

Retired keys open nothing, and stay in DIR/keys.json until 'keys drop'. They are for a
database that turns back: a standby that had not replayed the rotation is promoted, or
the database is put back to a moment before its end. Servers refuse to start then;
stop them, run rotate, and it takes the retired keys up, seals anew what is under them,
and retires them again. Rows under keys that keys.json has no more (after 'keys drop',
or a rotation by a version that kept none) are named, rotate fails, and servers refuse
to start: give it the keys.json of before by --with or, where nobody has it any more,
give those rows up by --leave-keyless. A 'ks-server backup' of before holds it: 'tar -xf FILE
keys.age', then 'age -d keys.age', which asks for the passphrase.

What it means for others:
  devices    work on. Their next call renews the session by itself. What they had
             sealed to the server and not sent can still be opened: former private
             keys stay in keys.json for that. A device seals to the new one from
             when its user's store is next made on it.
  tokens     access tokens of before count as expired; refresh tokens stay good.
  audit      later checkpoints are signed by a new key; 'audit key' prints both.
  servers    that share a PostgreSQL each need the new keys.json; with the old one
             they refuse to start.
  standbys   should replay it before their primary can be lost. rotate waits a little,
             and names those that have not; 'keys status' does it later.
  backups    of before open with the keys inside them. Make one now: what comes
             after it can't be read with the keys of an older one. With PostgreSQL
             keep 'ks-server backup' of the old keys as long as its base backups.
  PostgreSQL keeps old row versions until VACUUM has removed them.

Two kinds of keys stay for good, for they open nothing. Digest keys: devices hold them
and compare by them what they hold; who has one and a copy of RT sums could only test a
guess at a family's whole state. And the key that names a shared NIK or No. KK in
what supervisors decided of it, so that their decisions outlast a rotation; who has
it and those decisions could test guesses of a number. If keys.json was stolen, take
that into account; only a new installation, into which an export is imported, has
others.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runRotate(cmd.Context(), o, asked, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	c.Flags().BoolVar(&asked.again, "again", false, "rotate though it was done within the last hour")
	c.Flags().StringVar(&asked.with, "with", "", "key `file` of before, by whose keys rows are opened that keys.json has no key for; they are kept as retired ones")
	c.Flags().BoolVar(&asked.leaveKeyless, "leave-keyless", false, "give up rows whose keys nobody has any more: they stay as they are, and the server can be started")
	return c
}

// rotateAsked says how keys are to be rotated.
type rotateAsked struct {
	again, leaveKeyless bool
	// with is another key file whose keys are taken as well; "": none.
	with string
	// finish makes no keys, and goes on to the end though rows are damaged; for a restore,
	// which mends them.
	finish bool
}

func runRotate(ctx context.Context, o *options, asked rotateAsked, out, errs io.Writer) (err error) {
	if _, err := o.openRing(); err != nil {
		return err
	}
	s, err := o.openStore(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	hold, err := s.EnterAlone(ctx)
	if errors.Is(err, store.ErrGateHeld) {
		return errors.New("a server or another command uses this store; stop it and try again, nothing was changed")
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, hold.Leave()) }()
	ring, err := o.ringWith(asked.with)
	if err != nil {
		return err
	}
	bar, step := counted{}, ""
	err = s.Read(ctx, func(ctx context.Context, snap store.Snapshot) error { return rotation.CheckHeld(ctx, snap, ring) })
	if err != nil {
		return err
	}
	r := &rotation.Rotation{
		Store: s, Hold: hold, Ring: ring, Save: o.saveRing, Now: time.Now, Rand: rand.Reader, Again: asked.again, Finish: asked.finish, Joined: asked.with != "", LeaveKeyless: asked.leaveKeyless,
		Progress: func(name string, done, all int) error {
			if name != step {
				bar, step = countProgress(errs, name), name
			}
			bar.at(done, all)
			return ctx.Err()
		},
	}
	return errors.Join(o.rotateRecorded(ctx, r, out), emptyLog(ctx, s))
}

// ringWith is the key file's ring, with the keys of another key file where one is given.
func (o *options) ringWith(path string) (*record.Ring, error) {
	ring, err := o.openRing()
	if err != nil || path == "" {
		return ring, err
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	other, err := record.UnmarshalRing(data)
	if err == nil {
		ring, err = ring.Join(other)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w; nothing was changed", path, err)
	}
	return ring, nil
}

// rotateRecorded is recorded for a rotation: each entry is signed by the keys that then are
// the key file's.
func (o *options) rotateRecorded(ctx context.Context, r *rotation.Rotation, out io.Writer) error {
	e := operate("keys rotate")
	work := func() error {
		outcome, err := r.Run(ctx)
		if err != nil {
			return fmt.Errorf("keys are not rotated yet, nothing is lost; run it again: %w", err)
		}
		e.Count = uint64(outcome.Resealed)
		tellBehind(ctx, r.Store, standbyWait, out)
		err = tellRotated(outcome, out)
		if r.Finish && outcome.Keyless == 0 {
			return nil
		}
		return err
	}
	return between(ctx, e, work, func(ctx context.Context, e *ksv1.AuditEntry) error { return o.recordOperation(ctx, r.Store, r.Ring, e) })
}

func tellRotated(outcome *rotation.Outcome, out io.Writer) error {
	if outcome.CalledOff {
		fmt.Fprintln(out, "a rotation of keys had been announced and not begun; it is called off, and no keys were made")
		return nil
	}
	for _, name := range outcome.Named {
		fmt.Fprintln(out, "DOES NOT OPEN", name)
	}
	at := outcome.Ring.RotatedAt().Format(time.RFC3339)
	switch {
	case outcome.Made:
	case outcome.Ring.RotatedAt().IsZero():
		fmt.Fprintln(out, "no keys were made")
	case outcome.Resealed > 0:
		fmt.Fprintf(out, "the rotation of %s went on; no new keys were made\n", at)
	default:
		fmt.Fprintf(out, "keys were rotated at %s; no new keys were made (--again rotates once more)\n", at)
	}
	fmt.Fprintf(out, "%d rows sealed anew, %d values opened by the new keys alone\n", outcome.Resealed, outcome.Verified)
	switch {
	case outcome.Keyless > 0:
		return fmt.Errorf("%d rows do not open and stay as they are, %d of them for keys.json does not hold their keys: do not start the server; get the keys.json of before (see 'ks-server keys rotate --help') and run 'ks-server keys rotate --with FILE'; or, where nobody has it any more, 'ks-server keys rotate --leave-keyless'", outcome.Left, outcome.Keyless)
	case outcome.Left > 0:
		return fmt.Errorf("%d rows do not open and stay as they are; the server can be started", outcome.Left)
	}
	if len(outcome.Ring.FormerKeys()) > 0 {
		fmt.Fprintln(out, "the old keys are retired, and kept in keys.json until 'ks-server keys drop'")
	}
	fmt.Fprintln(out, "make a backup now")
	return nil
}

// emptyLog empties SQLite's write-ahead log, in which rows under the old keys, or what
// was erased, may lie. PostgreSQL's is the database administrator's to age out.
func emptyLog(ctx context.Context, s store.Store) error {
	file, ok := s.(*sqlite.Store)
	if !ok {
		return nil
	}
	// Also where the command was interrupted: what it did is done.
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer stop()
	if err := file.EmptyLog(ctx); err != nil {
		return fmt.Errorf("empty the write-ahead log: %w", err)
	}
	return nil
}

// saveRing replaces the key file at once: after a power cut there is the old one
// or the new one.
func (o *options) saveRing(ring *record.Ring) error {
	data, err := ring.Marshal()
	if err != nil {
		return err
	}
	return lasting.WriteFile(o.keys(), data, keysMode)
}
