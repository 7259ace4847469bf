package ingest

import (
	"context"
	"errors"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/record"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// MaxQuarantined is how many changes of one device may wait for a decision: some
// weeks' work. Beyond, the device keeps its work and comes again.
const MaxQuarantined = 10_000

// ErrQuarantineFull is returned where as much of a device waits as may.
var ErrQuarantineFull = errors.New("too much work of this device waits for a supervisor's decision")

// CheckQuota fails with ErrQuarantineFull where as much of a device waits as may.
func CheckQuota(ctx context.Context, snap store.Snapshot, device uint32) error {
	n, err := snap.CountQuarantined(ctx, device, MaxQuarantined)
	if err == nil && n >= MaxQuarantined {
		err = ErrQuarantineFull
	}
	return err
}

// Deposit takes changes that a device had sealed for the server into quarantine, then
// submissions: what they name is submitted where their author has work on it, once none of
// that waits. The signature is the caller's to check. Receipts come in order: what can't be
// opened or read is invalid. Nobody is there to stamp anew what was stamped
// ahead of time, so the server does.
func Deposit(ctx context.Context, s store.Store, vault *Vault, commit Committer, r *ksv1.DepositRequest, nowMS int64) ([]*ksv1.Receipt, error) {
	keys := openKeys(vault, r.GetEscrowKeys())
	defer wipe(keys)
	receipts, err := depositChanges(ctx, s, vault, commit, r, keys, nowMS)
	if err != nil {
		return nil, err
	}
	for _, d := range r.GetSubmissions() {
		receipt, err := depositSubmission(ctx, vault, commit, r.GetDevice(), keys, d)
		if err != nil {
			return nil, err
		}
		receipts = append(receipts, receipt)
	}
	return receipts, nil
}

func depositChanges(ctx context.Context, s store.Store, vault *Vault, commit Committer, r *ksv1.DepositRequest, keys []*record.Key, nowMS int64) ([]*ksv1.Receipt, error) {
	changes := make([]*ksv1.Change, len(r.GetChanges()))
	for i, d := range r.GetChanges() {
		c := &ksv1.Change{}
		if openDeposit(vault, keys, d, c) {
			changes[i] = c
		}
	}
	if err := StampAnew(ctx, s, vault, changes, uint64(nowMS)); err != nil {
		return nil, err
	}
	receipts := make([]*ksv1.Receipt, len(changes))
	sender := &Sender{Device: r.GetDevice(), Deposited: true}
	var page []*Incoming
	var positions []int
	for i, c := range changes {
		if c == nil {
			receipts[i] = unreadable(r.GetChanges()[i].GetId())
			continue
		}
		page, positions = append(page, Prepare(c, sender, nowMS)), append(positions, i)
	}
	runs, err := Runs(ctx, s, vault, page)
	if err != nil {
		return nil, err
	}
	for _, run := range runs {
		given, _, err := CommitKnown(ctx, commit, run.Village, run.Batch)
		if err != nil {
			return nil, err
		}
		for j, i := range run.Positions {
			receipts[positions[i]] = given[j]
		}
	}
	return receipts, nil
}

// SubmittedUnproved is the sender of a submission whose author nothing proves but itself: it
// names what that account has surveyed, and no more comes of it than that a supervisor looks
// at it.
func SubmittedUnproved(b *ksv1.BatchSubmission, device uint32) *Sender {
	return &Sender{Account: b.GetAuthor(), Device: device, Deposited: true}
}

// depositSubmission takes a submission of a deposit.
func depositSubmission(ctx context.Context, vault *Vault, commit Committer, device uint32, keys []*record.Key, d *ksv1.DepositedChange) (*ksv1.Receipt, error) {
	b := &ksv1.BatchSubmission{}
	if !openDeposit(vault, keys, d, b) {
		return unreadable(d.GetId()), nil
	}
	act, err := PrepareSubmission(b, SubmittedUnproved(b, device))
	if err != nil {
		return nil, err
	}
	acted, _, err := ActKnown(ctx, commit, b.GetVillage(), []*Act{act})
	if err != nil {
		return nil, err
	}
	return acted[0].Receipt, nil
}

// openKeys opens the keys of an escrow; nil for one that does not open.
func openKeys(vault *Vault, sealed [][]byte) []*record.Key {
	keys := make([]*record.Key, len(sealed))
	for i := range sealed {
		if key, err := vault.ring.OpenEscrow(sealed[i]); err == nil {
			keys[i] = &key
		}
	}
	return keys
}

func wipe(keys []*record.Key) {
	for _, key := range keys {
		if key != nil {
			key.Wipe()
		}
	}
}

// openDeposit opens what was sealed into m; false for what can't be, or says to be
// another.
func openDeposit(vault *Vault, keys []*record.Key, d *ksv1.DepositedChange, m interface {
	proto.Message
	GetId() []byte
}) bool {
	if int(d.GetEscrowKey()) >= len(keys) || keys[d.GetEscrowKey()] == nil {
		return false
	}
	id, err := merge.IDFromBytes(d.GetId())
	if err != nil {
		return false
	}
	plain, err := vault.openDeposited(*keys[d.GetEscrowKey()], id, d.GetSealed())
	return err == nil && proto.Unmarshal(plain, m) == nil && string(m.GetId()) == string(d.GetId())
}

func unreadable(id []byte) *ksv1.Receipt {
	return &ksv1.Receipt{
		Id: id, Status: ksv1.ReceiptStatus_RECEIPT_STATUS_INVALID, Reason: ReasonMalformed,
		Issues: []*ksv1.FieldIssue{{Code: ReasonMalformed, Message: "Perubahan ini tidak dapat dibuka server. Simpan perangkat ini dan hubungi administrator Puskesmas."}},
	}
}

// CommitKnown commits a batch of one village; where there is no such village the
// batch is refused, since nobody could ever decide on it.
func CommitKnown(ctx context.Context, commit Committer, village uint32, batch []*Incoming) ([]*ksv1.Receipt, *ksv1.VillageMark, error) {
	receipts, mark, err := commit.Commit(ctx, village, batch)
	if !errors.Is(err, store.ErrNotFound) {
		return receipts, mark, err
	}
	receipts = make([]*ksv1.Receipt, len(batch))
	for i, in := range batch {
		receipts[i] = in.receipt(ksv1.ReceiptStatus_RECEIPT_STATUS_INVALID, ReasonUnknownVillage)
		receipts[i].Issues = []*ksv1.FieldIssue{{Code: ReasonUnknownVillage, Message: "Desa/kelurahan ini tidak dikenal server. Lakukan sinkronisasi, lalu pilih kembali desanya."}}
	}
	return receipts, nil, nil
}
