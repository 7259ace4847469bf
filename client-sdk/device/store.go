package device

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/planted"
	"github.com/keluarga-sehat/sync/internal/record"
	"github.com/keluarga-sehat/sync/internal/sqlite"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// KeepAppliedFor is how long the user's own changes stay on the device after
// the server has applied them: as old as a backup may be that a server is
// restored from.
const KeepAppliedFor = 35 * 24 * time.Hour

// Errors of a Store.
var (
	// ErrNotFound: no such family, round or change on this device.
	ErrNotFound = errors.New("tidak ada di perangkat ini")
	// ErrTakenAway is an ErrNotFound of a family that was on this device: its RT is not the
	// user's any more, or it left for another's.
	ErrTakenAway error = takenAway("keluarga ini tidak ada lagi di perangkat ini, umumnya karena RT-nya bukan wilayah tugas Anda lagi; yang sudah tersimpan telah sampai di server dan aman di sana. Catat jawaban yang belum tersimpan di kertas dan serahkan kepada supervisor; jangan mendata keluarga ini sekali lagi sebagai keluarga baru")
	// ErrOutsidePuskesmas: the interview is refused before it begins, because
	// nobody who may see this account's work could decide on it.
	ErrOutsidePuskesmas = errors.New("desa ini di luar wilayah kerja Puskesmas Anda; wawancara tidak dapat dimulai")
	// ErrFamilyTooLarge: with what was to be saved the family would be larger than the
	// server takes it (merge.RoomFor); nothing was saved.
	ErrFamilyTooLarge = errors.New("data keluarga ini akan menjadi terlalu besar, isian ini tidak disimpan; periksa apakah anggota atau catatan terekam berulang kali, dan beri tahu supervisor")
	// ErrClosed: the store was closed before; what was saved is safe.
	ErrClosed = errors.New("data pengguna ini sudah ditutup; masuklah lagi untuk melanjutkan, yang sudah tersimpan tetap aman")
	// ErrWrongPassword: the data key could not be opened.
	ErrWrongPassword = errors.New("kata sandi salah")
	// ErrStorageFull: the device has no space left; nothing was saved by this
	// call, and the next one may go well again.
	ErrStorageFull = errors.New("penyimpanan perangkat penuh, isian ini belum tersimpan; kosongkan penyimpanan lalu simpan lagi")
	// ErrNoSpace is an ErrStorageFull of what saves no answers, as a sync, a submission or a
	// backup.
	ErrNoSpace error = noSpace("penyimpanan perangkat penuh, jadi langkah ini belum selesai; semua yang sudah tersimpan tetap aman. Kosongkan penyimpanan, lalu ulangi")
	// ErrStorageFailed: the device's storage failed a write. What was saved before
	// is safe and can be read; nothing is written any more until the store has
	// been opened, and so checked, again.
	ErrStorageFailed = errors.New("penyimpanan perangkat gagal menulis, isian ini mungkin belum tersimpan; tutup lalu buka lagi aplikasi")
)

// noSpace is the type of ErrNoSpace.
type noSpace string

// Error says what to do.
func (e noSpace) Error() string { return string(e) }

// Is makes it an ErrStorageFull.
func (noSpace) Is(target error) bool { return target == ErrStorageFull }

// takenAway is the type of ErrTakenAway.
type takenAway string

// Error says what happened, and what to do.
func (e takenAway) Error() string { return string(e) }

// Is makes it an ErrNotFound.
func (takenAway) Is(target error) bool { return target == ErrNotFound }

// Env is what the outside gives a store.
type Env struct {
	// Now is the device's wall clock.
	Now func() time.Time
	// Rand is a source of cryptographic randomness.
	Rand io.Reader
	// Stretch makes a key of a password; nil: Argon2id.
	Stretch record.Stretch
}

// Store is one user's database on one device.
type Store struct {
	mu sync.Mutex // guards everything below
	db *sql.DB

	closeFile func() error
	closed    bool

	opened Options // with which it was
	env    Env
	path   string
	vault  vault
	mark   markFile

	identity identity
	index    *index
	// scopes are villages in scope as read so far, shared and never altered; a
	// new scope empties it.
	scopes   map[uint32]*ksv1.VillageScope
	escrowID int64
	loss     *Loss
	lossKept bool // in the file too, to be told again
	// unlockTook is from the unlocked key to a store that can be used.
	unlockTook time.Duration
	broken     error // why nothing is written any more: the storage's, or ErrClosed; nil: it works

	// order is what the present session is still to read for sending.
	order           sendOrder
	submissionsRead bool       // from the file: submissions are left of them
	submissions     []merge.ID // in order
	// accepted: the server has taken this database for the one that it knows, so that what
	// the session sends it may keep, whether the device hears of it or not.
	accepted bool
	// noticesAnew: the present session began behind notices that the server, which was
	// restored, may give to others, or has met an erasure that is to be told again.
	noticesAnew bool
	// forkedFormers are the device numbers of before hand-overs, or of before a server was
	// put back, under which a copy of the database was met: what is unsent of them is
	// renumbered too.
	forkedFormers map[uint32]bool
	// decisionsUpTo is the last verdict that it has read.
	decisionsUpTo int64
	// listeners are told after every commit that altered what a user sees.
	listeners []func()
}

