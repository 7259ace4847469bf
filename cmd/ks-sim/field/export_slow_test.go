package field

import (
	"fmt"
	"testing"
	"time"

	"golang.org/x/time/rate"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/api"
)

// As many receivers as there are places take nothing: who comes next is told when to
// come again, and has a place by then.
func TestReceiversThatAreTooSlowLoseTheirPlaces(t *testing.T) {
	t.Parallel()
	f, err := New(t.Context(), Options{Dir: t.TempDir(), Surveyors: 1, Rates: api.Rates{
		Address: rate.Inf, Caller: rate.Inf, Receivers: api.Pace{Window: 2 * time.Second, Least: 1 << 20},
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	collect(t, f, 150)
	request := &ksv1.ExportFamiliesRequest{Kind: ksv1.FamiliesKind_FAMILIES_KIND_RAW, Reason: "penerima yang tidak menerima"}
	const window = 64 << 10
	var stuck []ksv1.ExportService_ExportFamiliesClient
	for n := range f.Store.LongReads() {
		name := fmt.Sprintf("kepala%d", n)
		if _, err := f.addAccount(t.Context(), name, name, ksv1.Role_ROLE_PUSKESMAS_HEAD, nil); err != nil {
			t.Fatal(err)
		}
		ctx := metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+restToken(t, f, name))
		// Windows that stay small, so that the file does not fit in them.
		conn := rawConn(t, f, grpc.WithInitialWindowSize(window), grpc.WithInitialConnWindowSize(window))
		stream, err := ksv1.NewExportServiceClient(conn).ExportFamilies(ctx, request)
		if err == nil {
			_, err = stream.Recv() // and nothing more: the rest stands before its window
		}
		if err != nil {
			t.Fatal(err)
		}
		stuck = append(stuck, stream)
	}
	supervisor := restToken(t, f, "supervisor")
	const again = `{"reason":"sekali lagi, sampai selesai"}`
	refused := takeFile(t, f, "POST", "Bearer "+supervisor, "/v1/exports/families", again)
	if refused.status != 429 || refused.header.Get("Retry-After") != "60" {
		t.Errorf("with no place left: %d, come again after %q: %s", refused.status, refused.header.Get("Retry-After"), clip(refused.data))
	}
	got := refused
	for end := time.Now().Add(time.Minute); got.status != 200 && time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		got = takeFile(t, f, "POST", "Bearer "+supervisor, "/v1/exports/families", again)
	}
	if rows := got.csv(t); len(rows) != 150 {
		t.Errorf("afterwards %d rows", len(rows))
	}
	admin, ended := administrator(t, f), 0
	for end := time.Now().Add(time.Minute); ended < len(stuck) && time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		ended = 0
		for _, e := range auditEntries(t, f, admin, "kind=AUDIT_KIND_EXPORT&pageSize=1000") {
			if e.Entry.Outcome == "AUDIT_OUTCOME_FAILED" && e.Entry.Reason == "RECEIVER_TOO_SLOW" {
				ended++
			}
		}
	}
	if ended != len(stuck) {
		t.Errorf("the trail has %d receivers that were too slow, of %d", ended, len(stuck))
	}
	for _, stream := range stuck {
		var err error
		for err == nil {
			_, err = stream.Recv()
		}
		if reasonOf(err) != "RECEIVER_TOO_SLOW" {
			t.Errorf("a slow receiver is told %v", err)
		}
	}
}
