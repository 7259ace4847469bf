package clientsdk

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/client-sdk/device"
	"github.com/keluarga-sehat/sync/internal/familyview"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	"github.com/keluarga-sehat/sync/internal/review"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// ValidationError is returned by Save for what must not be saved so; nothing
// was kept.
type ValidationError struct{ Findings []Finding }

// Error is the first finding's message.
func (e *ValidationError) Error() string {
	if len(e.Findings) == 0 {
		return "isian tidak dapat disimpan"
	}
	return e.Findings[0].Message
}

// User is a signed-in user's data on this device.
type User struct {
	client *Client
	name   string
	store  *device.Store
	key    ed25519.PrivateKey
	// account is replaced as a whole.
	account atomic.Pointer[ksv1.Account]

	// renewing has one place, for who has the tokens in the store, and key once it is open.
	// It may take as long as the server is silent, so that nothing waits that needs no network.
	renewing chan struct{}
	// renew: the server takes the access token no more.
	renew   atomic.Bool
	syncing chan struct{} // of one place: one sync at a time

	handoverMu sync.Mutex // guards the grants in the store
	countMu    sync.Mutex // guards the sum of data used in the store
}

// Close locks the user's data and closes its file. Calls behind it fail with ErrClosed, and
// lists are empty.
func (u *User) Close() error {
	u.countData(context.Background()) // of calls since the last sync
	return u.store.Close()
}

// connect reaches the server for a user whose data are open. Errors: ErrClosed, those of
// connection.connect.
func (u *User) connect(ctx context.Context) error {
	if u.store.Closed() {
		return ErrClosed
	}
	return u.client.conn.connect(ctx)
}

// Account is who is signed in, as the server last said.
func (u *User) Account() *ksv1.Account { return proto.CloneOf(u.account.Load()) }

// Loss is what was found missing when the data were opened; nil: nothing. Show
// it loudly.
func (u *User) Loss() *Loss { return u.store.Loss() }

// OnChange registers a function that is called after every change of what the
// user sees, without locks held; nil is none.
func (u *User) OnChange(f func()) {
	if f != nil {
		u.store.OnChange(f)
	}
}

// Review is where a family stands in review, without what was judged in a round from which
// it withdrew; nil: never submitted. Errors: ErrNotFound.
func (u *User) Review(ctx context.Context, id ID) (*ksv1.FamilyReview, error) {
	f, err := u.store.Family(ctx, id)
	if err != nil {
		return nil, err
	}
	return review.Shown(f.Review, &f.State), nil
}

// StorageBytes is what the user's data take on the device, with what SQLite
// keeps beside them.
func (u *User) StorageBytes() int64 {
	var total int64
	path := u.client.path(u.name)
	for _, suffix := range []string{"", "-wal"} {
		if info, err := os.Stat(path + suffix); err == nil {
			total += info.Size()
		}
	}
	return total
}

// Villages are the villages in which the user may work, with their RT: "003/007", RW before
// RT, or "*" alone for the whole village, of which KnownPlaces are for choosing from. The key
// of their digests is left out: it is the store's alone, and would be printed with them.
func (u *User) Villages(ctx context.Context) ([]*ksv1.VillageScope, error) {
	villages, err := u.store.Villages(ctx)
	for _, v := range villages {
		v.DigestKey = nil
	}
	return villages, err
}

// Families lists families by village, RT and house number; the second result
// is how many match in all.
func (u *User) Families(q Query) ([]Summary, int) { return u.store.Families(q) }

// Summary is a family's line in the list; ok is false where it is not on this
// device.
func (u *User) Summary(id ID) (summary Summary, ok bool) { return u.store.Summary(id) }

// Family is a family as people read it: without rounds from which it withdrew, which
// are shown to nobody. Errors: ErrNotFound, ErrTakenAway.
func (u *User) Family(ctx context.Context, id ID) (*ksv1.Household, error) {
	f, err := u.store.Family(ctx, id)
	if err != nil {
		return nil, err
	}
	h, err := u.view(ctx, f)
	if err != nil {
		return nil, err
	}
	familyview.HideWithdrawn(h)
	return h, nil
}

func (u *User) view(ctx context.Context, f *device.Family) (*ksv1.Household, error) {
	h, err := merge.View(&f.State)
	if err != nil {
		return nil, err
	}
	villages, err := u.store.Villages(ctx)
	if err != nil {
		return nil, err
	}
	for _, v := range villages {
		if v.GetVillage() == f.Village {
			h.VillageCode = v.GetCode()
		}
	}
	return h, nil
}

