package api

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/form"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/account"
	"github.com/keluarga-sehat/sync/server/audit"
	"github.com/keluarga-sehat/sync/server/desk"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// formService is FormService on line, for offices that type in paper forms.
type formService struct {
	ksv1.UnimplementedFormServiceServer
	services *Services
}

// errFormChanged: somebody else has changed the family since the form was
// fetched.
var errFormChanged = errors.New("form was changed meanwhile")

// errOutsidePuskesmas: a family is to be started outside the caller's Puskesmas.
var errOutsidePuskesmas = errors.New("outside the Puskesmas")

// errInvalidForm is what must not be saved so.
type errInvalidForm struct{ findings []prokesga.Finding }

func (e *errInvalidForm) Error() string { return "form refused: " + e.findings[0].Code.String() }

// status names each field that was not saved, as form.FieldPath does.
func (e *errInvalidForm) status() error {
	bad := &errdetails.BadRequest{}
	for _, f := range form.Findings(e.findings) {
		wrong := violation(form.FieldPath(f), f.GetMessage(), f.GetMessage())
		wrong.Reason = f.GetCode()
		bad.FieldViolations = append(bad.FieldViolations, wrong)
	}
	return build(codes.InvalidArgument, "INVALID", e.Error(), e.findings[0].Message, bad)
}

// GetQuestionnaire gives the whole questionnaire and the notice.
func (f formService) GetQuestionnaire(ctx context.Context, _ *ksv1.GetQuestionnaireRequest) (*ksv1.GetQuestionnaireResponse, error) {
	out := &ksv1.GetQuestionnaireResponse{
		Version: prokesga.Version, Questions: form.Questionnaire(), Notice: form.Notice(), NoticeVersion: form.NoticeVersion,
	}
	if !callerOf(ctx).Has(ksv1.Right_RIGHT_COLLECT) {
		return out, nil
	}
	ids, err := f.services.Desk.NewIDs(ctx, form.SpareIDs)
	for _, id := range ids {
		out.SpareIds = append(out.SpareIds, id.String())
	}
	return out, err
}

// GetForm reads one family.
func (f formService) GetForm(ctx context.Context, r *ksv1.GetFormRequest) (*ksv1.GetFormResponse, error) {
	out, err := f.form(ctx, r.GetFamilyId(), r.GetRoundId())
	return &ksv1.GetFormResponse{Form: out}, err
}

// find reads a family that the caller may fill in.
func (f formService) find(ctx context.Context, caller *access.Caller, family string) (store.Family, error) {
	return familyService{services: f.services}.findFor(ctx, caller, ksv1.Right_RIGHT_COLLECT, family)
}

func (f formService) form(ctx context.Context, family, round string) (*ksv1.Form, error) {
	caller := callerOf(ctx)
	row, err := f.find(ctx, caller, family)
	if err != nil {
		return nil, err
	}
	x, err := f.services.openFamily(ctx, nil, &row)
	if err != nil {
		return nil, err
	}
	ids, err := f.services.Desk.NewIDs(ctx, form.SpareIDs)
	if err != nil {
		return nil, err
	}
	next := func() (id merge.ID) {
		id, ids = ids[0], ids[1:]
		return id
	}
	out := form.Build(x.household, round, form.Options{Check: f.services.check, NewID: next})
	out.Etag, out.Conflicts = etagOf(&x.state), uint32(row.Conflicts)
	if out.Review, err = f.services.reviewFor(caller, &row, &x.state); err != nil {
		return nil, err
	}
	out.State = f.services.formState(&row, x, out.Review)
	maskHousehold(numbersOf(caller, &row), x.household)
	return out, nil
}

func (s *Services) today() prokesga.Today { return prokesga.TodayAt(s.Now()) }

// check is what is noticed of a family today.
func (s *Services) check(h *ksv1.Household) []prokesga.Finding {
	return prokesga.CheckHousehold(h, s.today())
}

