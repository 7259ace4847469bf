package promises

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/client-sdk/device"
	"github.com/keluarga-sehat/sync/cmd/ks-sim/judge"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/session"
	"github.com/keluarga-sehat/sync/server/store"
)

// Run lives through the time given, then heals and checks.
func (w *World) Run(ctx context.Context, d time.Duration) error {
	end := w.now.Add(d)
	for w.now.Before(end) {
		if err := ctx.Err(); err != nil {
			return err
		}
		// Now and then two people save in one millisecond.
		if w.rng.IntN(5) > 0 {
			w.now = w.now.Add(time.Duration(20+w.rng.IntN(200)) * time.Minute)
		}
		if err := w.step(ctx); err != nil {
			return err
		}
		if err := w.reviewStep(ctx); err != nil {
			return err
		}
		if err := w.splitStep(ctx); err != nil {
			return err
		}
		if err := w.handoverStep(ctx); err != nil {
			return err
		}
		if err := w.rightsStep(ctx); err != nil {
			return err
		}
	}
	if err := w.heal(ctx); err != nil {
		return err
	}
	return w.check(ctx)
}

// step lets one thing happen.
func (w *World) step(ctx context.Context) error {
	r := w.replicas[w.rng.IntN(len(w.replicas))]
	w.keepMark(r)
	if w.disk != nil && w.rng.IntN(5) == 0 {
		return w.spoilDisk(ctx, r)
	}
	switch n := w.rng.IntN(100); {
	case n < 48:
		return w.save(ctx, r)
	case n < 84:
		return w.sync(ctx, r, true)
	case n < 87:
		return w.crashDevice(ctx, r)
	case n < 89:
		return w.crashServer(ctx)
	case n < 91:
		w.spoilClock(r)
		return nil
	case n < 93:
		return w.reassign(ctx)
	case n < 94:
		return w.fork(ctx, r)
	case n < 96:
		return w.takeBackup(ctx)
	case n < 97:
		return w.restore(ctx)
	case n < 98:
		return w.putBack(ctx, r)
	default:
		return w.replay(ctx)
	}
}

// save edits a family that the device knows, or makes a new one.
func (w *World) save(ctx context.Context, r *replica) error {
	villages, err := r.store.Villages(ctx)
	if err != nil {
		return err
	}
	known, _ := r.store.Families(device.Query{Limit: 1000, IncludeRemoved: true})
	var id merge.ID
	var village uint32
	isNew := len(known) == 0 || w.rng.IntN(5) == 0
	switch {
	case !isNew:
		f := known[w.rng.IntN(len(known))]
		id, village = f.ID, f.Village
	case len(villages) == 0:
		return nil
	default:
		id, village = r.store.NewFamilyID(), villages[w.rng.IntN(len(villages))].GetVillage()
	}
	change, err := r.store.Save(ctx, id, village, func(d *device.Draft) ([]merge.RecordEdit, error) {
		return w.edits(d, isNew), nil
	})
	if err != nil {
		return fmt.Errorf("save: %w", err)
	}
	w.Report.Saves++
	w.noteSaved(r, change)
	return nil
}

// edits draws what a save writes.
func (w *World) edits(d *device.Draft, isNew bool) []merge.RecordEdit {
	family := &ksv1.Family{Address: proto.String("Jl. " + strconv.Itoa(w.rng.IntN(6)))}
	if isNew {
		family.Place = proto.String(places[w.rng.IntN(len(places))])
		family.HeadName = proto.String("Kepala " + strconv.Itoa(w.rng.IntN(50)))
	}
	if w.rng.IntN(12) == 0 {
		family.Place = proto.String(places[w.rng.IntN(len(places))])
	}
	if w.rng.IntN(8) == 0 {
		// A field that a newer app would know.
		unknown := protowire.AppendVarint(protowire.AppendTag(nil, 900, protowire.VarintType), uint64(w.rng.IntN(5)))
		family.ProtoReflect().SetUnknown(unknown)
	}
	edits := []merge.RecordEdit{{Key: merge.Key{Kind: merge.KindFamily}, Set: family}}
	if w.rng.IntN(30) == 0 {
		edits[0].Set.(*ksv1.Family).Removal = &ksv1.Removal{
			Reason: ksv1.RemovalReason_REMOVAL_REASON_MOVED, Date: prokesga.DateOf(w.now).String(), Seen: merge.SeenOf(&d.Family.State, merge.ID{}),
		}
	}
	member, round := w.pickMember(d, isNew), w.pickRound(d, isNew)
	return append(edits, w.interview(member, round)...)
}

func (w *World) pickMember(d *device.Draft, isNew bool) merge.ID {
	if !isNew {
		for _, rec := range d.Family.State.Records {
			if rec.Key.Kind == merge.KindMember && w.rng.IntN(2) == 0 {
				return rec.Key.Member
			}
		}
	}
	return d.NewID()
}

func (w *World) pickRound(d *device.Draft, isNew bool) merge.ID {
	if !isNew && w.rng.IntN(6) != 0 {
		for _, rec := range d.Family.State.Records {
			if rec.Key.Kind == merge.KindRound {
				return rec.Key.Record
			}
		}
	}
	return d.NewID()
}

func (w *World) interview(member, round merge.ID) []merge.RecordEdit {
	answer := func() *ksv1.Answer { return ksv1.Answer(1 + w.rng.IntN(2)).Enum() }
	part := &ksv1.Individual{
		Relation: ksv1.Relation_RELATION_HEAD.Enum(), MaritalStatus: ksv1.MaritalStatus_MARITAL_STATUS_SINGLE.Enum(),
		HealthInsurance: answer(), Smokes: answer(), UsesToilet: answer(), UsesCleanWater: answer(),
		Tuberculosis: ksv1.Answer_ANSWER_TIDAK.Enum(), TuberculosisSymptoms: answer(), Hypertension: ksv1.Answer_ANSWER_TIDAK.Enum(),
		BloodPressureMeasured: ksv1.Answer_ANSWER_TIDAK.Enum(),
	}
	if w.rng.IntN(3) == 0 {
		part = &ksv1.Individual{Smokes: answer()}
	}
	return []merge.RecordEdit{
		{Key: merge.Key{Kind: merge.KindMember, Member: member}, Set: &ksv1.Member{
			Name: proto.String("Anggota " + strconv.Itoa(w.rng.IntN(100))), Sex: ksv1.Sex(1 + w.rng.IntN(2)).Enum(),
			BirthDate: proto.String("198" + strconv.Itoa(w.rng.IntN(10)) + "-04-05"),
			Nik:       proto.Uint64(3204050101800000 + uint64(w.rng.IntN(9000)) + 1),
		}},
		{Key: merge.Key{Kind: merge.KindRound, Record: round}, Set: &ksv1.Round{
			SurveyDate: proto.String("2026-03-01"), CleanWater: answer(), ProtectedWater: answer(), Toilet: answer(),
			SanitaryToilet: answer(), MentalDisorder: ksv1.Answer_ANSWER_TIDAK.Enum(), Restrained: ksv1.Answer_ANSWER_TIDAK.Enum(),
		}},
		{Key: merge.Key{Kind: merge.KindIndividual, Record: round, Member: member}, Set: part},
	}
}

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
	twin := &replica{owner: r.owner, path: path, took: r.took}
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
