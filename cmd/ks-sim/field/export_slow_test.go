package field

import (
	"context"
	"fmt"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/api"
)

// With as many receivers that take nothing as there are places, who comes next is
// told when to come again, and has a place as soon as one of them has gone.
func TestWithNoPlaceLeftOneIsToldWhenToComeAgain(t *testing.T) {
	t.Parallel()
	f := slowField(t, api.Pace{})
	stuck, leave := stuckReceivers(t, f)
	supervisor := restToken(t, f, "supervisor")
	refused := takeFile(t, f, "POST", "Bearer "+supervisor, "/v1/exports/families", exportAgain)
	if refused.status != 429 || refused.header.Get("Retry-After") != "60" {
		t.Errorf("with no place left of %d: %d, come again after %q: %s",
			len(stuck), refused.status, refused.header.Get("Retry-After"), clip(refused.data))
	}
	leave()
	if rows := takeWithPatience(t, f, supervisor).csv(t); len(rows) != slowFamilies {
		t.Errorf("afterwards %d rows", len(rows))
	}
}

// Receivers that take nothing lose their places, are told so, and the trail has them.
func TestReceiversThatAreTooSlowLoseTheirPlaces(t *testing.T) {
	t.Parallel()
	f := slowField(t, api.Pace{Window: 3 * time.Second, Least: 1 << 20})
	stuck, _ := stuckReceivers(t, f)
	if rows := takeWithPatience(t, f, restToken(t, f, "supervisor")).csv(t); len(rows) != slowFamilies {
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

// slowFamilies make a file that does not fit into the windows of stuckReceivers.
const slowFamilies = 150

const exportAgain = `{"reason":"sekali lagi, sampai selesai"}`

// slowField is a field of slowFamilies with a pace for receivers.
func slowField(t *testing.T, pace api.Pace) *Field {
	t.Helper()
	f := fieldWithPace(t, pace)
	collect(t, f, slowFamilies)
	return f
}

func fieldWithPace(t *testing.T, pace api.Pace) *Field {
	t.Helper()
	f, err := New(t.Context(), Options{Dir: t.TempDir(), Surveyors: 1, Receivers: pace})
	if err != nil {
		t.Fatal(err)
	}
	cleanUp(t, func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

// stuckReceivers are as many receivers as there are places. Each takes the first part
// of its file and nothing more. They leave by the function returned, at the latest
// at the end of the test.
func stuckReceivers(t *testing.T, f *Field) ([]ksv1.ExportService_ExportFamiliesClient, context.CancelFunc) {
	t.Helper()
	request := &ksv1.ExportFamiliesRequest{Kind: ksv1.FamiliesKind_FAMILIES_KIND_RAW, Reason: "penerima yang tidak menerima"}
	const window = 64 << 10
	stay, leave := context.WithCancel(t.Context())
	var stuck []ksv1.ExportService_ExportFamiliesClient
	for n := range f.Store.LongReads() {
		name := fmt.Sprintf("kepala%d", n)
		if _, err := f.addAccount(t.Context(), name, name, ksv1.Role_ROLE_PUSKESMAS_HEAD, nil); err != nil {
			t.Fatal(err)
		}
		ctx := metadata.AppendToOutgoingContext(stay, "authorization", "Bearer "+restToken(t, f, name))
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
	return stuck, leave
}

// takeWithPatience takes the file of all families, coming again while there is no
// place.
func takeWithPatience(t *testing.T, f *Field, token string) taken {
	t.Helper()
	var got taken
	for end := time.Now().Add(time.Minute); got.status != 200 && time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		got = takeFile(t, f, "POST", "Bearer "+token, "/v1/exports/families", exportAgain)
	}
	return got
}
