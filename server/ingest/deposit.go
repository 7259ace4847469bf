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

// Deposit takes changes that a device had sealed for the server into quarantine.
// The signature is the caller's to check. Receipts come in order: what can't be
// opened or read is invalid. Nobody is there to stamp anew what was stamped
// ahead of time, so the server does.
func Deposit(ctx context.Context, vault *Vault, commit Committer, r *ksv1.DepositRequest, nowMS int64) ([]*ksv1.Receipt, error) {
	changes := openDeposit(vault, r)
	restampAhead(changes, uint64(nowMS))
	receipts := make([]*ksv1.Receipt, len(changes))
	byVillage := map[uint32][]int{}
	var order []uint32
	for i, c := range changes {
		if c == nil {
			receipts[i] = unreadable(r.GetChanges()[i].GetId())
			continue
		}
		if byVillage[c.GetVillage()] == nil {
			order = append(order, c.GetVillage())
		}
		byVillage[c.GetVillage()] = append(byVillage[c.GetVillage()], i)
	}
	sender := &Sender{Device: r.GetDevice(), Deposited: true}
	for _, village := range order {
		positions := byVillage[village]
		batch := make([]*Incoming, len(positions))
		for j, i := range positions {
			batch[j] = Prepare(changes[i], sender, nowMS)
		}
		given, _, err := CommitKnown(ctx, commit, village, batch)
		if err != nil {
			return nil, err
		}
		for j, i := range positions {
			receipts[i] = given[j]
		}
	}
	return receipts, nil
}

// openDeposit opens the changes; nil for one that can't be, or that says to be
// another.
func openDeposit(vault *Vault, r *ksv1.DepositRequest) []*ksv1.Change {
	keys := make([]*record.Key, len(r.GetEscrowKeys()))
	for i, sealed := range r.GetEscrowKeys() {
		if key, err := vault.ring.OpenEscrow(sealed); err == nil {
			keys[i] = &key
			defer key.Wipe()
		}
	}
	out := make([]*ksv1.Change, len(r.GetChanges()))
	for i, d := range r.GetChanges() {
		if int(d.GetEscrowKey()) >= len(keys) || keys[d.GetEscrowKey()] == nil {
			continue
		}
		id, err := merge.IDFromBytes(d.GetId())
		if err != nil {
			continue
		}
		plain, err := vault.openDeposited(*keys[d.GetEscrowKey()], id, d.GetSealed())
		c := &ksv1.Change{}
		if err != nil || proto.Unmarshal(plain, c) != nil || string(c.GetId()) != string(d.GetId()) {
			continue
		}
		out[i] = c
	}
	return out
}

// restampAhead gives new stamps to what was stamped ahead of time, and to all
// that follows it, in order, each of its own source.
func restampAhead(changes []*ksv1.Change, nowMS uint64) {
	var rest []*ksv1.Change
	for _, c := range changes {
		if c == nil {
			continue
		}
		if len(rest) > 0 || merge.HighestStampIn(c).TimeMS > nowMS+merge.AheadLimitMS {
			rest = append(rest, c)
		}
	}
	if len(rest) > 0 {
		merge.Restamp(rest, &merge.Clock{}, nowMS, merge.Stamp{})
	}
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
