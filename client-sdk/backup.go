package clientsdk

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"google.golang.org/grpc/codes"

	"github.com/keluarga-sehat/sync/client-sdk/device"
	"github.com/keluarga-sehat/sync/internal/syncing"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// backupBytes is how many sealed bytes go into one part of a file; what is around
// them stays within syncing.BackupPartBytes.
const backupBytes = 384 << 10

// MaxBackupBytes bounds a backup file.
const MaxBackupBytes = syncing.BackupFileBytes

// CarriedFile is another device's backup file that this one carries to the server.
type CarriedFile = device.CarriedFile

// BackupResult is what went into a backup file.
type BackupResult struct {
	// Changes and Steps (submissions and verdicts) are in the file; Left are not:
	// the server has refused them, they are not sealed for it, or the file is full.
	Changes, Steps, Left int
	// Bytes is the file's size.
	Bytes int64
	// MadeAt is when it was made, by the clock of where the user works, whatever zone the
	// device is set to.
	MadeAt time.Time
}

// Backup writes a user's unsent work to a file that only the server can open,
// without the password: for the day the device breaks, or the account is locked
// out. A supervisor brings it to the server, by Carry on another device or by the
// server's pages. What is in it stays unsent here and goes with the next sync too,
// without a second effect. Errors: ErrUserName, ErrInUse where the user's data are open,
// ErrNotFound where there are none, ErrNothingUnsent, *NoRoom, ErrNoSpace, those of w: what is
// in a file keeps its names, which is noted first and takes some space.
func (c *Client) Backup(ctx context.Context, userName string, w io.Writer) (BackupResult, error) {
	userName, err := ParseUserName(userName)
	if err != nil {
		return BackupResult{}, err
	}
	sealed, err := device.ReadCopied(ctx, c.options(userName))
	if errors.Is(err, fs.ErrNotExist) {
		return BackupResult{}, fmt.Errorf("data pengguna %s: %w", userName, ErrNotFound)
	}
	if err != nil {
		return BackupResult{}, err
	}
	out, err := c.backup(sealed, w)
	// That the zone can't be told keeps no work back.
	if from, failed := device.ReadOutgoing(ctx, c.options(userName)); failed == nil {
		out.MadeAt = out.MadeAt.In(zoneOf(from.Villages))
	}
	return out, err
}

// Backup is Client.Backup for data that are open. Errors: ErrNothingUnsent, ErrNoSpace, those
// of w.
func (u *User) Backup(ctx context.Context, w io.Writer) (BackupResult, error) {
	sealed, err := u.store.Copied(ctx)
	if err != nil {
		return BackupResult{}, err
	}
	out, err := u.client.backup(sealed, w)
	if villages, failed := u.store.Villages(ctx); failed == nil { // as in Client.Backup
		out.MadeAt = out.MadeAt.In(zoneOf(villages))
	}
	return out, err
}

func (c *Client) backup(sealed *device.Sealed, w io.Writer) (BackupResult, error) {
	if len(sealed.Seed) != ed25519.SeedSize {
		return BackupResult{}, fmt.Errorf("device key of %d bytes", len(sealed.Seed))
	}
	items, out := backupItems(sealed)
	out.MadeAt = c.config.Now().In(zoneOf(nil))
	if len(items) == 0 {
		return out, ErrNothingUnsent
	}
	fileID := make([]byte, 16)
	if _, err := io.ReadFull(c.config.Rand, fileID); err != nil {
		return out, fmt.Errorf("draw file's id: %w", err)
	}
	key := ed25519.NewKeyFromSeed(sealed.Seed)
	public, ok := key.Public().(ed25519.PublicKey)
	if !ok {
		return out, errors.New("device key without a public one")
	}
	var parts []*ksv1.BackupPart
	for len(items) > 0 {
		n := fitting(items, syncing.BackupItems, backupBytes)
		p := &ksv1.BackupPart{FileId: fileID, Number: uint32(len(parts) + 1), MadeAtMs: uint64(out.MadeAt.UnixMilli()), Device: sealed.Device, PublicKey: public}
		keys, position := neededKeys(sealed.Keys, items[:n])
		p.EscrowKeys = keys
		for _, item := range items[:n] {
			p.Items = append(p.Items, &ksv1.BackupItem{Id: item.GetId(), Kind: item.GetKind(), EscrowKey: position[item.GetEscrowKey()], Sealed: item.GetSealed(), Proof: item.GetProof()})
		}
		parts, items = append(parts, p), items[n:]
	}
	for _, p := range parts {
		p.Parts = uint32(len(parts))
		p.Signature = ed25519.Sign(key, syncing.BackupMessage(p))
	}
	counted := &countedWriter{to: w}
	err := syncing.WriteBackup(counted, parts)
	out.Bytes = counted.bytes
	return out, err
}

