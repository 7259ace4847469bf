package app

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/form"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// formService is FormService over the SDK.
type formService struct {
	ksv1.UnimplementedFormServiceServer
	app *App
}

// ListHouseholds lists from memory; it costs no look at the file but for the
// names of who is missing in unfinished families.
func (s formService) ListHouseholds(ctx context.Context, r *ksv1.ListHouseholdsRequest) (*ksv1.ListHouseholdsResponse, error) {
	out, err := s.app.listHouseholds(ctx, r)
	return out, statusOf(err)
}

func (a *App) listHouseholds(ctx context.Context, r *ksv1.ListHouseholdsRequest) (*ksv1.ListHouseholdsResponse, error) {
	user, err := a.present()
	if err != nil {
		return nil, err
	}
	lister, err := newLister(ctx, user)
	if err != nil {
		return nil, err
	}
	query, err := lister.query(r)
	if err != nil {
		return nil, err
	}
	from := user.Families
	if r.GetState() == ksv1.FormState_FORM_STATE_RETURNED {
		from = user.Returned
	}
	list, total := from(query)
	out := &ksv1.ListHouseholdsResponse{Total: new(uint32)}
	*out.Total = uint32(total)
	for i := range list {
		out.Households = append(out.Households, lister.summary(&list[i]))
	}
	out.NextPageToken = nextPage(query.Offset, len(list), total)
	return out, nil
}

// offsetOf is where the page begins that a token names. Errors: *form.FieldError.
func offsetOf(token string) (int, error) {
	if token == "" {
		return 0, nil
	}
	offset, err := strconv.Atoi(token)
	if err != nil || offset < 0 {
		return 0, &form.FieldError{Field: "page_token", Problem: "is none that a page before gave", Text: form.StaleText}
	}
	return offset, nil
}

// nextPage names the page behind one; "": it was the last.
func nextPage(offset, listed, total int) string {
	if next := offset + listed; listed > 0 && next < total {
		return strconv.Itoa(next)
	}
	return ""
}

// lister writes summaries with their villages' codes, and tells where families stand.
type lister struct {
	villages []*ksv1.VillageScope
	// year is the present survey year.
	year int
}

func newLister(ctx context.Context, user *clientsdk.User) (*lister, error) {
	villages, err := user.Villages(ctx)
	if err != nil {
		return nil, err
	}
	today, err := user.Today(ctx)
	return &lister{villages, form.YearOf(today)}, err
}

func (l *lister) codeOf(village uint32) string {
	for _, v := range l.villages {
		if v.GetVillage() == village {
			return v.GetCode()
		}
	}
	return ""
}

// query turns a request into the SDK's. Errors: *form.FieldError.
func (l *lister) query(r *ksv1.ListHouseholdsRequest) (clientsdk.Query, error) {
	q := clientsdk.Query{Text: r.GetText(), Limit: int(r.GetPageSize()), IncludeRemoved: r.GetState() == ksv1.FormState_FORM_STATE_MOVED}
	if r.GetState() != ksv1.FormState_FORM_STATE_UNSPECIFIED {
		q.Keep = func(f *clientsdk.Summary) bool { return l.state(f) == r.GetState() }
	}
	var err error
	if q.Offset, err = offsetOf(r.GetPageToken()); err != nil || r.GetArea() == "" {
		return q, err
	}
	code, err := area.Parse(strings.ReplaceAll(r.GetArea(), "~", "/"))
	if err != nil {
		return q, &form.FieldError{Field: "area", Problem: err.Error(), Text: form.StaleText}
	}
	village, ok := code.Village()
	if !ok {
		return q, &form.FieldError{Field: "area", Problem: "is no village, RW or RT", Text: form.StaleText}
	}
	for _, v := range l.villages {
		if v.GetCode() == village.Dotted() {
			q.Village = v.GetVillage()
		}
	}
	if q.Village == 0 {
		return q, clientsdk.ErrNotFound
	}
	inState := q.Keep
	q.Keep = func(f *clientsdk.Summary) bool {
		return code.Contains(village.RT(f.Place)) && (inState == nil || inState(f))
	}
	return q, nil
}

