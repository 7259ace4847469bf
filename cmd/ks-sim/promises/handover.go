package promises

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"time"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/client-sdk/device"
	"github.com/keluarga-sehat/sync/cmd/ks-sim/disk"
	"github.com/keluarga-sehat/sync/cmd/ks-sim/judge"
	"github.com/keluarga-sehat/sync/internal/handover"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/syncing"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// handovers are the devices that change hands in a world, drawn apart from what else
// happens in it.
type handovers struct {
	rng    *rand.Rand
	bytes  *rand.ChaCha8
	grants []*grant
	// owners are the accounts that a device number was given to; a server that was
	// restored gives numbers again.
	owners map[uint32][]uint32
}

// grant is a hand-over that the supervisor has signed.
type grant struct {
	*ksv1.HandoverGrant
	plain, signature []byte
	// families: the answer opens those of the former user.
	families bool
	// refused: the server does not hold it, as far as the colleague's device was told.
	refused bool
	// unproved: work came under it while the server could not tell that it was the former user's.
	unproved bool
	// told: the supervisor's device has told the server.
	told bool
	// parts are the hashes of what the former user had not sent, carried the changes in
	// it, submitted its submissions, and kinds what each of its items is.
	parts     [][]byte
	carried   []device.OutboxEntry
	submitted []*ksv1.Batch
	kinds     map[merge.ID]ksv1.BackupItemKind
	// key signed them.
	key []byte
	// answers are the server's last to each item.
	answers map[merge.ID]answer
}

// answer is what a server says to a piece of a former user's work.
type answer struct {
	status ksv1.ReceiptStatus
	// unproved: it could not tell then that the work was the former user's.
	unproved bool
}

// maxHandovers bounds how many devices of a world change hands.
const maxHandovers = 3

func newHandovers(seed uint64) *handovers {
	return &handovers{rng: rand.New(rand.NewPCG(seed, 0x686f)), bytes: bytesOf(seed, 2), owners: map[uint32][]uint32{}}
}

// own notes whose a device number is.
func (h *handovers) own(s *surveyor) {
	if !slices.Contains(h.owners[s.device], s.account) {
		h.owners[s.device] = append(h.owners[s.device], s.account)
	}
}

// grantOf is the hand-over under which a change was made; nil: none.
func (h *handovers) grantOf(c *ksv1.Change) *grant {
	id, err := merge.IDFromBytes(c.GetId())
	device, incarnation, _, ok := id.Source()
	if err != nil || !ok {
		return nil
	}
	for _, g := range h.grants {
		if g.GetDevice() == device && g.GetIncarnation() == incarnation {
			return g
		}
	}
	return nil
}

// days draws how long somebody has no signal.
func (h *handovers) days(atMost int) time.Duration {
	return time.Duration(h.rng.IntN(atMost*24)) * time.Hour
}

// handoverStep lets, now and then, a colleague go on with a device of a surveyor who is
// not there, by a code that the supervisor signs.
func (w *World) handoverStep(ctx context.Context) error {
	h := w.handovers
	if len(h.grants) >= maxHandovers || h.rng.IntN(100) >= 3 {
		return nil
	}
	r, to := w.replicas[h.rng.IntN(len(w.replicas))], w.surveyors[h.rng.IntN(len(w.surveyors))]
	if to.account == r.owner.account {
		return nil
	}
	left, err := w.leftOn(ctx, r)
	if err != nil {
		return err
	}
	if err := r.store.Close(); err != nil {
		return err
	}
	twin, err := w.handOver(ctx, r, to)
	if err != nil {
		return fmt.Errorf("hand-over of device %d: %w", r.owner.device, err)
	}
	if twin == nil {
		return w.start(ctx, r)
	}
	return w.goOnWith(ctx, r, twin, left)
}

// left is what lies on a device that changes hands.
type left struct {
	outbox  []device.OutboxEntry
	batches []*ksv1.Batch
	// families are those that the colleague must see.
	families map[merge.ID]bool
}

