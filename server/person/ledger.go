package person

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/keluarga-sehat/sync/internal/lasting"
)

// Erased is a line of the ledger: ids and a time, no data.
type Erased struct {
	Village uint32 `json:"village"`
	Code    string `json:"code"`
	Family  string `json:"family"`
	// Member is empty where the whole family was erased.
	Member string `json:"member,omitempty"`
	TimeMS int64  `json:"time_ms"`
}

// appendLedger writes lines that are on disk when it returns.
func appendLedger(path string, entries []Erased) error {
	f, err := lasting.Open(path, os.O_WRONLY|os.O_APPEND, "")
	if err != nil {
		return fmt.Errorf("open ledger of erasures: %w", err)
	}
	for _, e := range entries {
		line, err := json.Marshal(e)
		if err == nil {
			_, err = f.Write(append(line, '\n'))
		}
		if err != nil {
			return errors.Join(fmt.Errorf("write ledger of erasures: %w", err), f.Close())
		}
	}
	if err := errors.Join(f.Sync(), f.Close(), lasting.SyncFolder(filepath.Dir(path))); err != nil {
		return fmt.Errorf("write ledger of erasures: %w", err)
	}
	return nil
}

// readLedger reads a ledger. A last line that a crash cut short was never acted
// on and is passed over; any other that can't be read is an error.
func readLedger(path string) (entries []Erased, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open ledger of erasures: %w", err)
	}
	defer f.Close()
	var broken error
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		if broken != nil {
			return nil, broken
		}
		var e Erased
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			broken = fmt.Errorf("ledger line %d: %w", n, err)
			continue
		}
		entries = append(entries, e)
	}
	return entries, lines.Err()
}
