package api

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/protoadapt"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/review"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/audit"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// errReview: a verdict does not apply; present says to what.
type errReview struct{ present *ksv1.ReviewConflict }

func (e *errReview) Error() string { return "verdict not applied: " + e.present.GetReason() }

// reviewMessages say in Indonesian why a verdict does not apply, and what to do.
var reviewMessages = map[string]string{
	review.StateChanged:   "Data keluarga ini berubah setelah Anda melihatnya. Keputusan tidak diterapkan; muat ulang dan periksa kembali.",
	review.AlreadyJudged:  "Keluarga ini sudah diputuskan oleh supervisor lain. Keputusan Anda tidak diterapkan; lihat keputusan yang berlaku.",
	review.NotSubmitted:   "Keluarga ini belum dikirim untuk ditinjau. Tunggu kiriman surveyor.",
	review.OwnWork:        "Anda ikut mengumpulkan atau memperbaiki data keluarga ini, sehingga supervisor lain yang harus memutuskan.",
	review.LastLeft:       "Di Puskesmas lain keluarga ini sudah ditutup sebagai pindah, sehingga tetap dihitung di sini. Tanyakan kepada keluarga, lalu jawab kembali.",
	review.FamilyTooLarge: "Isian keluarga ini terlalu banyak, sehingga tidak dapat ditutup sebagai pindah. Minta administrator Puskesmas mengurangi isiannya, lalu jawab kembali.",
	review.HasFindings:    "Ada temuan pada keluarga ini, sehingga harus ditinjau satu per satu.",
}

func (e *errReview) status() error {
	return build(codes.Aborted, "REVIEW_NOT_APPLIED", e.Error(), reviewMessages[e.present.GetReason()], protoadapt.MessageV1Of(e.present))
}

// sender is the caller as one who judges.
func reviewer(caller *access.Caller) *ingest.Sender {
	return &ingest.Sender{
		Account: caller.Account.Number, Device: caller.Device, MayReview: caller.Has(ksv1.Right_RIGHT_REVIEW), Covers: caller.Collects,
	}
}

// newID draws an id for what is made on the server: of no device, at random.
func (s *Services) newID() (merge.ID, error) {
	var b [12]byte
	if _, err := io.ReadFull(s.Backend.Rand, b[:]); err != nil {
		return merge.ID{}, fmt.Errorf("draw id: %w", err)
	}
	return merge.NewID(0, binary.BigEndian.Uint32(b[:4]), binary.BigEndian.Uint64(b[4:])), nil
}

// JudgeFamily passes one verdict.
func (v reviewService) JudgeFamily(ctx context.Context, r *ksv1.JudgeFamilyRequest) (*ksv1.JudgeFamilyResponse, error) {
	caller := callerOf(ctx)
	if r.GetOutcome() == ksv1.VerdictOutcome_VERDICT_OUTCOME_RETURNED && strings.TrimSpace(r.GetNote()) == "" {
		return nil, &errBadRequest{"note", "tell the surveyor why the family is returned", "Tulis alasan pengembalian untuk Pembina Keluarga."}
	}
	row, err := v.families().findFamily(ctx, caller, r.GetFamilyId())
	if err != nil {
		return nil, err
	}
	d := &ksv1.ReviewDecision{
		VerdictId: r.GetVerdictId(), Author: caller.Account.Number, Village: row.Village, FamilyId: row.ID.String(), Outcome: r.GetOutcome(),
		Note: r.GetNote(), Fields: r.GetFields(), JudgedDigest: r.GetJudgedDigest(), DueDate: r.GetDueDate(), ReplacesVerdictId: r.GetReplacesVerdictId(),
	}
	acted, err := v.decideOne(ctx, d)
	if err != nil {
		return nil, err
	}
	return &ksv1.JudgeFamilyResponse{Verdict: acted.Verdict, Review: acted.Review}, nil
}

// decideOne takes one decision; without an id it is a new one. Errors: why it does
// not apply (errReview).
func (v reviewService) decideOne(ctx context.Context, d *ksv1.ReviewDecision) (*ingest.Acted, error) {
	if d.VerdictId == "" {
		id, err := v.services.newID()
		if err != nil {
			return nil, err
		}
		d.VerdictId = id.String()
	}
	acted, err := v.decide(ctx, d.GetVillage(), []*ksv1.ReviewDecision{d})
	if err != nil {
		return nil, err
	}
	audit.Of(ctx).Family(d.GetFamilyId())
	switch conflict, err := conflictOf(&acted[0]); {
	case err != nil:
		return nil, err
	case conflict != nil:
		return nil, &errReview{conflict}
	}
	return &acted[0], nil
}

