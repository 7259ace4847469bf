package device

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/record"
)

// The password opens the root key; under it lie the secrets (tokens, the device's
// key), and the data key that opens everything else. So a supervisor who hands the
// families over by the data key hands nothing over by which the user could be
// impersonated.
const (
	slotRoot = 1
	slotData = 2
	// slotWiped is an empty one in the place of both, until a wipe has been done to its end.
	slotWiped = 0
)

const tableKeyslot = "keyslot"

// keySet is the two keys of a store.
type keySet struct{ root, data record.Key }

func drawKeys(e Env) (k keySet, err error) {
	if k.root, err = record.NewKey(e.Rand); err != nil {
		return k, err
	}
	k.data, err = record.NewKey(e.Rand)
	return k, err
}

// storeDataKey seals the data key under the root key.
func (s *Store) storeDataKey(ctx context.Context, x execer) error {
	sealed, err := s.vault.rootSealer.Seal(nil, s.vault.root, record.Binding{Table: tableKeyslot, ID: merge.ID{15: slotData}}, s.vault.key.Bytes())
	if err != nil {
		return err
	}
	_, err = x.ExecContext(ctx, `INSERT INTO keyslot (purpose, wrapped) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET wrapped = ?2`, slotData, sealed)
	if err != nil {
		return fmt.Errorf("store data key: %w", err)
	}
	return nil
}

// openDataKey opens the data key; a store made by an earlier version has one key for
// everything.
func (s *Store) openDataKey(ctx context.Context, root record.Key) error {
	var err error
	if s.vault, err = newVault(s.env.Rand, keySet{root, root}); err != nil {
		return err
	}
	var sealed []byte
	err = s.db.QueryRowContext(ctx, `SELECT wrapped FROM keyslot WHERE purpose = ?`, slotData).Scan(&sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read data key: %w", err)
	}
	plain, err := s.vault.rootSealer.Open(nil, root, record.Binding{Table: tableKeyslot, ID: merge.ID{15: slotData}}, sealed)
	if err != nil {
		return fmt.Errorf("open data key: %w", err)
	}
	s.vault.key, err = record.KeyFromBytes(0, plain)
	return err
}

// splitKeys gives a store of an earlier version a root key of its own, under which
// the secrets go.
func (s *Store) splitKeys(ctx context.Context, password string) error {
	if s.vault.root != s.vault.key {
		return nil
	}
	var wrapped []byte
	if err := s.db.QueryRowContext(ctx, `SELECT wrapped FROM keyslot WHERE purpose = ?`, slotRoot).Scan(&wrapped); err != nil {
		return fmt.Errorf("read key: %w", err)
	}
	cost, err := record.CostOf(wrapped)
	if err != nil {
		return err
	}
	root, err := record.NewKey(s.env.Rand)
	if err != nil {
		return err
	}
	if wrapped, err = s.env.Stretch.WrapKey(s.env.Rand, []byte(password), cost, root); err != nil {
		return err
	}
	before := s.vault.root
	err = s.transact(ctx, func(tx *sql.Tx) error {
		if err := s.resealSecrets(ctx, tx, root); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE keyslot SET wrapped = ? WHERE purpose = ?`, wrapped, slotRoot); err != nil {
			return fmt.Errorf("store key: %w", err)
		}
		return s.storeDataKey(ctx, tx)
	})
	if err != nil {
		s.vault.root = before
	}
	return err
}

// resealSecrets makes root the key of the secrets.
func (s *Store) resealSecrets(ctx context.Context, tx *sql.Tx, root record.Key) error {
	names, err := collect[string](ctx, tx, `SELECT name FROM secret`)
	if err != nil {
		return err
	}
	plain := make(map[string][]byte, len(names))
	for _, name := range names {
		if plain[name], err = s.secretIn(ctx, tx, name); err != nil {
			return err
		}
	}
	s.vault.root = root
	for _, name := range names {
		if err := s.putSecret(ctx, tx, name, plain[name]); err != nil {
			return err
		}
	}
	return nil
}
