package device

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/keluarga-sehat/sync/internal/syncing"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// CarriedMax bounds the bytes of other devices' work that wait here: several
// files of the largest size.
const CarriedMax = 4 * syncing.BackupFileBytes

// reasonDeviceRevoked is the server's for verdicts that were passed on a device which was revoked.
const reasonDeviceRevoked = "DEVICE_REVOKED"

// ErrCarriesTooMuch: other devices' work must be delivered before more is taken.
var ErrCarriesTooMuch = errors.New("terlalu banyak berkas cadangan menunggu di perangkat ini; sinkronkan dulu, lalu ambil lagi")

// CarriedFile is another device's backup file that this one carries to the server.
type CarriedFile struct {
	// FileID names the file; Device is the number of the device that it is of.
	FileID [16]byte
	Device uint32
	// MadeMS is that device's clock when it was made, ReceivedMS this one's when it
	// was taken, in ms since 1970-01-01 UTC.
	MadeMS, ReceivedMS int64
	// Parts are how many the file has, Here those that were taken, Delivered those
	// of them that the server has answered.
	Parts, Here, Delivered int
	// Items are the pieces of work in the parts taken; the server has Applied of
	// them, keeps Quarantined for a decision and can't take Refused.
	Items, Applied, Quarantined, Refused int
	// Reason is why the server refused a part as a whole, in words, or DEVICE_REVOKED where
	// verdicts do not apply that were passed on a revoked device. "": neither.
	Reason string
}

// Carry takes parts of another device's backup file, durably, and tells how many
// were not here yet. Errors: ErrCarriesTooMuch; then nothing was taken.
func (s *Store) Carry(ctx context.Context, parts [][]byte) (added int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	err = s.transact(ctx, func(tx *sql.Tx) error {
		added = 0
		var waiting int
		if err := tx.QueryRowContext(ctx, `SELECT coalesce(sum(length(part)), 0) FROM carried WHERE status = 0`).Scan(&waiting); err != nil {
			return fmt.Errorf("read carried files: %w", err)
		}
		for _, data := range parts {
			p, err := syncing.ParseBackupPart(data)
			if err != nil {
				return err
			}
			if waiting += len(data); waiting > CarriedMax {
				return ErrCarriesTooMuch
			}
			res, err := tx.ExecContext(ctx, `
INSERT INTO carried (file_id, number, parts, device, made_ms, received_ms, items, status, applied, quarantined, refused, part)
VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0, ?) ON CONFLICT DO UPDATE
SET status = 0, applied = 0, quarantined = 0, refused = 0, reason = NULL, part = excluded.part WHERE carried.status = 2`,
				p.GetFileId(), p.GetNumber(), p.GetParts(), p.GetDevice(), int64(p.GetMadeAtMs()), s.nowMS(), len(p.GetItems()), data)
			if err != nil {
				return fmt.Errorf("carry a file: %w", err)
			}
			n, err := res.RowsAffected()
			if err != nil {
				return fmt.Errorf("carry a file: %w", err)
			}
			added += int(n)
		}
		return nil
	})
	return added, err
}

// offerUnknownAfter is when a part of a device that the server did not know is offered
// again: not with each sync, for it may be half a megabyte.
const offerUnknownAfter = 20 * time.Hour

// CarriedPart is a part that is to be delivered.
type CarriedPart struct {
	FileID []byte
	Number uint32
	Part   []byte
}

// NextCarried is the first part to be delivered behind the one given (nil: the
// first of all); nil where there is none.
// A part of a device that the server did not know is offered again a day later: it may
// have been restored, or told of a hand-over, since.
func (s *Store) NextCarried(ctx context.Context, behind *CarriedPart) (*CarriedPart, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, ErrClosed
	}
	if behind == nil {
		behind = &CarriedPart{FileID: []byte{}}
	}
	out, now := &CarriedPart{}, int64(s.wallMS())
	err := s.db.QueryRowContext(ctx, `
SELECT file_id, number, part FROM carried
WHERE (status = 0 OR status = 2 AND part IS NOT NULL AND delivered_ms NOT BETWEEN ? AND ?) AND (file_id, number) > (?, ?) ORDER BY file_id, number LIMIT 1`,
		now-offerUnknownAfter.Milliseconds(), now+offerUnknownAfter.Milliseconds(), behind.FileID, behind.Number).Scan(&out.FileID, &out.Number, &out.Part)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read carried file: %w", err)
	}
	return out, nil
}

