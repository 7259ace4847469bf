package field

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/api/httpbody"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/api"
)

// heldUp is a file under way that nobody reads on, so that it stands once its
// window is full.
type heldUp struct {
	method, reason string
	stream         grpc.ServerStreamingClient[httpbody.HttpBody]
}

// smallWindow is a window that does not grow with the link.
const smallWindow = 64 << 10

func holdUp(t *testing.T, f *Field, token, method, reason string, begin func(context.Context, *grpc.ClientConn) (grpc.ServerStreamingClient[httpbody.HttpBody], error)) heldUp {
	t.Helper()
	conn := rawConn(t, f, grpc.WithInitialWindowSize(smallWindow))
	stream, err := begin(metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+token), conn)
	if err == nil {
		_, err = stream.Recv()
	}
	if err != nil {
		t.Fatalf("%s: %v", method, err)
	}
	return heldUp{method, reason, stream}
}

// feedToken makes one, and tells its number and secret.
func feedToken(t *testing.T, f *Field, token, body string) (number uint32, secret string) {
	t.Helper()
	var made struct {
		Secret string
		Token  struct{ TokenNumber uint32 }
	}
	status, data := rest(t, f, "POST", token, "/v1/feedTokens", body)
	if err := json.Unmarshal(data, &made); status != 200 || err != nil {
		t.Fatalf("%d %s", status, data)
	}
	return made.Token.TokenNumber, made.Secret
}

func TestFilesUnderWayEndWithTheirAccountAndTheirToken(t *testing.T) {
	t.Parallel()
	// Nobody is slow in this test, however long it takes.
	f := fieldWithPace(t, api.Pace{Window: time.Hour, Least: 1})
	collect(t, f, 220)
	for name, place := range map[string]string{"dinas": "32.04", "provinsi": "32", "pusat": ""} {
		role := map[string]ksv1.Role{"dinas": ksv1.Role_ROLE_DISTRICT, "provinsi": ksv1.Role_ROLE_PROVINCE, "pusat": ksv1.Role_ROLE_NATIONAL}[name]
		if err := f.AddOffice(t.Context(), name, role, place); err != nil {
			t.Fatal(err)
		}
	}
	admin, supervisor := administrator(t, f), restToken(t, f, "supervisor")
	national, district, province := restToken(t, f, "pusat"), restToken(t, f, "dinas"), restToken(t, f, "provinsi")
	number, secret := feedToken(t, f, province, `{"name":"lembar kerja","days":1}`)
	open := []heldUp{
		holdUp(t, f, supervisor, "ExportService.ExportFamilies", "ACCOUNT_DISABLED", func(ctx context.Context, c *grpc.ClientConn) (grpc.ServerStreamingClient[httpbody.HttpBody], error) {
			return ksv1.NewExportServiceClient(c).ExportFamilies(ctx, &ksv1.ExportFamiliesRequest{Kind: ksv1.FamiliesKind_FAMILIES_KIND_RAW, Reason: "percobaan akun dimatikan"})
		}),
		holdUp(t, f, district, "ExportService.ExportFigures", "ACCOUNT_DISABLED", func(ctx context.Context, c *grpc.ClientConn) (grpc.ServerStreamingClient[httpbody.HttpBody], error) {
			return ksv1.NewExportServiceClient(c).ExportFigures(ctx, &ksv1.ExportFiguresRequest{
				Area: "32.04.05", Kind: ksv1.FiguresKind_FIGURES_KIND_TREND_BY_DAY, From: longAgo(), Format: ksv1.FileFormat_FILE_FORMAT_JSON,
			})
		}),
		holdUp(t, f, secret, "FeedService.GetFeed", "FEED_TOKEN", func(ctx context.Context, c *grpc.ClientConn) (grpc.ServerStreamingClient[httpbody.HttpBody], error) {
			return ksv1.NewFeedServiceClient(c).GetFeed(ctx, &ksv1.GetFeedRequest{
				Area: "32.04.05", Kind: ksv1.FiguresKind_FIGURES_KIND_TREND_BY_DAY, From: longAgo(), Format: ksv1.FileFormat_FILE_FORMAT_JSON,
			})
		}),
	}
	w := &accessWorld{}
	restPost(t, f, admin, fmt.Sprintf("/v1/accounts/%d:disable", w.account(t, f, "supervisor")), `{}`)
	restPost(t, f, national, fmt.Sprintf("/v1/accounts/%d:disable", w.account(t, f, "dinas")), `{}`)
	restPost(t, f, province, fmt.Sprintf("/v1/feedTokens/%d:revoke", number), `{}`)
	began := time.Now()
	for _, x := range open {
		for !endedFailed(t, f, national, x.method) {
			if time.Since(began) > time.Minute {
				t.Fatalf("%s is still under way after a minute: %+v", x.method, auditEntries(t, f, national, "kind=AUDIT_KIND_EXPORT&pageSize=50"))
			}
			time.Sleep(100 * time.Millisecond)
		}
		if err := drained(x.stream); reasonOf(err) != x.reason {
			t.Errorf("%s ended with %v, want %s", x.method, err, x.reason)
		}
	}
}

// longAgo is as many days ago as a trend may have.
func longAgo() string { return time.Now().AddDate(0, 0, -360).Format(time.DateOnly) }

