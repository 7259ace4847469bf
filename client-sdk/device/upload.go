package device

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// readPending reads unsent work of up to maxBytes beyond what the session has
// read. At least one change is read, if there is any: what is too large is the
// server's to refuse, so that it doesn't block the rest.
func (s *Store) readPending(ctx context.Context, maxBytes int) (*ksv1.UploadPage, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	page, err := s.readPage(ctx, maxBytes)
	if err != nil {
		return nil, err
	}
	return page, s.noteSending(ctx, page)
}

func (s *Store) readPage(ctx context.Context, maxBytes int) (*ksv1.UploadPage, error) {
	page := &ksv1.UploadPage{}
	for {
		rows, err := s.toSend(ctx)
		if err != nil {
			return nil, err
		}
		if len(rows) == 0 {
			break
		}
		for _, r := range rows {
			size := proto.Size(r.change) + 4
			if len(page.Changes) > 0 && size > maxBytes {
				return page, nil
			}
			page.Changes = append(page.Changes, r.change)
			maxBytes -= size
			s.order.seqs = s.order.seqs[1:]
		}
	}
	if len(page.Changes) == 0 {
		page, err := s.readSubmissions(ctx, maxBytes)
		if err != nil || len(page.GetSubmissions()) > 0 {
			return page, err
		}
		return s.readDecisions(ctx, maxBytes)
	}
	return page, nil
}

// storeReceipts stores what became of a chunk's changes, in one transaction.
func (s *Store) storeReceipts(ctx context.Context, page *ksv1.UploadPage, ack *ksv1.SyncUploadAck) error {
	s.mu.Lock()
	err := s.write(ctx, func(tx *sql.Tx) error {
		var ahead []*ksv1.Change
		met := receiptsMet{}
		for i, c := range page.GetChanges() {
			receipt := ack.GetReceipts()[i]
			if receipt.GetStatus() == ksv1.ReceiptStatus_RECEIPT_STATUS_CLOCK_AHEAD {
				ahead = append(ahead, c)
				continue
			}
			if err := s.storeReceipt(ctx, tx, c, receipt, &met); err != nil {
				return err
			}
		}
		for i, b := range page.GetSubmissions() {
			if err := s.storeSubmitted(ctx, tx, b, ack.GetReceipts()[len(page.GetChanges())+i]); err != nil {
				return err
			}
		}
		if err := s.storeDecided(ctx, tx, page, ack); err != nil {
			return err
		}
		if err := s.storeMarks(ctx, tx, ack.GetMarks()); err != nil {
			return err
		}
		if err := s.storeWitness(ctx, tx, ack.GetAudit()); err != nil {
			return err
		}
		overtaken, err := s.settleOvertaken(ctx, tx, met.overtaken)
		if err != nil {
			return err
		}
		if len(ahead) > 0 || overtaken {
			if err := s.restamp(ctx, tx, ack.GetClockMs(), ahead); err != nil {
				return err
			}
		}
		for _, family := range met.families {
			if err := s.reindex(ctx, tx, family); err != nil {
				return err
			}
		}
		return s.finishLeaving(ctx, tx)
	})
	s.mu.Unlock()
	if err == nil {
		s.notify()
	}
	return err
}

// receiptsMet is what the receipts of a chunk leave to be done behind the last of them.
// Before, what names what it has seen by a stamp that lies behind its own can't be read.
type receiptsMet struct {
	// families are those of the changes, to be summarised anew.
	families []merge.ID
	// overtaken are the numbers of changes that now lie before what they follow.
	overtaken []int64
}

func (m *receiptsMet) touch(family merge.ID) {
	if !slices.Contains(m.families, family) {
		m.families = append(m.families, family)
	}
}

// storeReceipt moves one change to where its receipt puts it.
func (s *Store) storeReceipt(ctx context.Context, tx *sql.Tx, c *ksv1.Change, receipt *ksv1.Receipt, met *receiptsMet) error {
	var status Status
	switch receipt.GetStatus() {
	case ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED, ksv1.ReceiptStatus_RECEIPT_STATUS_DUPLICATE:
		status = StatusApplied
	case ksv1.ReceiptStatus_RECEIPT_STATUS_INVALID, ksv1.ReceiptStatus_RECEIPT_STATUS_TOO_LARGE:
		if awaits, err := s.awaitsParts(ctx, tx, c, receipt); awaits || err != nil {
			return err
		}
		status = StatusRefused
	case ksv1.ReceiptStatus_RECEIPT_STATUS_QUARANTINED:
		status = StatusQuarantined
	case ksv1.ReceiptStatus_RECEIPT_STATUS_ERASED:
		status = StatusErased
	case ksv1.ReceiptStatus_RECEIPT_STATUS_FORKED:
		// Whatever was acked under this id was another's: it is to be renumbered.
		_, err := tx.ExecContext(ctx, `UPDATE change SET acked_ms = 0, copied = 0, decision = NULL WHERE family_id = ? AND id = ? AND status = 0`, c.GetFamilyId(), c.GetId())
		if err != nil {
			return fmt.Errorf("release name of a change: %w", err)
		}
		made := merge.DrawnSince([]*ksv1.Change{c}).Has(toID(c.GetFamilyId()))
		return s.releaseNames(ctx, tx, c.GetId(), c.GetFamilyId(), made)
	default:
		// Something newer than this version: it stays pending.
		return nil
	}
	revision := receipt.GetRevision()
	if status == StatusQuarantined {
		var err error
		if status, revision, err = s.judged(ctx, tx, c); err != nil {
			return err
		}
	}
	plain, err := proto.Marshal(receipt)
	if err != nil {
		return fmt.Errorf("encode receipt: %w", err)
	}
	sealed, err := s.vault.seal(tableReceipt, merge.ID(c.GetId()), plain)
	if err != nil {
		return err
	}
	// What the server holds needs no second lock any more.
	_, err = tx.ExecContext(ctx, `
UPDATE change SET status = ?1, revision = ?2, acked_ms = ?3, receipt = ?4,
    escrow = CASE WHEN ?1 IN (1, 5) THEN NULL ELSE escrow END
WHERE family_id = ?5 AND id = ?6 AND status IN (0, 1)`,
		status, int64(revision), s.toldMS(), sealed, c.GetFamilyId(), c.GetId())
	if err != nil {
		return fmt.Errorf("store receipt: %w", err)
	}
	met.touch(merge.ID(c.GetFamilyId()))
	if status == StatusErased {
		return s.eraseReceived(ctx, tx, c)
	}
	if stamp := receipt.GetStamp(); stamp != nil && status == StatusApplied {
		return s.adoptStamp(ctx, tx, c, stamp, met)
	}
	return nil
}

