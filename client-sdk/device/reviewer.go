package device

import (
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"

	"github.com/keluarga-sehat/sync/internal/review"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// What the server told at the last sync of who would judge here.
const (
	// secretMayReview holds whether the account may judge families.
	secretMayReview = "may-review"
	// secretOwnAccounts holds the numbers of the user's accounts, four bytes each.
	secretOwnAccounts = "own-accounts"
)

func (s *Store) storeReviewer(ctx context.Context, tx *sql.Tx, w *ksv1.SyncWelcome) error {
	may, accounts := []byte{0}, []byte{}
	if w.GetMayReview() {
		may[0] = 1
	}
	for _, number := range w.GetOwnAccounts() {
		accounts = binary.BigEndian.AppendUint32(accounts, number)
	}
	if err := s.putSecret(ctx, tx, secretMayReview, may); err != nil {
		return err
	}
	return s.putSecret(ctx, tx, secretOwnAccounts, accounts)
}

// MayReview tells whether the account may judge families, as the server told at
// the last sync.
func (s *Store) MayReview(ctx context.Context) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	plain, err := s.secret(ctx, secretMayReview)
	return len(plain) == 1 && plain[0] == 1, err
}

// Person is the user, with the accounts that the server told of at the last sync: one
// that tells none knows the user by this account alone.
func (s *Store) Person(ctx context.Context) (review.Person, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, ErrClosed
	}
	return s.personIn(ctx, s.db)
}

func (s *Store) personIn(ctx context.Context, q querier) (review.Person, error) {
	plain, err := s.secretIn(ctx, q, secretOwnAccounts)
	if err != nil {
		return nil, err
	}
	if len(plain)%4 != 0 {
		return nil, fmt.Errorf("the user's accounts: %d bytes", len(plain))
	}
	person := review.PersonOf(s.identity.author)
	for ; len(plain) > 0; plain = plain[4:] {
		person = review.PersonOf(binary.BigEndian.Uint32(plain), person...)
	}
	return person, nil
}
