package ingest

import (
	"context"
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/form"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	"github.com/keluarga-sehat/sync/internal/review"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// MaxChangeBytes bounds one change.
const MaxChangeBytes = 128 << 10

// Reasons for receipts; stable, told to apps.
const (
	ReasonOutOfScope       = "OUT_OF_SCOPE"
	ReasonNoRight          = "NO_RIGHT"
	ReasonForeignAuthor    = "FOREIGN_AUTHOR"
	ReasonForeignDevice    = "FOREIGN_DEVICE"
	ReasonFamilyQuarantine = "FAMILY_QUARANTINED"
	ReasonUnknownVillage   = "UNKNOWN_VILLAGE"
	ReasonMalformed        = "MALFORMED"
	ReasonInvalidValue     = "INVALID_VALUE"
	ReasonOtherPartRefused = review.OtherPartRefused
	ReasonTooLarge         = "TOO_LARGE"
	ReasonFamilyTooLarge   = review.FamilyTooLarge
	ReasonPanic            = "SERVER_FAULT"
	ReasonDeposited        = "DEPOSITED"
	ReasonDeviceForked     = "DEVICE_FORKED"
	// ReasonDeviceRevoked: the device on which a verdict was passed may have been in anybody's
	// hands before it was revoked.
	ReasonDeviceRevoked = "DEVICE_REVOKED"
)

// Sender is who brings changes, as the server knows them: from the token and
// the tables, never from the request.
type Sender struct {
	Account uint32
	Device  uint32
	// MayCollect: the role gives the right at all.
	MayCollect bool
	// MayReview: the role gives the right to judge families.
	MayReview bool
	// Covers tells whether the account may write in an RT of a village.
	Covers func(village uint32, place area.Place) bool
	// Handed are devices that the account took over without network.
	Handed []Handed
	// Trusted senders (imports) may write for other authors and devices.
	Trusted bool
	// TakesImplausible: measurements outside the questionnaire's bounds are taken, too, that
	// nobody has brought before. They count as the national application's do (DOMAIN.md section 5).
	TakesImplausible bool
	// Deposited: it came sealed, without anybody signed in; all of it waits for a
	// supervisor.
	Deposited bool
	// Revoked: its device was revoked before; verdicts of it do not apply.
	Revoked bool
	// Forked: it came by a file under names that another life of the device's database has
	// used, and bears new ones; all of it waits for a supervisor.
	Forked bool
	// Admitted: a supervisor admits this change from quarantine; rights were
	// judged by them.
	Admitted bool
}

// Handed is a device that a supervisor handed over to the sender's account: work of
// the incarnation is the sender's, though another account's device stamped it.
type Handed struct {
	Device, Incarnation uint32
	// Covers tells whether the former user may write in an RT of a village; the
	// sender may there too, in work of the incarnation.
	Covers func(village uint32, place area.Place) bool
}

// handed is the hand-over under which the change was made; nil: none. The stamp tells,
// or where it lay ahead and the sender's device has stamped the change anew, its id.
func (in *Incoming) handed() *Handed {
	device, incarnation := in.Change.GetStamp().GetDevice(), in.Change.GetStamp().GetIncarnation()
	if device == in.Sender.Device {
		device, incarnation, _, _ = in.id.Source()
	}
	for i := range in.Sender.Handed {
		if h := &in.Sender.Handed[i]; h.Device == device && h.Incarnation == incarnation {
			return h
		}
	}
	return nil
}

// Incoming is one change on its way in, with what could be told without the
// store.
type Incoming struct {
	Change *ksv1.Change
	Sender *Sender
	// ReceivedMS is the server's clock when it came.
	ReceivedMS int64

	id     merge.ID
	family merge.ID
	// otherName is what the change is called where its own name was found to be another's;
	// zero where that is not to be looked for.
	otherName merge.ID
	// plain is set where the change needs no joining to be read; delta, the state
	// that it makes, is then made only once it is asked for (state).
	plain   *merge.Plain
	delta   *merge.State
	wire    []byte
	content [32]byte
	// poisoned: the core panicked on it; it is quarantined unread.
	poisoned bool
	// ahead: it is stamped ahead of the server's clock, and taken only where it
	// follows what its family holds (merge.StepsFrom).
	ahead bool
	// implausible are measurements outside their bounds, which are refused unless they are
	// there already (refuseImplausible); from is what the families hold from which the change
	// takes over, nil where it takes none.
	implausible []implausible
	from        *form.Held
	// otherParts are the changes of the same save without which this one is not merged
	// (asOtherParts).
	otherParts []merge.ID
	// beside are those of them that came before it in its page; forked: the change itself was
	// told that its id is another's.
	beside []*Incoming
	forked bool
	// judges: it enters nothing, but says what becomes of what others entered.
	judges bool
	// household is what the change writes, as people read it.
	household *ksv1.Household
	// creation is set where the change belongs to a family that the sender's own
	// work makes; see Anticipate.
	creation *creation
	// sealed is the change sealed for the history of that family.
	sealed []byte
	// verdict is the receipt where it is decided already; nil: apply it.
	verdict *ksv1.Receipt
}

// Prepare judges what needs no store: form, clock, size, values. It is the part
// of the work that runs on many cores at once.
func Prepare(c *ksv1.Change, sender *Sender, nowMS int64) *Incoming {
	in := &Incoming{Change: c, Sender: sender, ReceivedMS: nowMS}
	copy(in.id[:], c.GetId())
	copy(in.family[:], c.GetFamilyId())
	in.content = merge.ContentHash(c)
	if whole := c.GetContentHash(); len(whole) == len(in.content) {
		// Its device has taken out what was erased since; it is known by how it came first.
		in.content = [32]byte(whole)
		in.Change = proto.CloneOf(c)
		in.Change.ContentHash = nil
	}
	if !sender.Trusted && !sender.Admitted && !sender.Deposited && !sender.Forked {
		in.otherName = merge.OtherName(in.id, in.content)
	}
	in.guarded(func() { in.verdict = in.judgeForm(nowMS) })
	if in.judgeable() {
		in.otherParts = otherPartsOf(c)
	}
	return in
}

// guarded runs a step of the preparation; where it panics the change is poisoned,
// and goes on as it came.
func (in *Incoming) guarded(step func()) {
	defer func() {
		if recover() == nil {
			return
		}
		in.poisoned, in.verdict, in.creation = true, nil, nil
		var err error
		if in.wire, err = (proto.MarshalOptions{Deterministic: true}).Marshal(in.Change); err != nil {
			in.verdict = in.receipt(ksv1.ReceiptStatus_RECEIPT_STATUS_INVALID, ReasonMalformed)
		}
	}()
	step()
}

func (in *Incoming) judgeForm(nowMS int64) *ksv1.Receipt {
	c := in.Change
	in.ahead = merge.IsAhead(c, uint64(nowMS))
	size := proto.Size(c)
	if size > MaxChangeBytes {
		r := in.receipt(ksv1.ReceiptStatus_RECEIPT_STATUS_TOO_LARGE, ReasonTooLarge)
		r.LimitBytes = MaxChangeBytes
		return r
	}
	var err error
	// Nobody has looked at the form of what lay sealed in a file.
	named := len(c.GetOtherParts()) <= merge.MaxOtherParts && len(c.GetTakenFrom()) <= merge.MaxTakenFrom
	if len(c.GetId()) != len(in.id) || in.id.IsZero() || c.GetVillage() == 0 || !named {
		err = merge.ErrMalformedChange
	} else {
		in.household, err = in.read()
	}
	if err != nil {
		r := in.receipt(ksv1.ReceiptStatus_RECEIPT_STATUS_INVALID, ReasonMalformed)
		r.Issues = []*ksv1.FieldIssue{{Code: ReasonMalformed, Message: "Perubahan ini tidak dapat dibaca server: " + err.Error()}}
		return r
	}
	if issues := in.checkWrites(); len(issues) > 0 {
		r := in.receipt(ksv1.ReceiptStatus_RECEIPT_STATUS_INVALID, ReasonInvalidValue)
		r.Issues = issues
		return r
	}
	in.wire, err = proto.MarshalOptions{Deterministic: true, UseCachedSize: true}.MarshalAppend(make([]byte, 0, size), c)
	if err != nil {
		return in.receipt(ksv1.ReceiptStatus_RECEIPT_STATUS_INVALID, ReasonMalformed)
	}
	return nil
}

// judgeable tells whether the change can be read and is still to be judged.
func (in *Incoming) judgeable() bool { return in.verdict == nil && !in.poisoned }

// read gives what the change writes, as people read it.
func (in *Incoming) read() (*ksv1.Household, error) {
	if plain, ok := merge.ReadPlain(in.Change); ok {
		in.plain = plain
		return plain.View()
	}
	delta, err := merge.FromChange(in.Change)
	if err != nil {
		return nil, err
	}
	in.delta = &delta
	return merge.View(in.delta)
}

// state is what the change makes by itself, to be joined.
func (in *Incoming) state() *merge.State {
	if in.delta == nil {
		delta, err := merge.FromChange(in.Change)
		if err != nil {
			// A plain change is well formed.
			panic(err)
		}
		in.delta = &delta
	}
	return in.delta
}

// checkWrites finds what is wrong within the change itself, whatever is stored.
func (in *Incoming) checkWrites() []*ksv1.FieldIssue {
	var issues []*ksv1.FieldIssue
	for _, w := range in.Change.GetWrites() {
		if prokesga.SoundFields(w.GetKind(), w.GetFields()) {
			continue
		}
		for _, f := range prokesga.CheckWrite(w.GetKind(), w.GetFields()) {
			if f.Severity != prokesga.Error || f.Implausible() && in.Sender.TakesImplausible {
				continue
			}
			issue := &ksv1.FieldIssue{
				Kind: w.GetKind(), RecordId: w.GetRecordId(), MemberId: w.GetMemberId(),
				Field: uint32(f.Field), Question: string(f.Question), Code: f.Code.String(), Message: f.Message,
			}
			if x, ok := implausibleIn(w, issue); ok && f.Implausible() {
				in.implausible = append(in.implausible, x)
				continue
			}
			issues = append(issues, issue)
		}
	}
	return issues
}

func (in *Incoming) receipt(status ksv1.ReceiptStatus, reason string) *ksv1.Receipt {
	return &ksv1.Receipt{Id: in.Change.GetId(), Status: status, Reason: reason}
}

// judgeSender decides whether the work may be merged; a reason sends it to
// quarantine. before and after are the family without and with it; a family that it makes
// is empty before. village is where it is to be, which may have taken the place of the one
// that the change names.
func (in *Incoming) judgeSender(village uint32, before, after *merge.State) string {
	s := in.Sender
	if s.Trusted || s.Admitted {
		return ""
	}
	switch {
	case s.Deposited:
		return ReasonDeposited
	case s.Forked:
		return ReasonDeviceForked
	}
	if in.Change.GetAuthor() != s.Account {
		return ReasonForeignAuthor
	}
	if in.Change.GetStamp().GetDevice() != s.Device && in.handed() == nil {
		return ReasonForeignDevice
	}
	if !s.MayCollect || !s.MayReview && in.unites() {
		return ReasonNoRight
	}
	// Where the family is now, and where the change puts it, must both be in
	// scope. A family that a ledger of erasures alone has told of is nowhere yet.
	if len(before.Records) == len(merge.ErasedMembers(before)) {
		if !in.covers(village, in.household.GetFamily().GetPlace()) {
			return ReasonOutOfScope
		}
		return ""
	}
	if !in.covers(village, merge.Place(before)) || !in.covers(village, merge.Place(after)) {
		return ReasonOutOfScope
	}
	return ""
}

// unites tells whether the change is of a union of two families, as only who reviews families
// may make: it removes one for the other, or says of surveys and visits that they were taken
// over. These are judged alike, so that none goes while its survey waits. Members alone, who
// are taken over under no mark, are as if entered.
func (in *Incoming) unites() bool {
	if in.household.GetFamily().GetRemoval().GetKeptId() != "" {
		return true
	}
	if in.plain == nil {
		return merge.NamesOrigin(in.state())
	}
	// A plain change clears nothing, and most need no state: that is a tenth of what one costs.
	return slices.ContainsFunc(in.household.GetRounds(), func(r *ksv1.HouseholdRound) bool { return r.GetRound().GetOrigin() != nil }) ||
		slices.ContainsFunc(in.household.GetVisits(), func(v *ksv1.HouseholdVisit) bool { return v.GetVisit().GetOrigin() != nil })
}

// covers tells whether the sender may write in an RT of a village, as a family names it.
func (in *Incoming) covers(village uint32, text string) bool {
	place, err := readPlace(text)
	return err == nil && in.coversPlace(village, place)
}

func (in *Incoming) coversPlace(village uint32, place area.Place) bool {
	if in.Sender.Covers == nil {
		return false
	}
	if in.Sender.Covers(village, place) {
		return true
	}
	h := in.handed()
	return h != nil && h.Covers(village, place)
}

func placeOf(state *merge.State) (area.Place, error) { return readPlace(merge.Place(state)) }

// readPlace reads an RT; that of a family which has never named one is 000/000.
func readPlace(text string) (area.Place, error) {
	if text == "" {
		return 0, nil
	}
	return area.ParsePlace(text)
}

// Committer commits prepared changes and acts of one village and gives what
// became of them, in order. Core is one; Pipeline is one around it.
type Committer interface {
	Commit(ctx context.Context, village uint32, batch []*Incoming) ([]*ksv1.Receipt, *ksv1.VillageMark, error)
	Act(ctx context.Context, village uint32, acts []*Act) ([]Acted, *ksv1.VillageMark, error)
}