func (w *World) leftOn(ctx context.Context, r *replica) (*left, error) {
	out := &left{families: map[merge.ID]bool{}}
	var err error
	if out.outbox, err = r.store.Outbox(ctx, 1_000_000); err != nil {
		return nil, err
	}
	if out.batches, err = r.store.Batches(ctx, 1_000_000); err != nil {
		return nil, err
	}
	villages, err := r.store.Villages(ctx)
	if err != nil {
		return nil, err
	}
	confirmed, err := r.store.Confirmed(ctx)
	if err != nil {
		return nil, err
	}
	unsent := map[merge.ID]bool{}
	for _, e := range out.outbox {
		if e.Status == device.StatusPending {
			unsent[e.FamilyID] = true
		}
	}
	known, _ := r.store.Families(device.Query{Limit: 1000, IncludeRemoved: true})
	for _, f := range known {
		at := slices.IndexFunc(villages, func(v *ksv1.VillageScope) bool { return v.GetVillage() == f.Village })
		if at < 0 {
			continue
		}
		places := villages[at].GetPlaces()
		assigned := slices.Contains(places, "*") || slices.Contains(places, f.Place.String())
		out.families[f.ID] = unsent[f.ID] || confirmed[f.ID] != nil && assigned
	}
	return out, nil
}

// notReady tells whether a hand-over can't be made yet, or not between these two.
func notReady(err error) bool {
	for _, reason := range []error{clientsdk.ErrHandoverUnready, clientsdk.ErrHandoverUnknown, clientsdk.ErrHandoverHere, clientsdk.ErrNoSupervisor, clientsdk.ErrNeverSynced} {
		if errors.Is(err, reason) {
			return true
		}
	}
	return false
}

// client is the SDK on the device of a replica whose database is not open.
func (w *World) client(r *replica) (*clientsdk.Client, error) {
	return clientsdk.Open(clientsdk.Config{
		Dir: filepath.Dir(r.path), Server: "localhost:1", Rand: w.handovers.bytes,
		Now:          func() time.Time { return w.clockOf(r) },
		StoreOptions: func(o *device.Options) { path := o.Path; *o = w.deviceOptions(r); o.Path = path },
	})
}

