package deliver

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// A database that was copied, or put back, may lie in a file: what its other life has
// sent meanwhile bears the same ids, and nobody is there whom the server could tell so, as
// it tells a device in its sync, which then gives what is unsent other names. Here the
// server does: what is another's by its names is taken under others, the changes into
// quarantine, for a supervisor to say which household is which. New ids, of a change and
// of what it made, follow from what it says, so that the same work has the same from every
// file and from its own device, which gives itself new names by the same rule once it is
// told (merge.Renaming). The new incarnation of stamps follows from the file, or from an
// earlier file of the same work. A part of several does not know what an earlier one made:
// such a file has names of its own, and waits beside what came by another way. A later
// part whose file's first parts have not come yet can't be told to be of another life but
// by its own ids and contexts.

// fork is what of a part can't be taken under its own names.
type fork struct {
	file []byte
	// changes are copies of those changes under their new names, at where they stand in
	// the page.
	changes []*ksv1.Change
	at      []int

	renaming merge.Renaming
	// drawn are ids that the part's life has drawn since those changes began, taken those
	// which changes name that the server has under their own names, and before families
	// that an earlier part of the file has renamed.
	drawn  merge.Drawn
	taken  map[merge.ID]bool
	before map[merge.ID]bool
	// drawnBefore are incarnations that an earlier file has given, by those that they stand
	// for.
	drawnBefore map[source]uint32
}

// source is a device incarnation.
type source struct{ device, incarnation uint32 }

func newFork(file []byte, parts uint32) *fork {
	f := &fork{
		file: file, taken: map[merge.ID]bool{}, before: map[merge.ID]bool{},
		drawnBefore: map[source]uint32{},
	}
	f.renaming = merge.Renaming{
		BySource: parts > 1,
		Source: func(device, incarnation uint32) (uint32, bool) {
			if before, ok := f.drawnBefore[source{device, incarnation}]; ok {
				return before, true
			}
			return f.drawnFromFile(incarnation), true
		},
		Created: func(id merge.ID) bool { return f.before[id] || f.drawn.Has(id) && !f.taken[id] },
	}
	return f
}

// drawnFromFile is the incarnation that stands for one in the file.
func (f *fork) drawnFromFile(incarnation uint32) uint32 {
	return merge.IncarnationFrom(f.file, binary.BigEndian.AppendUint32(nil, incarnation))
}

// find sorts out which changes of the part are another's by their names. Receipts are the
// changes', as far as they were taken under their own.
func (f *fork) find(changes []*ksv1.Change, receipts []*ksv1.Receipt) {
	for i, c := range changes {
		switch r := receipts[i]; {
		case r == nil || r.GetStatus() == ksv1.ReceiptStatus_RECEIPT_STATUS_FORKED:
			f.changes, f.at = append(f.changes, proto.CloneOf(c)), append(f.at, i)
		case keepsItsName(r):
			for _, id := range merge.NamedIn(c) {
				f.taken[id] = true
			}
		}
	}
	f.drawn = merge.DrawnSince(f.changes)
	// What such a change made is another's by its name, whatever else of it was taken.
	for _, c := range f.changes {
		with := merge.DrawnSince([]*ksv1.Change{c})
		for _, id := range merge.NamedIn(c) {
			if with.Has(id) {
				delete(f.taken, id)
			}
		}
	}
}

// keepsItsName tells whether the server has a change under its own name. A deposit waits
// under it whosever it is.
func keepsItsName(r *ksv1.Receipt) bool {
	switch r.GetStatus() {
	case ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED, ksv1.ReceiptStatus_RECEIPT_STATUS_DUPLICATE:
		return true
	case ksv1.ReceiptStatus_RECEIPT_STATUS_QUARANTINED:
		return r.GetReason() != ingest.ReasonDeposited
	default:
		return false
	}
}

// ids are those that the changes get.
func (f *fork) ids() []merge.ID {
	out := make([]merge.ID, len(f.changes))
	for i, c := range f.changes {
		out[i] = merge.OtherName(merge.ID(c.GetId()), merge.ContentHash(c))
		if f.renaming.BySource {
			out[i] = merge.OtherName(out[i], sha256.Sum256(f.file))
		}
	}
	return out
}

