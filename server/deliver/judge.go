package deliver

import (
	"context"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// A device that was revoked has wiped what its user could read, and of one whose password was
// forgotten nobody can: only the server still can tell which verdicts do not apply. It tells
// who passed them, and nobody else.

// tellJudge puts verdicts that do not apply into their receipts, where who brings the part
// passed them.
func (s *Service) tellJudge(ctx context.Context, p *Part, receipts []*ksv1.Receipt) error {
	page := p.backup.Page
	ofDecisions := receipts[len(page.GetChanges())+len(page.GetSubmissions()):]
	for i, d := range page.GetDecisions() {
		r := ofDecisions[i]
		if p.Bringer == 0 || d.GetAuthor() != p.Bringer || !notApplied(r) {
			continue
		}
		told := proto.CloneOf(d)
		erased, err := s.someErased(ctx, d)
		if err != nil {
			return err
		}
		if erased {
			told.Note, told.Fields = "", nil
		}
		r.Decision = told
	}
	return nil
}

func notApplied(r *ksv1.Receipt) bool {
	switch r.GetStatus() {
	case ksv1.ReceiptStatus_RECEIPT_STATUS_NOT_APPLIED, ksv1.ReceiptStatus_RECEIPT_STATUS_INVALID:
		return true
	default:
		return false
	}
}

// someErased tells whether what was written of a family may tell of somebody who was erased:
// where the family, or a member of it, was, or its state does not say.
func (s *Service) someErased(ctx context.Context, d *ksv1.ReviewDecision) (erased bool, err error) {
	family, err := merge.ParseID(d.GetFamilyId())
	if err != nil || d.GetVillage() == 0 {
		return false, nil // it names none
	}
	err = s.inVillage(ctx, d.GetVillage(), func(v store.VillageTx, _ store.QuarantineReader) error {
		rows, err := v.Families(ctx, []merge.ID{family})
		if err != nil || len(rows) == 0 {
			return err
		}
		_, _, state, err := s.Vault.OpenFamily(&rows[0])
		if ingest.Unopened(err) {
			erased = true
			return nil
		}
		erased = merge.Erased(&state, merge.ID{}) || len(merge.ErasedMembers(&state)) > 0
		return err
	})
	return erased, err
}