// handOver asks, lets the supervisor sign and types the answer; nil: nothing came of it.
func (w *World) handOver(ctx context.Context, r *replica, to *surveyor) (twin *replica, err error) {
	client, err := w.client(r)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, client.Close()) }()
	h, err := client.BeginHandover(ctx, clientsdk.HandoverParties{Outgoing: r.owner.name, Incoming: to.name, Supervisor: w.boss.owner.name})
	if notReady(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	answer, g, err := w.sign(ctx, h.Code())
	if notReady(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	w.handovers.grants = append(w.handovers.grants, g)
	if w.handovers.rng.IntN(6) == 0 {
		// The app is killed before anybody types the answer, which is for this request
		// alone.
		w.Report.Crashes++
		return nil, nil
	}
	twin = &replica{
		owner: &surveyor{name: to.name, account: to.account, device: r.owner.device}, offset: r.offset, stuck: r.stuck, took: g,
		path: filepath.Join(filepath.Dir(r.path), "ks-"+to.name+".db"),
	}
	made, err := w.accept(ctx, h, answer, twin)
	if err != nil || !made {
		return nil, err
	}
	return twin, nil
}

// sign lets the supervisor sign a code.
func (w *World) sign(ctx context.Context, code string) (answer string, g *grant, err error) {
	if err := w.boss.store.Close(); err != nil {
		return "", nil, err
	}
	defer func() { err = errors.Join(err, w.start(ctx, w.boss)) }()
	client, err := w.client(w.boss)
	if err != nil {
		return "", nil, err
	}
	defer func() { err = errors.Join(err, client.Close()) }()
	u, err := client.SignIn(ctx, w.boss.owner.name, password)
	if err != nil {
		return "", nil, err
	}
	answer, err = u.SignHandover(ctx, code)
	if err := errors.Join(err, u.Close()); err != nil {
		return "", nil, err
	}
	a, err := handover.DecodeAnswer(answer)
	if err != nil {
		return "", nil, err
	}
	g = &grant{plain: a.GetGrant(), signature: a.GetSignature(), families: len(a.GetKey()) > 0}
	g.HandoverGrant, err = handover.ReadGrant(a.GetGrant())
	return answer, g, err
}

// accept types the answer, now and then on a disk that fails meanwhile: then the
// colleague's database is there whole, or not at all.
func (w *World) accept(ctx context.Context, h *clientsdk.Handover, answer string, twin *replica) (made bool, err error) {
	fault := disk.Fault(0)
	if w.disk != nil && w.handovers.rng.IntN(3) == 0 {
		fault = []disk.Fault{disk.Broken, disk.Dead}[w.handovers.rng.IntN(2)]
		w.Report.DiskFaults++
		w.disk.Fail(fault, w.handovers.rng.IntN(400), fault == disk.Dead || w.handovers.rng.IntN(2) == 0)
	}
	u, err := h.Accept(ctx, answer, password)
	if err == nil {
		if loss := u.Loss(); loss != nil {
			w.Report.violate("hand-over: device %d: %+v", twin.owner.device, *loss)
		}
		err = u.Close()
	}
	if fault == 0 {
		return err == nil, err
	}
	if fault == disk.Dead {
		w.Report.PowerCuts++
		w.disk.Die()
	}
	met := w.disk.Mend()
	if err != nil && !met {
		return false, err
	}
	if fault == disk.Dead {
		files, err := filepath.Glob(filepath.Join(filepath.Dir(twin.path), "ks-*.db*"))
		if err != nil {
			return false, err
		}
		for _, file := range files {
			if err := w.disk.PowerCut(file, w.handovers.rng); err != nil {
				return false, err
			}
		}
	}
	return device.Exists(twin.path), nil
}

// goOnWith lets the colleague go on, offline for days, and the former user come back
// some day, or never.
func (w *World) goOnWith(ctx context.Context, r, twin *replica, l *left) error {
	w.Report.Handovers++
	h := w.handovers
	if err := w.start(ctx, twin); err != nil {
		return err
	}
	if err := w.noteCarried(ctx, twin, l); err != nil {
		return err
	}
	for id, must := range l.families {
		if _, ok := twin.store.Summary(id); must && !ok && twin.took.families {
			w.Report.violate("hand-over: the colleague on device %d does not see family %s", r.owner.device, id)
		}
	}
	w.replicas = append(w.replicas, twin)
	twin.until, w.boss.until = w.now.Add(h.days(5)), w.now.Add(h.days(4))
	// Who was registered since a backup that the server may be put back to must come back:
	// it can't tell any more whose the work is.
	if h.rng.IntN(2) == 0 || r.took != nil {
		r.until = w.now.Add(h.days(7))
		return w.start(ctx, r)
	}
	// Nobody unlocks the former user's data any more. What was unsent in them goes its
	// way with the colleague.
	w.replicas = slices.DeleteFunc(w.replicas, func(other *replica) bool { return other == r })
	for _, e := range l.outbox {
		if e.Status != device.StatusPending {
			said := judge.Saying(e.Change)
			w.forgive(said)
			w.deviceLost[said] = true
		}
	}
	return nil
}

// noteCarried notes what went along of the former user's unsent work: all of it.
func (w *World) noteCarried(ctx context.Context, twin *replica, l *left) error {
	g := twin.took
	g.kinds, g.answers = map[merge.ID]ksv1.BackupItemKind{}, map[merge.ID]answer{}
	var parts [][]byte
	for part, err := twin.store.NextCarried(ctx, nil); part != nil || err != nil; part, err = twin.store.NextCarried(ctx, part) {
		if err != nil {
			return err
		}
		parts = append(parts, part.Part)
		read, err := syncing.ParseBackupPart(part.Part)
		if err != nil {
			return err
		}
		g.key = read.GetPublicKey()
		for _, item := range read.GetItems() {
			g.kinds[merge.ID(item.GetId())] = item.GetKind()
		}
	}
	g.parts = handover.PartHashes(parts)
	for _, e := range l.outbox {
		if e.Status != device.StatusPending {
			continue
		}
		g.carried = append(g.carried, e)
		if g.kinds[e.ChangeID] != ksv1.BackupItemKind_BACKUP_ITEM_KIND_CHANGE {
			w.Report.violate("hand-over: unsent change %s does not go along", e.ChangeID)
		}
	}
	for _, b := range l.batches {
		id, err := merge.ParseID(b.GetBatchId())
		if err != nil {
			return err
		}
		if g.kinds[id] == ksv1.BackupItemKind_BACKUP_ITEM_KIND_SUBMISSION {
			g.submitted = append(g.submitted, b)
		}
	}
	return nil
}
