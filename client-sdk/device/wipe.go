package device

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/keluarga-sehat/sync/internal/sqlite"
)

// ErrWiped: the device was revoked, and its data were taken off it.
var ErrWiped = errors.New("perangkat ini telah dicabut izinnya dan data Anda di sini dihapus; pekerjaan yang belum terkirim tidak hilang: tersegel untuk server")

// wipeStatements take everything off a file but what is sealed for the server
// alone. Without its key slot nothing else could be opened, with the password
// either; it goes all the same.
var wipeStatements = []string{
	`DELETE FROM keyslot`, `DELETE FROM secret`, `DELETE FROM confirmed`, `DELETE FROM held`, `DELETE FROM village`, `DELETE FROM carried WHERE status = 1 OR part IS NULL`,
	`DELETE FROM signer`, `DELETE FROM colleague`, `DELETE FROM handover_village`,
	`DELETE FROM submission WHERE status > 0 OR escrow IS NULL`, `UPDATE submission SET payload = x'', batch = NULL`,
	`DELETE FROM decision WHERE status > 0 OR escrow IS NULL`, `UPDATE decision SET payload = x'', receipt = NULL, head_name = NULL`,
	`DELETE FROM change WHERE escrow IS NULL`, `UPDATE change SET payload = x'', receipt = NULL, decision = NULL`,
}

// Wipe takes the user's data off the device and closes the store. What is unsent
// stays, sealed for the server, where ReadSealed finds it; ready tells of what
// lies there whether it may be done now. Errors: those of ready; then nothing
// was wiped.
func (s *Store) Wipe(ctx context.Context, ready func(*Sealed) error) error {
	s.mu.Lock()
	sealed, err := s.sealed(ctx)
	if err == nil {
		err = ready(sealed)
	}
	if err == nil {
		err = s.transact(ctx, func(tx *sql.Tx) error {
			for _, statement := range wipeStatements {
				if _, err := tx.ExecContext(ctx, statement); err != nil {
					return fmt.Errorf("wipe: %w", err)
				}
			}
			return nil
		})
	}
	if err == nil {
		// Free pages and the log still hold what was there.
		_, err = s.db.ExecContext(ctx, `VACUUM`)
	}
	if err == nil {
		err = sqlite.EmptyLog(ctx, s.db)
	}
	s.mu.Unlock()
	if err != nil {
		return err
	}
	return s.Close()
}