// state is where a family stands. What is approved stays so on the server no longer than
// until own work on it comes.
func (l *lister) state(f *clientsdk.Summary) ksv1.FormState {
	facts := form.Facts{
		Year: l.year, Gone: f.Removed, HasRound: f.Latest != iks.NoCategory, Category: f.Latest, RoundYear: f.LatestYear, Unsubmitted: f.Unsubmitted, Reopened: f.Reopened,
		LastVisit: f.LastVisit, VisitYear: f.VisitYear, SurveyedSince: f.SurveyedSince, Review: f.Review,
	}
	if f.Unsent && f.Review == ksv1.ReviewState_REVIEW_STATE_APPROVED {
		facts.Review = ksv1.ReviewState_REVIEW_STATE_CHANGED_SINCE_APPROVAL
	}
	return form.State(facts)
}

func (l *lister) summary(f *clientsdk.Summary) *ksv1.HouseholdSummary {
	values, category := f.Values.Of(iks.Inti)
	out := &ksv1.HouseholdSummary{
		FamilyId: f.ID.String(), VillageCode: l.codeOf(f.Village), Place: f.Place.String(), HeadName: f.HeadName,
		BuildingNumber: f.BuildingNumber, FamilyNumber: f.FamilyNumber, State: l.state(f), SurveyDate: f.SurveyDate,
		Iks: values.Index().IKS3(), Category: form.CategoryOf(category), NextVisitDate: f.NextVisit,
		Unsent: f.Unsent, Refused: f.Refused, Quarantined: f.Quarantined, Conflicts: uint32(f.Conflicts),
	}
	if out.State == ksv1.FormState_FORM_STATE_RETURNED {
		out.DueDate = f.DueDate
	}
	return out
}

// GetForm reads one family.
func (s formService) GetForm(ctx context.Context, r *ksv1.GetFormRequest) (*ksv1.GetFormResponse, error) {
	user, id, err := s.app.family(r.GetFamilyId())
	if err != nil {
		return nil, statusOf(err)
	}
	f, err := s.app.form(ctx, user, id, r.GetRoundId())
	return &ksv1.GetFormResponse{Form: f}, statusOf(err)
}

// family is who is signed in, and a family's id. Errors: errLocked,
// *form.FieldError.
func (a *App) family(text string) (*clientsdk.User, clientsdk.ID, error) {
	user, err := a.present()
	if err != nil {
		return nil, clientsdk.ID{}, err
	}
	id, err := merge.ParseID(text)
	if err != nil {
		return nil, id, &form.FieldError{Field: "family_id", Problem: "is no id (UUID)", Text: form.StaleText}
	}
	return user, id, nil
}

// form builds the form of a family as it is on the device, and holds what it shows.
func (a *App) form(ctx context.Context, user *clientsdk.User, id clientsdk.ID, round string) (*ksv1.Form, error) {
	h, seen, err := user.FamilySeen(ctx, id)
	if err != nil {
		return nil, err
	}
	f, err := a.build(ctx, user, id, h, seen, round)
	if err != nil {
		return nil, err
	}
	f.Etag = a.shown.keep(id, seen)
	return f, nil
}

func (a *App) build(ctx context.Context, user *clientsdk.User, id clientsdk.ID, h *ksv1.Household, seen *clientsdk.Seen, round string) (*ksv1.Form, error) {
	review, err := user.Review(ctx, id)
	if err != nil {
		return nil, err
	}
	f := form.Build(h, round, form.Options{
		Check: func(h *ksv1.Household) []clientsdk.Finding { return user.Findings(h, seen) },
		NewID: user.NewID,
	})
	summary, ok := user.Summary(id)
	if !ok {
		return nil, clientsdk.ErrNotFound
	}
	lister, err := newLister(ctx, user)
	if err != nil {
		return nil, err
	}
	f.Review, f.State, f.Conflicts = review, lister.state(&summary), uint32(summary.Conflicts)
	return f, nil
}

// StartForm saves a new family.
func (s formService) StartForm(ctx context.Context, r *ksv1.StartFormRequest) (*ksv1.StartFormResponse, error) {
	out, err := s.app.startForm(ctx, r)
	return out, statusOf(err)
}

