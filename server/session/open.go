package session

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/planted"
	"github.com/keluarga-sehat/sync/internal/syncing"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/audit"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// wholeVillage stands for all RT of a village.
const wholeVillage = "*"

// MetaEpoch is the setting that holds the store's epoch, in decimal.
const MetaEpoch = store.MetaEpoch

// open answers the opening message: the scope, what is to be brought, and
// whether the device's database is what it says it is.
func (s *Session) open(ctx context.Context, open *ksv1.SyncOpen) (syncing.ServerEvent, error) {
	event := syncing.SessionOpened{NoticesAfter: open.GetNoticeRevision()}
	w := &ksv1.SyncWelcome{
		MayReview: s.sender.MayReview,
		ClockMs:   uint64(s.backend.Now().UnixMilli()), WindowBytes: syncing.WindowBytes, ChunkBytes: syncing.UploadBytes,
		ChangeBytes: syncing.ChangeBytes, Compression: s.compression(open),
	}
	event.Welcome = w
	if open.GetDevice() != s.caller.Device {
		return nil, fmt.Errorf("%w: device %d with the token of device %d", syncing.ErrProtocol, open.GetDevice(), s.caller.Device)
	}
	forked, err := s.passNonce(ctx, open)
	if err != nil {
		return nil, err
	}
	if err := s.link.UseCompression(w.Compression); err != nil {
		return nil, err
	}
	if forked {
		w.Forked, s.forked = true, true
		return event, nil
	}
	witnessed := true
	err = s.backend.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		event.Villages, w.ResetVillages, w.DownloadFamilies = nil, nil, 0
		var err error
		if s.waiting, err = snap.CountQuarantined(ctx, s.caller.Device, ingest.MaxQuarantined); err != nil {
			return err
		}
		w.Scope = &ksv1.SyncScope{Revision: s.caller.Account.ScopeRevision}
		if s.epoch, err = readEpoch(ctx, snap); err != nil {
			return err
		}
		w.Epoch = s.epoch
		if s.sender.MayReview {
			if w.OwnAccounts, err = ingest.PersonOf(ctx, snap, s.caller.Account.Number); err != nil {
				return err
			}
		}
		// What a device still has to send is taken also where it is brought nothing.
		for _, number := range s.caller.HeldVillages() {
			if err := s.openVillage(ctx, snap, number, open, &event); err != nil {
				return err
			}
		}
		if s.sender.Handed, err = HandedTo(ctx, snap, s.caller, s.backend.Now()); err != nil {
			return err
		}
		if w.Colleagues, err = s.colleagues(ctx, snap, open.GetColleaguesHash()); err != nil {
			return err
		}
		witnessed, err = audit.Witnessed(ctx, snap, open.GetAuditWitness(), s.epoch)
		return err
	})
	if err != nil {
		return nil, err
	}
	return event, s.recordOpen(ctx, event.Welcome, witnessed)
}

func readEpoch(ctx context.Context, snap store.Snapshot) (uint64, error) {
	text, err := snap.Meta(ctx, MetaEpoch)
	if err != nil {
		return 0, err
	}
	epoch, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("epoch %q: %w", text, err)
	}
	return epoch, nil
}

func (s *Session) compression(open *ksv1.SyncOpen) ksv1.Compression {
	if slices.Contains(s.backend.Compressions, open.GetUploadCompression()) {
		return open.GetUploadCompression()
	}
	for _, c := range open.GetCompressions() {
		if slices.Contains(s.backend.Compressions, c) {
			return c
		}
	}
	return ksv1.Compression_COMPRESSION_IDENTITY
}

// passNonce tells whether the device's database is the one that the server met
// last under this incarnation: its list of nonces must hold the one seen then.
// A copy, put back or run on a second device, can't know it. After a restore
// nothing is known of any incarnation (BeginEpoch), and every device that has
// one draws a new one, because several copies could go on under the old.
func (s *Session) passNonce(ctx context.Context, open *ksv1.SyncOpen) (forked bool, err error) {
	err = s.backend.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		have, err := tx.Snapshot().FindIncarnation(ctx, open.GetDevice(), open.GetIncarnation())
		switch {
		case err == nil:
			forked = !slices.ContainsFunc(open.GetEarlierNonces(), func(n []byte) bool { return bytes.Equal(n, have.Nonce) })
		case errors.Is(err, store.ErrNotFound):
			forked = len(open.GetEarlierNonces()) > 0
		default:
			return err
		}
		if planted.Is(planted.CopyUnnoticed) {
			forked = false
		}
		if forked {
			return nil
		}
		err = tx.Directory().PutIncarnation(ctx, store.Incarnation{
			Device: open.GetDevice(), Incarnation: open.GetIncarnation(), Nonce: open.GetSessionNonce(),
		})
		if len(open.GetHandoverKey()) > 0 {
			err = errors.Join(err, tx.Directory().PutHandoverKey(ctx, open.GetDevice(), open.GetHandoverKey()))
		}
		return errors.Join(err, tx.Directory().NoteSync(ctx, open.GetDevice(), s.backend.Now().UnixMilli(), int64(open.GetPendingChanges()), false))
	})
	return forked, err
}

