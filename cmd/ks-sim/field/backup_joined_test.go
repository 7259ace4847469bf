package field

import (
	"bytes"
	"crypto/rand"
	"errors"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/client-sdk/device"
	"github.com/keluarga-sehat/sync/internal/syncing"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Whatever comes of the first device behind its copy, and in which order, the copy's
// household stays as it is.
func TestNothingIsJoinedToTheHouseholdOfACopy(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		come   []string
		edited bool
	}{
		"the device, then its file in parts":        {come: []string{"device", "parts"}},
		"its file in parts, then the device":        {come: []string{"parts", "device"}},
		"two files in parts":                        {come: []string{"parts", "parts"}},
		"a file, then one in parts":                 {come: []string{"whole", "parts"}},
		"a file in parts, then a whole one":         {come: []string{"parts", "whole", "device"}},
		"the device, edited behind its backup file": {come: []string{"device"}, edited: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newField(t, 1, nil)
			copied(t, f, "surveyor1", nil)
			c := deviceOf(t, f, "surveyor1")
			b := backUpOf(t, c, signInOn(t, c, f, "surveyor1"), 1)
			files := map[string][][]byte{"whole": {b.file}}
			for range 2 {
				b.file = fileOf(t, b.user, b.counts.Pending)
				var file bytes.Buffer
				if err := syncing.WriteBackup(&file, b.split(t, f)); err != nil {
					t.Fatal(err)
				}
				files["parts"] = append(files["parts"], file.Bytes())
				b.user = signInOn(t, b.client, f, "surveyor1")
			}
			if x.edited {
				edit := clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: &ksv1.Family{Address: proto.String("Jalan Perangkat Pertama")}}
				_, err := b.user.Save(t.Context(), b.families[0], edit)
				if err != nil {
					t.Fatal(err)
				}
			}
			theirs := copySyncs(t, f, b.families[0])
			supervisor := restToken(t, f, "supervisor")
			_, was := rest(t, f, http.MethodGet, supervisor, "/v1/families/"+theirs[0].String(), "")
			s := supervisorWith(t, f)
			for _, what := range x.come {
				if what == "device" {
					mustSync(t, b.user)
					mustSync(t, b.user)
				} else {
					carry(t, s, files[what][0])
					files[what] = files[what][1:]
					mustSync(t, s)
				}
				if _, now := rest(t, f, http.MethodGet, supervisor, "/v1/families/"+theirs[0].String(), ""); !bytes.Equal(now, was) {
					t.Fatalf("behind %s the copy's household has changed:\n%s\n%s", what, was, now)
				}
			}
			for _, id := range waitingIDs(t, f, supervisor) {
				restPost(t, f, supervisor, "/v1/quarantine/"+id+":decide", `{"admit":true}`)
			}
			if _, now := rest(t, f, http.MethodGet, supervisor, "/v1/families/"+theirs[0].String(), ""); !bytes.Equal(now, was) {
				t.Errorf("with all admitted the copy's household has changed:\n%s\n%s", was, now)
			}
		})
	}
}

// The device is told of the copy, and loses its connection right behind that. What is edited
// then, and goes along with what keeps its name, by itself or by a file, is not the copy's.
func TestWhatIsEditedOnceACopyWasMetIsNotJoinedToItsHousehold(t *testing.T) {
	t.Parallel()
	for name, byFile := range map[string]bool{"by itself": false, "by a file": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newField(t, 1, nil)
			copied(t, f, "surveyor1", nil)
			c := deviceOf(t, f, "surveyor1")
			b := backUpOf(t, c, signInOn(t, c, f, "surveyor1"), 1)
			theirs := copySyncs(t, f, b.families[0])
			supervisor := restToken(t, f, "supervisor")
			_, was := rest(t, f, http.MethodGet, supervisor, "/v1/families/"+theirs[0].String(), "")
			if err := b.user.Close(); err != nil {
				t.Fatal(err)
			}
			toldOfACopy(t, f)
			u := signInOn(t, b.client, f, "surveyor1")
			edit := clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: &ksv1.Family{Address: proto.String("Jalan Perangkat Pertama")}}
			if _, err := u.Save(t.Context(), b.families[0], edit); err != nil {
				t.Fatal(err)
			}
			if byFile {
				var file bytes.Buffer
				if _, err := u.Backup(t.Context(), &file); err != nil {
					t.Fatal(err)
				}
				s := supervisorWith(t, f)
				carry(t, s, file.Bytes())
				mustSync(t, s)
			} else {
				mustSync(t, u)
				mustSync(t, u)
				if counts, err := u.Counts(t.Context()); err != nil || counts.Pending > 0 {
					t.Errorf("still to be sent: %+v, %v", counts, err)
				}
			}
			if _, now := rest(t, f, http.MethodGet, supervisor, "/v1/families/"+theirs[0].String(), ""); !bytes.Equal(now, was) {
				t.Errorf("the copy's household has changed:\n%s\n%s", was, now)
			}
		})
	}
}

// silent is a connection on which nothing more comes through.
type silent struct{}

func (silent) Send(*ksv1.SyncRequest) error              { return nil }
func (silent) SendUpload(uint64, *ksv1.UploadPage) error { return nil }

// toldOfACopy lets the first device hear a welcome that says so, and nothing more.
func toldOfACopy(t *testing.T, f *Field) {
	t.Helper()
	path := filepath.Join(f.options.Dir, "device-surveyor1", "ks-surveyor1.db")
	s, err := device.Open(t.Context(), device.Options{Path: path, Env: device.Env{Now: time.Now, Rand: rand.Reader}}, f.Password)
	if err != nil {
		t.Fatal(err)
	}
	session, err := device.StartSession(t.Context(), s, silent{}, "", device.Offer{})
	if err != nil {
		t.Fatal(err)
	}
	welcome := &ksv1.SyncWelcome{Forked: true, ClockMs: uint64(time.Now().UnixMilli())}
	err = session.Receive(t.Context(), &ksv1.SyncResponse{Message: &ksv1.SyncResponse_Welcome{Welcome: welcome}}, nil)
	if !errors.Is(err, device.ErrReincarnated) {
		t.Fatalf("told of a copy: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
