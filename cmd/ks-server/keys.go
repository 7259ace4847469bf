package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
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
		RunE: func(*cobra.Command, []string) error { return misused("say what: rotate or status") },
	}
	var again bool
	rotate := &cobra.Command{
		Use:   "rotate",
		Short: "Seal everything anew under new keys, and retire the old ones; the server must not run",
		Long: `rotate makes new keys, seals every record anew, builds the index of NIK and NKK
anew, opens everything by the new keys alone, and only then takes the old keys out
of DIR/keys.json. No server and no other command may use the store meanwhile. It can
be interrupted at any moment, also by a power cut: run it again and it goes on.
Run again within an hour after it ended it does nothing, but with --again.

What it means for others:
  devices    work on. Their next call renews the session by itself. What they had
             sealed to the server and not sent can still be opened: former private
             keys stay in keys.json for that. A device seals to the new one from
             when its user's store is next made on it.
  tokens     access tokens of before count as expired; refresh tokens stay good.
  audit      later checkpoints are signed by a new key; 'audit key' prints both.
  servers    that share a PostgreSQL each need the new keys.json; with the old one
             they refuse to start.
  backups    of before open with the keys inside them. Make one now: what comes
             after it can't be read with the keys of an older one. With PostgreSQL
             keep 'ks-server backup' of the old keys as long as its base backups.
  PostgreSQL keeps old row versions until VACUUM has removed them.

Two kinds of keys stay, for they open nothing. Digest keys: devices hold them and
compare by them what they hold; who has one and a copy of RT sums could only test a
guess at a family's whole state. And the key that names a shared NIK or No. KK in
what supervisors decided of it, so that their decisions outlast a rotation; who has
it and those decisions could test guesses of a number. If keys.json was stolen, take
that into account; only a new installation, into which an export is imported, has
others.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runRotate(cmd.Context(), o, again, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	rotate.Flags().BoolVar(&again, "again", false, "rotate though it was done within the last hour")
	status := &cobra.Command{
		Use: "status", Short: "Say when keys were rotated, and whether a rotation has to go on", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runKeysStatus(cmd.Context(), o, cmd.OutOrStdout())
		},
	}
	c.AddCommand(rotate, status)
	return c
}

func runRotate(ctx context.Context, o *options, again bool, out, errs io.Writer) (err error) {
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
	ring, err := o.openRing()
	if err != nil {
		return err
	}
	bar, step := counted{}, ""
	err = s.Read(ctx, func(ctx context.Context, snap store.Snapshot) error { return rotation.CheckHeld(ctx, snap, ring) })
	if err != nil {
		return err
	}
	r := &rotation.Rotation{
		Store: s, Hold: hold, Ring: ring, Save: o.saveRing, Now: time.Now, Rand: rand.Reader, Again: again,
		Progress: func(name string, done, all int) error {
			if name != step {
				bar, step = countProgress(errs, name), name
			}
			bar.at(done, all)
			return ctx.Err()
		},
	}
	idle, err := r.Idle(ctx)
	if err != nil {
		return err
	}
	if idle {
		fmt.Fprintf(out, "keys were rotated at %s; nothing was changed (--again rotates once more)\n", ring.RotatedAt().Format(time.RFC3339))
		return emptyLog(ctx, s) // the run before may not have come to it
	}
	return errors.Join(o.rotateRecorded(ctx, r, out), emptyLog(ctx, s))
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
		return tellRotated(outcome, out)
	}
	return between(ctx, e, work, func(ctx context.Context, e *ksv1.AuditEntry) error { return o.recordOperation(ctx, r.Store, r.Ring, e) })
}

func tellRotated(outcome *rotation.Outcome, out io.Writer) error {
	for _, name := range outcome.Named {
		fmt.Fprintln(out, "DOES NOT OPEN", name)
	}
	fmt.Fprintf(out, "%d rows sealed anew, %d values opened by the new keys alone\n", outcome.Resealed, outcome.Verified)
	if outcome.Left > 0 {
		return fmt.Errorf("%d rows do not open and stay as they are, so the old keys stay too; the server can be started", outcome.Left)
	}
	fmt.Fprintln(out, "the old keys are retired; make a backup now")
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

func runKeysStatus(ctx context.Context, o *options, out io.Writer) (err error) {
	ring, err := o.openRing()
	if err != nil {
		return err
	}
	s, err := o.openStore(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if at := ring.RotatedAt(); at.IsZero() {
		fmt.Fprintln(out, "keys were never rotated")
	} else {
		fmt.Fprintln(out, "keys were rotated at", at.Format(time.RFC3339))
	}
	if ring.Rotating() {
		fmt.Fprintln(out, "old keys are not retired: run 'ks-server keys rotate'")
	}
	return o.checkStore(ctx, s, ring)
}
