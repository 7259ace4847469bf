package promises

import (
	"context"
	"errors"
	"io"
	"os"
	"strconv"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/client-sdk/device"
	"github.com/keluarga-sehat/sync/cmd/ks-sim/judge"
	"github.com/keluarga-sehat/sync/server/session"
	"github.com/keluarga-sehat/sync/server/store"
)

// crashDevice ends the app without warning and starts it again.
func (w *World) crashDevice(ctx context.Context, r *replica) error {
	w.Report.Crashes++
	return w.reopen(ctx, r)
}

func (w *World) reopen(ctx context.Context, r *replica) error {
	if err := r.store.Close(); err != nil {
		return err
	}
	return w.start(ctx, r)
}

// start opens a device's database, which lost nothing.
func (w *World) start(ctx context.Context, r *replica) error {
	var err error
	if r.store, err = device.Open(ctx, w.deviceOptions(r), password); err != nil {
		return err
	}
	if l := r.store.Loss(); l != nil && !r.lossTold {
		w.Report.violate("device %d reports a loss after a crash: %+v", r.owner.device, *l)
	}
	return nil
}

func (w *World) crashServer(ctx context.Context) error {
	w.Report.Crashes++
	if err := w.store.Close(); err != nil {
		return err
	}
	return w.openServer(ctx)
}

// spoilClock sets a device's clock wrong, or right again.
func (w *World) spoilClock(r *replica) {
	w.Report.Clocks++
	const year = 365 * 24 * time.Hour
	offsets := []time.Duration{0, 10 * year, -5 * year, 3 * time.Minute, -2 * time.Hour, 26 * time.Hour}
	r.offset = offsets[w.rng.IntN(len(offsets))]
	r.stuck = w.rng.IntN(6) == 0
}

// reassign moves a surveyor's assignment.
func (w *World) reassign(ctx context.Context) error {
	w.Report.Reassigned++
	s := w.surveyors[w.rng.IntN(len(w.surveyors))]
	assigned := w.randomAssignment()
	return w.store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		a, err := tx.Snapshot().FindAccount(ctx, s.account)
		if err != nil {
			return err
		}
		a.Assigned = assigned
		a.ScopeRevision++
		_, err = tx.Directory().PutAccount(ctx, a)
		return err
	})
}

// maxReplicas bounds how many databases a world has, copies included.
const maxReplicas = 5

// fork copies a device's database and runs the copy elsewhere.
func (w *World) fork(ctx context.Context, r *replica) error {
	if len(w.replicas) >= maxReplicas || w.rights != nil {
		return nil
	}
	w.Report.Forks++
	if err := r.store.Close(); err != nil {
		return err
	}
	path, err := w.newPath(r.owner)
	if err != nil {
		return err
	}
	twin := &replica{owner: r.owner, path: path, took: r.took, lossTold: r.lossTold}
	if r.took != nil {
		own := *r.owner // each registers by itself
		twin.owner = &own
	}
	for _, suffix := range []string{"", ".mark"} {
		if err := copyFile(r.path+suffix, twin.path+suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	if r.store, err = device.Open(ctx, w.deviceOptions(r), password); err != nil {
		return err
	}
	if twin.store, err = device.Open(ctx, w.deviceOptions(twin), password); err != nil {
		return err
	}
	w.replicas = append(w.replicas, twin)
	return w.noteCopied(ctx, r)
}

// putBack exchanges a device's database for the copy of it taken last time, if
// that is no other than an older one, and takes a copy for the next time. What
// was saved in between and not sent is lost; the device must say so.
func (w *World) putBack(ctx context.Context, r *replica) error {
	if w.rights != nil {
		return nil
	}
	before, err := r.store.Outbox(ctx, 1_000_000)
	if err != nil {
		return err
	}
	if err := r.store.Close(); err != nil {
		return err
	}
	if r.copy == "" {
		r.copy = r.path + ".copy"
		if err := copyFile(r.path, r.copy); err != nil {
			return err
		}
		if r.store, err = device.Open(ctx, w.deviceOptions(r), password); err != nil {
			return err
		}
		return w.noteCopied(ctx, r)
	}
	w.Report.PutBack++
	if err := copyFile(r.copy, r.path); err != nil {
		return err
	}
	r.copy = ""
	if r.store, err = device.Open(ctx, w.deviceOptions(r), password); err != nil {
		return err
	}
	after, err := r.store.Outbox(ctx, 1_000_000)
	if err != nil {
		return err
	}
	// By what they say: the copy may have them under the ids of before a renumbering.
	there := map[[32]byte]bool{}
	for _, e := range after {
		there[judge.Saying(e.Change)] = true
	}
	lost := 0
	for _, e := range before {
		if said := judge.Saying(e.Change); !there[said] {
			w.forgive(said)
			w.deviceLost[said] = true
			lost++
		}
	}
	// The loss is told at every opening until the device has saved or synced.
	r.lossTold = r.store.Loss() != nil
	if lost > 0 && !r.lossTold {
		w.Report.violate("loss: device %d lost %d saves when its database was put back, and says nothing", r.owner.device, lost)
	}
	return nil
}

// forgive strikes from what was saved all that says the same; ids may have been
// given anew since.
func (w *World) forgive(said [32]byte) {
	for id, c := range w.saved {
		if c.said == said {
			delete(w.saved, id)
		}
	}
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		return errors.Join(err, out.Close())
	}
	return out.Close()
}

func (w *World) takeBackup(ctx context.Context) error {
	if w.backup != "" {
		if err := os.Remove(w.backup); err != nil {
			return err
		}
	}
	w.files++
	w.backup = w.path + ".backup" + strconv.Itoa(w.files)
	_, err := w.store.DB().ExecContext(ctx, `VACUUM INTO ?`, w.backup)
	return err
}

// restore puts the server back to the last backup, under a new epoch.
func (w *World) restore(ctx context.Context) error {
	if w.backup == "" {
		return nil
	}
	w.Report.Restores++
	if err := w.store.Close(); err != nil {
		return err
	}
	for _, suffix := range []string{"-wal", "-shm"} {
		if err := os.Remove(w.path + suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	if err := os.Rename(w.backup, w.path); err != nil {
		return err
	}
	w.backup = ""
	w.decisions.forget()
	if err := w.openServer(ctx); err != nil {
		return err
	}
	err := w.store.Write(ctx, func(ctx context.Context, tx store.Tx) error { return session.BeginEpoch(ctx, tx, w.bytes) })
	if err != nil {
		return err
	}
	if err := w.reapply(ctx); err != nil {
		return err
	}
	if err := w.judgeAfterRestore(ctx); err != nil {
		return err
	}
	t, err := w.judge().Read(ctx)
	if err != nil {
		return err
	}
	for id := range w.acked {
		if t.Changes[id] == nil {
			w.serverLost[id] = true
		}
	}
	return nil
}

// replay sends an old upload again by another route, in another order.
func (w *World) replay(ctx context.Context) error {
	if len(w.sent) == 0 {
		return nil
	}
	w.Report.Replays++
	page := proto.CloneOf(w.sent[w.rng.IntN(len(w.sent))])
	w.rng.Shuffle(len(page.Changes), func(i, j int) { page.Changes[i], page.Changes[j] = page.Changes[j], page.Changes[i] })
	for _, c := range page.Changes {
		if err := w.replayOne(ctx, c); err != nil {
			return err
		}
	}
	return nil
}
