// Package exchange brings the national export's families into the store and
// writes them out again. An import takes what differs from what is stored, so
// it can be broken off anywhere and started again: what is in already differs
// no more.
package exchange

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/rawsurvei"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// batchFamilies is how many families one commit takes.
const batchFamilies = 200

// importKey registers the import as a device of its own.
var importKey = []byte("keluarga-sehat/import/raw-survei")

// Importer loads families.
type Importer struct {
	Core *ingest.Core
	Rand io.Reader
	// Tell is handed every issue; Progress the families done so far.
	Tell     func(rawsurvei.Issue)
	Progress func(families int)

	clock    merge.Clock
	counter  uint64
	villages map[string]uint32
	batch    map[uint32][]*ksv1.Household
	waiting  int
	Report   Report
}

// Report is what an import did.
type Report struct {
	// Families were read; of these Unchanged were stored alike already, and
	// Older are older than the stored correction of the same year.
	Families, Unchanged, Older int
	Refused, Warnings          int
}

// Start registers the import and draws its incarnation.
func (i *Importer) Start(ctx context.Context) error {
	var b [4]byte
	if _, err := io.ReadFull(i.Rand, b[:]); err != nil {
		return fmt.Errorf("draw incarnation: %w", err)
	}
	i.batch, i.villages = map[uint32][]*ksv1.Household{}, map[string]uint32{}
	return i.Core.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		key := sha256.Sum256(importKey)
		d, err := tx.Snapshot().FindDeviceByKey(ctx, key[:])
		if errors.Is(err, store.ErrNotFound) {
			d = store.Device{PublicKey: key[:], Name: "import raw_survei", RegisteredMS: i.Core.Now().UnixMilli()}
			d.Number, err = tx.Directory().PutDevice(ctx, d)
		}
		i.clock = merge.Clock{Device: d.Number, Incarnation: binary.BigEndian.Uint32(b[:])}
		return err
	})
}

// File loads a file that the reader has open.
func (i *Importer) File(ctx context.Context, reader *rawsurvei.Reader) error {
	for {
		f, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := i.family(ctx, f); err != nil {
			return err
		}
	}
}

func (i *Importer) family(ctx context.Context, f *rawsurvei.Family) error {
	for _, issue := range append(f.Issues, f.Check()...) {
		if !issue.Refused {
			i.Report.Warnings++
		}
		i.Tell(issue)
	}
	if f.Refused {
		i.Report.Refused++
		return nil
	}
	h := rawsurvei.ForStore(f)
	village, err := i.village(ctx, h.GetVillageCode())
	if err != nil {
		return err
	}
	if village == 0 {
		i.Report.Refused++
		i.Tell(rawsurvei.Issue{Family: f.ID, Column: "survei_kelurahan_id", Refused: true, Reason: fmt.Sprintf("village %q is not in the tree", h.GetVillageCode())})
		return nil
	}
	i.batch[village] = append(i.batch[village], h)
	i.waiting++
	if i.waiting >= batchFamilies {
		return i.Flush(ctx)
	}
	return nil
}

func (i *Importer) village(ctx context.Context, code string) (uint32, error) {
	if n, ok := i.villages[code]; ok || code == "" {
		return n, nil
	}
	err := i.Core.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		list, err := snap.VillagesUnder(ctx, code)
		if err == nil && len(list) == 1 && list[0].Code == code {
			i.villages[code] = list[0].Number
		}
		return err
	})
	return i.villages[code], err
}

// Flush commits what waits.
func (i *Importer) Flush(ctx context.Context) error {
	for village, list := range i.batch {
		if err := i.commit(ctx, village, list); err != nil {
			return err
		}
	}
	clear(i.batch)
	i.waiting = 0
	if i.Progress != nil {
		i.Progress(i.Report.Families)
	}
	return nil
}

func (i *Importer) commit(ctx context.Context, village uint32, list []*ksv1.Household) error {
	var incoming []*ingest.Incoming
	now := i.Core.Now()
	err := i.Core.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		incoming = incoming[:0]
		for _, h := range list {
			c, err := i.change(ctx, snap, village, h, now)
			if err != nil {
				return err
			}
			if c != nil {
				incoming = append(incoming, ingest.Prepare(c, &ingest.Sender{Device: i.clock.Device, Trusted: true}, now.UnixMilli()))
			}
		}
		return nil
	})
	if err != nil || len(incoming) == 0 {
		return err
	}
	receipts, _, err := i.Core.Commit(ctx, village, incoming)
	if err != nil {
		return err
	}
	for n, r := range receipts {
		if r.GetStatus() == ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED {
			continue
		}
		i.Report.Refused++
		reason := r.GetReason()
		for _, issue := range r.GetIssues() {
			reason += "; " + issue.GetQuestion() + " " + issue.GetCode()
		}
		i.Tell(rawsurvei.Issue{Family: merge.ID(incoming[n].Change.GetFamilyId()).String(), Refused: true, Reason: reason})
	}
	return nil
}

