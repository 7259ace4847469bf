package account

import (
	"fmt"

	"github.com/keluarga-sehat/sync/server/ledger"
	"github.com/keluarga-sehat/sync/server/store"
)

// Keep writes to the ledger what has become of accounts and devices, after it is in the
// store: who repeats the call where this fails writes the lines all the same.
func (s *Service) Keep(lines ...ledger.Line) error {
	if s.Ledger == "" || len(lines) == 0 {
		return nil
	}
	for i := range lines {
		lines[i].TimeMS = s.Now().UnixMilli()
	}
	if err := ledger.Append(s.Ledger, lines); err != nil {
		return fmt.Errorf("done, but a restore would not know of it: %w", err)
	}
	return nil
}

// LineOf tells of a deed to an account.
func LineOf(a *store.Account, deed ledger.Deed) ledger.Line {
	return ledger.Line{Deed: deed, Account: a.Number, MadeMS: a.CreatedMS}
}
