package device

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/keluarga-sehat/sync/internal/lasting"
	"github.com/keluarga-sehat/sync/internal/sqlite"
)

// Errors of a wipe, each of which is ErrWiped: the store is closed.
var (
	// ErrWiped: the device was revoked, and its data were taken off it.
	ErrWiped = errors.New("perangkat ini telah dicabut izinnya dan data Anda di sini dihapus; pekerjaan yang belum terkirim tidak hilang: tersegel untuk server")
	// ErrWipeFailed: the storage took neither the deletion nor a new file. The password still
	// opens the data, and the next sync wipes them.
	ErrWipeFailed error = wipedOtherwise("perangkat ini telah dicabut izinnya, tetapi data Anda di sini belum dapat dihapus karena penyimpanan perangkat penuh atau rusak. Data ditutup; agar terhapus, kosongkan penyimpanan, masuk lagi, lalu sinkronkan, atau serahkan perangkat ini kepada administrator Puskesmas. Pekerjaan yang belum terkirim tidak hilang: tersegel untuk server")
	// ErrHeldLost: what was sealed for the server went too.
	ErrHeldLost error = wipedOtherwise("perangkat ini telah dicabut izinnya dan data Anda di sini dihapus; karena penyimpanan perangkat penuh atau rusak, pekerjaan yang belum diterima server ikut terhapus")
)

// wipedOtherwise is the type of an ErrWiped that went otherwise.
type wipedOtherwise string

// Error says how.
func (e wipedOtherwise) Error() string { return string(e) }

// Is makes it an ErrWiped.
func (wipedOtherwise) Is(target error) bool { return target == ErrWiped }

// heldRows are what stays of a store that is wiped: what is sealed for the server alone,
// and what it takes to deliver that.
var heldRows = []struct {
	table, where string
	work         bool
}{
	{table: "identity"}, {table: "deposit"}, {table: "escrow"}, {table: "server_key"},
	{"change", `WHERE escrow IS NOT NULL`, true},
	{"submission", `WHERE status = 0 AND escrow IS NOT NULL`, true},
	{"decision", `WHERE status = 0 AND escrow IS NOT NULL`, true},
	{"carried", `WHERE status <> 1 AND part IS NOT NULL`, true},
}

// blanked are columns of theirs that are sealed for the user.
var blanked = map[string]any{"payload": []byte{}, "receipt": nil, "batch": nil, "decision": nil, "head_name": nil}

// Wipe takes the user's data off the device and closes the store. What is unsent
// stays, sealed for the server, where ReadSealed finds it; ready tells of what
// lies there whether it may be done now. First the key goes, which takes a page of the log;
// what is left to be done if the app ends then, the next opening does. Errors: those of
// ready; then nothing was wiped, and the store is open. ErrWipeFailed, ErrHeldLost.
func (s *Store) Wipe(ctx context.Context, ready func(*Sealed) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	sealed, err := s.sealed(ctx)
	if err == nil {
		err = ready(sealed)
	}
	if err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx) // half of it is no use to anybody
	locked := s.dropKeys(ctx)
	err = s.keepHeld(ctx, s.close)
	switch {
	case errors.Is(err, ErrHeldLost):
		return err
	case err != nil && locked != nil:
		return fmt.Errorf("%w (%w; %w)", ErrWipeFailed, locked, err)
	default:
		return nil
	}
}

// dropKeys deletes what opens the store, and notes that it is to be wiped. It asks nothing of
// the storage's earlier failures: what a failed write may have cost is deleted anyway.
func (s *Store) dropKeys(ctx context.Context) error {
	err := s.transactOnce(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM keyslot`); err != nil {
			return fmt.Errorf("delete keys: %w", err)
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO keyslot (purpose, wrapped) VALUES (?, x'')`, slotWiped)
		return err
	})
	if err == nil {
		// The database's own page still holds the key, and the log the former page. Without room
		// for this both go with the files.
		_ = sqlite.EmptyLog(ctx, s.db)
	}
	return err
}

// halfWiped tells whether a wipe was broken off.
func (s *Store) halfWiped(ctx context.Context) bool {
	half := false
	err := s.db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM keyslot WHERE purpose = ?)`, slotWiped).Scan(&half)
	return err == nil && half
}

// keepHeld closes the store and puts one in its place that has only what stays. Call with
// s.mu held, or before others know the store. Errors: ErrHeldLost, where nothing stayed;
// after others all that was here is.
func (s *Store) keepHeld(ctx context.Context, closeStore func() error) error {
	image, work, err := s.heldImage(ctx)
	// A file that can't be closed well is replaced all the same.
	closed := closeStore()
	if err != nil {
		return errors.Join(err, closed)
	}
	return s.opened.replaceBy(image, work)
}

// heldImage is a store of what stays, as a file's bytes; work tells whether there is any in it.
func (s *Store) heldImage(ctx context.Context) (image []byte, work bool, err error) {
	db, bytesOf, err := sqlite.OpenImage(ctx, applicationID)
	if err != nil {
		return nil, false, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := migrate(ctx, db); err != nil {
		return nil, false, err
	}
	for _, held := range heldRows {
		rows, err := copyHeld(ctx, s.db, db, held.table, held.where)
		if err != nil {
			return nil, false, fmt.Errorf("keep %s: %w", held.table, err)
		}
		work = work || held.work && rows > 0
	}
	image, err = bytesOf(ctx)
	return image, work, err
}

// copyHeld copies rows without what is blanked.
func copyHeld(ctx context.Context, from querier, to execer, table, where string) (copied int, err error) {
	rows, err := from.QueryContext(ctx, `SELECT * FROM `+table+` `+where)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return 0, err
	}
	insert := `INSERT INTO ` + table + ` (` + strings.Join(columns, ", ") + `) VALUES (?` + strings.Repeat(", ?", len(columns)-1) + `)`
	values, pointers := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		pointers[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(pointers...); err != nil {
			return copied, err
		}
		for i, column := range columns {
			if blank, is := blanked[column]; is {
				values[i] = blank
			}
		}
		if _, err := to.ExecContext(ctx, insert, values...); err != nil {
			return copied, err
		}
		copied++
	}
	return copied, rows.Err()
}

// replaceBy puts an image in the place of a store that is not open, as a salvage does; where
// there is no room beside it, the store goes first, which makes room. A power cut between the
// two loses what the image holds, and without it nothing would be wiped.
func (o Options) replaceBy(image []byte, work bool) (err error) {
	unlock, err := o.lock()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	write := func() error { return lasting.WriteFile(o.Path+finishedSuffix, image, 0o600) }
	if err = write(); sqlite.IsFull(err) {
		if err := Discard(o.Path); err != nil {
			return err
		}
		if err = write(); err != nil && work {
			return fmt.Errorf("%w (%w)", ErrHeldLost, err)
		}
		if err != nil {
			return nil
		}
	}
	if err != nil {
		return err
	}
	return run(replacement{path: o.Path}.finish())
}