func (a *App) startForm(ctx context.Context, r *ksv1.StartFormRequest) (*ksv1.StartFormResponse, error) {
	user, err := a.present()
	if err != nil {
		return nil, err
	}
	place, err := area.ParsePlace(r.GetPlace())
	if err != nil {
		return nil, &form.FieldError{Field: "place", Problem: err.Error(), Text: form.PlaceText}
	}
	village, err := user.Village(ctx, r.GetVillageCode())
	if err != nil {
		return nil, err
	}
	rest := &ksv1.Household{Members: r.GetHousehold().GetMembers(), Rounds: r.GetHousehold().GetRounds(), Visits: r.GetHousehold().GetVisits()}
	edits, err := form.Edits(rest, nil)
	if err != nil {
		return nil, err
	}
	form.Sign(edits, &ksv1.Household{}, form.People{Collector: user.Account().GetFullName()})
	id, outside, err := user.StartFamily(ctx, village.GetVillage(), place.String(), r.GetFamily(), edits...)
	if err != nil {
		return nil, err
	}
	f, err := a.form(ctx, user, id, "")
	return &ksv1.StartFormResponse{Form: f, OutsideAssignment: outside}, err
}

// SaveForm saves answers by who saw what the form with the etag showed; without one, by who
// saw the family as it is.
func (s formService) SaveForm(ctx context.Context, r *ksv1.SaveFormRequest) (*ksv1.SaveFormResponse, error) {
	f, err := s.app.saveForm(ctx, r)
	return &ksv1.SaveFormResponse{Form: f}, statusOf(err)
}

func (a *App) saveForm(ctx context.Context, r *ksv1.SaveFormRequest) (*ksv1.Form, error) {
	user, id, err := a.family(r.GetFamilyId())
	if err != nil {
		return nil, err
	}
	edits, err := form.Edits(r.GetSet(), r.GetClear())
	if err != nil {
		return nil, err
	}
	if len(edits) > 0 {
		h, err := user.Family(ctx, id)
		if err != nil {
			return nil, err
		}
		form.Sign(edits, h, form.People{Collector: user.Account().GetFullName()})
		if err := a.saveAs(ctx, user, id, r.GetEtag(), edits); err != nil {
			return nil, err
		}
	}
	return a.form(ctx, user, id, r.GetRoundId())
}

func (a *App) saveAs(ctx context.Context, user *clientsdk.User, id clientsdk.ID, etag string, edits []clientsdk.Edit) error {
	if etag == "" {
		_, err := user.Save(ctx, id, edits...)
		return err
	}
	shown, err := a.shown.find(etag, id)
	if err != nil {
		return err
	}
	return shown.save(ctx, user, edits)
}

// SubmitForms submits families, a batch for each village.
func (s formService) SubmitForms(ctx context.Context, r *ksv1.SubmitFormsRequest) (*ksv1.SubmitFormsResponse, error) {
	out, err := s.app.submitForms(ctx, r)
	return out, statusOf(err)
}

func (a *App) submitForms(ctx context.Context, r *ksv1.SubmitFormsRequest) (*ksv1.SubmitFormsResponse, error) {
	user, err := a.present()
	if err != nil {
		return nil, err
	}
	byVillage := map[uint32][]clientsdk.ID{}
	var order []uint32
	for i, text := range r.GetFamilyIds() {
		id, err := merge.ParseID(text)
		if err != nil {
			return nil, &form.FieldError{Field: fmt.Sprintf("family_ids[%d]", i), Problem: "is no id (UUID)", Text: form.StaleText}
		}
		f, ok := user.Summary(id)
		if !ok {
			_, err := user.Family(ctx, id) // says why
			return nil, cmp.Or(err, clientsdk.ErrNotFound)
		}
		if byVillage[f.Village] == nil {
			order = append(order, f.Village)
		}
		byVillage[f.Village] = append(byVillage[f.Village], id)
	}
	out := &ksv1.SubmitFormsResponse{}
	for _, village := range order {
		batch, err := user.Submit(ctx, byVillage[village], r.GetNote())
		if err != nil {
			return nil, err
		}
		out.BatchIds = append(out.BatchIds, batch.String())
	}
	return out, nil
}

// GetQuestionnaire gives the whole questionnaire and the notice.
func (s formService) GetQuestionnaire(context.Context, *ksv1.GetQuestionnaireRequest) (*ksv1.GetQuestionnaireResponse, error) {
	user, err := s.app.present()
	if err != nil {
		return nil, statusOf(err)
	}
	return &ksv1.GetQuestionnaireResponse{
		Version: prokesga.Version, Questions: form.Questionnaire(), Notice: form.Notice(), NoticeVersion: form.NoticeVersion,
		SpareIds: form.Spare(user.NewID),
	}, nil
}