// BeginEpoch draws a new epoch, for a store that is new or was restored: every
// device then compares histories and renumbers what is unsent.
func BeginEpoch(ctx context.Context, tx store.Tx, rand io.Reader) error {
	b := make([]byte, 8)
	if _, err := io.ReadFull(rand, b); err != nil {
		return fmt.Errorf("draw epoch: %w", err)
	}
	if err := tx.Directory().ForgetIncarnations(ctx); err != nil {
		return err
	}
	return tx.Directory().PutMeta(ctx, MetaEpoch, strconv.FormatUint(binary.BigEndian.Uint64(b), 10))
}

// openVillage adds a village to the scope and plans what the device is to be
// brought of it.
func (s *Session) openVillage(ctx context.Context, snap store.Snapshot, number uint32, open *ksv1.SyncOpen, event *syncing.SessionOpened) error {
	v, err := snap.Village(ctx, number)
	if err != nil {
		return err
	}
	rows, err := snap.PlacesOf(ctx, number)
	if err != nil {
		return err
	}
	known := make([]area.Place, len(rows))
	for i := range rows {
		known[i] = rows[i].Place
	}
	scope, ok := s.caller.HeldScope(v, known)
	if !ok {
		return nil
	}
	s.scopes[number] = scope
	message, err := s.scopeMessage(scope, known)
	if err != nil {
		return err
	}
	event.Welcome.Scope.Villages = append(event.Welcome.Scope.Villages, message)
	cursor := findCursor(open, number)
	if cursor != nil {
		same, err := s.sameHistory(ctx, snap, cursor)
		if err != nil {
			return err
		}
		if !same {
			event.Welcome.ResetVillages = append(event.Welcome.ResetVillages, number)
			cursor = nil
		}
	}
	plan := planVillage(v, message, cursor)
	event.Villages = append(event.Villages, plan)
	families, err := s.expected(ctx, snap, v, rows, &plan)
	event.Welcome.DownloadFamilies += families
	return err
}

func findCursor(open *ksv1.SyncOpen, number uint32) *ksv1.VillageCursor {
	for _, c := range open.GetVillages() {
		if c.GetVillage() == number {
			return c
		}
	}
	return nil
}

// sameHistory tells whether what the device followed is still what the server
// has: same epoch, and same hashes where the cursor and the last ack stood.
func (s *Session) sameHistory(ctx context.Context, snap store.Snapshot, c *ksv1.VillageCursor) (bool, error) {
	if planted.Is(planted.EpochUncompared) {
		return true, nil
	}
	if c.GetEpoch() != s.epoch {
		return false, nil
	}
	hash, ok, err := snap.HashAt(ctx, c.GetVillage(), c.GetRevision())
	if err != nil || !ok || !bytes.Equal(hash[:], c.GetHash()) {
		return false, err
	}
	if w := c.GetWitnessed(); w != nil {
		hash, ok, err = snap.HashAt(ctx, c.GetVillage(), w.GetRevision())
		if err != nil || !ok || !bytes.Equal(hash[:], w.GetHash()) {
			return false, err
		}
	}
	return true, nil
}

// planVillage says from where the main feed goes on and which RT are to be
// back-filled: those in scope that the device neither holds nor is being
// brought.
func planVillage(v store.Village, scope *ksv1.VillageScope, cursor *ksv1.VillageCursor) syncing.VillagePlan {
	plan := syncing.VillagePlan{Village: v.Number, After: v.Revision, New: true}
	if cursor != nil {
		plan.After, plan.New = cursor.GetRevision(), false
	}
	for _, place := range scope.GetPlaces() {
		if planted.Is(planted.BackfillSkipped) && cursor != nil {
			break
		}
		if slices.Contains(cursor.GetHeld(), place) || slices.Contains(cursor.GetHeld(), wholeVillage) {
			continue
		}
		backfill := &ksv1.BackfillCursor{Place: place}
		for _, b := range cursor.GetBackfills() {
			if b.GetPlace() == place {
				backfill = b
			}
		}
		plan.Backfills = append(plan.Backfills, backfill)
	}
	return plan
}

func (s *Session) scopeMessage(scope access.VillageScope, known []area.Place) (*ksv1.VillageScope, error) {
	key, err := s.backend.Vault.Ring().DigestKey(scope.Village.Number)
	if err != nil {
		return nil, err
	}
	m := &ksv1.VillageScope{
		Village: scope.Village.Number, Code: scope.Village.Code, Name: scope.Village.Name,
		DigestKey: key[:], PuskesmasCode: scope.Village.Puskesmas,
	}
	for _, p := range known {
		m.KnownPlaces = append(m.KnownPlaces, p.String())
	}
	if scope.All {
		m.Places = []string{wholeVillage}
		return m, nil
	}
	for _, p := range scope.Places {
		m.Places = append(m.Places, p.String())
	}
	return m, nil
}
