package app

import (
	"context"
	"errors"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/form"
	"github.com/keluarga-sehat/sync/internal/merge"
	devicev1 "github.com/keluarga-sehat/sync/proto/keluargasehat/device/v1"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// deskService is DeskService over the SDK.
type deskService struct {
	devicev1.UnimplementedDeskServiceServer
	app *App
}

// defaultQueue is how many families or verdicts a list has where the request
// does not say.
const defaultQueue = 100

// errMayNotReview: only supervisors judge.
var errMayNotReview = errors.New("hanya supervisor yang dapat meninjau")

// reviewer is who is signed in, if they may review. Errors: errLocked,
// errMayNotReview.
func (a *App) reviewer(ctx context.Context) (*clientsdk.User, error) {
	user, err := a.present()
	if err != nil {
		return nil, err
	}
	may, err := user.MayReview(ctx)
	if err == nil && !may {
		err = errMayNotReview
	}
	return user, err
}

// reviewed is the reviewer, and a family's id.
func (a *App) reviewed(ctx context.Context, text string) (*clientsdk.User, clientsdk.ID, error) {
	user, err := a.reviewer(ctx)
	if err != nil {
		return nil, clientsdk.ID{}, err
	}
	id, err := merge.ParseID(text)
	if err != nil {
		err = &form.FieldError{Field: "family_id", Problem: "is no id (UUID)", Text: form.StaleText}
	}
	return user, id, err
}

func pageOf(size uint32) int {
	if size == 0 {
		return defaultQueue
	}
	return int(size)
}

// ListQueue lists the families that wait for a verdict.
func (s deskService) ListQueue(ctx context.Context, r *devicev1.ListQueueRequest) (*devicev1.ListQueueResponse, error) {
	out, err := s.app.queue(ctx, r)
	return out, statusOf(err)
}

func (a *App) queue(ctx context.Context, r *devicev1.ListQueueRequest) (*devicev1.ListQueueResponse, error) {
	user, err := a.reviewer(ctx)
	if err != nil {
		return nil, err
	}
	list := user.ReviewQueue
	if r.GetReturned() {
		list = user.Returned
	}
	offset, err := offsetOf(r.GetPageToken())
	if err != nil {
		return nil, err
	}
	found, total := list(clientsdk.Query{Offset: offset, Limit: pageOf(r.GetPageSize())})
	out := &devicev1.ListQueueResponse{Total: uint32(total), NextPageToken: nextPage(offset, len(found), total)}
	for i := range found {
		item, err := user.ReviewItem(ctx, &found[i])
		if errors.Is(err, clientsdk.ErrNotFound) {
			continue // left the device between the list and the look
		}
		if err != nil {
			return nil, err
		}
		out.Items = append(out.Items, item)
	}
	return out, nil
}

// GetReviewed gives a family to be judged.
func (s deskService) GetReviewed(ctx context.Context, r *devicev1.GetReviewedRequest) (*devicev1.GetReviewedResponse, error) {
	user, id, err := s.app.reviewed(ctx, r.GetFamilyId())
	if err != nil {
		return nil, statusOf(err)
	}
	out := &devicev1.GetReviewedResponse{}
	out.Family, out.Differences, err = user.ReviewedFamily(ctx, id)
	return out, statusOf(err)
}

// Judge keeps a verdict on the state that was looked at.
func (s deskService) Judge(ctx context.Context, r *devicev1.JudgeRequest) (*devicev1.JudgeResponse, error) {
	user, id, err := s.app.reviewed(ctx, r.GetFamilyId())
	if err == nil && len(r.GetJudgedDigest()) == 0 {
		err = &form.FieldError{Field: "judged_digest", Problem: "is missing: send that of the state that was looked at", Text: form.StaleText}
	}
	if err != nil {
		return nil, statusOf(err)
	}
	verdict, err := user.Judge(ctx, clientsdk.Judgement{
		Family: id, Outcome: r.GetOutcome(), Seen: r.GetJudgedDigest(),
		Return: clientsdk.Return{Note: r.GetNote(), Fields: r.GetFields(), DueDate: r.GetDueDate()},
	})
	if err != nil {
		return nil, statusOf(err)
	}
	return &devicev1.JudgeResponse{VerdictId: verdict.String()}, nil
}

// ApproveClean approves many families, each for itself.
func (s deskService) ApproveClean(ctx context.Context, r *devicev1.ApproveCleanRequest) (*devicev1.ApproveCleanResponse, error) {
	out := &devicev1.ApproveCleanResponse{}
	for _, f := range r.GetFamilies() {
		user, id, err := s.app.reviewed(ctx, f.GetFamilyId())
		if err == nil {
			_, err = user.Judge(ctx, clientsdk.Judgement{
				Family: id, Outcome: ksv1.VerdictOutcome_VERDICT_OUTCOME_APPROVED, Seen: f.GetJudgedDigest(), UnlessFindings: true,
			})
		}
		var not *clientsdk.ReviewError
		switch {
		case errors.As(err, &not) || errors.Is(err, clientsdk.ErrNotFound):
			continue
		case err != nil:
			return nil, statusOf(err)
		}
		out.FamilyIds = append(out.FamilyIds, id.String())
	}
	return out, nil
}
