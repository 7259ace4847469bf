package device

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"

	"github.com/keluarga-sehat/sync/internal/sqlite"
)

// errNotCopied: the copy that a damaged file is read from could not be made, which says
// nothing of what the file holds.
var errNotCopied = errors.New("damaged file could not be copied")

// readingCopy copies a damaged file, with the number of pages in its header set
// to those that are there, because SQLite reads nothing of a file that is
// shorter than its header says. Errors: errNotCopied; those of a disk that can't read it.
func readingCopy(from, to string) error {
	data, err := readWhole(from)
	if err != nil {
		return err
	}
	const pageSizeAt, pageCountAt, headerBytes = 16, 28, 100
	if len(data) >= headerBytes {
		if page := int(binary.BigEndian.Uint16(data[pageSizeAt:])); page >= 512 {
			data = data[:len(data)/page*page]
			binary.BigEndian.PutUint32(data[pageCountAt:], uint32(len(data)/page))
		}
	}
	wal, err := readWhole(from + "-wal")
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	err = os.WriteFile(to, data, 0o600)
	if err == nil && wal != nil {
		err = os.WriteFile(to+"-wal", wal, 0o600)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errNotCopied, err)
	}
	return nil
}

func readWhole(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNotCopied, err)
	}
	defer f.Close()
	return io.ReadAll(f)
}

// salvaged is what could be read of a damaged file.
type salvaged struct {
	identity   identity
	keys       keySet
	wrapped    []byte
	secrets    map[string][]byte
	changes    []savedChange
	steps      []savedStep
	seed       []byte   // of the deposit; nil: none
	carried    [][]byte // parts of others' work
	unreadable int
	gaveUp     bool // so much was unreadable that the rest was not tried
}

// readDamaged reads what it can; the key slot and the identity it must.
func readDamaged(ctx context.Context, o Options, password string) (out *salvaged, err error) {
	reading := o.Path + readingSuffix
	defer func() { err = errors.Join(err, Discard(reading)) }()
	if err := readingCopy(o.Path, reading); err != nil {
		return nil, err
	}
	// Exclusive: the index of its log lies in memory, and takes no room on a full disk.
	db, err := sql.Open("sqlite3", sqlite.DSN(reading, url.Values{"_query_only": {"1"}, "_locking_mode": {"EXCLUSIVE"}}))
	if err != nil {
		return nil, err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	s := &Store{db: db, env: o.Env, path: o.Path, index: newIndex()}
	if err := s.unlock(ctx, password); err != nil {
		return nil, err
	}
	out = &salvaged{identity: s.identity, keys: keySet{s.vault.root, s.vault.key}, secrets: map[string][]byte{}}
	if err := db.QueryRowContext(ctx, `SELECT wrapped FROM keyslot WHERE purpose = 1`).Scan(&out.wrapped); err != nil {
		return nil, err
	}
	if names, err := collect[string](ctx, db, `SELECT name FROM secret`); err == nil {
		for _, name := range names {
			if plain, err := s.secret(ctx, name); err == nil {
				out.secrets[name] = plain
			}
		}
	}
	out.changes, out.unreadable, out.gaveUp = s.readableChanges(ctx)
	for _, r := range out.changes {
		if r.status == StatusPending {
			out.identity.learn(r.change, s.wallMS())
		}
	}
	lost := 0
	out.steps, lost = s.readableSteps(ctx)
	out.unreadable += lost
	out.carried, lost = s.readableCarried(ctx)
	out.unreadable += lost
	if err := db.QueryRowContext(ctx, `SELECT seed FROM deposit`).Scan(&out.seed); err != nil {
		out.seed = nil // load keeps it anew, where the device has a key of its own
	}
	return out, nil
}

// savedChange is a change that was read of a damaged file, with what tells whether the
// server may know it by its names (copied, migrations 023 and 024).
type savedChange struct {
	row
	copied int64
}

// stepsOverMax bounds how many numbers of changes are tried one by one where the table's
// tree can't be searched: a page of it holds far fewer.
const stepsOverMax = 1_000

// readableChanges walks row by row, stepping over what can't be read. An answer that
// can't be read costs the answer alone. gaveUp tells that stepsOverMax was reached: how
// much lies behind is unknown.
func (s *Store) readableChanges(ctx context.Context) (out []savedChange, unreadable int, gaveUp bool) {
	last, failures := int64(0), 0
	for failures < stepsOverMax {
		var seq sql.NullInt64
		if err := s.db.QueryRowContext(ctx, `SELECT min(seq) FROM change WHERE seq > ?`, last).Scan(&seq); err != nil {
			last, failures, unreadable = last+1, failures+1, unreadable+1
			continue
		}
		if !seq.Valid {
			return out, unreadable, false
		}
		last = seq.Int64
		c, err := s.readableChange(ctx, last)
		if err != nil {
			unreadable++
			continue
		}
		out = append(out, c)
	}
	return out, unreadable, true
}

func (s *Store) readableChange(ctx context.Context, seq int64) (savedChange, error) {
	// A name that nobody else has is kept for nothing, one that the server has must be.
	c := savedChange{copied: nameSent}
	var rows []row
	var err error
	// Files of before migration 031 have no column of decisions.
	for _, query := range []string{selectChange, selectUndecided, selectUnanswered} {
		if rows, err = s.scanChanges(ctx, s.db, query+`WHERE seq = ?`, seq); err == nil && len(rows) == 1 {
			break
		}
	}
	if err != nil {
		return c, err
	}
	if len(rows) != 1 {
		return c, fmt.Errorf("change %d: %w", seq, ErrNotFound)
	}
	c.row = rows[0]
	// Files of before migration 023 have no such column.
	if err := s.db.QueryRowContext(ctx, `SELECT copied FROM change WHERE seq = ?`, seq).Scan(&c.copied); err != nil {
		c.copied = nameSent
	}
	return c, nil
}
