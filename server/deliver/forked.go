package deliver

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// A database that was copied, or put back, may lie in a file: what its other life has
// sent meanwhile bears the same ids, and nobody is there whom the server could tell so, as
// it tells a device in its sync, which then gives what is unsent other names. Here the
// server does: what is another's by its names is taken under names drawn from the file,
// the changes into quarantine, for a supervisor to say which household is which. The same
// file, taken again, draws the same names.

// fork is what of a part can't be taken under its own names.
type fork struct {
	// changes are copies of those changes under their new names, at where they stand in
	// the page.
	changes []*ksv1.Change
	at      []int

	incarnation uint32
	// low is the lowest counter of what was made by them, by the device that drew it.
	low map[uint32]uint64
	// known are ids that changes name which the server has taken as they are.
	known map[merge.ID]bool
	// before are families that an earlier part of the file has renamed: what this one says
	// of them is of the same life.
	before map[merge.ID]bool
}

// find takes in which changes of the part are another's by their names. Receipts are the
// changes', as far as they were taken under those.
func (f *fork) find(ctx context.Context, s *Service, changes []*ksv1.Change, receipts []*ksv1.Receipt) error {
	byVillage := map[uint32][]merge.ID{}
	var ids []merge.ID
	for i, c := range changes {
		if r := receipts[i]; r != nil && r.GetStatus() != ksv1.ReceiptStatus_RECEIPT_STATUS_FORKED {
			for _, id := range namesIn(c) {
				f.known[id] = true
			}
			continue
		}
		id := renamed(merge.ID(c.GetId()), merge.ContentHash(c))
		ids, byVillage[c.GetVillage()] = append(ids, id), append(byVillage[c.GetVillage()], id)
		f.changes, f.at = append(f.changes, proto.CloneOf(c)), append(f.at, i)
		f.lower(c)
	}
	before, err := s.drawnBefore(ctx, byVillage)
	if err != nil {
		return err
	}
	if before != 0 {
		f.incarnation = before
	}
	for device := range f.low {
		if err := merge.Renumber(f.changes, device, f.incarnation, f.made); err != nil {
			return fmt.Errorf("renumber: %w", err)
		}
	}
	for i, c := range f.changes {
		c.Id = ids[i][:]
	}
	return nil
}

// drawnBefore is the incarnation under which some of the changes came by an earlier file
// of the same life; 0: none did.
func (s *Service) drawnBefore(ctx context.Context, renamed map[uint32][]merge.ID) (incarnation uint32, err error) {
	for village, ids := range renamed {
		err := s.inVillage(ctx, village, func(v store.VillageTx) error {
			committed, err := v.Committed(ctx, ids)
			for _, c := range committed {
				incarnation = c.Stamp.Incarnation
			}
			if incarnation != 0 || err != nil {
				return err
			}
			held, err := v.Quarantined(ctx, ids, nil)
			if len(held) == 0 || err != nil {
				return err
			}
			plain, err := s.Vault.OpenQuarantine(&held[0])
			if err != nil {
				return err
			}
			var c ksv1.Change
			if err := proto.Unmarshal(plain, &c); err != nil {
				return fmt.Errorf("decode quarantined change: %w", err)
			}
			incarnation = c.GetStamp().GetIncarnation()
			return nil
		})
		if incarnation != 0 || err != nil {
			return incarnation, err
		}
	}
	return 0, nil
}

// inVillage looks into a village as whoever writes it, who alone may look into its
// quarantine; of one that does not exist nothing is known.
func (s *Service) inVillage(ctx context.Context, village uint32, look func(store.VillageTx) error) error {
	err := s.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error { return tx.InVillage(ctx, village, look) })
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

// lower notes what a change has drawn: its own id, which a save draws last, and those
// right before it that it names.
func (f *fork) lower(c *ksv1.Change) {
	device, _, low, ok := merge.ID(c.GetId()).Source()
	if !ok {
		return
	}
	named := map[uint64]bool{}
	for _, id := range namesIn(c) {
		if d, _, counter, ok := id.Source(); ok && d == device {
			named[counter] = true
		}
	}
	for named[low-1] {
		low--
	}
	if have, ok := f.low[device]; !ok || low < have {
		f.low[device] = low
	}
}

// made tells whether the part's own life has made what bears an id.
func (f *fork) made(id merge.ID) bool {
	device, _, counter, ok := id.Source()
	low, forked := f.low[device]
	return ok && (forked && counter >= low && !f.known[id] || f.before[id])
}

// rename is the id of a family as the fork names it.
func (f *fork) rename(id merge.ID) merge.ID {
	if !f.made(id) {
		return id
	}
	device, _, counter, _ := id.Source()
	return merge.NewID(device, f.incarnation, counter)
}

// namesIn are the ids of families, members, rounds and visits that a change names.
func namesIn(c *ksv1.Change) []merge.ID {
	var out []merge.ID
	add := func(b []byte) {
		if id, err := merge.IDFromBytes(b); err == nil && !id.IsZero() {
			out = append(out, id)
		}
	}
	add(c.GetFamilyId())
	for _, w := range c.GetWrites() {
		add(w.GetRecordId())
		add(w.GetMemberId())
	}
	return out
}

// drawn is an incarnation that follows from what it is drawn from.
func drawn(from ...[]byte) uint32 {
	sum := sha256.Sum256(slices.Concat(from...))
	return binary.BigEndian.Uint32(sum[:])
}

// renamed is another id for what bears one that is another's. It follows from what it
// says, so that the same work has the same from every file that it went into.
func renamed(id merge.ID, content [sha256.Size]byte) merge.ID {
	device, _, counter, _ := id.Source()
	return merge.NewID(device, drawn(id[:], content[:]), counter)
}

// forkOf begins with what earlier parts of the file have told.
func (s *Service) forkOf(ctx context.Context, p *ksv1.BackupPart, page *ksv1.UploadPage) (*fork, error) {
	f := &fork{incarnation: drawn(p.GetFileId()), low: map[uint32]uint64{}, known: map[merge.ID]bool{}, before: map[merge.ID]bool{}}
	if p.GetParts() == 1 {
		return f, nil
	}
	original, byVillage := map[merge.ID]merge.ID{}, map[uint32][]merge.ID{}
	add := func(village uint32, family merge.ID) {
		device, _, counter, ok := family.Source()
		other := merge.NewID(device, f.incarnation, counter)
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
		err := s.inVillage(ctx, village, func(v store.VillageTx) error {
			waiting, err := v.Quarantined(ctx, nil, others)
			for _, q := range waiting {
				f.before[original[q.Family]] = true
			}
			if err != nil {
				return err
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