// change is what a family says beyond what is stored; nil for nothing, or for
// an older correction of the same year.
func (i *Importer) change(ctx context.Context, snap store.Snapshot, village uint32, h *ksv1.Household, now time.Time) (*ksv1.Change, error) {
	i.Report.Families++
	id, err := merge.ParseID(h.GetFamilyId())
	if err != nil {
		return nil, err
	}
	state := merge.State{Family: id}
	row, err := snap.FindFamily(ctx, []uint32{village}, id)
	switch {
	case err == nil:
		if _, _, state, err = i.Core.Vault.OpenFamily(&row); err != nil {
			return nil, err
		}
		stored, err := merge.View(&state)
		if err != nil {
			return nil, err
		}
		if before := rawsurvei.UpdatedAt(stored); before != "" && rawsurvei.UpdatedAt(h) < before {
			i.Report.Older++
			return nil, nil
		}
	case !errors.Is(err, store.ErrNotFound):
		return nil, err
	}
	edits, err := merge.Edits(h)
	if err != nil {
		return nil, err
	}
	i.clock.Observe(state.HighestStamp())
	c, differs, err := merge.NewChange(&state, i.clock.Next(uint64(now.UnixMilli())), edits)
	if err != nil || !differs {
		i.Report.Unchanged++
		return nil, err
	}
	i.counter++
	change := merge.NewID(i.clock.Device, i.clock.Incarnation, i.counter)
	c.Id, c.Village = change[:], village
	return c, nil
}

// Export writes the families of the villages under a code as RAW CSV: each with
// its latest round, or that of a year. It goes through the families twice, to
// know the carried columns first. The results are families written, and those
// that RAW can't hold because they have no member or no round.
func Export(ctx context.Context, s store.Store, vault *ingest.Vault, prefix string, year int, w io.Writer) (written, left int, err error) {
	err = s.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		written, left = 0, 0
		villages, err := snap.VillagesUnder(ctx, prefix)
		if err != nil {
			return err
		}
		slices.SortFunc(villages, func(a, b store.Village) int { return cmp.Compare(a.Code, b.Code) })
		extra := map[string]bool{}
		err = each(ctx, snap, vault, villages, func(h *ksv1.Household) error {
			rawsurvei.Extra(extra, h)
			return nil
		})
		if err != nil {
			return err
		}
		out, err := rawsurvei.NewWriter(w, extra)
		if err != nil {
			return err
		}
		err = each(ctx, snap, vault, villages, func(h *ksv1.Household) error {
			round := roundOf(h, year)
			if round == nil {
				left++
				return nil
			}
			ok, err := out.Write(h, round)
			if ok {
				written++
			} else {
				left++
			}
			return err
		})
		return errors.Join(err, out.Flush())
	})
	return written, left, err
}

// roundOf is the latest round, or the latest of a year (0: any), that the family
// did not withdraw from.
func roundOf(h *ksv1.Household, year int) *ksv1.HouseholdRound {
	for _, r := range slices.Backward(h.GetRounds()) {
		date := r.GetRound().GetSurveyDate()
		if r.GetRound().GetWithdrawal() == nil && date != "" && (year == 0 || date[:4] == fmt.Sprintf("%04d", year)) {
			return r
		}
	}
	return nil
}

// pageFamilies is how many families are read at a time.
const pageFamilies = 500

func each(ctx context.Context, snap store.Snapshot, vault *ingest.Vault, villages []store.Village, do func(*ksv1.Household) error) error {
	for _, v := range villages {
		if v.Revision == 0 {
			continue
		}
		var after merge.ID
		for {
			rows, err := snap.FamiliesByID(ctx, v.Number, nil, after, pageFamilies)
			if err != nil {
				return err
			}
			for i := range rows {
				_, _, state, err := vault.OpenFamily(&rows[i])
				if err != nil {
					return err
				}
				h, err := merge.View(&state)
				if err != nil {
					return err
				}
				h.VillageCode = v.Code
				if err := do(h); err != nil {
					return err
				}
			}
			if len(rows) < pageFamilies {
				break
			}
			after = rows[len(rows)-1].ID
		}
	}
	return nil
}
