package app

import (
	"context"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/form"
	"github.com/keluarga-sehat/sync/internal/merge"
	devicev1 "github.com/keluarga-sehat/sync/proto/keluargasehat/device/v1"
)

// passedStates are where verdicts passed here stand.
var passedStates = map[clientsdk.DecisionStatus]devicev1.PassedState{
	clientsdk.DecisionPending: devicev1.PassedState_PASSED_STATE_PENDING, clientsdk.DecisionApplied: devicev1.PassedState_PASSED_STATE_APPLIED,
	clientsdk.DecisionNotApplied: devicev1.PassedState_PASSED_STATE_NOT_APPLIED,
}

// notAppliedTexts are the server's reasons that a device does not meet when it judges, in the
// reviewer's words.
var notAppliedTexts = map[string]string{
	"NO_RIGHT":        "saat terkirim Anda tidak lagi berhak meninjau; sampaikan penilaian ini kepada supervisor",
	"DEVICE_REVOKED":  "izin perangkat tempat Anda menilai dicabut sebelum penilaian ini terkirim; nilai lagi keluarga ini",
	"UNKNOWN_FAMILY":  "keluarga ini tidak lagi di wilayah Anda; sampaikan penilaian ini kepada supervisornya",
	"UNKNOWN_VILLAGE": "desa/kelurahan keluarga ini tidak dikenal server; hubungi administrator Puskesmas",
	"FOREIGN_AUTHOR":  "penilaian ini tercatat atas nama akun lain; sampaikan kepada supervisor",
	"MALFORMED":       "server tidak dapat membaca penilaian ini; perbarui aplikasi, lalu nilai lagi keluarga ini",
	"SERVER_FAULT":    "server belum dapat mengolah penilaian ini; nilai lagi keluarga ini, dan bila terulang hubungi administrator Puskesmas",
}

// ListVerdicts lists the verdicts passed on this device.
func (s deskService) ListVerdicts(ctx context.Context, r *devicev1.ListVerdictsRequest) (*devicev1.ListVerdictsResponse, error) {
	out, err := s.app.verdicts(ctx, r)
	return out, statusOf(err)
}

func (a *App) verdicts(ctx context.Context, r *devicev1.ListVerdictsRequest) (*devicev1.ListVerdictsResponse, error) {
	user, err := a.present()
	if err != nil {
		return nil, err
	}
	list := user.Decisions
	if r.GetNotApplied() {
		list = user.NotApplied
	}
	found, err := list(ctx, pageOf(r.GetPageSize()))
	if err != nil {
		return nil, err
	}
	out := &devicev1.ListVerdictsResponse{}
	for i := range found {
		out.Verdicts = append(out.Verdicts, passedVerdict(&found[i], user.Summary))
	}
	return out, nil
}

func passedVerdict(e *clientsdk.DecisionEntry, summaryOf func(clientsdk.ID) (clientsdk.Summary, bool)) *devicev1.PassedVerdict {
	v := &devicev1.PassedVerdict{
		VerdictId: e.Decision.GetVerdictId(), FamilyId: e.Decision.GetFamilyId(), HeadName: e.HeadName, Outcome: e.Decision.GetOutcome(),
		MadeAtMs: e.Decision.GetMadeAtMs(), State: passedStates[e.Status], Note: e.Decision.GetNote(), Elsewhere: true,
	}
	if id, err := merge.ParseID(v.GetFamilyId()); err == nil {
		if summary, here := summaryOf(id); here {
			v.HeadName, v.Elsewhere = summary.HeadName, false
		}
	}
	if e.Status == clientsdk.DecisionNotApplied {
		reason := e.Receipt.GetReason()
		if v.Reason = notAppliedTexts[reason]; v.Reason == "" {
			v.Reason = (&clientsdk.ReviewError{Reason: reason}).Error()
		}
	}
	return v
}

// AcknowledgeVerdicts notes that the user has read that verdicts were not applied.
func (s deskService) AcknowledgeVerdicts(ctx context.Context, r *devicev1.AcknowledgeVerdictsRequest) (*devicev1.AcknowledgeVerdictsResponse, error) {
	return &devicev1.AcknowledgeVerdictsResponse{}, statusOf(s.app.acknowledge(ctx, r.GetVerdictIds()))
}

func (a *App) acknowledge(ctx context.Context, verdicts []string) error {
	user, err := a.present()
	if err != nil {
		return err
	}
	ids := make([]clientsdk.ID, len(verdicts))
	for i, text := range verdicts {
		if ids[i], err = merge.ParseID(text); err != nil {
			return &form.FieldError{Field: "verdict_ids", Problem: "holds what is no id (UUID)", Text: form.StaleText}
		}
	}
	return user.Acknowledge(ctx, ids...)
}
