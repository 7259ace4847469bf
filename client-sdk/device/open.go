package device

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"time"

	"github.com/keluarga-sehat/sync/internal/planted"
	"github.com/keluarga-sehat/sync/internal/record"
	"github.com/keluarga-sehat/sync/internal/sqlite"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// applicationID marks a device's database ("KSd1").
const applicationID = 0x4b536431

// Profile is what a store is made for; the server gives it at the first
// sign-in.
type Profile struct {
	// Device is the registered number, Account the user's number.
	Device, Account uint32
	// EscrowPublicKey is the server's, 32 bytes.
	EscrowPublicKey []byte
	// Incarnation to begin with; 0: it is drawn.
	Incarnation uint32
	// Seed is of the device's key, for ReadSealed; nil: PutDepositKey keeps it.
	Seed []byte
	// Secrets are kept by name, as by PutSecret.
	Secrets map[string][]byte
}

// Options of opening a store.
type Options struct {
	// Path of the database; its lock and mark lie beside it.
	Path string
	Env  Env
	// Cost of the password's key derivation, for new stores.
	Cost record.PasswordCost
	// Unsafe turns off syncing to disk; for simulators only.
	Unsafe bool
	// VFS names a registered SQLite VFS, for faults of the disk in simulators; ""
	// is the system's.
	VFS string
}

// Exists tells whether there is a store at the path, or one that takes its place when it
// is opened.
func Exists(path string) bool {
	return isThere(path) && !merelyBegun(path) || isThere(path+finishedSuffix)
}

// merelyBegun tells whether nothing was ever written to a store, as where its making found no
// space: one that was cut off to nothing has its mark, or a log.
func merelyBegun(path string) bool {
	return isEmpty(path) && !isThere(path+markSuffix) && (isEmpty(path+"-wal") || !isThere(path+"-wal"))
}

func isEmpty(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Size() == 0
}

// Create makes a store for a user who has just signed in on line: with all that the
// profile says, or none. What is left of one whose making was broken off opens as one
// that was wiped, and Renew makes it anew. Errors: sqlite.ErrInUse; fs.ErrExist where there
// is one already; *NoRoom, which leaves nothing.
func Create(ctx context.Context, o Options, password string, p Profile) (*Store, error) {
	if Exists(o.Path) {
		return nil, fmt.Errorf("create %s: %w", o.Path, fs.ErrExist)
	}
	keys, err := drawKeys(o.Env)
	if err != nil {
		return nil, err
	}
	wrapped, err := o.Env.Stretch.WrapKey(o.Env.Rand, []byte(password), o.Cost, keys.root)
	if err != nil {
		return nil, err
	}
	s, err := openFile(ctx, o)
	var room *NoRoom
	if errors.As(err, &room) {
		return nil, errors.Join(err, Discard(o.Path))
	}
	if err != nil {
		return nil, err
	}
	err = s.transact(ctx, func(tx *sql.Tx) error { return s.initialise(ctx, tx, keys, wrapped, p) })
	if err != nil {
		return nil, errors.Join(o.room(err), s.closeFile(), Discard(o.Path))
	}
	return s, nil
}

func (s *Store) initialise(ctx context.Context, x execer, keys keySet, wrapped []byte, p Profile) error {
	v, err := newVault(s.env.Rand, keys)
	if err != nil {
		return err
	}
	s.vault = v
	s.identity = identity{device: p.Device, author: p.Account}
	s.identity.clock.Device = p.Device
	if err := s.drawIncarnation(); err != nil {
		return err
	}
	if p.Incarnation != 0 {
		s.identity.incarnation, s.identity.clock.Incarnation = p.Incarnation, p.Incarnation
	}
	_, err = x.ExecContext(ctx, `
INSERT INTO identity (one, device, author, incarnation, counter, clock_ms, clock_counter, clock_device, clock_incarnation,
    server_clock_ms, scope_revision, notice_revision, anchor_seq, anchor_hash, last_sync_ms, epoch)
VALUES (1, ?, ?, ?, 0, 0, 0, 0, 0, 0, 0, 0, 0, ?, 0, 0)`, p.Device, p.Account, s.identity.incarnation, make([]byte, 32))
	if err != nil {
		return fmt.Errorf("store identity: %w", err)
	}
	if _, err := x.ExecContext(ctx, `INSERT INTO keyslot (purpose, wrapped) VALUES (?, ?)`, slotRoot, wrapped); err != nil {
		return fmt.Errorf("store key: %w", err)
	}
	if err := s.storeDataKey(ctx, x); err != nil {
		return err
	}
	if err := s.putSecret(ctx, x, secretEscrow, p.EscrowPublicKey); err != nil {
		return err
	}
	for name, plain := range p.Secrets {
		if err := s.putSecret(ctx, x, name, plain); err != nil {
			return err
		}
	}
	if len(p.Seed) > 0 {
		if err := putDepositKey(ctx, x, p.Seed); err != nil {
			return err
		}
	}
	return s.useEscrow(ctx, x, p.EscrowPublicKey)
}