// etagOf names a state by what it holds.
func etagOf(state *merge.State) string {
	sum := sha256.Sum256(state.Encode(nil))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

// formState is where a family stands in collection.
func (s *Services) formState(row *store.Family, x *openedFamily, review *ksv1.FamilyReview) ksv1.FormState {
	h, latest := x.household, new(iks.Loader).Latest(x.household)
	facts := form.Facts{
		Year: s.Now().In(area.Zone(h.GetVillageCode())).Year(), // as on devices: the year begins where the family lives
		Gone: row.State != 0, Category: latest.Inti.Category, Review: ksv1.ReviewState(row.ReviewState),
	}
	if latest.Besar.Round >= 0 {
		round := h.GetRounds()[latest.Besar.Round]
		facts.HasRound, facts.RoundYear = true, form.YearOf(round.GetRound().GetSurveyDate())
		facts.Unsubmitted = form.Unsubmitted(round.GetRoundId(), merge.Collected(&x.state), review)
		facts.Reopened = form.Reopened(round.GetRoundId(), review)
	}
	if n := len(h.GetVisits()); n > 0 {
		last := h.GetVisits()[n-1].GetVisit()
		facts.LastVisit, facts.VisitYear, facts.SurveyedSince = last.GetOutcome(), form.YearOf(last.GetDate()), form.SurveyedSince(last, latest)
	}
	return form.State(facts)
}

// SaveForm saves answers.
func (f formService) SaveForm(ctx context.Context, r *ksv1.SaveFormRequest) (*ksv1.SaveFormResponse, error) {
	caller := callerOf(ctx)
	row, err := f.find(ctx, caller, r.GetFamilyId())
	if err != nil {
		return nil, err
	}
	if r.GetEtag() == "" {
		return nil, &errBadRequest{"etag", "is missing: send that of the form that was looked at", "Muat ulang formulir ini, lalu ulangi jawaban terakhir."}
	}
	edits, err := form.Edits(r.GetSet(), r.GetClear())
	if err != nil {
		return nil, badForm(err)
	}
	if len(edits) > 0 {
		_, err = f.save(ctx, caller, &row, func(state *merge.State) ([]merge.RecordEdit, error) {
			if etagOf(state) != r.GetEtag() {
				return nil, errFormChanged
			}
			return edits, nil
		})
		if err != nil {
			return nil, err
		}
	}
	out, err := f.form(ctx, r.GetFamilyId(), r.GetRoundId())
	return &ksv1.SaveFormResponse{Form: out}, err
}

func badForm(err error) error {
	var field *form.FieldError
	if errors.As(err, &field) {
		return &errBadRequest{field.Field, field.Problem, field.Text}
	}
	return err
}

// save makes a change of a family, checked by the questionnaire. The caller is
// its author; whoever types in what a surveyor collected says so by the form's
// own question III.1, so that collector and typist stand apart. row is the family as the
// caller found it.
func (f formService) save(ctx context.Context, caller *access.Caller, row *store.Family, edit func(*merge.State) ([]merge.RecordEdit, error)) (*ksv1.Receipt, error) {
	typist, err := account.OpenFullName(f.services.Vault, &caller.Account)
	if err != nil {
		return nil, err
	}
	receipt, err := f.services.Desk.Do(ctx, desk.Save{
		Village: row.Village, Family: row.ID, Sender: collector(caller),
		Edit: func(state *merge.State) ([]merge.RecordEdit, error) {
			edits, err := edit(state)
			if err != nil {
				return nil, err
			}
			before, err := merge.View(state)
			if err != nil {
				return nil, err
			}
			form.Sign(edits, before, form.People{Typist: typist})
			form.NoteSeen(edits, state)
			edits = merge.KeepStatedAges(edits, state)
			if wrong := form.WrongEdits(edits, state, nil); len(wrong) > 0 {
				return nil, &errInvalidForm{wrong}
			}
			if edits, err = form.Refusals(edits, state, ksv1.ReviewState(row.ReviewState)); err != nil {
				return nil, err
			}
			if wrong := form.IntoWithdrawn(edits, state, state); len(wrong) > 0 {
				return nil, &errInvalidForm{wrong}
			}
			after, err := merge.Preview(state, edits)
			if err != nil {
				return nil, err
			}
			return append(edits, form.PaperVisits(edits, before, after)...), nil
		},
		Check: f.judge,
	})
	if err != nil {
		return nil, err
	}
	return receipt, refusedReceipt(receipt)
}

// collector is what the caller may do with changes.
func collector(caller *access.Caller) ingest.Sender {
	return ingest.Sender{
		Account: caller.Account.Number, MayCollect: caller.Has(ksv1.Right_RIGHT_COLLECT), MayReview: caller.Has(ksv1.Right_RIGHT_REVIEW), Covers: caller.Collects,
	}
}

func (f formService) judge(before, after *merge.State) error {
	h, err := merge.View(after)
	if err != nil {
		return err
	}
	return f.services.judge(before, h)
}

// judge refuses errors across fields that a save brings in.
func (s *Services) judge(before *merge.State, after *ksv1.Household) error {
	_, wrong, err := form.Judge(after, func() (*ksv1.Household, error) { return merge.View(before) }, s.today())
	if err == nil && len(wrong) > 0 {
		return &errInvalidForm{wrong}
	}
	return err
}

// refusedReceipt turns a receipt that says no into an error; quarantine says
// later.
func refusedReceipt(r *ksv1.Receipt) error {
	switch r.GetStatus() {
	case ksv1.ReceiptStatus_RECEIPT_STATUS_UNSPECIFIED, ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED,
		ksv1.ReceiptStatus_RECEIPT_STATUS_DUPLICATE, ksv1.ReceiptStatus_RECEIPT_STATUS_QUARANTINED:
		return nil
	case ksv1.ReceiptStatus_RECEIPT_STATUS_TOO_LARGE:
		return &errBadRequest{"set", fmt.Sprintf("is larger than %d bytes", r.GetLimitBytes()), "Isian ini terlalu besar untuk disimpan sekaligus."}
	}
	return fmt.Errorf("the server's own change came back as %s %s", r.GetStatus(), r.GetReason())
}

// StartForm saves a new family.
func (f formService) StartForm(ctx context.Context, r *ksv1.StartFormRequest) (*ksv1.StartFormResponse, error) {
	caller := callerOf(ctx)
	place, err := area.ParsePlace(r.GetPlace())
	if err != nil {
		return nil, &errBadRequest{"place", err.Error(), form.PlaceText}
	}
	i := slices.IndexFunc(caller.Work, func(v store.Village) bool { return v.Code == r.GetVillageCode() })
	if i < 0 {
		return nil, errOutsidePuskesmas
	}
	village := caller.Work[i]
	rest := &ksv1.Household{Members: r.GetHousehold().GetMembers(), Rounds: r.GetHousehold().GetRounds(), Visits: r.GetHousehold().GetVisits()}
	edits, err := form.Edits(rest, nil)
	if err != nil {
		return nil, badForm(err)
	}
	record := &ksv1.Family{}
	if r.GetFamily() != nil {
		record = proto.CloneOf(r.GetFamily())
	}
	record.Place, record.PuskesmasCode = proto.String(place.String()), proto.String(caller.Account.Puskesmas)
	edits = append([]merge.RecordEdit{{Key: merge.Key{Kind: merge.KindFamily}, Set: record}}, edits...)
	ids, err := f.services.Desk.NewIDs(ctx, 1)
	if err != nil {
		return nil, err
	}
	audit.Of(ctx).Subject(audit.FamilySubject(ids[0]))
	receipt, err := f.save(ctx, caller, &store.Family{Village: village.Number, ID: ids[0]}, func(*merge.State) ([]merge.RecordEdit, error) { return edits, nil })
	if err != nil {
		return nil, err
	}
	if receipt.GetStatus() == ksv1.ReceiptStatus_RECEIPT_STATUS_QUARANTINED {
		return &ksv1.StartFormResponse{OutsideAssignment: true}, nil
	}
	out, err := f.form(ctx, ids[0].String(), "")
	return &ksv1.StartFormResponse{Form: out}, err
}

// SubmitForms submits families, a batch for each village.
func (f formService) SubmitForms(ctx context.Context, r *ksv1.SubmitFormsRequest) (*ksv1.SubmitFormsResponse, error) {
	caller := callerOf(ctx)
	byVillage := map[uint32][][]byte{}
	var order []uint32
	for _, text := range r.GetFamilyIds() {
		row, err := f.find(ctx, caller, text)
		if err != nil {
			return nil, err
		}
		if byVillage[row.Village] == nil {
			order = append(order, row.Village)
		}
		byVillage[row.Village] = append(byVillage[row.Village], row.ID[:])
	}
	out := &ksv1.SubmitFormsResponse{}
	sender := collector(caller)
	for _, village := range order {
		ids, err := f.services.Desk.NewIDs(ctx, 1)
		if err != nil {
			return nil, err
		}
		act, err := ingest.PrepareSubmission(&ksv1.BatchSubmission{
			Id: ids[0][:], Author: sender.Account, Village: village, SubmittedAtMs: uint64(f.services.Now().UnixMilli()),
			FamilyIds: byVillage[village], Note: r.GetNote(),
		}, &sender)
		if err != nil {
			return nil, err
		}
		acted, _, err := ingest.ActKnown(ctx, f.services.Backend.Changes, village, []*ingest.Act{act})
		if err != nil {
			return nil, err
		}
		if err := refusedReceipt(acted[0].Receipt); err != nil {
			return nil, err
		}
		out.BatchIds = append(out.BatchIds, ids[0].String())
	}
	return out, nil
}
