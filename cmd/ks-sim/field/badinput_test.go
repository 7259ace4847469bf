package field

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/wire"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/auth"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/session"
	"github.com/keluarga-sehat/sync/server/store"
)

func TestTheDeviceRefusesWhatIsWrongAndKeepsNothing(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	u := signIn(t, f, "surveyor1")
	mustSync(t, u)
	g := NewGenerator(8, 320405, time.Now()).Family()
	id, err := Interview(t.Context(), u, village(t, u), "001/001", g)
	if err != nil {
		t.Fatal(err)
	}
	before, _ := u.Counts(t.Context())
	h, err := u.Family(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	member, _ := merge.ParseID(h.Members[0].MemberId)
	round, _ := merge.ParseID(h.Rounds[0].RoundId)
	memberKey := clientsdk.Key{Kind: clientsdk.KindMember, Member: member}
	partKey := clientsdk.Key{Kind: clientsdk.KindIndividual, Record: round, Member: member}
	tomorrow := time.Now().In(area.WIB).AddDate(0, 0, 1).Format(time.DateOnly)
	for name, c := range map[string]struct {
		edits []clientsdk.Edit
		code  string
	}{
		"answer out of range": {[]clientsdk.Edit{{Key: partKey, Set: &ksv1.Individual{Smokes: ksv1.Answer(7).Enum()}}}, "UNKNOWN_VALUE"},
		"man pregnant": {[]clientsdk.Edit{
			{Key: memberKey, Set: &ksv1.Member{Sex: ksv1.Sex_SEX_MALE.Enum(), BirthDate: proto.String("1990-01-01")}},
			{Key: partKey, Set: &ksv1.Individual{Pregnant: ksv1.Answer_ANSWER_YA.Enum()}},
		}, "PREGNANT_MAN"},
		"baby born tomorrow": {[]clientsdk.Edit{{Key: memberKey, Set: &ksv1.Member{BirthDate: proto.String(tomorrow)}}}, "BORN"},
		"NIK of 15 digits":   {[]clientsdk.Edit{{Key: memberKey, Set: &ksv1.Member{Nik: proto.Uint64(320405120345678)}}}, "OUT_OF_RANGE"},
	} {
		_, err := u.Save(t.Context(), id, c.edits...)
		var invalid *clientsdk.ValidationError
		if !errors.As(err, &invalid) || len(invalid.Findings) == 0 || invalid.Findings[0].Message == "" {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if code := invalid.Findings[0].Code.String(); !strings.Contains(code, c.code) {
			t.Errorf("%s: told as %s", name, code)
		}
	}
	after, _ := u.Counts(t.Context())
	if before != after {
		t.Errorf("something was kept: %+v, %+v", before, after)
	}
	if _, _, err := u.StartFamily(t.Context(), 4711, "001/001", nil); !errors.Is(err, clientsdk.ErrOutsidePuskesmas) {
		t.Errorf("a foreign Puskesmas: %v", err)
	}
}

// rawSession registers a device and opens a sync stream by hand, as a hostile or
// broken client would.
func rawSession(t *testing.T, f *Field) (grpc.BidiStreamingClient[ksv1.SyncRequest, ksv1.SyncResponse], uint32) {
	t.Helper()
	conn := rawConn(t, f)
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	grant, err := ksv1.NewAuthServiceClient(conn).SignIn(t.Context(), &ksv1.SignInRequest{
		UserName: "surveyor1", Password: f.Password,
		Device: &ksv1.DeviceRegistration{PublicKey: public, ClockMs: 5, Signature: ed25519.Sign(private, auth.DeviceMessage("surveyor1", 5))},
	})
	if err != nil {
		t.Fatal(err)
	}
	device := grant.GetDeviceNumber()
	stream, err := ksv1.NewSyncServiceClient(conn).Sync(metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+grant.GetAccessToken()))
	if err != nil {
		t.Fatal(err)
	}
	nonce := make([]byte, 16)
	if _, err := rand.Read(nonce); err != nil {
		t.Fatal(err)
	}
	open := &ksv1.SyncOpen{Device: device, Incarnation: 99, ClockMs: 1, SessionNonce: nonce, ProtocolVersion: 1, Compressions: []ksv1.Compression{ksv1.Compression_COMPRESSION_IDENTITY}}
	if err := stream.Send(&ksv1.SyncRequest{Message: &ksv1.SyncRequest_Open{Open: open}}); err != nil {
		t.Fatal(err)
	}
	if _, err := stream.Recv(); err != nil {
		t.Fatal(err)
	}
	return stream, device
}

// rawConn is a connection without the SDK.
func rawConn(t *testing.T, f *Field, options ...grpc.DialOption) *grpc.ClientConn {
	t.Helper()
	pin, err := wire.PinOf(f.CertPEM)
	if err != nil {
		t.Fatal(err)
	}
	conf, err := wire.ClientTLS(nil, &pin)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := grpc.NewClient(f.Address, append(options, grpc.WithTransportCredentials(credentials.NewTLS(conf)))...)
	if err != nil {
		t.Fatal(err)
	}
	cleanUp(t, func() { conn.Close() })
	return conn
}

func endOf(t *testing.T, stream grpc.BidiStreamingClient[ksv1.SyncRequest, ksv1.SyncResponse]) error {
	t.Helper()
	for {
		if _, err := stream.Recv(); err != nil {
			return err
		}
	}
}

func upload(number uint64, data []byte, size int) *ksv1.SyncRequest {
	return &ksv1.SyncRequest{Message: &ksv1.SyncRequest_Upload{Upload: &ksv1.SyncChunk{Number: number, Data: data, Size: uint32(size)}}}
}

func TestBrokenMessagesEndTheSessionWithAPreciseStatus(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	for name, c := range map[string]struct {
		send *ksv1.SyncRequest
		code codes.Code
	}{
		"oversized chunk":     {upload(1, nil, wire.MaxChunkBytes+1), codes.InvalidArgument},
		"truncated message":   {upload(1, []byte{10, 200}, 2), codes.InvalidArgument},
		"chunk out of order":  {upload(7, nil, 0), codes.InvalidArgument},
		"opened twice":        {&ksv1.SyncRequest{Message: &ksv1.SyncRequest_Open{Open: &ksv1.SyncOpen{}}}, codes.InvalidArgument},
		"nothing in it":       {&ksv1.SyncRequest{}, codes.InvalidArgument},
		"ack of what was not": {&ksv1.SyncRequest{Message: &ksv1.SyncRequest_DownloadAck{DownloadAck: &ksv1.SyncDownloadAck{Number: 900}}}, codes.InvalidArgument},
	} {
		stream, _ := rawSession(t, f)
		if err := stream.Send(c.send); err != nil && !errors.Is(err, io.EOF) {
			t.Fatal(err)
		}
		err := endOf(t, stream)
		if status.Code(err) != c.code || len(status.Convert(err).Details()) < 2 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestUploadsGetTheReceiptThatTheyDeserve(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	u := signIn(t, f, "surveyor1")
	mustSync(t, u)
	v := village(t, u)
	stream, device := rawSession(t, f)
	change := func(n uint64, mend func(c *ksv1.Change)) *ksv1.Change {
		id, family := merge.NewID(device, 99, n), merge.NewID(device, 99, 1000+n)
		fields, err := proto.Marshal(&ksv1.Family{Place: proto.String("001/001")})
		if err != nil {
			t.Fatal(err)
		}
		c := &ksv1.Change{
			Id: id[:], Stamp: &ksv1.Stamp{TimeMs: uint64(time.Now().UnixMilli()), Device: device, Incarnation: 99, Counter: uint32(n)},
			Author: u.Account().GetNumber(), Village: v, FamilyId: family[:], Writes: []*ksv1.Write{{Kind: ksv1.RecordKind_RECORD_KIND_FAMILY, Fields: fields}},
		}
		if mend != nil {
			mend(c)
		}
		return c
	}
	badNIK := func(c *ksv1.Change) {
		member := merge.NewID(device, 99, 5)
		fields, _ := proto.Marshal(&ksv1.Member{Nik: proto.Uint64(123)})
		c.Writes = append(c.Writes, &ksv1.Write{Kind: ksv1.RecordKind_RECORD_KIND_MEMBER, MemberId: member[:], Fields: fields})
	}
	// Who may review no families may not say that a visit is somebody else's, as another app
	// than the SDK could.
	anothers := func(c *ksv1.Change) {
		visit := merge.NewID(device, 99, 6)
		fields, _ := proto.Marshal(&ksv1.Visit{
			Date: proto.String("2026-03-01"), Outcome: ksv1.VisitOutcome_VISIT_OUTCOME_COMPLETED.Enum(), Origin: &ksv1.Origin{Stamp: &ksv1.Stamp{TimeMs: 1, Device: 1}, Author: 2},
		})
		c.Writes = append(c.Writes, &ksv1.Write{Kind: ksv1.RecordKind_RECORD_KIND_VISIT, RecordId: visit[:], Fields: fields})
	}
	forAnother := func(c *ksv1.Change) {
		kept := merge.NewID(device, 99, 1001)
		fields, _ := proto.Marshal(&ksv1.Family{Removal: &ksv1.Removal{Reason: ksv1.RemovalReason_REMOVAL_REASON_ENTERED_TWICE, KeptId: kept.String()}})
		c.Writes[0].Fields = append(c.Writes[0].Fields, fields...)
	}
	cases := []struct {
		name   string
		change *ksv1.Change
		status ksv1.ReceiptStatus
		reason string
	}{
		{"good", change(1, nil), ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED, ""},
		{"again", change(1, func(c *ksv1.Change) { c.Stamp.Counter = 9 }), ksv1.ReceiptStatus_RECEIPT_STATUS_DUPLICATE, ""},
		{"same id, other content", change(1, func(c *ksv1.Change) { c.Writes[0].Cleared = []uint32{4} }), ksv1.ReceiptStatus_RECEIPT_STATUS_FORKED, ""},
		{"stamp of 2099", change(2, func(c *ksv1.Change) { c.Stamp.TimeMs = 4_070_908_800_000 }), ksv1.ReceiptStatus_RECEIPT_STATUS_CLOCK_AHEAD, ""},
		{"wrong within itself", change(3, badNIK), ksv1.ReceiptStatus_RECEIPT_STATUS_INVALID, ingest.ReasonInvalidValue},
		{"malformed", change(4, func(c *ksv1.Change) { c.Writes[0].Fields = []byte{1, 2, 3} }), ksv1.ReceiptStatus_RECEIPT_STATUS_INVALID, ingest.ReasonMalformed},
		{"too large", change(5, func(c *ksv1.Change) { c.Writes[0].Cleared = make([]uint32, 1<<18) }), ksv1.ReceiptStatus_RECEIPT_STATUS_TOO_LARGE, ingest.ReasonTooLarge},
		{"foreign village", change(6, func(c *ksv1.Change) { c.Village = v + 1 }), ksv1.ReceiptStatus_RECEIPT_STATUS_QUARANTINED, ingest.ReasonOutOfScope},
		{"foreign author", change(7, func(c *ksv1.Change) { c.Author = 77 }), ksv1.ReceiptStatus_RECEIPT_STATUS_QUARANTINED, ingest.ReasonForeignAuthor},
		{"no such village", change(8, func(c *ksv1.Change) { c.Village = 4711 }), ksv1.ReceiptStatus_RECEIPT_STATUS_INVALID, ingest.ReasonUnknownVillage},
		{"another's visit", change(10, anothers), ksv1.ReceiptStatus_RECEIPT_STATUS_QUARANTINED, ingest.ReasonNoRight},
		{"removed for another", change(11, forAnother), ksv1.ReceiptStatus_RECEIPT_STATUS_QUARANTINED, ingest.ReasonNoRight},
		{"its neighbour", change(9, nil), ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED, ""},
	}
	page := &ksv1.UploadPage{}
	for _, c := range cases {
		page.Changes = append(page.Changes, c.change)
	}
	data, err := proto.Marshal(page)
	if err != nil {
		t.Fatal(err)
	}
	if err := stream.Send(upload(1, data, len(data))); err != nil {
		t.Fatal(err)
	}
	for {
		r, err := stream.Recv()
		if err != nil {
			t.Fatal(err)
		}
		ack := r.GetUploadAck()
		if ack == nil {
			continue
		}
		for i, c := range cases {
			got := ack.GetReceipts()[i]
			if got.GetStatus() != c.status || got.GetReason() != c.reason {
				t.Errorf("%s: %s %s", c.name, got.GetStatus(), got.GetReason())
			}
			if c.status == ksv1.ReceiptStatus_RECEIPT_STATUS_INVALID && len(got.GetIssues()) == 0 {
				t.Errorf("%s: no issue says what is wrong", c.name)
			}
		}
		return
	}
}

func TestARevokedDeviceGetsNothingAndLosesNothing(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	u := signIn(t, f, "surveyor1")
	mustSync(t, u)
	if _, err := Interview(t.Context(), u, village(t, u), "001/001", NewGenerator(9, 320405, time.Now()).Family()); err != nil {
		t.Fatal(err)
	}
	err := f.Store.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
		d, err := tx.Snapshot().FindDevice(ctx, 1)
		if err != nil {
			return err
		}
		d.Revoked = true
		_, err = tx.Directory().PutDevice(ctx, d)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = u.Sync(t.Context(), nil)
	var refused *clientsdk.ServerError
	if !errors.As(err, &refused) || refused.Reason != "DEVICE_REVOKED" || !strings.Contains(refused.Message, "tidak hilang") {
		t.Fatalf("revoked device: %v", err)
	}
	if !errors.Is(err, clientsdk.ErrWiped) {
		t.Fatalf("its work is safe, and it was not wiped: %v", err)
	}
	// What is left is sealed for the server, and the list of names is gone.
	c := deviceOf(t, f, "surveyor1")
	if got, err := c.Backup(t.Context(), "surveyor1", io.Discard); err != nil || got.Changes != 3 {
		t.Errorf("unsent work: %+v, %v", got, err)
	}
	if info, err := os.Stat(filepath.Join(f.options.Dir, "device-surveyor1", "ks-surveyor1.db")); err != nil || info.Size() > 128<<10 {
		t.Errorf("what is left of the file: %v, %v", info, err)
	}
	// Trusted again, it begins anew; its old key is not taken.
	again := signInOn(t, c, f, "surveyor1")
	mustSync(t, again)
	if n, err := again.Counts(t.Context()); err != nil || n.Pending+n.Applied != 0 {
		t.Errorf("a device that begins anew: %+v, %v", n, err)
	}
}

// TestARestoredServerGetsBackWhatItHadAcknowledged is the whole way: backup,
// more syncs, the old state put back under a new epoch.
func TestARestoredServerGetsBackWhatItHadAcknowledged(t *testing.T) {
	t.Parallel()
	f := newField(t, 2, nil)
	a, b := signIn(t, f, "surveyor1"), signIn(t, f, "surveyor2")
	mustSync(t, a)
	g := NewGenerator(10, 320405, time.Now())
	interview := func() {
		if _, err := Interview(t.Context(), a, village(t, a), "001/001", g.Family()); err != nil {
			t.Fatal(err)
		}
		mustSync(t, a)
		mustSync(t, b)
	}
	interview()
	if err := f.Stop(); err != nil {
		t.Fatal(err)
	}
	live := filepath.Join(f.options.Dir, "server.db")
	saved := filepath.Join(f.options.Dir, "saved.db")
	copyStore(t, f, live, saved)
	address := f.Address
	if err := f.Start(t.Context(), address); err != nil {
		t.Fatal(err)
	}
	interview()
	interview()
	if err := f.Stop(); err != nil {
		t.Fatal(err)
	}
	copyStore(t, f, saved, live)
	err := f.Store.Write(t.Context(), func(ctx context.Context, tx store.Tx) error { return session.BeginEpoch(ctx, tx, rand.Reader) })
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Start(t.Context(), address); err != nil {
		t.Fatal(err)
	}
	mustSync(t, b)
	mustSync(t, a)
	mustSync(t, b)
	for name, u := range map[string]*clientsdk.User{"a": a, "b": b} {
		if _, n := u.Families(clientsdk.Query{}); n != 3 {
			t.Errorf("%s has %d families", name, n)
		}
	}
}

// copyStore copies the database of a server that was stopped, and opens the store
// again.
func copyStore(t *testing.T, f *Field, from, to string) {
	t.Helper()
	if err := f.Store.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	for _, suffix := range []string{"-wal", "-shm"} {
		if err := os.Remove(to + suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(to, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := f.reopen(t.Context()); err != nil {
		t.Fatal(err)
	}
}
