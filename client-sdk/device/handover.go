package device

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/lasting"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Outgoing is what a hand-over reads of a store that is locked: nothing that its
// password protects.
type Outgoing struct {
	// Device is the registered number, Account whose store it is; Seed is of the
	// device's key, by which sealed work is delivered.
	Device, Account uint32
	Seed            []byte
	// People are the accounts of the Puskesmas at the last sync, without full names;
	// those who may sign with their devices.
	People []*ksv1.Colleague
	// Keys are the key of the families, sealed to the devices of those who may sign, by
	// the devices' numbers.
	Keys map[uint32][]byte
	// Villages are where the user may work, without digest keys.
	Villages []*ksv1.VillageScope
	// EscrowPublicKey is the server's.
	EscrowPublicKey []byte
	// ServerOffsetMS is device minus server at the last sync.
	ServerOffsetMS int64
}

// ReadOutgoing reads it from a store that is not open. Errors: sqlite.ErrInUse,
// fs.ErrNotExist.
func ReadOutgoing(ctx context.Context, o Options) (out *Outgoing, err error) {
	if !Exists(o.Path) {
		return nil, fmt.Errorf("open %s: %w", o.Path, fs.ErrNotExist)
	}
	s, err := openFile(ctx, o)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.closeFile()) }()
	out = &Outgoing{}
	err = s.db.QueryRowContext(ctx, `
SELECT device, author, coalesce(server_offset_ms, 0), (SELECT seed FROM deposit), (SELECT public FROM server_key) FROM identity`).
		Scan(&out.Device, &out.Account, &out.ServerOffsetMS, &out.Seed, &out.EscrowPublicKey)
	if err != nil {
		return nil, fmt.Errorf("read device: %w", err)
	}
	if err := s.readColleagues(ctx, out); err != nil {
		return nil, err
	}
	err = eachRow(ctx, s.db, `SELECT scope FROM handover_village ORDER BY number`, nil, func(rows *sql.Rows) error {
		var plain []byte
		v := &ksv1.VillageScope{}
		if err := rows.Scan(&plain); err != nil {
			return err
		}
		out.Villages = append(out.Villages, v)
		return proto.Unmarshal(plain, v)
	})
	return out, err
}

func (s *Store) readColleagues(ctx context.Context, out *Outgoing) error {
	byNumber := map[uint32]*ksv1.Colleague{}
	err := eachRow(ctx, s.db, `SELECT number, user_name, may_collect, may_review FROM colleague ORDER BY number`, nil, func(rows *sql.Rows) error {
		c := &ksv1.Colleague{}
		err := rows.Scan(&c.Number, &c.UserName, &c.MayCollect, &c.MayReview)
		byNumber[c.Number] = c
		out.People = append(out.People, c)
		return err
	})
	if err != nil {
		return err
	}
	out.Keys = map[uint32][]byte{}
	return eachRow(ctx, s.db, `SELECT account, device, public_key, sealed FROM signer ORDER BY device`, nil, func(rows *sql.Rows) error {
		d := &ksv1.ColleagueDevice{}
		var account uint32
		var sealed []byte
		if err := rows.Scan(&account, &d.Number, &d.PublicKey, &sealed); err != nil {
			return err
		}
		if sealed != nil {
			out.Keys[d.GetNumber()] = sealed
		}
		if c := byNumber[account]; c != nil {
			c.Devices = append(c.Devices, d)
		}
		return nil
	})
}

// secretColleagues holds the accounts of the Puskesmas with their full names.
const secretColleagues = "colleagues"

// Colleagues are the accounts of the user's Puskesmas at the last sync; empty where
// the server has told of none.
func (s *Store) Colleagues(ctx context.Context) (*ksv1.Colleagues, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.colleagues(ctx)
}

func (s *Store) colleaguesHash(ctx context.Context) ([]byte, error) {
	c, err := s.colleagues(ctx)
	return c.GetHash(), err
}

func (s *Store) colleagues(ctx context.Context) (*ksv1.Colleagues, error) {
	plain, err := s.secret(ctx, secretColleagues)
	if err != nil {
		return nil, err
	}
	c := &ksv1.Colleagues{}
	if err := proto.Unmarshal(plain, c); err != nil {
		return nil, fmt.Errorf("decode colleagues: %w", err)
	}
	return c, nil
}

// storeColleagues takes over who works in the Puskesmas; nil: as before.
func (s *Store) storeColleagues(ctx context.Context, tx *sql.Tx, c *ksv1.Colleagues) error {
	if c == nil {
		return nil
	}
	plain, err := proto.Marshal(c)
	if err != nil {
		return fmt.Errorf("encode colleagues: %w", err)
	}
	if err := s.putSecret(ctx, tx, secretColleagues, plain); err != nil {
		return err
	}
	for _, statement := range []string{`DELETE FROM signer`, `DELETE FROM colleague`} {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("store colleagues: %w", err)
		}
	}
	for _, p := range c.GetPeople() {
		_, err := tx.ExecContext(ctx, `INSERT INTO colleague (number, user_name, may_collect, may_review) VALUES (?, ?, ?, ?)`,
			p.GetNumber(), p.GetUserName(), p.GetMayCollect(), p.GetMayReview())
		if err != nil {
			return fmt.Errorf("store colleague: %w", err)
		}
		for _, d := range p.GetDevices() {
			_, err := tx.ExecContext(ctx, `INSERT INTO signer (device, account, public_key) VALUES (?, ?, ?)`, d.GetNumber(), p.GetNumber(), d.GetPublicKey())
			if err != nil {
				return fmt.Errorf("store colleague's device: %w", err)
			}
		}
	}
	return s.sealToSigners(ctx, tx, c)
}

