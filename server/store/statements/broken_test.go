package statements

import (
	"context"
	"errors"
	"testing"

	"github.com/keluarga-sehat/sync/internal/merge"
)

var errBroken = errors.New("the query was interrupted")

// broken is a connection whose queries break off at their first row, as where their caller
// gives up meanwhile.
type broken struct{ Conn }

func (broken) Query(context.Context, string, ...any) (Rows, error) { return brokenRows{}, nil }

type brokenRows struct{}

func (brokenRows) Next() bool        { return true }
func (brokenRows) Scan(...any) error { return errBroken }
func (brokenRows) Err() error        { return nil }
func (brokenRows) Close()            {}

// anyEngine is as much of an engine as the queries ask for.
type anyEngine struct{ Engine }

func (anyEngine) InBlobs(string) string   { return "" }
func (anyEngine) Blobs(ids [][]byte) any  { return ids }
func (anyEngine) Everywhere() Everywhere  { return Everywhere{} }
func (anyEngine) Translate(e error) error { return e }

// What can't be read of a row is an error, and takes no process down.
func TestARowThatBreaksOffIsAnError(t *testing.T) {
	t.Parallel()
	x := &Tx{conn: broken{}, engine: anyEngine{}}
	for name, read := range map[string]func() error{
		"doubled families":           func() error { _, err := x.DoubledAmong(t.Context(), 1, []merge.ID{{1}}); return err },
		"families that do not open":  func() error { _, err := x.UnreadFamilies(t.Context(), 1); return err },
		"what families are found by": func() error { _, err := x.IdentifiersOf(t.Context(), 1, merge.ID{1}); return err },
		"identifiers that are stale": func() error { _, err := x.StaleIdentifiers(t.Context(), 1); return err },
		"who shares an identifier":   func() error { _, err := x.Sharing(t.Context(), [16]byte{1}, 1); return err },
	} {
		if err := read(); !errors.Is(err, errBroken) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
