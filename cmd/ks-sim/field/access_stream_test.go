package field

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"slices"
	"strconv"
	"testing"

	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// onDevice are the roles whose devices get families: who enters or reviews them
// needs them whole. A head reads on line, where numbers are masked.
var onDevice = []role{asSupervisor, asSurveyor}

// streamed tells whether the family of a place goes down to the caller's device.
func (c *accessCaller) streamed(w *accessWorld) bool {
	return c.broken == "" && slices.ContainsFunc(onDevice, func(r role) bool { return c.as(r).covers(w) })
}

// heard is all that came down one stream.
type heard struct {
	welcome *ksv1.SyncWelcome
	raw     []byte
	code    reply
}

// repairOf asks for RT of villages whole.
func repairOf(villages ...uint32) *ksv1.SyncRequest {
	repair := &ksv1.SyncRepair{}
	for _, v := range villages {
		repair.Villages = append(repair.Villages, &ksv1.VillagePlaces{Village: v, Places: []string{"*", "001/001", "009/009"}})
	}
	return &ksv1.SyncRequest{Message: &ksv1.SyncRequest_Repair{Repair: repair}}
}

// listen opens a stream as a device does that holds nothing, or that says it follows
// some villages, and stores what comes; at the end it asks for more.
func (m *accessMatrix) listen(t *testing.T, token string, open *ksv1.SyncOpen, more ...*ksv1.SyncRequest) (h heard) {
	t.Helper()
	ctx, cancel := context.WithCancel(metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+token))
	defer cancel()
	stream, err := ksv1.NewSyncServiceClient(rawConn(t, m.Field)).Sync(ctx)
	if err != nil {
		t.Fatal(err)
	}
	open.Incarnation, open.SessionNonce = 1, make([]byte, 16)
	if _, err := rand.Read(open.SessionNonce); err != nil {
		t.Fatal(err)
	}
	open.Compressions = []ksv1.Compression{ksv1.Compression_COMPRESSION_IDENTITY}
	say := func(r *ksv1.SyncRequest) {
		if err := stream.Send(r); err != nil && !errors.Is(err, io.EOF) {
			t.Fatal(err)
		}
	}
	say(&ksv1.SyncRequest{Message: &ksv1.SyncRequest_Open{Open: open}})
	say(&ksv1.SyncRequest{Message: &ksv1.SyncRequest_UploadDone{UploadDone: &ksv1.SyncUploadDone{}}})
	for {
		r, err := stream.Recv()
		if err != nil {
			h.code = reply{code: status.Code(err), text: err.Error()}
			return h
		}
		raw, err := proto.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		h.raw = append(h.raw, raw...)
		if w := r.GetWelcome(); w != nil {
			h.welcome = w
		}
		if d := r.GetDownload(); d != nil {
			say(&ksv1.SyncRequest{Message: &ksv1.SyncRequest_DownloadAck{DownloadAck: &ksv1.SyncDownloadAck{Number: d.GetNumber()}}})
		}
		switch {
		case r.GetDone() == nil:
		case len(more) > 0:
			say(more[0])
			more = more[1:]
		default:
			if err := stream.CloseSend(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// needle is a canary as the wire has it: a number as a varint, an id as its bytes.
func (c *canary) needle() []byte {
	if n, err := strconv.ParseUint(c.text, 10, 64); err == nil && len(c.text) == 16 {
		return protowire.AppendVarint(nil, n)
	}
	if id, err := merge.ParseID(c.text); err == nil {
		return id[:]
	}
	return []byte(c.text)
}

// tryStreams opens streams as everybody, and holds what comes down against the
// table; the believed are those whose decision is off (see credulous), whom
// row-level security alone keeps from other villages.
func (m *accessMatrix) tryStreams(t *testing.T, believed bool) {
	t.Helper()
	numbers := m.villageNumbers(t)
	got, sessions := 0, 0
	for _, c := range m.callers {
		// A browser's token, or one that is good for nothing.
		if h := m.listen(t, c.token, &ksv1.SyncOpen{}); h.code.outcome() != c.refusedStream() || h.welcome != nil {
			t.Errorf("%s opens a stream without a device: %s %s", c.name, h.code.code, h.code.text)
		}
		if c.broken != "" {
			continue
		}
		for what, open := range map[string]*ksv1.SyncOpen{"a new device": {}, "one that follows every village": following(numbers)} {
			device := newRawDevice(t, m.Field, c.name).tokens
			open.Device = device.GetDeviceNumber()
			h := m.listen(t, device.GetAccessToken(), open, m.repairs(c, numbers)...)
			sessions++
			if h.welcome == nil {
				t.Errorf("%s, %s: %s %s", c.name, what, h.code.code, h.code.text)
				continue
			}
			if !believed {
				m.holdScope(t, c, what, h.welcome)
			}
			got += m.scanStream(t, c, what, h.raw, believed)
		}
	}
	if got == 0 {
		t.Error("nothing came down to anybody: nothing is tried")
	}
	t.Logf("%d sessions of %d callers; %d planted texts came down to who may have them", sessions, len(m.callers), got)
}

// following says that a device has all of some villages up to their beginning.
func following(villages []uint32) *ksv1.SyncOpen {
	open := &ksv1.SyncOpen{}
	for _, n := range villages {
		open.Villages = append(open.Villages, &ksv1.VillageCursor{Village: n, Hash: make([]byte, 16), Held: []string{"*"}})
	}
	return open
}

// repairs ask for more at a session's end: RT of the own villages, also such as are
// not the caller's, then those of all others, which breaks the session off.
func (m *accessMatrix) repairs(c *accessCaller, villages []uint32) (out []*ksv1.SyncRequest) {
	for i, w := range m.worlds {
		if c.streamed(w) {
			out = append(out, repairOf(villages[i]))
		}
	}
	return append(out, repairOf(villages...))
}

// refusedStream is what a stream ends with that is not a device's.
func (c *accessCaller) refusedStream() outcome {
	if c.broken != "" {
		return c.broken
	}
	return isForbidden
}

func (m *accessMatrix) villageNumbers(t *testing.T) (numbers []uint32) {
	t.Helper()
	err := m.Store.Read(store.AsOperator(t.Context()), func(ctx context.Context, snap store.Snapshot) error {
		numbers = nil
		for _, w := range m.worlds {
			list, err := snap.VillagesUnder(ctx, w.village)
			if err != nil {
				return err
			}
			for _, v := range list {
				numbers = append(numbers, v.Number)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return numbers
}

// holdScope: the villages that a session is about are those with something for the
// caller's device, and no others are named.
func (m *accessMatrix) holdScope(t *testing.T, c *accessCaller, what string, w *ksv1.SyncWelcome) {
	t.Helper()
	for _, v := range w.GetScope().GetVillages() {
		assigned := slices.ContainsFunc(c.assigned, func(a string) bool { return within(v.GetCode(), a) || within(a, v.GetCode()) })
		if !slices.ContainsFunc(onDevice, c.is) || v.GetPuskesmasCode() != c.puskesmas || !c.is(asSupervisor) && !assigned {
			t.Errorf("%s, %s: the scope has %s", c.name, what, v.GetCode())
		}
	}
	for _, world := range m.worlds {
		named := slices.ContainsFunc(w.GetScope().GetVillages(), func(v *ksv1.VillageScope) bool { return v.GetCode() == world.village })
		if c.streamed(world) && !named {
			t.Errorf("%s, %s: the scope lacks %s", c.name, what, world.village)
		}
	}
}

// scanStream looks for planted texts, and counts those that rightly came.
func (m *accessMatrix) scanStream(t *testing.T, c *accessCaller, what string, raw []byte, believed bool) (came int) {
	t.Helper()
	for _, w := range m.worlds {
		own := 0
		for i := range w.canaries {
			x := &w.canaries[i]
			if !bytes.Contains(raw, x.needle()) {
				continue
			}
			may := c.streamed(w) && (x.kind == "family" || x.kind == "family number") ||
				x.kind == "staff" && c.has("collect") && c.mayRead(x) // who may sign hand-overs, to those who read accounts
			if believed { // within a village the decision is the one wall, and what is not a family's has no other
				may = c.reaches(w) || !slices.Contains([]string{"family", "family number", "quarantined"}, x.kind)
			}
			if !may {
				t.Errorf("%s, %s: %s %q of %s came down", c.name, what, x.kind, x.text, w.name)
			}
			own++
		}
		if c.streamed(w) && own == 0 && !believed {
			t.Errorf("%s, %s: nothing of %s came down", c.name, what, w.name)
		}
		came += own
	}
	return came
}