// identity is the row of that name.
type identity struct {
	device, author uint32
	incarnation    uint32
	counter        uint64 // last one used in an id
	reserved       uint64 // up to which the file takes counters for used
	clock          merge.Clock
	offsetMS       sql.NullInt64
	serverClockMS  int64 // at the last welcome; 0: none
	sessionNonces  []byte
	scopeRevision  uint64
	noticeRevision uint64
	anchorSeq      int64
	anchorHash     [32]byte
	lastSyncMS     int64
	epoch          uint64
	lastSeq        int64
	lastHash       [32]byte
}

// Loss says what a damaged, truncated or rolled-back database lost.
type Loss struct {
	// LostChanges is how many saves are known to be missing; -1: an unknown
	// number.
	LostChanges int
	// DamagedRecords is how many rows could not be read back; states of families
	// among them are fetched anew by the next sync.
	DamagedRecords int
	// SetAside is where the damaged file was kept; "" where it was repaired in
	// place.
	SetAside string
	// Detail is for support, in English.
	Detail string
}

// Loss is what was found missing when the store was opened; nil: nothing.
func (s *Store) Loss() *Loss {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.loss
}

// OnChange registers a function that is called, without locks held, after
// every commit that altered what a user sees.
func (s *Store) OnChange(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.listeners = append(s.listeners, f)
}

// Close wipes what was unsealed and closes the file. The store is of no use
// afterwards (ErrClosed), its lists are empty; closing it again does nothing.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	return s.close()
}

func (s *Store) close() error {
	s.closed, s.broken = true, ErrClosed
	s.index = newIndex()
	s.vault.wipe()
	return errors.Join(s.mark.close(), s.closeFile())
}

// Closed tells whether it was closed.
func (s *Store) Closed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

// storeMark writes where the chain ends now; after a loss it makes that last, or
// a power cut could bring the old mark back and with it a loss that was told.
// Call with s.mu held, after a commit.
func (s *Store) storeMark() {
	s.mark.store(&s.identity)
	if s.loss != nil {
		s.mark.sync()
	}
	s.forgetKeptLoss()
}

// Author is the number of the account that this store belongs to.
func (s *Store) Author() uint32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.identity.author
}

// unhurried is the context of a transaction that is short and ends by itself: for
// one that can be cancelled the driver starts a goroutine for each statement,
// which takes longer than most of them. Errors: that of a context that has ended.
func unhurried(ctx context.Context) (context.Context, error) {
	return context.WithoutCancel(ctx), ctx.Err()
}

// write runs fn in one transaction and stores what it changed in s.identity.
// Call with s.mu held.
func (s *Store) write(ctx context.Context, fn func(tx *sql.Tx) error) error {
	return s.transact(ctx, func(tx *sql.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		if err := s.flushSummaries(ctx, tx); err != nil {
			return err
		}
		return s.saveIdentity(ctx, tx)
	})
}

// transact runs fn in one transaction. What fn changed in s.identity and s.index
// counts only if the transaction committed. Call with s.mu held.
func (s *Store) transact(ctx context.Context, fn func(tx *sql.Tx) error) error {
	return s.transactOr(ctx, ErrNoSpace, fn)
}

// transactOr is transact that says by full that there is no space.
func (s *Store) transactOr(ctx context.Context, full error, fn func(tx *sql.Tx) error) error {
	if s.broken != nil {
		return s.broken
	}
	return s.told(s.transactOnce(ctx, fn), full)
}

// told says in the surveyor's words what the storage failed at, and ends writing
// where it did.
func (s *Store) told(err, full error) error {
	switch {
	case sqlite.IsFull(err):
		return fmt.Errorf("%w (%w)", full, err)
	case sqlite.IsFailure(err):
		s.broken = fmt.Errorf("%w (%w)", ErrStorageFailed, err)
		return s.broken
	default:
		return err
	}
}