// Open unlocks a store. What is found missing or damaged is reported by Loss.
// Errors: ErrWrongPassword, sqlite.ErrInUse, *sqlite.ErrNewerSchema; fs.ErrNotExist;
// *NoRoom.
func Open(ctx context.Context, o Options, password string) (*Store, error) {
	if !Exists(o.Path) {
		return nil, fmt.Errorf("open %s: %w", o.Path, fs.ErrNotExist)
	}
	s, err := openOrSalvage(ctx, o, password)
	if err != nil {
		return nil, o.room(err)
	}
	return s, nil
}

func openOrSalvage(ctx context.Context, o Options, password string) (*Store, error) {
	s, err := openFile(ctx, o)
	if sqlite.IsDamage(err) {
		return salvage(ctx, o, password, err)
	}
	if err != nil {
		return nil, err
	}
	if err := sqlite.Check(ctx, s.db); err != nil {
		return salvage(ctx, o, password, errors.Join(err, s.closeFile()))
	}
	if err := s.ready(ctx, password); err != nil {
		err = errors.Join(err, s.closeFile())
		if sqlite.IsDamage(err) {
			return salvage(ctx, o, password, err)
		}
		return nil, err
	}
	return s, nil
}

// ready unlocks what the file holds and proves it.
func (s *Store) ready(ctx context.Context, password string) error {
	if err := s.unlock(ctx, password); err != nil {
		return err
	}
	if err := s.splitKeys(ctx, password); err != nil {
		return err
	}
	planted.Step(planted.DeviceAtUnlock)
	begin := time.Now()
	public, err := s.secret(ctx, secretEscrow)
	if err != nil {
		return err
	}
	if err := s.useEscrow(ctx, s.db, public); err != nil {
		return err
	}
	if err := s.verify(ctx); err != nil {
		return err
	}
	if err := s.tellKeptLoss(ctx); err != nil {
		return err
	}
	s.unlockTook = time.Since(begin)
	return nil
}

// UnlockTook is how long the store took from the unlocked key until it could be
// used.
func (s *Store) UnlockTook() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.unlockTook
}

// openFile opens a file and brings it to the present form, and a salvage or a wipe that was
// broken off to its end. Errors: those of internal/sqlite, *NoRoom, ErrHeldLost.
func openFile(ctx context.Context, o Options) (*Store, error) {
	s, err := openAsItIs(ctx, o)
	if err != nil || !s.halfWiped(ctx) {
		return s, err
	}
	// What it fails at is tried at the next opening; what opens the data is gone.
	if err := s.keepHeld(ctx, s.closeFile); errors.Is(err, ErrHeldLost) {
		return nil, err
	}
	return openAsItIs(ctx, o)
}

func openAsItIs(ctx context.Context, o Options) (*Store, error) {
	if err := o.settle(); err != nil {
		return nil, o.room(err)
	}
	db, closeDB, err := sqlite.OpenDevice(ctx, o.Path, sqlite.Options{ApplicationID: applicationID, Unsafe: o.Unsafe, VFS: o.VFS})
	if err != nil {
		return nil, o.room(err)
	}
	if err := migrate(ctx, db); err != nil {
		return nil, errors.Join(o.room(err), closeDB())
	}
	return &Store{
		db: db, closeFile: closeDB, opened: o, env: o.Env, path: o.Path,
		mark: markFile{path: o.Path + markSuffix}, index: newIndex(), scopes: map[uint32]*ksv1.VillageScope{},
	}, nil
}

func migrate(ctx context.Context, db *sql.DB) error {
	migrations, err := fs.Sub(migrationFiles, "migrations")
	if err != nil {
		return err
	}
	return sqlite.Migrate(ctx, db, migrations)
}