// decide takes decisions of one village.
func (v reviewService) decide(ctx context.Context, village uint32, decisions []*ksv1.ReviewDecision) ([]ingest.Acted, error) {
	acts, sender := make([]*ingest.Act, len(decisions)), reviewer(callerOf(ctx))
	for i, d := range decisions {
		var err error
		if acts[i], err = ingest.PrepareDecision(d, sender); err != nil {
			return nil, err
		}
	}
	acted, _, err := v.services.Backend.Changes.Act(ctx, village, acts)
	return acted, err
}

// conflictOf tells why a decision did not apply; nil where it did. The error is
// for decisions that are wrong within themselves.
func conflictOf(a *ingest.Acted) (*ksv1.ReviewConflict, error) {
	switch a.Receipt.GetStatus() {
	case ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED, ksv1.ReceiptStatus_RECEIPT_STATUS_DUPLICATE:
		return nil, nil
	case ksv1.ReceiptStatus_RECEIPT_STATUS_NOT_APPLIED:
		if a.Receipt.GetReason() == ingest.ReasonUnknownFamily {
			return nil, errNotFound
		}
		return &ksv1.ReviewConflict{Reason: a.Receipt.GetReason(), Review: a.Review, Digest: a.Digest[:], Revision: a.Revision}, nil
	case ksv1.ReceiptStatus_RECEIPT_STATUS_FORKED:
		return nil, &errBadRequest{"verdict_id", "is another verdict's", textStale}
	default:
		if a.Receipt.GetReason() == review.DuePast {
			return nil, &errBadRequest{"due_date", "is over", "Pilih hari ini atau sesudahnya."}
		}
		return nil, &errBadRequest{"", "the verdict can't be read: " + a.Receipt.GetReason(), textStale}
	}
}

// ApproveFamilies approves many families, each for itself.
func (v reviewService) ApproveFamilies(ctx context.Context, r *ksv1.ApproveFamiliesRequest) (*ksv1.ApproveFamiliesResponse, error) {
	caller := callerOf(ctx)
	out := &ksv1.ApproveFamiliesResponse{Results: make([]*ksv1.ApprovalResult, len(r.GetFamilies()))}
	decisions, positions, err := v.approvals(ctx, caller, r, out)
	if err != nil {
		return nil, err
	}
	for village, list := range decisions {
		acted, err := v.decide(ctx, village, list)
		if err != nil {
			return nil, err
		}
		for i := range acted {
			result := out.Results[positions[village][i]]
			conflict, err := conflictOf(&acted[i])
			switch {
			case errors.Is(err, errNotFound):
				result.Conflict = &ksv1.ReviewConflict{Reason: "NOT_FOUND"}
			case err != nil:
				return nil, err
			default:
				result.Verdict, result.Conflict = acted[i].Verdict, conflict
			}
		}
	}
	return out, nil
}

// approvals makes the decisions by village, with where each stands in the answer.
func (v reviewService) approvals(ctx context.Context, caller *access.Caller, r *ksv1.ApproveFamiliesRequest, out *ksv1.ApproveFamiliesResponse) (map[uint32][]*ksv1.ReviewDecision, map[uint32][]int, error) {
	decisions, positions := map[uint32][]*ksv1.ReviewDecision{}, map[uint32][]int{}
	err := v.services.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		clear(decisions)
		clear(positions)
		for i, f := range r.GetFamilies() {
			id, err := merge.ParseID(f.GetFamilyId())
			if err != nil {
				return &errBadRequest{"families.family_id", "is no UUID", textStale}
			}
			out.Results[i] = &ksv1.ApprovalResult{FamilyId: id.String()}
			row, err := snap.FindFamily(ctx, caller.Villages(), id)
			if errors.Is(err, store.ErrNotFound) || err == nil && !caller.Covers(row.Village, row.Place) {
				out.Results[i].Conflict = &ksv1.ReviewConflict{Reason: "NOT_FOUND"}
				continue
			}
			if err != nil {
				return err
			}
			verdict, err := v.services.newID()
			if err != nil {
				return err
			}
			audit.Of(ctx).Family(id.String())
			positions[row.Village] = append(positions[row.Village], i)
			decisions[row.Village] = append(decisions[row.Village], &ksv1.ReviewDecision{
				VerdictId: verdict.String(), Author: caller.Account.Number, Village: row.Village, FamilyId: id.String(),
				Outcome: ksv1.VerdictOutcome_VERDICT_OUTCOME_APPROVED, JudgedDigest: f.GetJudgedDigest(), UnlessFindings: true,
			})
		}
		return nil
	})
	return decisions, positions, err
}
