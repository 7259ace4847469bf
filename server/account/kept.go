package account

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/keluarga-sehat/sync/server/ledger"
	"github.com/keluarga-sehat/sync/server/store"
)

// ErrNotKept: what was asked for is done, and the ledger, which the operator has to mend, can't
// be written.
var ErrNotKept = errors.New("done, but the ledger can't be written: a restore would not know of it")

// Keep writes to the ledger what has become of accounts and devices, after it is in the
// store: who repeats the call where this fails writes the lines all the same. Errors:
// ErrNotKept, with the lines, which hold ids and times alone.
func (s *Service) Keep(lines ...ledger.Line) error {
	if s.Ledger == "" || len(lines) == 0 {
		return nil
	}
	for i := range lines {
		lines[i].TimeMS = s.Now().UnixMilli()
	}
	if err := ledger.Append(s.Ledger, lines); err != nil {
		text, _ := json.Marshal(lines) // numbers and texts always can be
		return fmt.Errorf("%w: %w: %s", ErrNotKept, err, text)
	}
	return nil
}

// LineOf tells of a deed to an account.
func LineOf(a *store.Account, deed ledger.Deed) ledger.Line {
	return ledger.Line{Deed: deed, Account: a.Number, MadeMS: a.CreatedMS}
}
