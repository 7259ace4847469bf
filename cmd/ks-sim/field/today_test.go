package field

import (
	"path/filepath"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/wire"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// On Android and iOS Go's local zone is UTC, whose day is yesterday's until 07:00 WIB.
func TestTodayIsTheDayWhereTheUserWorks(t *testing.T) {
	yesterday := time.Now().UTC().AddDate(0, 0, -1)
	now := time.Date(yesterday.Year(), yesterday.Month(), yesterday.Day(), 23, 30, 0, 0, time.UTC)
	today := now.Add(7 * time.Hour).Format(time.DateOnly)
	f, err := New(t.Context(), Options{Dir: t.TempDir(), Surveyors: 1, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	pin, err := wire.PinOf(f.CertPEM)
	if err != nil {
		t.Fatal(err)
	}
	c, err := clientsdk.Open(clientsdk.Config{Dir: filepath.Join(t.TempDir(), "device"), Server: f.Address, Pin: &pin, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	u := signInOn(t, c, f, "surveyor1")
	mustSync(t, u)
	if got, err := u.Today(t.Context()); err != nil || got != today {
		t.Errorf("today is %s, want %s: %v", got, today, err)
	}
	id, _, err := u.StartFamily(t.Context(), village(t, u), "001/001", &ksv1.Family{HeadName: proto.String("Budi")})
	if err != nil {
		t.Fatal(err)
	}
	budi, ani := u.NewID(), u.NewID()
	_, err = u.Save(t.Context(), id,
		clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindMember, Member: budi}, Set: &ksv1.Member{Name: proto.String("Budi"), Sex: ksv1.Sex_SEX_MALE.Enum(), BirthDate: proto.String("1980-01-01")}},
		clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindMember, Member: ani}, Set: &ksv1.Member{Name: proto.String("Ani"), Sex: ksv1.Sex_SEX_FEMALE.Enum(), BirthDate: proto.String("2000-01-01")}})
	if err == nil {
		_, err = u.SplitFamily(t.Context(), id, clientsdk.Split{Members: []clientsdk.ID{ani}})
	}
	if err != nil {
		t.Fatal(err)
	}
	h, err := u.Family(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range h.GetMembers() {
		last := now.Add(7*time.Hour).AddDate(0, 0, -1).Format(time.DateOnly)
		if got := m.GetMember().GetRemoval().GetDate(); m.GetMemberId() == ani.String() && got != last {
			t.Errorf("her last day in the old family is %s, want %s", got, last)
		}
	}
}