// storeHandoverVillages keeps where the user may work for a hand-over.
func storeHandoverVillages(ctx context.Context, tx *sql.Tx, scope *ksv1.SyncScope) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM handover_village`); err != nil {
		return fmt.Errorf("store villages: %w", err)
	}
	for _, v := range scope.GetVillages() {
		v = proto.CloneOf(v)
		v.DigestKey = nil
		plain, err := proto.Marshal(v)
		if err != nil {
			return fmt.Errorf("encode village: %w", err)
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO handover_village (number, scope) VALUES (?, ?)`, v.GetVillage(), plain); err != nil {
			return fmt.Errorf("store village: %w", err)
		}
	}
	return nil
}

// Incoming is what a store begins with whose user took the device over.
type Incoming struct {
	// Seed is of the key by which sealed work is delivered until the first sign-in
	// on line.
	Seed []byte
	// ServerOffsetMS is device minus server at the former user's last sync.
	ServerOffsetMS int64
	// Villages are where the user may work until the first sync; where Families is given
	// they are that store's.
	Villages []*ksv1.VillageScope
	// Families is the former user's store, opened by OpenHandedOver; nil: its families
	// stay shut.
	Families *Store
	// Carried are parts of a backup file of the former user's unsent work.
	Carried [][]byte
	// Secrets are kept by name.
	Secrets map[string][]byte
}

// CreateIncoming makes a store for a user who took the device over and has never
// signed in on it on line: p.Device is the former user's number, p.Incarnation the
// one granted. The store is there whole, or not at all, and is closed. skipped are
// families that could not be read in the former user's store; the first sync brings
// them. Errors: as Create.
func CreateIncoming(ctx context.Context, o Options, password string, p Profile, in Incoming) (skipped int, err error) {
	if Exists(o.Path) {
		return 0, fmt.Errorf("create %s: %w", o.Path, fs.ErrExist)
	}
	beside := o
	beside.Path = o.Path + incomingSuffix
	if Exists(beside.Path) && isThere(o.Path+"-wal") {
		// A crash came amid the move of a whole store.
		if err := moveStore(beside.Path, o.Path); err != nil {
			return 0, err
		}
		return 0, fmt.Errorf("create %s: %w", o.Path, fs.ErrExist)
	}
	// What a crash has left.
	if err := Discard(beside.Path); err != nil {
		return 0, fmt.Errorf("create: %w", err)
	}
	s, err := Create(ctx, beside, password, p)
	if err != nil {
		return 0, err
	}
	skipped, err = s.takeIn(ctx, in)
	if err := errors.Join(err, s.Close()); err != nil {
		return 0, errors.Join(err, Discard(beside.Path))
	}
	return skipped, moveStore(beside.Path, o.Path)
}

// moveStore moves a store that is not open. The file comes behind its log, so that it
// is never found without, and its mark last, for without it the file is merely
// unproved.
func moveStore(from, to string) error {
	for _, suffix := range []string{"-wal", "-shm", "", markSuffix} {
		if err := os.Rename(from+suffix, to+suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("move %s: %w", from, err)
		}
	}
	return lasting.SyncFolder(filepath.Dir(to))
}

// incomingSuffix is of a store that is being made.
const incomingSuffix = ".serah"

func (s *Store) takeIn(ctx context.Context, in Incoming) (skipped int, err error) {
	if err := errors.Join(s.PutDepositKey(ctx, in.Seed), s.PutSecret(ctx, secretGranted, []byte{1})); err != nil {
		return 0, err
	}
	for name, plain := range in.Secrets {
		if err := s.PutSecret(ctx, name, plain); err != nil {
			return 0, err
		}
	}
	if len(in.Carried) > 0 {
		if _, err := s.Carry(ctx, in.Carried); err != nil {
			return 0, err
		}
	}
	villages := in.Villages
	if in.Families != nil {
		if villages, err = in.Families.Villages(ctx); err != nil {
			return 0, err
		}
	}
	if err := s.takeVillages(ctx, villages, in.ServerOffsetMS); err != nil || in.Families == nil {
		return 0, err
	}
	return s.takeFamilies(ctx, in.Families)
}

func (s *Store) takeVillages(ctx context.Context, villages []*ksv1.VillageScope, serverOffsetMS int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.write(ctx, func(tx *sql.Tx) error {
		s.identity.offsetMS = sql.NullInt64{Int64: serverOffsetMS, Valid: true}
		return s.storeScope(ctx, tx, &ksv1.SyncScope{Villages: villages}, 0)
	})
	if err == nil {
		s.storeMark()
	}
	return err
}

// Adopt makes the store that of a registered device of its own, after the first
// sign-in on line: what is saved from now on is stamped by it. What was saved before
// keeps its ids and stamps. Adopting the same number again with the same key does
// nothing; a server that was restored may give one that the former user had.
func (s *Store) Adopt(ctx context.Context, number uint32, seed []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var have []byte
	if err := s.db.QueryRowContext(ctx, `SELECT seed FROM deposit`).Scan(&have); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("read device key: %w", err)
	}
	if s.identity.device == number && (have == nil || bytes.Equal(have, seed)) {
		return nil
	}
	err := s.write(ctx, func(tx *sql.Tx) error {
		s.identity.device, s.identity.clock.Device = number, number
		if err := s.drawIncarnation(); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM secret WHERE name = ?`, secretGranted); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO deposit (one, seed) VALUES (1, ?1) ON CONFLICT DO UPDATE SET seed = ?1`, seed)
		return err
	})
	if err != nil {
		return fmt.Errorf("take device number: %w", err)
	}
	s.storeMark()
	return nil
}