// StoreUnknown stores that the server does not know the device that the part is of, or
// not as the caller's to bring. The bytes stay, and are offered again.
func (s *Store) StoreUnknown(ctx context.Context, part *CarriedPart, reason string) error {
	return s.storeAnswer(ctx, part, nil, reason, "part")
}

// StoreDelivered stores what the server answered to a part: receipts, or why it
// refused the part as a whole, for good.
func (s *Store) StoreDelivered(ctx context.Context, part *CarriedPart, receipts []*ksv1.Receipt, reason string) error {
	keep := "part"
	if reason != "" {
		keep = "NULL"
	}
	return s.storeAnswer(ctx, part, receipts, reason, keep)
}

func (s *Store) storeAnswer(ctx context.Context, part *CarriedPart, receipts []*ksv1.Receipt, reason, keep string) error {
	var applied, quarantined, refused int
	why := reason
	for _, r := range receipts {
		switch r.GetStatus() {
		case ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED, ksv1.ReceiptStatus_RECEIPT_STATUS_DUPLICATE, ksv1.ReceiptStatus_RECEIPT_STATUS_ERASED:
			applied++
		case ksv1.ReceiptStatus_RECEIPT_STATUS_QUARANTINED:
			quarantined++
		default:
			refused++
			if reason == "" && r.GetReason() == reasonDeviceRevoked { // who judged has something to do
				why = reasonDeviceRevoked
			}
		}
	}
	status, text := 1, sql.NullString{String: why, Valid: why != ""}
	if reason != "" {
		status = 2
	}
	s.mu.Lock()
	err := s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
UPDATE carried SET status = ?, applied = ?, quarantined = ?, refused = ?, reason = ?, delivered_ms = ?, part = `+keep+` WHERE file_id = ? AND number = ?`,
			status, applied, quarantined, refused, text, max(int64(s.wallMS()), s.toldMS()), part.FileID, part.Number)
		if err == nil {
			err = s.storeRefusedElsewhere(ctx, tx, receipts)
		}
		if err != nil {
			return err
		}
		return s.dropDelivered(ctx, tx)
	})
	s.mu.Unlock()
	if err != nil {
		return fmt.Errorf("store answer to a carried file: %w", err)
	}
	s.notify()
	return nil
}

// dropDelivered forgets the bytes of what was answered KeepAppliedFor ago, but for what
// was not all taken, and the oldest beyond CarriedMax.
func (s *Store) dropDelivered(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `
UPDATE carried SET part = NULL WHERE status > 0 AND (file_id, number) IN (
    SELECT file_id, number FROM (
        SELECT file_id, number, delivered_ms, refused, sum(length(part)) OVER (ORDER BY delivered_ms DESC, file_id, number) AS kept
        FROM carried WHERE status > 0 AND part IS NOT NULL)
    WHERE kept > ? OR delivered_ms < ? AND refused = 0)`, CarriedMax, s.toldMS()-KeepAppliedFor.Milliseconds())
	return err
}

// offerCarriedAgain lets what was delivered be delivered once more, to a server
// that was restored; what it still has it knows.
func offerCarriedAgain(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `
UPDATE carried SET status = 0, applied = 0, quarantined = 0, refused = 0, delivered_ms = NULL, reason = NULL WHERE status > 0 AND part IS NOT NULL`)
	if err != nil {
		return fmt.Errorf("offer carried files again: %w", err)
	}
	return nil
}

// CarriedFiles lists the files that this device carries or carried, newest first,
// at most limit.
func (s *Store) CarriedFiles(ctx context.Context, limit int) ([]CarriedFile, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, ErrClosed
	}
	var out []CarriedFile
	err := eachRow(ctx, s.db, `
SELECT file_id, device, max(made_ms), min(received_ms), max(parts), count(*), count(*) FILTER (WHERE status > 0),
    sum(items), sum(applied), sum(quarantined), sum(refused), coalesce(max(reason), '')
FROM carried GROUP BY file_id, device ORDER BY min(received_ms) DESC, file_id LIMIT ?`, []any{limit}, func(rows *sql.Rows) error {
		var f CarriedFile
		var id []byte
		err := rows.Scan(&id, &f.Device, &f.MadeMS, &f.ReceivedMS, &f.Parts, &f.Here, &f.Delivered, &f.Items, &f.Applied, &f.Quarantined, &f.Refused, &f.Reason)
		copy(f.FileID[:], id)
		out = append(out, f)
		return err
	})
	return out, err
}
