package promises

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/client-sdk/device"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
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
		if err := w.serverClockStep(ctx); err != nil {
			return err
		}
		if err := w.step(ctx); err != nil {
			return err
		}
		if err := w.reviewStep(ctx); err != nil {
			return err
		}
		if err := w.decideStep(ctx); err != nil {
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
		if err := w.workAreaStep(ctx); err != nil {
			return err
		}
		if err := w.judgeStep(ctx); err != nil {
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
	changes, err := r.store.Save(ctx, id, village, func(d *device.Draft) ([]merge.RecordEdit, error) {
		return w.edits(d, isNew), nil
	})
	if err != nil {
		return fmt.Errorf("save: %w", err)
	}
	w.Report.Saves++
	for _, c := range changes {
		w.noteSaved(r, c)
	}
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
