package sums

import (
	"context"
	"crypto/rand"
	"fmt"
	"math"
	mathrand "math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/keluarga-sehat/sync/cmd/ks-sim/field"
	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/record"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
)

// villages of two provinces; the two Puskesmas divide them otherwise than kecamatan.
var villages = []string{
	"32.04.05.2001", "32.04.05.2002", "32.04.06.2001", "32.05.01.2001", "33.01.01.2001", "33.01.01.2002",
}

// surveyed is the day of the first surveys.
var surveyed = time.Date(2026, 5, 17, 0, 0, 0, 0, time.UTC)

// world is a server's core with families of every kind and fate.
type world struct {
	t      *testing.T
	store  store.Store
	core   *ingest.Core
	random *mathrand.Rand
	made   *field.Generator
	clock  merge.Clock
	next   uint64
	// surveyor collects, and may remove a family for another; boss reviews.
	surveyor, boss *ingest.Sender
}

func newWorld(t *testing.T) *world {
	t.Helper()
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "server.db"), sqlite.Options{Unsafe: true}) // figures are tried here, not disks
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	ring, err := record.NewRing(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	everywhere := func(uint32, area.Place) bool { return true }
	w := &world{
		t: t, store: s, core: &ingest.Core{Store: s, Vault: ingest.NewVault(ring, rand.Reader), Now: time.Now},
		random: mathrand.New(mathrand.NewPCG(11, 12)), made: field.NewGenerator(9, 320405, surveyed), clock: merge.Clock{Device: 1, Incarnation: 1},
		surveyor: &ingest.Sender{Account: 1, Device: 1, MayCollect: true, MayReview: true, Covers: everywhere},
		boss:     &ingest.Sender{Account: 2, MayReview: true, Covers: everywhere},
	}
	areas := []store.Area{}
	known := map[string]bool{}
	for _, v := range villages {
		for _, length := range []int{2, 5, 8, len(v)} {
			if code := v[:length]; !known[code] {
				known[code] = true
				areas = append(areas, store.Area{Code: code, Name: code})
			}
		}
	}
	if err := server.InitStore(t.Context(), s, rand.Reader); err != nil {
		t.Fatal(err)
	}
	err = s.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
		if err := tx.Directory().PutAreas(ctx, areas); err != nil {
			return err
		}
		return tx.Directory().PutPuskesmas(ctx, []store.Puskesmas{
			{Code: "P3204050101", District: "32.04", Villages: []string{villages[0], villages[2]}},
			{Code: "P3204050102", District: "32.04", Villages: []string{villages[1]}},
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) id() merge.ID {
	w.next++
	return merge.NewID(1, 1, w.next)
}

func (w *world) chance(p float64) bool { return w.random.Float64() < p }

// known is a family with what its author knows of it.
type known struct {
	state   merge.State
	members []merge.ID
	rounds  []merge.ID
}

// change makes one save upon what is known; nil where it alters nothing.
func (w *world) change(k *known, village uint32, edits ...merge.RecordEdit) *ingest.Incoming {
	w.t.Helper()
	now := uint64(time.Now().UnixMilli())
	c, alters, err := merge.NewChange(&k.state, w.clock.Next(now), edits)
	if err != nil {
		w.t.Fatal(err)
	}
	if !alters {
		return nil
	}
	id := w.id()
	c.Id, c.Village, c.Author = id[:], village, w.surveyor.Account
	delta, err := merge.FromChange(c)
	if err != nil {
		w.t.Fatal(err)
	}
	k.state = merge.Join(k.state, delta)
	return ingest.Prepare(c, w.surveyor, int64(now))
}

// survey begins a family with a round.
func (w *world) survey(village uint32) (*known, *ingest.Incoming) {
	k := &known{state: merge.State{Family: w.id()}}
	g := w.made.Family()
	place := fmt.Sprintf("%03d/%03d", 1+w.random.IntN(2), 1+w.random.IntN(3))
	g.Family.Place = &place
	for range g.People {
		k.members = append(k.members, w.id())
	}
	edits := []merge.RecordEdit{{Key: merge.Key{Kind: merge.KindFamily}, Set: g.Family}}
	for i, p := range g.People {
		if p.MotherAt >= 0 && !w.chance(0.1) {
			p.Member.MotherId = proto.String(k.members[p.MotherAt].String())
		}
		if p.SpouseAt >= 0 && !w.chance(0.2) {
			p.Individual.SpouseId = proto.String(k.members[p.SpouseAt].String())
		}
		edits = append(edits, merge.RecordEdit{Key: merge.Key{Kind: merge.KindMember, Member: k.members[i]}, Set: p.Member})
	}
	return k, w.change(k, village, append(edits, w.round(k, g)...)...)
}

// round are the edits of a new round, in which some answers are missing or others
// than they were made.
func (w *world) round(k *known, g *field.Generated) []merge.RecordEdit {
	round := w.id()
	k.rounds = append(k.rounds, round)
	w.disturb(g.Round)
	edits := []merge.RecordEdit{{Key: merge.Key{Kind: merge.KindRound, Record: round}, Set: g.Round}}
	for i, p := range g.People {
		if i < len(k.members) {
			w.disturb(p.Individual)
			edits = append(edits, merge.RecordEdit{Key: merge.Key{Kind: merge.KindIndividual, Record: round, Member: k.members[i]}, Set: p.Individual})
		}
	}
	return edits
}

// disturb alters a few answers of a record.
func (w *world) disturb(m proto.Message) {
	if !w.chance(0.3) {
		return
	}
	r := m.ProtoReflect()
	fields := r.Descriptor().Fields()
	for i := range fields.Len() {
		f := fields.Get(i)
		if f.Enum() == nil || f.Enum().Name() != "Answer" || !w.chance(0.1) {
			continue
		}
		if w.chance(0.5) {
			r.Clear(f)
		} else {
			r.Set(f, protoreflect.ValueOfEnum(protoreflect.EnumNumber(1+w.random.IntN(2))))
		}
	}
}

// correct is a correction of the last round, another survey, a member or a family
// that was entered twice, or a family that died out or moved.
func (w *world) correct(k *known, village uint32) *ingest.Incoming {
	last := k.rounds[len(k.rounds)-1]
	removal := &ksv1.Removal{Reason: ksv1.RemovalReason_REMOVAL_REASON_ENTERED_TWICE, Date: "2026-06-01"}
	switch pick := w.random.IntN(10); {
	case pick < 4:
		answers := &ksv1.Individual{Smokes: ksv1.Answer_ANSWER_YA.Enum(), HealthInsurance: ksv1.Answer_ANSWER_TIDAK.Enum(), SystolicMmhg: proto.Uint32(150)}
		return w.change(k, village, merge.RecordEdit{Key: merge.Key{Kind: merge.KindIndividual, Record: last, Member: k.members[w.random.IntN(len(k.members))]}, Set: answers},
			merge.RecordEdit{Key: merge.Key{Kind: merge.KindRound, Record: last}, Set: &ksv1.Round{SanitaryToilet: ksv1.Answer_ANSWER_YA.Enum(), Toilet: ksv1.Answer_ANSWER_YA.Enum()}})
	case pick < 6:
		g := w.made.Family()
		for i := range g.People {
			if g.People[i].SpouseAt >= 0 && g.People[i].SpouseAt < len(k.members) {
				g.People[i].Individual.SpouseId = proto.String(k.members[g.People[i].SpouseAt].String())
			}
		}
		g.Round.SurveyDate = proto.String(surveyed.AddDate(0, 1+w.random.IntN(18), 0).Format(time.DateOnly))
		return w.change(k, village, w.round(k, g)...)
	case pick < 7:
		member := k.members[w.random.IntN(len(k.members))]
		return w.change(k, village, merge.RecordEdit{Key: merge.Key{Kind: merge.KindMember, Member: member}, Set: &ksv1.Member{Removal: removal}})
	case pick < 8:
		removal.KeptId = w.id().String()
	case pick < 9:
		removal.Reason = ksv1.RemovalReason_REMOVAL_REASON_DIED
	default:
		withdrawn := &ksv1.Round{Withdrawal: &ksv1.Withdrawal{Date: "2026-06-02"}}
		return w.change(k, village, merge.RecordEdit{Key: merge.Key{Kind: merge.KindRound, Record: last}, Set: withdrawn})
	}
	return w.change(k, village, merge.RecordEdit{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{Removal: removal}})
}

func (w *world) commit(village uint32, in []*ingest.Incoming) {
	w.t.Helper()
	receipts, _, err := w.core.Commit(w.t.Context(), village, in)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, r := range receipts {
		if r.GetStatus() != ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED {
			w.t.Fatalf("receipt %s %s", r.GetStatus(), r.GetReason())
		}
	}
}

// submit submits families, and judge judges most of them.
func (w *world) submit(village uint32, list []*known) {
	w.t.Helper()
	id := w.id()
	b := &ksv1.BatchSubmission{Id: id[:], Village: village, Author: w.surveyor.Account, SubmittedAtMs: uint64(time.Now().UnixMilli())}
	for _, k := range list {
		b.FamilyIds = append(b.FamilyIds, k.state.Family[:])
	}
	act, err := ingest.PrepareSubmission(b, w.surveyor)
	w.act(village, []*ingest.Act{act}, err)
}

func (w *world) judge(village uint32, list []*known) {
	w.t.Helper()
	digests := map[merge.ID]merge.Digest{}
	err := w.store.Read(w.t.Context(), func(ctx context.Context, snap store.Snapshot) error {
		for _, k := range list {
			row, err := snap.FindFamily(ctx, []uint32{village}, k.state.Family)
			if err != nil {
				return err
			}
			if digests[k.state.Family], _, err = w.core.Vault.OpenCanonical(&row); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	var acts []*ingest.Act
	for _, k := range list {
		if w.chance(0.2) {
			continue
		}
		digest := digests[k.state.Family]
		d := &ksv1.ReviewDecision{
			VerdictId: w.id().String(), Author: w.boss.Account, Village: village, FamilyId: k.state.Family.String(), JudgedDigest: digest[:],
			Outcome: ksv1.VerdictOutcome_VERDICT_OUTCOME_APPROVED,
		}
		if w.chance(0.15) {
			d.Outcome, d.Note = ksv1.VerdictOutcome_VERDICT_OUTCOME_RETURNED, "periksa lagi"
		}
		act, err := ingest.PrepareDecision(d, w.boss)
		if err != nil {
			w.t.Fatal(err)
		}
		acts = append(acts, act)
	}
	w.act(village, acts, nil)
}

func (w *world) act(village uint32, acts []*ingest.Act, err error) {
	w.t.Helper()
	if err == nil {
		_, _, err = w.core.Act(w.t.Context(), village, acts)
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// live lets so many families be surveyed, submitted, judged, corrected, and some
// judged once more, a few hundred at a time.
func (w *world) live(families int) {
	const at = 300
	for left := families; left > 0; left -= at {
		village := uint32(1 + w.random.IntN(len(villages)))
		var list, changed []*known
		var in []*ingest.Incoming
		for range int(math.Min(at, float64(left))) {
			k, one := w.survey(village)
			list, in = append(list, k), append(in, one)
		}
		w.commit(village, in)
		w.submit(village, list)
		w.judge(village, list)
		in = nil
		for _, k := range list {
			if !w.chance(0.3) {
				continue
			}
			if one := w.correct(k, village); one != nil {
				in, changed = append(in, one), append(changed, k)
			}
		}
		w.commit(village, in)
		again := changed[:len(changed)/2]
		w.submit(village, again)
		w.judge(village, again)
	}
}