func (s *Store) transactOnce(ctx context.Context, fn func(tx *sql.Tx) error) error {
	before := s.identity
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	s.index.begin()
	if err := fn(tx); err != nil {
		s.identity = before
		s.index.rollback()
		return errors.Join(err, ignoreDone(tx.Rollback()))
	}
	planted.Step(planted.DeviceBeforeCommit)
	if err := tx.Commit(); err != nil {
		s.identity = before
		s.index.rollback()
		return fmt.Errorf("commit: %w", err)
	}
	planted.Step(planted.DeviceAfterCommit)
	s.index.commit()
	return nil
}

func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

// notify tells the listeners. Call without s.mu.
func (s *Store) notify() {
	s.mu.Lock()
	listeners := append([]func(){}, s.listeners...)
	s.mu.Unlock()
	for _, f := range listeners {
		f()
	}
}

func (s *Store) saveIdentity(ctx context.Context, tx *sql.Tx) error {
	i := &s.identity
	_, err := tx.ExecContext(ctx, `
UPDATE identity SET device = ?, author = ?, incarnation = ?, counter = ?,
    clock_ms = ?, clock_counter = ?, clock_device = ?, clock_incarnation = ?,
    server_offset_ms = ?, server_clock_ms = ?, session_nonces = ?,
    scope_revision = ?, notice_revision = ?, anchor_seq = ?, anchor_hash = ?, last_sync_ms = ?, epoch = ?
WHERE one = 1`,
		i.device, i.author, i.incarnation, int64(max(i.counter, i.reserved)),
		int64(i.clock.Last.TimeMS), i.clock.Last.Counter, i.clock.Last.Device, i.clock.Last.Incarnation,
		i.offsetMS, i.serverClockMS, i.sessionNonces,
		int64(i.scopeRevision), int64(i.noticeRevision), i.anchorSeq, i.anchorHash[:], i.lastSyncMS, int64(i.epoch))
	if err != nil {
		return fmt.Errorf("save identity: %w", err)
	}
	return nil
}

func (s *Store) loadIdentity(ctx context.Context) error {
	var i identity
	var counter, scope, notice, clockMS, epoch int64
	var anchor []byte
	row := s.db.QueryRowContext(ctx, `
SELECT device, author, incarnation, counter, clock_ms, clock_counter, clock_device, clock_incarnation,
    server_offset_ms, server_clock_ms, session_nonces, scope_revision, notice_revision,
    anchor_seq, anchor_hash, last_sync_ms, epoch
FROM identity WHERE one = 1`)
	err := row.Scan(&i.device, &i.author, &i.incarnation, &counter,
		&clockMS, &i.clock.Last.Counter, &i.clock.Last.Device, &i.clock.Last.Incarnation,
		&i.offsetMS, &i.serverClockMS, &i.sessionNonces, &scope, &notice,
		&i.anchorSeq, &anchor, &i.lastSyncMS, &epoch)
	if err != nil {
		return fmt.Errorf("read identity: %w", err)
	}
	i.counter, i.scopeRevision, i.noticeRevision = uint64(counter), uint64(scope), uint64(notice)
	i.clock.Last.TimeMS, i.epoch = uint64(clockMS), uint64(epoch)
	i.clock.Device, i.clock.Incarnation = i.device, i.incarnation
	copy(i.anchorHash[:], anchor)
	s.identity = i
	return nil
}

// learn takes from a pending change what its save drew: its stamp, and its id,
// which was the last of that save.
func (i *identity) learn(c *ksv1.Change, wallMS uint64) {
	i.clock.ObserveNear(merge.StampOf(c.GetStamp()), wallMS)
	device, incarnation, counter, ok := merge.ID(c.GetId()).Source()
	if ok && device == i.device && incarnation == i.incarnation {
		i.counter = max(i.counter, counter)
	}
}

// nextID draws the next id of this incarnation; it becomes durable with the
// transaction.
func (s *Store) nextID() merge.ID {
	s.identity.counter++
	return merge.NewID(s.identity.device, s.identity.incarnation, s.identity.counter)
}

// reservedIDs is how many ids may be handed out, beside those that saves draw, until the
// file is written again: far more than an app asks for while it is open.
const reservedIDs = 1 << 16

// reserve lets the next opening begin behind the ids that are handed out from now on, of
// which no save may tell. Call with s.mu held.
func (s *Store) reserve(ctx context.Context) error {
	return s.write(ctx, func(*sql.Tx) error {
		s.identity.reserved = s.identity.counter + reservedIDs
		return nil
	})
}

// drawIncarnation gives the database a new incarnation. The counter goes on.
func (s *Store) drawIncarnation() error {
	var b [4]byte
	if _, err := io.ReadFull(s.env.Rand, b[:]); err != nil {
		return fmt.Errorf("draw incarnation: %w", err)
	}
	s.identity.incarnation = uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
	s.identity.clock.Incarnation = s.identity.incarnation
	s.identity.sessionNonces = nil
	return nil
}