// Conflicts are the family's registers that hold different values, the one
// shown first. Errors: ErrNotFound, ErrTakenAway.
func (u *User) Conflicts(ctx context.Context, id ID) ([]Conflict, error) {
	f, err := u.store.Family(ctx, id)
	if err != nil {
		return nil, err
	}
	return merge.Conflicts(&f.State), nil
}

// StartFamily saves a new family in an RT ("003/007", RW before RT) of a village, with
// members, a round or a visit in the same save where edits name them: all of it
// or nothing. A village outside the user's is refused with ErrOutsidePuskesmas;
// an RT outside the assignment is saved, and warned about in the result: the
// server will ask a supervisor. What is doubtful is saved and not told here: Save gives the
// family's findings. Errors: ErrPlace, ErrOutsidePuskesmas, ErrNeverSynced, *ValidationError,
// as Save.
func (u *User) StartFamily(ctx context.Context, village uint32, place string, family *ksv1.Family, edits ...Edit) (id ID, warned bool, err error) {
	p, err := ParsePlace(place)
	if err != nil {
		return ID{}, false, err
	}
	scope, err := u.store.Village(ctx, village)
	if errors.Is(err, ErrNotFound) {
		return ID{}, false, u.notAmongVillages()
	}
	if err != nil {
		return ID{}, false, err
	}
	places := scope.GetPlaces()
	warned = !slices.Contains(places, "*") && !slices.Contains(places, p.String())
	f := &ksv1.Family{}
	if family != nil {
		f = proto.CloneOf(family)
	}
	f.Place, f.PuskesmasCode = proto.String(p.String()), proto.String(scope.GetPuskesmasCode())
	id = u.store.NewFamilyID()
	_, err = u.saveIn(ctx, id, village, func(*device.Draft) ([]Edit, error) {
		return append([]Edit{{Key: Key{Kind: KindFamily}, Set: f}}, edits...), nil
	})
	if err != nil {
		return ID{}, false, err
	}
	return id, warned, nil
}

// NewID draws the id of a member, round or visit to be saved.
func (u *User) NewID() ID { return u.store.NewFamilyID() }

// Save writes edits to a family, durably; of two that say something of one field the later
// holds. What is wrong within a record is refused with *ValidationError and nothing is kept;
// what is doubtful is told by the findings, and saved. A member's removal takes along what the
// user has seen of the member (Removal.seen), and a visit that was refused the withdrawal of
// the unfinished round of its year; where the visit's outcome is corrected before the family
// is approved, that round stands again with its answers. What was brought by a sync up to this
// call counts as seen; a form that stays open for long takes SaveSeen. Errors: ErrNotFound,
// ErrTakenAway, ErrMalformedEdit, ErrFamilyTooLarge, ErrStorageFull, ErrStorageFailed, ErrClosed.
func (u *User) Save(ctx context.Context, id ID, edits ...Edit) ([]Finding, error) {
	return u.saveIn(ctx, id, 0, func(*device.Draft) ([]Edit, error) { return edits, nil })
}

// SaveRound writes a round's answers: the household's and those of the members
// by id. A new round takes NewID; its questionnaire version is set here. Errors: as Save;
// ErrNotMember.
func (u *User) SaveRound(ctx context.Context, id, round ID, answers *ksv1.Round, members map[ID]*ksv1.Individual) ([]Finding, error) {
	if answers == nil {
		answers = &ksv1.Round{}
	}
	answers = proto.CloneOf(answers)
	surveyor := u.Account().GetFullName()
	return u.saveIn(ctx, id, 0, func(d *device.Draft) ([]Edit, error) {
		if d.Family.State.Record(Key{Kind: KindRound, Record: round}) == nil {
			answers.QuestionnaireVersion = proto.String(prokesga.Version)
			answers.SurveyorName = proto.String(surveyor)
		}
		edits := []Edit{{Key: Key{Kind: KindRound, Record: round}, Set: answers}}
		for member, part := range members {
			if d.Family.State.Record(Key{Kind: KindMember, Member: member}) == nil {
				return nil, fmt.Errorf("%w (%s)", ErrNotMember, member)
			}
			edits = append(edits, Edit{Key: Key{Kind: KindIndividual, Record: round, Member: member}, Set: part})
		}
		return edits, nil
	})
}

