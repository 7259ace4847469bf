package follow

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/keluarga-sehat/sync/server/ingest"
)

// unreadMax are named at most.
const unreadMax = 20

// UnreadError says what does not open. The families of it stay found by what they were found
// by, and with those who share a number with them, told what they were.
type UnreadError struct{ Unread []error }

func (e *UnreadError) Error() string {
	return fmt.Sprintf("families that do not open (%d) are not followed, all others are; ks-server verify lists them: %v",
		len(e.Unread), errors.Join(e.Unread[:min(len(e.Unread), unreadMax)]...))
}

func (e *UnreadError) Unwrap() []error { return e.Unread }

// pass notes that a family does not open, which keeps no others from being followed; it
// gives any other error.
func (f *Identifiers) pass(err error) error {
	if !ingest.OfRecord(err) {
		return err
	}
	if f.unread == nil {
		f.unread = map[string]error{}
	}
	f.unread[err.Error()] = err // met at several looks
	return nil
}

// tellUnread gives what pass noted, once.
func (f *Identifiers) tellUnread() error {
	if len(f.unread) == 0 {
		return nil
	}
	e := &UnreadError{}
	for _, text := range slices.Sorted(maps.Keys(f.unread)) {
		e.Unread = append(e.Unread, f.unread[text])
	}
	f.unread = nil
	return e
}
