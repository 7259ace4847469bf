package app

import (
	"context"
	"errors"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/form"
	devicev1 "github.com/keluarga-sehat/sync/proto/keluargasehat/device/v1"
)

// fillOutcomes are the SDK's, for the page.
var fillOutcomes = map[clientsdk.FillOutcome]devicev1.FillOutcome{
	clientsdk.FillDone:        devicev1.FillOutcome_FILL_OUTCOME_DONE,
	clientsdk.FillOffline:     devicev1.FillOutcome_FILL_OUTCOME_OFFLINE,
	clientsdk.FillNoRecord:    devicev1.FillOutcome_FILL_OUTCOME_NO_RECORD,
	clientsdk.FillUnavailable: devicev1.FillOutcome_FILL_OUTCOME_UNAVAILABLE,
	clientsdk.FillQuota:       devicev1.FillOutcome_FILL_OUTCOME_QUOTA,
	clientsdk.FillNotAllowed:  devicev1.FillOutcome_FILL_OUTCOME_NOT_ALLOWED,
}

// FillFromCard enters the persons of a family card.
func (s appService) FillFromCard(ctx context.Context, r *devicev1.FillFromCardRequest) (*devicev1.FillFromCardResponse, error) {
	user, id, err := s.app.family(r.GetFamilyId())
	if err != nil {
		return nil, statusOf(err)
	}
	filled, err := user.FillFromCard(ctx, id, r.GetNkk())
	if errors.Is(err, clientsdk.ErrNKK) {
		err = &form.FieldError{Field: "nkk", Problem: "is no number of a family card", Text: "No. KK harus terdiri atas 16 angka."}
	}
	if err != nil {
		return nil, statusOf(err)
	}
	out := &devicev1.FillFromCardResponse{
		Outcome: fillOutcomes[filled.Outcome], Message: filled.Message, RetryAfterSeconds: uint32(filled.RetryAfter.Seconds()),
	}
	for _, m := range filled.Members {
		if m.Added {
			out.Added++
		} else {
			out.Verified++
		}
	}
	for _, n := range filled.NotEntered {
		out.NotEntered = append(out.NotEntered, &devicev1.NotEntered{Name: n.Name, Reason: n.Reason})
	}
	return out, nil
}
