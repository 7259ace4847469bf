package field

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/client-sdk/device"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server"
	"github.com/keluarga-sehat/sync/server/sample"
)

// receiptsLost breaks syncs in the moment in which receipts come, while it is set.
type receiptsLost struct{ atomic.Bool }

func (l *receiptsLost) dial() grpc.DialOption {
	return grpc.WithStreamInterceptor(func(ctx context.Context, desc *grpc.StreamDesc, cc *grpc.ClientConn, method string, open grpc.Streamer, o ...grpc.CallOption) (grpc.ClientStream, error) {
		s, err := open(ctx, desc, cc, method, o...)
		return &losingStream{s, l}, err
	})
}

type losingStream struct {
	grpc.ClientStream
	lost *receiptsLost
}

// RecvMsg breaks off instead of giving receipts.
func (s *losingStream) RecvMsg(m any) error {
	err := s.ClientStream.RecvMsg(m)
	if r, ok := m.(*ksv1.SyncResponse); ok && err == nil && r.GetUploadAck() != nil && s.lost.Load() {
		return status.Error(codes.Unavailable, "the link broke before the receipts")
	}
	return err
}

// keepOut lets the supervisor keep out all that waits, of which there must be so much.
func keepOut(t *testing.T, f *Field, want int, note string) {
	t.Helper()
	token := restToken(t, f, "supervisor")
	var list struct {
		Changes []struct {
			ChangeID string `json:"changeId"`
		}
	}
	restGet(t, f, token, "/v1/quarantine", &list)
	if len(list.Changes) != want {
		t.Fatalf("%d changes wait for the supervisor; want %d", len(list.Changes), want)
	}
	for _, c := range list.Changes {
		restPost(t, f, token, "/v1/quarantine/"+c.ChangeID+":decide", `{"note":"`+note+`"}`)
	}
}

// The device does not know yet that the work waits when it is decided on.
func TestASurveyorReadsWhyWorkWasKeptOutThoughTheReceiptWasLost(t *testing.T) {
	onEachEngine(t, 1, surveyorReadsWhyWorkWasKeptOut)
}

func surveyorReadsWhyWorkWasKeptOut(t *testing.T, f *Field) {
	var lost receiptsLost
	p := startApp(t, f, nil, lost.dial())
	p.enter(f, "surveyor1")
	p.begin(sample.VillageCodes()[0])
	if err := server.Assign(t.Context(), f.Store, f.Surveyors[0].Account, []string{"32.04.05.2001/002/001"}); err != nil {
		t.Fatal(err)
	}
	entry := func() map[string]any {
		entries, _ := p.get("/v1/app/outbox")["entries"].([]any)
		if len(entries) != 1 {
			t.Fatalf("outbox: %v", entries)
		}
		return entries[0].(map[string]any)
	}
	lost.Store(true)
	if state := p.sync(); state["error"] == nil {
		t.Fatalf("the link broke: %v", state)
	}
	if e := entry(); e["state"] != "OUTBOX_STATE_SAVED" {
		t.Errorf("without a receipt: %v", e)
	}
	lost.Store(false)
	const note = "Keluarga ini sudah didata Bu Siti"
	keepOut(t, f, 1, note)
	for _, when := range []string{"at the next sync", "at the one behind"} {
		if state := p.sync(); state["error"] != nil || state["proved"] != true {
			t.Fatalf("%s: %v", when, state)
		}
		e := entry()
		reason, _ := e["reason"].(string)
		if e["state"] != "OUTBOX_STATE_KEPT_OUT" || e["note"] != note || e["headName"] != "Budi" || e["elsewhere"] != true || !strings.Contains(reason, "tidak digabungkan") {
			t.Errorf("%s: %v", when, e)
		}
		status := p.call(http.MethodGet, "/v1/app/status", nil, http.StatusOK)
		counts, _ := status["counts"].(map[string]any)
		if status["unsentFamilies"] != nil || counts["pending"] != nil || counts["quarantined"] != nil {
			t.Errorf("%s the app says that work waits: %v", when, status)
		}
	}
}

// What was kept out is not shown any more, and what the surveyor then says of the same is
// no conflict with it.
func TestWhatWasKeptOutIsCorrectedByAnotherSave(t *testing.T) {
	onEachEngine(t, 1, keptOutIsCorrectedByAnotherSave)
}

func keptOutIsCorrectedByAnotherSave(t *testing.T, f *Field) {
	c := clientAt(t, f, t.TempDir())
	u := unlock(t, f, c)
	mustSync(t, u)
	id, _, err := u.StartFamily(t.Context(), village(t, u), "001/001", &ksv1.Family{HeadName: proto.String("Budi"), Address: proto.String("Jl. Lama")})
	if err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	save := func(address string) {
		edit := clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: &ksv1.Family{Address: &address}}
		if _, err := u.Save(t.Context(), id, edit); err != nil {
			t.Fatal(err)
		}
	}
	shown := func(u *clientsdk.User, when, want string) {
		h, err := u.Family(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		conflicts, err := u.Conflicts(t.Context(), id)
		if err != nil || h.GetFamily().GetAddress() != want || len(conflicts) != 0 {
			t.Errorf("%s: address %q, conflicts %v, %v; want %q", when, h.GetFamily().GetAddress(), conflicts, err, want)
		}
	}
	save("Jl. Keliru")
	if err := u.Close(); err != nil {
		t.Fatal(err)
	}
	// Of what is delivered without the password no device hears before the next sync.
	if d, err := c.Deposit(t.Context(), "surveyor1"); err != nil || d.Received != 1 {
		t.Fatalf("deposit: %+v, %v", d, err)
	}
	keepOut(t, f, 1, "Alamat keliru")
	u = unlock(t, f, c)
	mustSync(t, u)
	shown(u, "kept out", "Jl. Lama")
	entries, err := u.Outbox(t.Context(), 1)
	if err != nil || len(entries) != 1 || entries[0].Status != device.StatusKeptOut || entries[0].Decision.GetNote() != "Alamat keliru" {
		t.Errorf("outbox: %+v, %v", entries, err)
	}
	save("Jl. Baru")
	mustSync(t, u)
	shown(u, "corrected", "Jl. Baru")
	s := signIn(t, f, "supervisor")
	mustSync(t, s)
	shown(s, "on another device", "Jl. Baru")
}
