// Package ledger keeps outside the store what must hold though the store goes back to a
// backup: who was erased, restricted and shut out since. A file of lines of JSON, with ids
// and times and no data, of each server's folder; what was written to it once is never
// altered. `ks-server restore` carries it out again.
//
//	err := ledger.Append(path, []ledger.Line{{Deed: ledger.Disable, Account: 7, MadeMS: made, TimeMS: now}})
package ledger

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/keluarga-sehat/sync/internal/lasting"
	"github.com/keluarga-sehat/sync/internal/sqlite"
)

// Deed is what was decided of whom a line names.
type Deed string

// What lines tell. Erase is the only deed of ledgers that were written before there were
// others.
const (
	Erase    Deed = ""
	Restrict Deed = "restrict"
	Lift     Deed = "lift"
	Disable  Deed = "disable"
	Enable   Deed = "enable"
	Revoke   Deed = "revoke"
)

// Line is a line of the ledger: ids and times, no data.
type Line struct {
	Deed Deed `json:"deed,omitempty"`
	// Village, by number and code, is where a family stands.
	Village uint32 `json:"village,omitempty"`
	Code    string `json:"code,omitempty"`
	// Family was erased; where there is a Member, that one alone.
	Family string `json:"family,omitempty"`
	Member string `json:"member,omitempty"`
	// Restricted is a family that was restricted, or is no longer: not Family, so that a
	// version that knows erasures alone refuses the ledger, and erases nobody by it.
	Restricted string `json:"restricted,omitempty"`
	// Account was disabled or enabled, or Device revoked. MadeMS is when it was made: a store
	// that went back gives numbers out again, to others.
	Account uint32 `json:"account,omitempty"`
	Device  uint32 `json:"device,omitempty"`
	MadeMS  int64  `json:"made_ms,omitempty"`
	TimeMS  int64  `json:"time_ms"`
}

const (
	// lockName is beside the ledger: who appends first cuts off what was torn, which must
	// not be what another is just writing.
	lockName = ".lock"
	// patience is how long one waits for another, whose lines take milliseconds.
	patience = 10 * time.Second
)

// Append writes lines that are on disk when it returns; none of them where it fails.
func Append(path string, lines []Line) (err error) {
	unlock, err := lock(path)
	if err != nil {
		return fmt.Errorf("lock ledger: %w", err)
	}
	defer func() { err = errors.Join(err, unlock()) }()
	f, err := lasting.Open(path, os.O_RDWR|os.O_APPEND, "")
	if err != nil {
		return fmt.Errorf("open ledger: %w", err)
	}
	end, err := mendTail(f)
	if err == nil {
		if err = writeLines(f, lines); err != nil {
			err = errors.Join(err, f.Truncate(end))
		}
	}
	if err := errors.Join(err, f.Sync(), f.Close(), lasting.SyncFolder(filepath.Dir(path))); err != nil {
		return fmt.Errorf("write ledger: %w", err)
	}
	return nil
}

func lock(path string) (unlock func() error, err error) {
	for until := time.Now().Add(patience); ; {
		unlock, err = sqlite.LockBeside(path, lockName, false)
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
	if json.Unmarshal(data[whole:], &Line{}) != nil {
		return int64(whole), f.Truncate(int64(whole))
	}
	_, err = f.WriteString("\n")
	return int64(len(data)) + 1, err
}

func writeLines(f *os.File, lines []Line) error {
	var text []byte
	for _, l := range lines {
		line, err := json.Marshal(l)
		if err != nil {
			return err
		}
		text = append(append(text, line...), '\n')
	}
	_, err := f.Write(text)
	return err
}

// Read reads a ledger. A last line that a crash or a full disk cut short, so that it
// lacks its line end, was never acted on and is passed over: torn names it, else 0. Any
// other that can't be read is an error.
func Read(path string) (lines []Line, torn int, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, 0, fmt.Errorf("open ledger: %w", err)
	}
	for n := 1; len(data) > 0; n++ {
		line, rest, whole := bytes.Cut(data, []byte("\n"))
		if len(bytes.TrimSpace(line)) == 0 {
			data = rest
			continue
		}
		var l Line
		switch err := json.Unmarshal(line, &l); {
		case err != nil && !whole:
			return lines, n, nil
		case err != nil:
			return nil, 0, fmt.Errorf("ledger line %d: %w", n, err)
		}
		lines, data = append(lines, l), rest
	}
	return lines, 0, nil
}

// Erasures are the lines of who was erased, in their order.
func Erasures(lines []Line) []Line {
	return slices.DeleteFunc(slices.Clone(lines), func(l Line) bool { return l.Deed != Erase })
}

// Standing are the lines that still stand of families, accounts and devices: of each the
// latest but erasures, in the order of time, also where ledgers of several servers were put
// together. Nothing stands of a family that was erased whole.
func Standing(lines []Line) []Line {
	erased := map[string]bool{}
	for _, l := range Erasures(lines) {
		erased[l.Family] = erased[l.Family] || l.Member == ""
	}
	all := slices.DeleteFunc(slices.Clone(lines), func(l Line) bool { return l.Deed == Erase || l.Restricted != "" && erased[l.Restricted] })
	slices.SortStableFunc(all, func(a, b Line) int { return cmp.Compare(a.TimeMS, b.TimeMS) })
	last := map[Line]int{}
	for i, l := range all {
		last[l.subject()] = i
	}
	out := make([]Line, 0, len(last))
	for i, l := range all {
		if last[l.subject()] == i {
			out = append(out, l)
		}
	}
	return out
}

// subject is a line with nothing but whom it names.
func (l Line) subject() Line {
	l.Deed, l.Code, l.TimeMS = "", "", 0
	return l
}
