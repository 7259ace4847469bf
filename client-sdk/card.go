package clientsdk

import (
	"context"
	"errors"
	"time"

	"google.golang.org/grpc/codes"

	"github.com/keluarga-sehat/sync/internal/prokesga"
	"github.com/keluarga-sehat/sync/internal/syncing"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// FillOutcome is how an attempt to fill a family from its card ended.
type FillOutcome int

// Outcomes; after all but FillDone the surveyor enters the members by hand.
const (
	// FillDone: the card's persons are members now, but for Filled.NotEntered.
	FillDone FillOutcome = iota
	// FillOffline: the server can't be reached.
	FillOffline
	// FillNoRecord: the civil registry has no such card.
	FillNoRecord
	// FillUnavailable: the registry is down or slow, or the server has none.
	FillUnavailable
	// FillQuota: the day's look-ups are used up.
	FillQuota
	// FillNotAllowed: the user's registration form is not in force, or the family
	// lies outside the user's areas.
	FillNotAllowed
)

// fillTimeout is how long a surveyor at a door waits at most.
const fillTimeout = 20 * time.Second

// Filled is what an attempt did.
type Filled struct {
	Outcome FillOutcome
	// Message tells the surveyor in Indonesian what is so and what to do; "" where all of
	// the card are members.
	Message string
	// RetryAfter is when it may go better; 0: not said.
	RetryAfter time.Duration
	// Members are the persons of the card, the head first.
	Members []FilledMember
	// NotEntered are the others of the card, with FillDone.
	NotEntered []NotEntered
}

// FilledMember is a person of the card as a member of the family.
type FilledMember struct {
	ID ID
	// Added: new by this call; otherwise there before, and now verified.
	Added bool
	// Part is what the card says of the person's part in a round, for SaveRound:
	// relation and marital status. It is not kept otherwise.
	Part *ksv1.Individual
}

// messageOffline is FillOffline's.
const messageOffline = "Tidak ada sinyal: data Dukcapil tidak dapat diambil. Isilah anggota keluarga secara manual; semua tetap tersimpan di perangkat ini."

// FillFromCard looks up the family card of that number (16 digits) in the civil
// registry, through the server, and enters its persons as members: who is there
// already, by NIK, or by name and birth date without a NIK, is marked as
// verified and otherwise left as the surveyor entered it; who was removed stays
// so. Who can't be entered keeps nobody else out. Nothing of the answer is kept but
// what the family's records then say.
// Whether it worked or not is the outcome; an error means that the number is
// none, or that nothing could be saved here. Errors: ErrNKK,
// ErrNotFound, *ValidationError.
func (u *User) FillFromCard(ctx context.Context, id ID, number string) (*Filled, error) {
	nkk, err := prokesga.ParseNKK(number)
	if err != nil {
		return nil, err
	}
	family, err := u.Family(ctx, id)
	if err != nil {
		return nil, err
	}
	card, refused, err := u.lookUpCard(ctx, nkk, family)
	if refused != nil || err != nil {
		return refused, err
	}
	entry := &cardEntry{user: u, nkk: nkk, card: card, refused: map[uint64]string{}}
	return entry.enter(ctx, id)
}

// lookUpCard asks the server. What it does not get is an outcome, no error.
func (u *User) lookUpCard(ctx context.Context, nkk prokesga.NKK, family *ksv1.Household) (*ksv1.LookUpFamilyCardResponse, *Filled, error) {
	caller := ctx
	ctx, cancel := context.WithTimeout(ctx, fillTimeout)
	defer cancel()
	request := &ksv1.LookUpFamilyCardRequest{
		Nkk: uint64(nkk),
		Serves: &ksv1.LookUpFor{
			FamilyId: family.GetFamilyId(), Area: family.GetVillageCode() + "/" + family.GetFamily().GetPlace(),
			Purpose: ksv1.LookUpPurpose_LOOK_UP_PURPOSE_ENTER_MEMBERS,
		},
	}
	var r *ksv1.LookUpFamilyCardResponse
	err := u.connect(ctx)
	if err == nil {
		err = u.withToken(ctx, func(ctx context.Context) (err error) {
			r, err = ksv1.NewCivilRegistryServiceClient(u.client.conn).LookUpFamilyCard(ctx, request)
			return err
		})
	}
	if err == nil {
		return r, nil, nil
	}
	if caller.Err() != nil {
		return nil, nil, caller.Err()
	}
	refused, err := fillRefused(err)
	return nil, refused, err
}

// fillRefused sorts why there is no answer.
func fillRefused(err error) (*Filled, error) {
	var refused *ServerError
	if !errors.As(err, &refused) {
		if errors.Is(err, ErrOffline) || errors.Is(err, context.DeadlineExceeded) {
			return &Filled{Outcome: FillOffline, Message: messageOffline}, nil
		}
		return nil, err
	}
	out := &Filled{Message: refused.Message, RetryAfter: refused.RetryAfter}
	switch {
	case refused.Reason == syncing.ReasonLookUpNoRecord:
		out.Outcome = FillNoRecord
	case refused.Reason == syncing.ReasonLookUpQuota:
		out.Outcome = FillQuota
	case refused.Reason == syncing.ReasonLookUpUnavailable || refused.Reason == syncing.ReasonLookUpOff:
		out.Outcome = FillUnavailable
	case refused.Code == codes.PermissionDenied:
		out.Outcome = FillNotAllowed
	case refused.Code == codes.Unavailable || refused.Code == codes.DeadlineExceeded:
		out.Outcome = FillOffline
		out.Message = messageOffline
	default:
		return nil, err
	}
	return out, nil
}
