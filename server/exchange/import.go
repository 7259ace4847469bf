package exchange

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/prokesga"
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
	// Compare has the indexes that the file gives held against what the answers
	// give.
	Compare bool

	clock    merge.Clock
	counter  uint64
	villages map[string]place // by the code in files
	stand    *whereabouts
	batch    map[uint32][]incoming
	waiting  int
	columns  rawsurvei.Columns // of the open file
	Report   Report
}

// Report is what an import did.
type Report struct {
	// Read from the files, refused ones included.
	Read int
	// Families were brought to the store; of these Unchanged were stored alike already, and
	// Older are older than the stored correction of the same year.
	Families, Unchanged, Older int
	Refused, Warnings          int
	// Kept counts values that stayed because they were entered here after the
	// file was written.
	Kept int
	// Differences from what the file says of the index; where Compare is set.
	Differences Differences
}

// Start registers the import, draws its incarnation and reads where families stand.
func (i *Importer) Start(ctx context.Context) error {
	var b [4]byte
	if _, err := io.ReadFull(i.Rand, b[:]); err != nil {
		return fmt.Errorf("draw incarnation: %w", err)
	}
	i.batch, i.villages = map[uint32][]incoming{}, map[string]place{}
	var err error
	if i.stand, err = readWhereabouts(ctx, i.Core.Store); err != nil {
		return err
	}
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
	i.columns = reader.Columns()
	reader.KeepStored = i.Compare
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
	for _, issue := range append(f.Issues, f.Check(prokesga.TodayAt(i.Core.Now()))...) {
		if !issue.Refused {
			i.Report.Warnings++
		}
		i.Tell(issue)
	}
	i.Report.Read++
	if f.Refused {
		i.Report.Refused++
		return nil
	}
	if i.Compare {
		if text := i.Report.Differences.add(f); text != "" {
			i.Tell(rawsurvei.Issue{File: f.File, Row: f.Row, Family: f.ID, Column: "iks", Reason: text})
		}
	}
	h := rawsurvei.ForStore(f)
	at, err := i.village(ctx, h.GetVillageCode())
	if err != nil {
		return err
	}
	in := incoming{household: h, columns: i.columns, read: f}
	if column, reason := unstorable(h, at); reason != "" {
		i.refuse(in, column, reason)
		return nil
	}
	id, err := merge.ParseID(h.GetFamilyId())
	if err != nil {
		return err
	}
	if at, err = i.ofItsTime(ctx, in, id, at); err != nil {
		return err
	}
	i.tellNotes(in, at.notes(h))
	village := at.number
	if others := i.stand.besides(id, village); len(others) > 0 {
		if village, err = i.elsewhere(ctx, in, id, village, others); err != nil || village == 0 {
			return err
		}
	}
	i.batch[village] = append(i.batch[village], in)
	i.waiting++
	if i.waiting >= batchFamilies {
		return i.Flush(ctx)
	}
	return nil
}

// unstorable says what a family that can be read lacks to be kept; "" where it
// lacks nothing.
func unstorable(h *ksv1.Household, at place) (column, reason string) {
	switch {
	case at.number == 0:
		return colVillage, at.refusal
	case h.GetRounds()[0].GetRound().GetSurveyDate() == "":
		// All its members are removed, whose rows are not judged.
		return "survei_tanggal", "no survey date that can be read, by which rounds are kept"
	}
	return "", ""
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

func (i *Importer) commit(ctx context.Context, village uint32, list []incoming) error {
	var changes []sending
	var report Report
	var notes [][]note // by family
	scoped := store.WithScope(ctx, store.Scope{Villages: []uint32{village}, Restricted: true})
	err := i.Core.Store.Read(scoped, func(ctx context.Context, snap store.Snapshot) error {
		changes, report, notes = changes[:0], i.Report, make([][]note, len(list))
		for n, in := range list {
			c, told, err := i.change(ctx, snap, village, in, &report)
			if err != nil {
				return err
			}
			if notes[n] = told; c != nil {
				changes = append(changes, i.prepare(c, in))
			}
		}
		return nil
	})
	i.Report = report
	for n := range notes {
		i.tellNotes(list[n], notes[n])
	}
	if err != nil || len(changes) == 0 {
		return err
	}
	_, err = i.send(ctx, village, changes)
	return err
}

// change is what a family says beyond what is stored, nil for nothing or for an older
// correction of the same year, and what is to be told of it.
func (i *Importer) change(ctx context.Context, snap store.Snapshot, village uint32, in incoming, report *Report) (*ksv1.Change, []note, error) {
	report.Families++
	id, err := merge.ParseID(in.household.GetFamilyId())
	if err != nil {
		return nil, nil, err
	}
	state := merge.State{Family: id}
	row, err := snap.FindFamily(ctx, []uint32{village}, id)
	if err == nil {
		_, _, state, err = i.Core.Vault.ReadFamily(ctx, snap, &row)
	} else if errors.Is(err, store.ErrNotFound) {
		err = nil
	}
	if err != nil {
		return nil, nil, err
	}
	p, err := newPlan(&state, in, i.clock.Device)
	if err != nil {
		return nil, nil, err
	}
	if p.older {
		report.Older++
		return nil, p.notes, nil
	}
	edits, err := p.edits()
	if err != nil {
		return nil, nil, err
	}
	report.Kept += p.kept
	c, err := i.write(&state, village, edits)
	if c == nil {
		report.Unchanged++
	}
	return c, p.notes, err
}

// write makes the change of edits to a family; nil where nothing differs.
func (i *Importer) write(state *merge.State, village uint32, edits []merge.RecordEdit) (*ksv1.Change, error) {
	stamp := i.clock.NextAfter(state.HighestStamp(), uint64(i.Core.Now().UnixMilli()))
	i.noteSeen(state, edits)
	c, differs, err := merge.NewChange(state, stamp, edits)
	if err != nil || !differs {
		return nil, err
	}
	own, err := merge.SeenByOwn(state, c)
	if err == nil && len(own) > 0 {
		c, _, err = merge.NewChange(state, stamp, merge.Combine(append(edits, own...)...))
	}
	if err != nil {
		return nil, err
	}
	i.counter++
	change := merge.NewID(i.clock.Device, i.clock.Incarnation, i.counter)
	c.Id, c.Village = change[:], village
	return c, nil
}