// adoptStamp stores the stamp under which the server had committed a change
// that reached it by another way first, and names it so in what the user wrote
// over it. That may lie before the stamp now.
func (s *Store) adoptStamp(ctx context.Context, tx *sql.Tx, c *ksv1.Change, stamp *ksv1.Stamp, met *receiptsMet) error {
	if merge.StampOf(c.GetStamp()) == merge.StampOf(stamp) {
		return nil
	}
	rows, err := s.changes(ctx, tx, `WHERE family_id = ? AND id = ?`, c.GetFamilyId(), c.GetId())
	if err != nil || len(rows) == 0 {
		return err
	}
	adopted := rows[0].change
	before := merge.StampOf(adopted.GetStamp())
	adopted.Stamp = stamp
	merge.TrimContexts(adopted)
	if err := s.rewriteChange(ctx, tx, rows[0].seq, adopted); err != nil {
		return err
	}
	later, err := s.changes(ctx, tx, `WHERE family_id = ? AND seq > ? ORDER BY seq`, c.GetFamilyId(), rows[0].seq)
	if err != nil {
		return err
	}
	for _, r := range later {
		if !merge.RenameStamp(r.change, before, merge.StampOf(stamp)) {
			continue
		}
		if merge.StampOf(stamp).Compare(merge.StampOf(r.change.GetStamp())) >= 0 {
			met.overtaken = append(met.overtaken, r.seq)
		}
		if err := s.rewriteChange(ctx, tx, r.seq, r.change); err != nil {
			return err
		}
	}
	return nil
}

// settleOvertaken looks at what lies before what it follows, once all that a chunk's
// receipts tell of it is stored: unsent work needs a new stamp, and what others know
// already keeps its own and forgets that it saw what lies behind it.
func (s *Store) settleOvertaken(ctx context.Context, tx *sql.Tx, overtaken []int64) (unsent bool, err error) {
	for _, seq := range overtaken {
		rows, err := s.changes(ctx, tx, `WHERE seq = ?`, seq)
		if err != nil {
			return false, err
		}
		for _, r := range rows {
			if r.status == StatusPending && r.ackedMS == 0 {
				unsent = true
				continue
			}
			merge.TrimContexts(r.change)
			if err := s.rewriteChange(ctx, tx, r.seq, r.change); err != nil {
				return false, err
			}
		}
	}
	return unsent, nil
}

func (s *Store) storeMarks(ctx context.Context, tx *sql.Tx, marks []*ksv1.VillageMark) error {
	for _, m := range marks {
		_, err := tx.ExecContext(ctx, `
UPDATE village SET witnessed_revision = ?, witnessed_hash = ? WHERE number = ? AND witnessed_revision < ?`,
			int64(m.GetRevision()), m.GetHash(), m.GetVillage(), int64(m.GetRevision()))
		if err != nil {
			return fmt.Errorf("store mark: %w", err)
		}
	}
	return nil
}

// secretWitness is the head of the server's audit trail that the device got last.
const secretWitness = "audit-witness"

func (s *Store) storeWitness(ctx context.Context, tx *sql.Tx, head *ksv1.AuditHead) error {
	if head == nil {
		return nil
	}
	plain, err := proto.Marshal(head)
	if err != nil {
		return fmt.Errorf("encode audit head: %w", err)
	}
	return s.putSecret(ctx, tx, secretWitness, plain)
}

func (s *Store) witness(ctx context.Context) (*ksv1.AuditHead, error) {
	plain, err := s.secret(ctx, secretWitness)
	if err != nil || plain == nil {
		return nil, err
	}
	head := &ksv1.AuditHead{}
	if err := proto.Unmarshal(plain, head); err != nil {
		return nil, fmt.Errorf("decode audit head: %w", err)
	}
	return head, nil
}