// rename gives the changes their other names, by which they name one another too.
func (f *fork) rename(ids []merge.ID) error {
	called, parts := map[string][]byte{}, make([][][]byte, len(ids))
	for i, c := range f.changes {
		called[string(c.GetId())] = ids[i][:]
		parts[i], c.OtherParts = c.GetOtherParts(), nil
	}
	if err := merge.Renumber(f.changes, &f.renaming); err != nil {
		return fmt.Errorf("renumber: %w", err)
	}
	for i, c := range f.changes {
		c.Id = ids[i][:]
		for _, part := range parts[i] {
			if now, ok := called[string(part)]; ok {
				part = now
			}
			c.OtherParts = append(c.OtherParts, part)
		}
	}
	return nil
}

// lookBefore finds under which incarnations the stamps of some of the changes are that came
// by an earlier file. What their own device has sent is under one in which it still writes.
func (f *fork) lookBefore(ctx context.Context, s *Service, ids []merge.ID) error {
	byVillage, was := map[uint32][]merge.ID{}, map[merge.ID]source{}
	for i, c := range f.changes {
		byVillage[c.GetVillage()] = append(byVillage[c.GetVillage()], ids[i])
		was[ids[i]] = source{c.GetStamp().GetDevice(), c.GetStamp().GetIncarnation()}
	}
	for _, village := range slices.Sorted(maps.Keys(byVillage)) {
		err := s.inVillage(ctx, village, func(v store.VillageTx, _ store.QuarantineReader) error {
			held, err := v.Quarantined(ctx, byVillage[village], nil)
			if err != nil {
				return err
			}
			for i := range held {
				if held[i].Reason != ingest.ReasonDeviceForked {
					continue
				}
				plain, err := s.Vault.OpenQuarantine(&held[i])
				if err != nil {
					return err
				}
				var c ksv1.Change
				if err := proto.Unmarshal(plain, &c); err != nil {
					return fmt.Errorf("decode quarantined change: %w", err)
				}
				if _, met := f.drawnBefore[was[held[i].Change]]; !met {
					f.drawnBefore[was[held[i].Change]] = c.GetStamp().GetIncarnation()
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// inVillage looks into a village as whoever writes it, who alone may look into its
// quarantine; of one that does not exist nothing is known.
func (s *Service) inVillage(ctx context.Context, village uint32, look func(store.VillageTx, store.QuarantineReader) error) error {
	err := s.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		return tx.InVillage(ctx, village, func(v store.VillageTx) error { return look(v, tx.Snapshot()) })
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

// forkOf begins with what earlier parts of the file have told.
func (s *Service) forkOf(ctx context.Context, p *ksv1.BackupPart, page *ksv1.UploadPage) (*fork, error) {
	f := newFork(p.GetFileId(), p.GetParts())
	if p.GetParts() == 1 {
		return f, nil
	}
	original, byVillage := map[merge.ID]merge.ID{}, map[uint32][]merge.ID{}
	add := func(village uint32, family merge.ID) {
		device, incarnation, counter, ok := family.Source()
		other := merge.NewID(device, f.drawnFromFile(incarnation), counter)
		if _, met := original[other]; ok && !met {
			original[other], byVillage[village] = family, append(byVillage[village], other)
		}
	}
	for _, c := range page.GetChanges() {
		if id, err := merge.IDFromBytes(c.GetFamilyId()); err == nil {
			add(c.GetVillage(), id)
		}
	}
	for _, b := range page.GetSubmissions() {
		for _, family := range b.GetFamilyIds() {
			if id, err := merge.IDFromBytes(family); err == nil {
				add(b.GetVillage(), id)
			}
		}
	}
	for _, d := range page.GetDecisions() {
		if id, err := merge.ParseID(d.GetFamilyId()); err == nil {
			add(d.GetVillage(), id)
		}
	}
	for village, others := range byVillage {
		err := s.inVillage(ctx, village, func(v store.VillageTx, held store.QuarantineReader) error {
			for _, id := range others {
				// Whatever was decided on it since.
				rows, err := held.QuarantineOf(ctx, v.Village().Number, id)
				if err != nil {
					return err
				}
				if len(rows) > 0 {
					f.before[original[id]] = true
				}
			}
			admitted, err := v.Families(ctx, others)
			for _, x := range admitted {
				f.before[original[x.ID]] = true
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return f, nil
}
