package app

import (
	"context"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/form"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	devicev1 "github.com/keluarga-sehat/sync/proto/keluargasehat/device/v1"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// maxUnfinished bounds the unfinished families whose missing members are named:
// each costs a look at the file.
const maxUnfinished = 50

// GetToday lists what to do today.
func (s appService) GetToday(ctx context.Context, r *devicev1.GetTodayRequest) (*devicev1.GetTodayResponse, error) {
	out, err := s.app.today(ctx, r.GetDate(), int(r.GetPageSize()))
	return out, statusOf(err)
}

func (a *App) today(ctx context.Context, date string, limit int) (*devicev1.GetTodayResponse, error) {
	user, err := a.present()
	if err != nil {
		return nil, err
	}
	lister, err := newLister(ctx, user)
	if err != nil {
		return nil, err
	}
	if date == "" {
		if date, err = user.Today(ctx); err != nil {
			return nil, err
		}
	} else if _, err := prokesga.ParseDate(date); err != nil {
		return nil, &form.FieldError{Field: "date", Problem: "is no date such as 2024-05-17", Text: form.StaleText}
	}
	lister.year = form.YearOf(date)
	day := day{lister, date}
	out := &devicev1.GetTodayResponse{Date: date}
	take := func(from func(clientsdk.Query) ([]clientsdk.Summary, int), limit int, keep func(*clientsdk.Summary) bool) (list []*ksv1.HouseholdSummary, total uint32) {
		found, all := from(clientsdk.Query{Limit: limit, Keep: keep})
		for i := range found {
			list = append(list, lister.summary(&found[i]))
		}
		return list, uint32(all)
	}
	out.Returned, out.ReturnedTotal = take(user.Returned, limit, day.returned)
	out.Promised, out.PromisedTotal = take(user.Families, limit, day.promised)
	out.Unfinished, out.UnfinishedTotal = take(user.Families, maxUnfinished, day.unfinished)
	out.Complete, out.CompleteTotal = take(user.Families, limit, day.complete)
	out.Rest, out.RestTotal = take(user.Families, limit, day.rest)
	for _, f := range out.Returned {
		if f.Marked, err = a.marked(ctx, user, f.GetFamilyId()); err != nil {
			return nil, err
		}
	}
	for _, f := range out.Unfinished {
		if f.Missing, err = a.missing(ctx, user, f.GetFamilyId()); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// day tells which of a day's lists a family is in.
type day struct {
	*lister
	date string
}

func (d day) returned(f *clientsdk.Summary) bool {
	return d.state(f) == ksv1.FormState_FORM_STATE_RETURNED
}

func (d day) complete(f *clientsdk.Summary) bool {
	return d.state(f) == ksv1.FormState_FORM_STATE_COMPLETE
}

// promised: a visit was promised that was due by the day. One promised in an earlier year
// for this one counts; for an earlier one, it has been overtaken by the new survey year.
func (d day) promised(f *clientsdk.Summary) bool {
	if f.NextVisit == "" || f.NextVisit > d.date {
		return false
	}
	switch d.state(f) {
	case ksv1.FormState_FORM_STATE_DRAFT, ksv1.FormState_FORM_STATE_REFUSED:
		return true
	case ksv1.FormState_FORM_STATE_NOT_VISITED:
		return form.YearOf(f.NextVisit) == d.year
	}
	return false
}

func (d day) unfinished(f *clientsdk.Summary) bool {
	return d.state(f) == ksv1.FormState_FORM_STATE_DRAFT && !d.promised(f)
}

func (d day) rest(f *clientsdk.Summary) bool {
	return d.state(f) == ksv1.FormState_FORM_STATE_NOT_VISITED && !d.promised(f)
}

// marked are the fields that a family was returned for.
func (a *App) marked(ctx context.Context, user *clientsdk.User, family string) ([]*ksv1.ReviewField, error) {
	_, id, err := a.family(family)
	if err != nil {
		return nil, err
	}
	review, err := user.Review(ctx, id)
	return review.GetFields(), err
}

// missing are the names of members who are not fully asked.
func (a *App) missing(ctx context.Context, user *clientsdk.User, family string) ([]string, error) {
	_, id, err := a.family(family)
	if err != nil {
		return nil, err
	}
	h, seen, err := user.FamilySeen(ctx, id)
	if err != nil {
		return nil, err
	}
	f, err := a.build(ctx, user, id, h, seen, "")
	if err != nil {
		return nil, err
	}
	var names []string
	for _, p := range f.GetPeople() {
		if p.GetUnanswered() > 0 {
			names = append(names, p.GetName())
		}
	}
	return names, nil
}
