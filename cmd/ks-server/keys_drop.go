package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/keluarga-sehat/sync/internal/record"
	"github.com/keluarga-sehat/sync/server/rotation"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/postgres"
)

// standbyWait is how long a command waits for standbys to replay what it depends on.
const standbyWait = 10 * time.Second

func keysDropCommand(o *options) *cobra.Command {
	var despite bool
	c := &cobra.Command{
		Use:   "drop",
		Short: "Destroy the retired keys, for good",
		Long: `drop takes the keys that rotations have retired out of DIR/keys.json, for good. No
row of the store may open by them; rows that nothing opens are named, and stay as they
are. What is sealed by them elsewhere can then be opened by nobody who has no copy of
them: standbys that have not replayed the rotation, base
backups and archived WAL of before its end, copies of the database's files. (A
'ks-server backup' of before has the keys inside it.) The server may run.

Where keys.json was stolen, or may have been, drop them as soon as every standby has
replayed the rotation: to rotate makes the stolen keys useless against the store as it
is; to drop them makes the server refuse to take up whatever somebody seals by them.
Else keep them while a standby, or a base backup that you may put back, is older than
the rotation.

It refuses while PostgreSQL shows a standby that has not replayed all, or a physical
replication slot whose standby is away, or does not show this user how far standbys are
(GRANT pg_monitor does); --despite-standbys drops them all the same. A standby that
PostgreSQL does not know of, it can't see. Other servers that share the
database need the new keys.json.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runKeysDrop(cmd.Context(), o, despite, cmd.OutOrStdout())
		},
	}
	c.Flags().BoolVar(&despite, "despite-standbys", false, "drop them though a standby has not replayed all, whose data is lost if it is promoted")
	return c
}

func runKeysDrop(ctx context.Context, o *options, despite bool, out io.Writer) (err error) {
	// Nobody rotates keys meanwhile.
	s, ring, done, err := o.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	kept := ring.FormerKeys()
	if ring.Rotating() {
		return errors.New("old keys are not retired: run 'ks-server keys rotate' first; nothing was changed")
	}
	if len(kept) == 0 {
		fmt.Fprintln(out, "keys.json holds no retired keys; nothing was changed")
		return nil
	}
	rows, err := droppable(ctx, s, ring, despite, out)
	if err != nil {
		return err
	}
	dropped, err := ring.Drop()
	if err != nil {
		return err
	}
	return o.recorded(ctx, s, ring, operate("keys drop"), func() error {
		if err := rows.Accept(ctx, s); err != nil {
			return err
		}
		if err := o.saveRing(dropped); err != nil {
			return err
		}
		fmt.Fprintf(out, "the keys of before %d rotations are destroyed; make a backup now, and remove copies of the former keys.json\n", len(kept))
		return nil
	})
}

// droppable tells whether nothing needs the retired keys, as far as that can be seen.
func droppable(ctx context.Context, s store.Store, ring *record.Ring, despite bool, out io.Writer) (*rotation.Dropping, error) {
	rows, err := rotation.NewDropping(ctx, s, ring, rand.Reader)
	if err != nil {
		return nil, err
	}
	if rows.Needed > 0 {
		return nil, fmt.Errorf("%d rows are not under the present keys: run 'ks-server keys rotate' first; nothing was changed", rows.Needed)
	}
	for _, name := range rows.Named {
		fmt.Fprintln(out, "DOES NOT OPEN", name)
	}
	if rows.Damaged > 0 {
		fmt.Fprintf(out, "%d rows open neither by the present keys nor by retired ones, and stay as they are\n", rows.Damaged)
	}
	if despite {
		return rows, nil
	}
	return rows, refuseBehind(ctx, s)
}

// refuseBehind refuses while a standby may need the retired keys.
func refuseBehind(ctx context.Context, s store.Store) error {
	behind, err := behindOf(ctx, s, standbyWait)
	if len(behind) > 0 {
		err = errors.Join(err, fmt.Errorf("not replayed yet by %s, which may need the retired keys: wait until 'ks-server keys status' names none, drop the replication slots of standbys that are no more, or give --despite-standbys; nothing was changed", strings.Join(behind, ", ")))
	} else if errors.Is(err, postgres.ErrStandbysHidden) {
		err = fmt.Errorf("%w; a standby that lags would need the retired keys: when none does, give --despite-standbys; nothing was changed", err)
	}
	return err
}

// behindOf names the standbys of a store that have not replayed what it holds now.
func behindOf(ctx context.Context, s store.Store, wait time.Duration) ([]string, error) {
	if p, ok := s.(*postgres.Store); ok {
		return p.Behind(ctx, wait)
	}
	return nil, nil
}

// tellBehind warns of standbys whose primary should not be lost yet.
func tellBehind(ctx context.Context, s store.Store, wait time.Duration, out io.Writer) {
	behind, err := behindOf(ctx, s, wait)
	if err != nil {
		fmt.Fprintln(out, "note:", err)
	}
	for _, name := range behind {
		fmt.Fprintf(out, "WARNING %s has not replayed all yet: if it is promoted before, stop the servers and run 'ks-server keys rotate'; don't drop the retired keys\n", name)
	}
}

func keysStatusCommand(o *options) *cobra.Command {
	return &cobra.Command{
		Use: "status", Short: "Say when keys were rotated, which retired ones are kept, and whether a rotation has to go on", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runKeysStatus(cmd.Context(), o, cmd.OutOrStdout())
		},
	}
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
	kept := ring.FormerKeys()
	for _, f := range kept {
		fmt.Fprintf(out, "keys that were replaced at %s are kept as retired ones, until 'ks-server keys drop'\n", time.UnixMilli(f.UntilMS).Format(time.RFC3339))
	}
	if err := o.checkStore(ctx, s, ring); err != nil || len(kept) == 0 {
		return err
	}
	tellBehind(ctx, s, 0, out)
	return nil
}