func (s *Store) unlock(ctx context.Context, password string) error {
	var wrapped []byte
	err := s.db.QueryRowContext(ctx, `SELECT wrapped FROM keyslot WHERE purpose = 1`).Scan(&wrapped)
	if errors.Is(err, sql.ErrNoRows) {
		return ErrWiped
	}
	if err != nil {
		return fmt.Errorf("read key: %w", err)
	}
	key, err := s.env.Stretch.UnwrapKey([]byte(password), wrapped)
	// What the password's derivation took, a quarter of what the app may take, is to
	// be used again for the index rather than stay beside it.
	runtime.GC()
	if errors.Is(err, record.ErrWrongPassword) {
		return ErrWrongPassword
	}
	if err != nil {
		return err
	}
	if err := s.openDataKey(ctx, key); err != nil {
		return err
	}
	return s.loadIdentity(ctx)
}

// useEscrow draws this session's escrow key.
func (s *Store) useEscrow(ctx context.Context, x execer, public []byte) error {
	if len(public) == 0 {
		return nil
	}
	key, enc, err := record.NewEscrow(s.env.Rand, public)
	if err != nil {
		return err
	}
	res, err := x.ExecContext(ctx, `INSERT INTO escrow (enc) VALUES (?)`, enc)
	if err != nil {
		return fmt.Errorf("store escrow key: %w", err)
	}
	_, err = x.ExecContext(ctx, `
INSERT INTO server_key (one, public) VALUES (1, ?1) ON CONFLICT DO UPDATE SET public = ?1 WHERE public <> ?1`, public)
	if err != nil {
		return fmt.Errorf("store server's key: %w", err)
	}
	s.vault.escrow = &key
	if s.escrowID, err = res.LastInsertId(); err != nil {
		return fmt.Errorf("store escrow key: %w", err)
	}
	_, err = x.ExecContext(ctx, `
DELETE FROM escrow WHERE id < ? AND NOT EXISTS (SELECT 1 FROM change WHERE escrow_id = escrow.id)
    AND NOT EXISTS (SELECT 1 FROM submission WHERE escrow_id = escrow.id) AND NOT EXISTS (SELECT 1 FROM decision WHERE escrow_id = escrow.id)`, s.escrowID)
	return err
}

// Names of secrets.
const (
	secretEscrow = "escrow-public"
)

func (s *Store) putSecret(ctx context.Context, x execer, name string, plain []byte) error {
	id, err := nameID(name)
	if err != nil {
		return err
	}
	sealed, err := s.vault.rootSealer.Seal(nil, s.vault.root, record.Binding{Table: tableSecret, ID: id}, plain)
	if err != nil {
		return err
	}
	_, err = x.ExecContext(ctx, `INSERT INTO secret (name, payload) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET payload = ?2`, name, sealed)
	if err != nil {
		return fmt.Errorf("store %s: %w", name, err)
	}
	return nil
}

func (s *Store) secret(ctx context.Context, name string) ([]byte, error) {
	if s.closed {
		return nil, ErrClosed
	}
	return s.secretIn(ctx, s.db, name)
}

func (s *Store) secretIn(ctx context.Context, q querier, name string) ([]byte, error) {
	id, err := nameID(name)
	if err != nil {
		return nil, err
	}
	var sealed []byte
	err = q.QueryRowContext(ctx, `SELECT payload FROM secret WHERE name = ?`, name).Scan(&sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return s.vault.rootSealer.Open(nil, s.vault.root, record.Binding{Table: tableSecret, ID: id}, sealed)
}

// PutSecret keeps a small sealed thing under a name of at most 16 bytes, such
// as the app's tokens.
func (s *Store) PutSecret(ctx context.Context, name string, plain []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.transact(ctx, func(tx *sql.Tx) error { return s.putSecret(ctx, tx, name, plain) })
}

// Secret reads what PutSecret kept; nil where there is none.
func (s *Store) Secret(ctx context.Context, name string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.secret(ctx, name)
}

// ChangePassword wraps the root key anew.
func (s *Store) ChangePassword(ctx context.Context, password string, cost record.PasswordCost) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	wrapped, err := s.env.Stretch.WrapKey(s.env.Rand, []byte(password), cost, s.vault.root)
	if err != nil {
		return err
	}
	return s.transact(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE keyslot SET wrapped = ? WHERE purpose = 1`, wrapped); err != nil {
			return fmt.Errorf("store key: %w", err)
		}
		return nil
	})
}

type execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// Device is the registered number of the device.
func (s *Store) Device() uint32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.identity.device
}