// backupItems is what goes into a file, within its bounds.
func backupItems(sealed *device.Sealed) (items []*ksv1.BackupItem, out BackupResult) {
	out.Left = sealed.Undeliverable
	all := make([]*ksv1.BackupItem, 0, len(sealed.Changes)+len(sealed.Steps))
	for _, c := range sealed.Changes {
		all = append(all, &ksv1.BackupItem{
			Id: c.GetId(), Kind: ksv1.BackupItemKind_BACKUP_ITEM_KIND_CHANGE, EscrowKey: c.GetEscrowKey(), Sealed: c.GetSealed(),
		})
	}
	all = append(all, sealed.Steps...)
	size := 0
	const frame = 64 // id, kind and lengths of an item, and its share of its part
	for _, item := range all {
		size += len(item.GetSealed()) + len(item.GetProof()) + frame
		switch {
		case len(item.GetSealed()) > syncing.BackupItemBytes, size > MaxBackupBytes*9/10:
			out.Left++
			continue
		case item.GetKind() == ksv1.BackupItemKind_BACKUP_ITEM_KIND_CHANGE:
			out.Changes++
		default:
			out.Steps++
		}
		items = append(items, item)
	}
	return items, out
}

type countedWriter struct {
	to    io.Writer
	bytes int64
}

// Write counts what went on.
func (w *countedWriter) Write(b []byte) (int, error) {
	n, err := w.to.Write(b)
	w.bytes += int64(n)
	return n, err
}

// Carry takes another device's backup file, to deliver it with this user's next
// sync: its work is *received* here, and *applied* once CarriedFiles says so. The
// same file may be taken again, and the device may sync by itself before or after.
// Only a supervisor carries. Of a damaged file what is left is taken, and
// ErrBackupDamaged returned beside the number of its parts that are new here.
// Errors: ErrNoBackup, ErrNoSupervisor, ErrNeverSynced, ErrCarriesTooMuch.
func (u *User) Carry(ctx context.Context, r io.Reader) (newParts int, err error) {
	if err := u.checkSupervisor(ctx); err != nil {
		return 0, err
	}
	parts, damage := syncing.ReadBackup(r)
	if errors.Is(damage, syncing.ErrNoBackup) {
		return 0, ErrNoBackup
	}
	if len(parts) > 0 {
		if newParts, err = u.store.Carry(ctx, parts); err != nil {
			return 0, err
		}
	}
	if damage != nil {
		return newParts, fmt.Errorf("%w (%w)", ErrBackupDamaged, damage)
	}
	return newParts, nil
}

// checkSupervisor tells who may not act as a supervisor. Errors: ErrNoSupervisor,
// ErrNeverSynced.
func (u *User) checkSupervisor(ctx context.Context) error {
	may, err := u.store.MayReview(ctx)
	switch {
	case err != nil || may:
		return err
	case u.LastSync().IsZero():
		return ErrNeverSynced
	default:
		return ErrNoSupervisor
	}
}

// maxCarriedFiles bounds the list: a supervisor carries a few.
const maxCarriedFiles = 200

// CarriedFiles lists the backup files of other devices that were taken here, the
// newest first, with what the server made of them.
func (u *User) CarriedFiles(ctx context.Context) ([]CarriedFile, error) {
	return u.store.CarriedFiles(ctx, maxCarriedFiles)
}

// deliver brings a part: a supervisor's of whatever device of the Puskesmas, anybody
// else's of the device that was taken over.
func (u *User) deliver(ctx context.Context, part []byte) ([]*ksv1.Receipt, error) {
	may, err := u.store.MayReview(ctx)
	if err != nil {
		return nil, err
	}
	if may {
		answer, err := ksv1.NewBackupServiceClient(u.client.conn).DeliverBackup(ctx, &ksv1.DeliverBackupRequest{Part: part})
		return answer.GetReceipts(), err
	}
	took, err := u.tookOver(ctx)
	if err != nil {
		return nil, err
	}
	request := &ksv1.DeliverHandedOverRequest{Part: part}
	if took != nil {
		request.PartHashes, request.Grant, request.Signature = took.Parts, took.Grant, took.Signature
	}
	answer, err := ksv1.NewHandoverServiceClient(u.client.conn).DeliverHandedOver(ctx, request)
	return answer.GetReceipts(), err
}

// deliverCarried brings carried parts to the server, one call each, before the
// user's own sync, so that this fetches what they changed. A part that the server
// will never take is stored as refused, and one of a device that it does not know is
// offered again a day later; one that it can't take now stays, and doesn't hold up those behind it.
// What was delivered is kept as long as own work, and delivered again to a server
// that was restored to before.
func (u *User) deliverCarried(ctx context.Context) (stuck error) {
	var part *device.CarriedPart
	for {
		next, err := u.store.NextCarried(ctx, part)
		if err != nil || next == nil {
			return cmp.Or(err, stuck)
		}
		part = next
		var receipts []*ksv1.Receipt
		err = u.withToken(ctx, func(ctx context.Context) (err error) {
			receipts, err = u.deliver(ctx, part.Part)
			return err
		})
		var refused *ServerError
		if err != nil && !errors.As(err, &refused) {
			return err
		}
		if refused == nil {
			if err := u.store.StoreDelivered(ctx, part, receipts, ""); err != nil {
				return err
			}
			continue
		}
		switch refused.Code {
		case codes.NotFound:
			if err := u.store.StoreUnknown(ctx, part, refused.Reason); err != nil {
				return err
			}
		case codes.InvalidArgument:
			if err := u.store.StoreDelivered(ctx, part, nil, refused.Reason); err != nil {
				return err
			}
		case codes.PermissionDenied, codes.ResourceExhausted:
			// Another day, or another supervisor.
		case codes.Internal, codes.Unknown, codes.FailedPrecondition, codes.Unimplemented:
			stuck = cmp.Or(stuck, error(refused))
		default:
			return refused
		}
	}
}
