package person

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/keluarga-sehat/sync/internal/lasting"
	"github.com/keluarga-sehat/sync/internal/sqlite"
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

const (
	// ledgerLock is beside the ledger: who appends first cuts off what was torn, which must
	// not be what another is just writing.
	ledgerLock = ".lock"
	// ledgerPatience is how long one waits for another, whose lines take milliseconds.
	ledgerPatience = 10 * time.Second
)

// appendLedger writes lines that are on disk when it returns; none of them where it fails.
func appendLedger(path string, entries []Erased) (err error) {
	unlock, err := lockLedger(path)
	if err != nil {
		return fmt.Errorf("lock ledger of erasures: %w", err)
	}
	defer func() { err = errors.Join(err, unlock()) }()
	f, err := lasting.Open(path, os.O_RDWR|os.O_APPEND, "")
	if err != nil {
		return fmt.Errorf("open ledger of erasures: %w", err)
	}
	end, err := mendTail(f)
	if err == nil {
		if err = writeLines(f, entries); err != nil {
			err = errors.Join(err, f.Truncate(end))
		}
	}
	if err := errors.Join(err, f.Sync(), f.Close(), lasting.SyncFolder(filepath.Dir(path))); err != nil {
		return fmt.Errorf("write ledger of erasures: %w", err)
	}
	return nil
}

func lockLedger(path string) (unlock func() error, err error) {
	for until := time.Now().Add(ledgerPatience); ; {
		unlock, err = sqlite.LockBeside(path, ledgerLock, false)
		if !errors.Is(err, sqlite.ErrLocked) || time.Now().After(until) {
			return unlock, err
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// mendTail cuts off a last line that a crash or a full disk cut short, so that the next
// line does not go on with it, and gives where the ledger ends then. A whole line that
// lacks its line end alone gets it: an editor may leave that out.
func mendTail(f *os.File) (end int64, err error) {
	data, err := io.ReadAll(f)
	if err != nil {
		return 0, err
	}
	whole := bytes.LastIndexByte(data, '\n') + 1
	if whole == len(data) {
		return int64(whole), nil
	}
	if json.Unmarshal(data[whole:], &Erased{}) != nil {
		return int64(whole), f.Truncate(int64(whole))
	}
	_, err = f.WriteString("\n")
	return int64(len(data)) + 1, err
}

func writeLines(f *os.File, entries []Erased) error {
	var lines []byte
	for _, e := range entries {
		line, err := json.Marshal(e)
		if err != nil {
			return err
		}
		lines = append(append(lines, line...), '\n')
	}
	_, err := f.Write(lines)
	return err
}

// readLedger reads a ledger. A last line that a crash or a full disk cut short, so that it
// lacks its line end, was never acted on and is passed over: torn names it, else 0. Any
// other that can't be read is an error.
func readLedger(path string) (entries []Erased, torn int, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, 0, fmt.Errorf("open ledger of erasures: %w", err)
	}
	for n := 1; len(data) > 0; n++ {
		line, rest, whole := bytes.Cut(data, []byte("\n"))
		if len(bytes.TrimSpace(line)) == 0 {
			data = rest
			continue
		}
		var e Erased
		switch err := json.Unmarshal(line, &e); {
		case err != nil && !whole:
			return entries, n, nil
		case err != nil:
			return nil, 0, fmt.Errorf("ledger line %d: %w", n, err)
		}
		entries, data = append(entries, e), rest
	}
	return entries, 0, nil
}
