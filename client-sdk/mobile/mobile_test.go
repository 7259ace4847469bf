package mobile

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	spb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	devicev1 "github.com/keluarga-sehat/sync/proto/keluargasehat/device/v1"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

func TestStartAppGivesOneAddressForOneFolder(t *testing.T) {
	dir := t.TempDir()
	url, err := StartApp(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stopRunning(t) })
	if again, err := StartApp(dir); err != nil || again != url {
		t.Errorf("called again it gives %q, %v, not %q", again, err, url)
	}
	if _, err := StartApp(t.TempDir()); err == nil {
		t.Error("another folder while the app runs is taken")
	}
	seePage(t, url)
}

// The system has taken the listener away while the app slept.
func TestStartAppServesAnewWhatServesNoMore(t *testing.T) {
	dir := t.TempDir()
	if _, err := StartApp(dir); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stopRunning(t) })
	slept := running.app
	slept.cancel()
	<-slept.ended
	url, err := StartApp(dir)
	if err != nil {
		t.Fatal(err)
	}
	seePage(t, url)
	if running.app.app != slept.app {
		t.Error("it is another app, in which nobody is signed in")
	}
}

// seePage opens the page's address.
func seePage(t *testing.T, url string) {
	t.Helper()
	address, _, _ := strings.Cut(url, "#")
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Errorf("the page: status %d", response.StatusCode)
	}
}

// stopRunning ends the process's app.
func stopRunning(t *testing.T) {
	t.Helper()
	if err := running.app.Stop(); err != nil {
		t.Error(err)
	}
	running.app = nil
}

func TestCallsTakeAndGiveProtobufBytesAndTellRefusals(t *testing.T) {
	a, err := Start(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := a.Stop(); err != nil {
			t.Error(err)
		}
	}()
	request, err := proto.Marshal(&devicev1.SetUpRequest{Link: "keluargasehat://siapkan?server=sync.example.go.id:8443&nama=Tablet+7"})
	if err != nil {
		t.Fatal(err)
	}
	reply, err := a.Call("keluargasehat.device.v1.AppService/SetUp", request)
	if err != nil {
		t.Fatal(err)
	}
	var set devicev1.SetUpResponse
	if err := proto.Unmarshal(reply, &set); err != nil || set.GetDeviceName() != "Tablet 7" {
		t.Errorf("set up as %v, %v", &set, err)
	}
	form, err := proto.Marshal(&ksv1.GetFormRequest{FamilyId: "00000000-0000-8000-8000-000000000001"})
	if err != nil {
		t.Fatal(err)
	}
	var refused *CallError
	if _, err := a.Call("keluargasehat.v1.FormService/GetForm", form); !errors.As(err, &refused) || refused.Code != int(codes.Unauthenticated) || len(refused.Status) == 0 {
		t.Errorf("a form while nobody is signed in: %v", err)
	}
	for _, c := range []struct {
		name    string
		request []byte
		code    codes.Code
		reason  string
	}{
		{"keluargasehat.v1.FormService/NoSuchCall", nil, codes.Unimplemented, "NO_SUCH_METHOD"},
		{"keluargasehat.v1.FormService/GetForm", []byte("\xff"), codes.InvalidArgument, "BAD_REQUEST"},
	} {
		_, err := a.Call(c.name, c.request)
		if !errors.As(err, &refused) || refused.Code != int(c.code) || !strings.Contains(refused.Message, "tersimpan tetap aman") {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var told spb.Status
		if err := proto.Unmarshal(refused.Status, &told); err != nil {
			t.Fatal(err)
		}
		info, _ := status.FromProto(&told).Details()[0].(*errdetails.ErrorInfo)
		if info.GetReason() != c.reason {
			t.Errorf("%s: %v", c.name, &told)
		}
	}
}
