package promises

import (
	"bytes"
	"context"
	"errors"
	"os"
	"slices"

	"github.com/keluarga-sehat/sync/client-sdk/device"
	"github.com/keluarga-sehat/sync/cmd/ks-sim/disk"
	"github.com/keluarga-sehat/sync/internal/merge"
)

// markKept is how many older states of a device's mark a power cut may leave:
// it is written after a save and never synced.
const markKept = 4

// spoilDisk lets a device save or sync while its disk fails, at whatever write
// or sync chance picks: once, until it is mended, or because the power goes.
func (w *World) spoilDisk(ctx context.Context, r *replica) error {
	fault := []disk.Fault{disk.Broken, disk.Dead}[w.rng.IntN(2)]
	w.Report.DiskFaults++
	w.disk.Fail(fault, w.rng.IntN(30), fault == disk.Dead || w.rng.IntN(2) == 0)
	var err error
	if w.rng.IntN(3) > 0 {
		err = w.save(ctx, r)
	} else {
		err = w.sync(ctx, r, false)
	}
	if fault == disk.Dead {
		return w.powerCut(ctx, r)
	}
	met := w.disk.Mend()
	switch {
	case err == nil:
	case !met:
		return err
	case !errors.Is(err, device.ErrStorageFailed):
		w.Report.violate("disk: device %d meets a fault and says: %v", r.owner.device, err)
	}
	if err := w.readAll(ctx, r); err != nil {
		w.Report.violate("disk: device %d can't read after a fault: %v", r.owner.device, err)
	}
	if err != nil {
		villages, _ := r.store.Villages(ctx)
		if again := w.save(ctx, r); len(villages) > 0 && !errors.Is(again, device.ErrStorageFailed) {
			w.Report.violate("disk: device %d goes on writing to a disk that failed: %v", r.owner.device, again)
		}
	}
	return w.reopen(ctx, r)
}

// readAll reads every family that a device lists.
func (w *World) readAll(ctx context.Context, r *replica) error {
	known, _ := r.store.Families(device.Query{Limit: 1000, IncludeRemoved: true})
	for _, f := range known {
		if _, err := r.store.Family(ctx, merge.ID(f.ID)); err != nil {
			return err
		}
	}
	return nil
}

// powerCut ends a device at this instant, leaves its files as chance will have
// them, and starts it again. What it had told to be saved must be there, and
// nothing may be reported as lost.
func (w *World) powerCut(ctx context.Context, r *replica) error {
	w.Report.PowerCuts++
	w.disk.Die()
	w.disk.Mend()
	// Closing what lost its disk fails, and matters to nobody.
	_ = r.store.Close()
	if err := w.disk.PowerCut(r.path, w.rng); err != nil {
		return err
	}
	if err := w.oldMark(r); err != nil {
		return err
	}
	return w.start(ctx, r)
}

// oldMark leaves the mark as it is, as it was a few saves ago, torn, or not at
// all.
func (w *World) oldMark(r *replica) error {
	path := r.path + ".mark"
	now, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	switch n := w.rng.IntN(6); {
	case n == 0:
		r.marks = nil
		return os.Remove(path)
	case n == 1:
		torn := append([]byte{}, now...)
		at := w.rng.IntN(len(torn))
		if !slices.ContainsFunc(r.marks, func(before []byte) bool { return !bytes.Equal(before, now) }) {
			// Since a loss was told one mark was written at most, and made to last: no power
			// cut tears it and leaves the one of before the loss in the other slot.
			return nil
		}
		for i := at; i < len(torn); i++ {
			torn[i] = 0
		}
		return os.WriteFile(path, torn, 0o600)
	case n < 4 && len(r.marks) > 0:
		return os.WriteFile(path, r.marks[w.rng.IntN(len(r.marks))], 0o600)
	}
	return nil
}

// settleLoss: the device has saved or synced since a loss was told, and made its
// mark last.
func (r *replica) settleLoss() {
	if r.lossTold {
		r.lossTold, r.marks = false, nil
	}
}

// keepMark remembers how the mark stands.
func (w *World) keepMark(r *replica) {
	if b, err := os.ReadFile(r.path + ".mark"); err == nil && w.disk != nil {
		r.marks = append(r.marks, b)
		r.marks = r.marks[max(len(r.marks)-markKept, 0):]
	}
}