// RecordVisit writes one call at the house. A refusal ends the round that was begun:
// it is marked withdrawn, not counted, and shown to nobody from then on, as by Save, which
// also takes the correction of a visit, by its id.
func (u *User) RecordVisit(ctx context.Context, id ID, visit *ksv1.Visit) (ID, error) {
	if visit = proto.CloneOf(visit); visit == nil {
		visit = &ksv1.Visit{}
	}
	if visit.SurveyorName == nil {
		visit.SurveyorName = proto.String(u.Account().GetFullName())
	}
	visitID := u.NewID()
	_, err := u.Save(ctx, id, Edit{Key: Key{Kind: KindVisit, Record: visitID}, Set: visit})
	return visitID, err
}

// RemoveMember marks a member as removed, as Save does. Errors: as Save; ErrNotMember;
// ErrMalformedEdit without a removal.
func (u *User) RemoveMember(ctx context.Context, id, member ID, removal *ksv1.Removal) error {
	if removal == nil {
		return fmt.Errorf("%w (Member.removal)", ErrMalformedEdit)
	}
	key := Key{Kind: KindMember, Member: member}
	_, err := u.saveIn(ctx, id, 0, func(d *device.Draft) ([]Edit, error) {
		if d.Family.State.Record(key) == nil {
			return nil, fmt.Errorf("%w (%s)", ErrNotMember, member)
		}
		return []Edit{{Key: key, Set: &ksv1.Member{Removal: removal}}}, nil
	})
	return err
}

// Questions are the questions that apply now in a round, in the order of the
// form, with label, options and whether they are answered. Errors: ErrNotFound.
func (u *User) Questions(ctx context.Context, id, round ID) ([]Asked, error) {
	h, err := u.Family(ctx, id)
	if err != nil {
		return nil, err
	}
	for _, r := range h.GetRounds() {
		if r.GetRoundId() == round.String() {
			return prokesga.Form(h, r), nil
		}
	}
	return nil, fmt.Errorf("round %s: %w", round, ErrNotFound)
}

// Submit submits families for review as one batch; it goes with the next sync.
// Errors: ErrNotFound, ErrTakenAway, ErrNoteTooLong, ErrTooManyFamilies, ErrNoSpace, ErrStorageFailed.
func (u *User) Submit(ctx context.Context, families []ID, note string) (ID, error) {
	return u.store.Submit(ctx, families, note)
}

// Outbox lists the user's own changes that are still on the device, newest first, with where
// each stands: at most limit, none for 0, all below 0.
func (u *User) Outbox(ctx context.Context, limit int) ([]OutboxEntry, error) {
	return u.store.Outbox(ctx, limit)
}

// Counts is how many changes are pending, applied, refused, quarantined, how many
// submissions and verdicts are unsent, and how many verdicts were not applied.
func (u *User) Counts(ctx context.Context) (Counts, error) { return u.store.Counts(ctx) }

// UnsentFamilies is how many families hold own work that is not sent.
func (u *User) UnsentFamilies() int {
	_, unsent := u.Families(Query{Limit: 1, IncludeRemoved: true, Keep: func(f *Summary) bool { return f.Unsent }})
	return unsent
}

// DayLine is the line at day's end, in Indonesian.
func (u *User) DayLine(ctx context.Context) (string, error) {
	c, err := u.Counts(ctx)
	if err != nil {
		return "", err
	}
	_, families := u.Families(Query{Limit: 1})
	line := fmt.Sprintf("%d keluarga tersimpan, %d belum terkirim, aman di perangkat", families, u.UnsentFamilies())
	if c.Steps > 0 {
		line += fmt.Sprintf("; %d pengajuan atau penilaian belum terkirim", c.Steps)
	}
	if c.Refused > 0 {
		line += fmt.Sprintf("; %d perlu diperbaiki", c.Refused)
	}
	if c.Quarantined > 0 {
		line += fmt.Sprintf("; %d menunggu keputusan supervisor", c.Quarantined)
	}
	if c.NotApplied > 0 {
		line += fmt.Sprintf("; %d penilaian tidak berlaku", c.NotApplied)
	}
	return line, nil
}

// LastSync is the device time of the last complete sync; zero: never.
func (u *User) LastSync() time.Time { return u.store.LastSync() }