// endedFailed tells whether the trail has the end of a file that was broken off.
func endedFailed(t *testing.T, f *Field, token, method string) bool {
	t.Helper()
	return slices.ContainsFunc(auditEntries(t, f, token, "kind=AUDIT_KIND_EXPORT&pageSize=50"), func(e shownEntry) bool {
		return e.Entry.Method == method && e.Entry.Outcome != "AUDIT_OUTCOME_BEGUN" && e.Entry.Outcome != "AUDIT_OUTCOME_DONE"
	})
}

// drained reads a stream to its end; nil: it ended as whole.
func drained(stream grpc.ServerStreamingClient[httpbody.HttpBody]) error {
	for {
		if _, err := stream.Recv(); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
	}
}

// What opens feeds ends with what it was made under: a new code, another password,
// the disabling of its account; and the entry says so.
func TestFeedTokensEndWithTheirAccountsSecrets(t *testing.T) {
	onEachEngine(t, 1, feedTokensEnd)
}

func feedTokensEnd(t *testing.T, f *Field) {
	for name, place := range map[string]string{"pusat": "", "dinas": "32.04", "dinas-2": "32.04", "provinsi": "32"} {
		role := map[int]ksv1.Role{0: ksv1.Role_ROLE_NATIONAL, 2: ksv1.Role_ROLE_PROVINCE, 5: ksv1.Role_ROLE_DISTRICT}[len(place)]
		if err := f.AddOffice(t.Context(), name, role, place); err != nil {
			t.Fatal(err)
		}
	}
	national := restToken(t, f, "pusat")
	w := &accessWorld{}
	reads := func(secret string) int {
		t.Helper()
		return takeFile(t, f, "GET", "Bearer "+secret, "/v1/feeds/figures?area=32.04.05", "").status
	}
	for name, end := range map[string]func(token string, account uint32){
		"dinas": func(_ string, account uint32) {
			restPost(t, f, national, fmt.Sprintf("/v1/accounts/%d:reissueCode", account), `{}`)
		},
		"dinas-2": func(_ string, account uint32) {
			restPost(t, f, national, fmt.Sprintf("/v1/accounts/%d:disable", account), `{}`)
		},
		"provinsi": func(token string, _ uint32) {
			restPost(t, f, token, "/v1/auth:changePassword", `{"password":"`+f.Password+`","newPassword":"`+newPassword+`"}`)
		},
	} {
		token, account := restToken(t, f, name), w.account(t, f, name)
		number, secret := feedToken(t, f, token, `{"name":"lembar kerja","days":1,"area":"32.04"}`)
		if got := reads(secret); got != 200 {
			t.Fatalf("%s: before: %d", name, got)
		}
		end(token, account)
		if got := reads(secret); got != 401 {
			t.Errorf("%s: the token is still good: %d", name, got)
		}
		if name == "dinas-2" { // enabled again it does not come back
			restPost(t, f, national, fmt.Sprintf("/v1/accounts/%d:enable", account), `{}`)
			if got := reads(secret); got != 401 {
				t.Errorf("%s: the token is good again: %d", name, got)
			}
		}
		subject := fmt.Sprintf("feedToken:%d", number)
		ends := func(e shownEntry) bool {
			return e.Entry.Method != "FeedService.CreateFeedToken" && slices.Contains(e.Entry.Subjects, subject) && e.Entry.Kind != "AUDIT_KIND_EXPORT"
		}
		if entries := auditEntries(t, f, national, "pageSize=50"); !slices.ContainsFunc(entries, ends) {
			t.Errorf("%s: no entry says that %s ended: %+v", name, subject, entries)
		}
	}
	token := restToken(t, f, "pusat")
	for area, want := range map[string]int{"99.99.99": 404, "32.04.05.2999": 404, "32.04.05.2001/099/099": 404, "32.04.05.2001": 200, "32.04": 200} {
		status, data := rest(t, f, "POST", token, "/v1/feedTokens", `{"name":"uji","days":1,"area":"`+area+`"}`)
		if status != want {
			t.Errorf("a token for %s: %d %s, want %d", area, status, clip(data), want)
		}
	}
}

func TestTargetsAreShownToWhoSeesTheFigures(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	for name, place := range map[string]string{"dinas": "32.04", "dinas-3301": "33.01", "provinsi": "32", "pusat": ""} {
		role := map[int]ksv1.Role{0: ksv1.Role_ROLE_NATIONAL, 2: ksv1.Role_ROLE_PROVINCE, 5: ksv1.Role_ROLE_DISTRICT}[len(place)]
		if err := f.AddOffice(t.Context(), name, role, place); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{"dinas": "60", "dinas-3301": "", "provinsi": "60", "pusat": "60", "supervisor": "60", "surveyor1": "60"} {
		var one struct {
			Area struct{ TargetFamilies string }
		}
		var list struct {
			Areas []struct{ Code, TargetFamilies string }
		}
		token := restToken(t, f, name)
		restGet(t, f, token, "/v1/areas/32.04.05.2001", &one)
		restGet(t, f, token, "/v1/areas?parent=32.04.05", &list)
		if one.Area.TargetFamilies != want || list.Areas[0].TargetFamilies != want {
			t.Errorf("%s is shown a target of %q, in the list %q, want %q", name, one.Area.TargetFamilies, list.Areas[0].TargetFamilies, want)
		}
		if name == "surveyor1" && list.Areas[1].TargetFamilies != "" {
			t.Errorf("a surveyor is shown the target of another's village: %+v", list.Areas)
		}
	}
}
