package clientsdk

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"

	"google.golang.org/grpc/codes"

	"github.com/keluarga-sehat/sync/client-sdk/device"
	"github.com/keluarga-sehat/sync/internal/syncing"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Bounds of one call of a deposit.
const (
	depositChanges = 500
	depositBytes   = 1 << 20
)

// Deposited is what became of a deposit.
type Deposited struct {
	// Changes were unsent; Received of them the server has now, for a
	// supervisor's decision or from before, or needs no more, as their family was
	// erased; Refused it can't take.
	Changes, Received, Refused int
	// Submissions are unsent batches that the server has now: their families are submitted
	// with the decision on their changes.
	Submissions int
	// Verdicts are unsent ones, of which none is delivered: they stay, and have no effect.
	Verdicts int
}

// Deposit delivers a user's unsent changes without the password: after a
// forgotten password, a disabled account, or before the device is wiped. They
// were sealed for the server alone when they were saved; they go to a
// supervisor's decision, and what was submitted with them. Nothing on the device is altered, so that it can be
// repeated, and the next ordinary sync sends everything again without a second
// effect. Errors: ErrOffline, *ServerError, ErrInUse where the user's data are open,
// ErrUserName, ErrNotFound where there are none, *NoRoom: opening them takes some space.
func (c *Client) Deposit(ctx context.Context, userName string) (Deposited, error) {
	userName, err := ParseUserName(userName)
	if err != nil {
		return Deposited{}, err
	}
	sealed, err := device.ReadSealed(ctx, c.options(userName))
	if errors.Is(err, fs.ErrNotExist) {
		return Deposited{}, fmt.Errorf("data pengguna %s: %w", userName, ErrNotFound)
	}
	if err != nil {
		return Deposited{}, err
	}
	return c.deposit(ctx, sealed)
}

// Deposit is Client.Deposit for data that are open: the work of an account or a
// device that may not sync any more. Sync does it by itself where the server
// says so.
func (u *User) Deposit(ctx context.Context) (Deposited, error) {
	sealed, err := u.store.Sealed(ctx)
	if err != nil {
		return Deposited{}, err
	}
	return u.client.deposit(u.underLast(ctx), sealed)
}

func (c *Client) deposit(ctx context.Context, sealed *device.Sealed) (Deposited, error) {
	if len(sealed.Seed) != ed25519.SeedSize {
		return Deposited{}, fmt.Errorf("device key of %d bytes", len(sealed.Seed))
	}
	if err := c.conn.connect(ctx); err != nil {
		return Deposited{}, err
	}
	out := Deposited{Changes: len(sealed.Changes), Verdicts: sealed.Decisions}
	received, err := c.depositAll(ctx, sealed, sealed.Changes, func(r *ksv1.DepositRequest, list []*ksv1.DepositedChange) { r.Changes = list })
	for _, receipt := range received {
		switch receipt.GetStatus() {
		case ksv1.ReceiptStatus_RECEIPT_STATUS_QUARANTINED, ksv1.ReceiptStatus_RECEIPT_STATUS_DUPLICATE, ksv1.ReceiptStatus_RECEIPT_STATUS_ERASED:
			out.Received++
		default:
			out.Refused++
		}
	}
	if err != nil {
		return out, err
	}
	received, err = c.depositAll(ctx, sealed, submissionsOf(sealed), func(r *ksv1.DepositRequest, list []*ksv1.DepositedChange) { r.Submissions = list })
	for _, receipt := range received {
		switch receipt.GetStatus() {
		case ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED, ksv1.ReceiptStatus_RECEIPT_STATUS_DUPLICATE:
			out.Submissions++
		default: // it is to be submitted again
		}
	}
	var refused *ServerError
	if errors.As(err, &refused) && refused.Code == codes.InvalidArgument {
		return out, nil // an older server takes changes alone: these, too, are to be submitted again
	}
	return out, err
}

// submissionsOf are the unsent batches that are sealed for the server.
func submissionsOf(sealed *device.Sealed) (out []*ksv1.DepositedChange) {
	for _, step := range sealed.Steps {
		if step.GetKind() == ksv1.BackupItemKind_BACKUP_ITEM_KIND_SUBMISSION {
			out = append(out, &ksv1.DepositedChange{Id: step.GetId(), EscrowKey: step.GetEscrowKey(), Sealed: step.GetSealed()})
		}
	}
	return out
}

// depositAll deposits a list, call by call, each made by put; with an error come the receipts
// of what went before.
func (c *Client) depositAll(ctx context.Context, sealed *device.Sealed, rest []*ksv1.DepositedChange, put func(*ksv1.DepositRequest, []*ksv1.DepositedChange)) (received []*ksv1.Receipt, err error) {
	key := ed25519.NewKeyFromSeed(sealed.Seed)
	for len(rest) > 0 {
		n := fitting(rest, depositChanges, depositBytes)
		r := &ksv1.DepositRequest{Device: sealed.Device}
		keys, position := neededKeys(sealed.Keys, rest[:n])
		r.EscrowKeys = keys
		part := make([]*ksv1.DepositedChange, n)
		for i, x := range rest[:n] {
			part[i] = &ksv1.DepositedChange{Id: x.GetId(), EscrowKey: position[x.GetEscrowKey()], Sealed: x.GetSealed()}
		}
		put(r, part)
		r.Signature = ed25519.Sign(key, syncing.DepositMessage(r))
		answer, err := ksv1.NewSyncServiceClient(c.conn).Deposit(ctx, r)
		if err != nil {
			return received, serverError(err)
		}
		received, rest = append(received, answer.GetReceipts()...), rest[n:]
	}
	return received, nil
}

// fitting is how many of the items go into one call or part of at most so many items
// and bytes; at least one.
func fitting[T interface{ GetSealed() []byte }](items []T, maxItems, maxBytes int) int {
	size := 0
	for n, item := range items {
		if size += len(item.GetSealed()); n > 0 && (size > maxBytes || n == maxItems) {
			return n
		}
	}
	return len(items)
}

// neededKeys keeps the keys that the items need, and tells where each of them stands
// now.
func neededKeys[T interface{ GetEscrowKey() uint32 }](keys [][]byte, items []T) (kept [][]byte, position map[uint32]uint32) {
	position = map[uint32]uint32{}
	for _, item := range items {
		if _, known := position[item.GetEscrowKey()]; !known {
			position[item.GetEscrowKey()] = uint32(len(kept))
			kept = append(kept, keys[item.GetEscrowKey()])
		}
	}
	return kept, position
}
