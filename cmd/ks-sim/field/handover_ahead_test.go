package field

import (
	"errors"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/wire"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// tabletAhead is a shift whose tablet's clock can be set ahead, with its former user, who has
// synced.
type tabletAhead struct {
	shift
	ahead  atomic.Int64
	former *clientsdk.User
}

func newTabletAhead(t *testing.T) *tabletAhead {
	t.Helper()
	f := newField(t, 3, nil)
	load(t, f, alone2018, 0)
	pin, err := wire.PinOf(f.CertPEM)
	if err != nil {
		t.Fatal(err)
	}
	s := &tabletAhead{shift: shift{f: f, supervisor: supervisorWith(t, f), generator: NewGenerator(11, 320405, time.Now())}}
	s.tablet, err = clientsdk.Open(clientsdk.Config{
		Dir: filepath.Join(t.TempDir(), "tablet"), Server: f.Address, Pin: &pin,
		Now: func() time.Time { return time.Now().Add(time.Duration(s.ahead.Load())) },
	})
	if err != nil {
		t.Fatal(err)
	}
	cleanUp(t, func() {
		if err := s.tablet.Close(); err != nil {
			t.Error(err)
		}
	})
	s.former = signInOn(t, s.tablet, f, formerUser)
	mustSync(t, s.former)
	s.village = village(t, s.former)
	return s
}

// toldByTheColleague hands the tablet over while its clock is ten days ahead and there is no
// network; what the colleague saves then is sent once the clock is right. The former user is
// back behind that, and has not seen it.
func (s *tabletAhead) toldByTheColleague(t *testing.T, save func(u *clientsdk.User)) {
	t.Helper()
	mustSync(t, s.supervisor)
	if err := errors.Join(s.former.Close(), s.f.Stop()); err != nil {
		t.Fatal(err)
	}
	u := s.accept(t)
	save(u)
	if err := u.Close(); err != nil {
		t.Fatal(err)
	}
	s.ahead.Store(0)
	u = s.unlocked(t, colleague)
	s.onLine(t, u)
	mustSync(t, u)
	if err := u.Close(); err != nil {
		t.Fatal(err)
	}
	s.former = s.unlocked(t, formerUser)
}

func (s *tabletAhead) unlocked(t *testing.T, user string) *clientsdk.User {
	t.Helper()
	u, err := s.tablet.SignIn(t.Context(), user, s.f.Password)
	if err != nil {
		t.Fatal(err)
	}
	cleanUp(t, func() { _ = u.Close() })
	return u
}

const tenDays = 10 * 24 * time.Hour

// An edit that a removal did not know of stands against it, though the removal was stamped
// anew: what its author had seen is not all that the former user writes for ten days.
func TestAnEditUnseenByARemovalOfAClockAheadIsAConflict(t *testing.T) {
	t.Parallel()
	s := newTabletAhead(t)
	s.ahead.Store(int64(tenDays))
	family := s.interview(t, s.former)
	h, err := s.former.Family(t.Context(), family)
	if err != nil {
		t.Fatal(err)
	}
	member, err := merge.ParseID(h.GetMembers()[len(h.GetMembers())-1].GetMemberId())
	if err != nil {
		t.Fatal(err)
	}
	key := clientsdk.Key{Kind: clientsdk.KindMember, Member: member}
	saved := func(u *clientsdk.User, m *ksv1.Member) {
		if _, err := u.Save(t.Context(), family, clientsdk.Edit{Key: key, Set: m}); err != nil {
			t.Fatal(err)
		}
	}
	s.toldByTheColleague(t, func(u *clientsdk.User) {
		saved(u, &ksv1.Member{Removal: &ksv1.Removal{Reason: ksv1.RemovalReason_REMOVAL_REASON_MOVED, Date: "2024-05-05"}})
	})
	saved(s.former, &ksv1.Member{Name: proto.String("Nama Yang Benar")})
	mustSync(t, s.former)
	mustSync(t, s.supervisor)
	list, err := s.supervisor.Conflicts(t.Context(), family)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range list {
		if c.Key == key && c.Field == 1 {
			return
		}
	}
	t.Errorf("conflicts %+v", list)
}

func TestASurveyUnseenByARefusalOfAClockAheadStands(t *testing.T) {
	t.Parallel()
	s := newTabletAhead(t)
	family, member := surveyedIn2018(t, s.former)
	s.ahead.Store(int64(tenDays))
	round := begunIn2019(t, s.former, family, member)
	s.toldByTheColleague(t, func(u *clientsdk.User) { recordRefusal(t, u, family, round) })
	completed(t, s.former, family, member, round, "2019-02-03")
	mustSync(t, s.former)
	if n := surveyedOf(t, s.f, 2019); n != 1 {
		t.Errorf("2019 counts %d families", n)
	}
}
