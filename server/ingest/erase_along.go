package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/ledger"
	"github.com/keluarga-sehat/sync/server/store"
)

// A split may come after the erasure of whom it takes over, or wait for a decision
// meanwhile, though later work on the new family is in: they stand there, and nothing has
// told yet who they are. What tells it has them erased there first, in a commit of its own
// that the ledger knows of, and is taken only then: what was cut off in between comes again.

// alongError says who is to be erased before a step can be taken.
type alongError struct {
	village uint32
	code    string
	family  merge.ID
	members []merge.ID
}

func (e *alongError) Error() string {
	return fmt.Sprintf("%d members of family %s come of who was erased", len(e.members), e.family)
}

// scoped is a context in which all of the village may be read, whoever's work led here.
func (e *alongError) scoped(ctx context.Context) context.Context {
	if _, operator := store.ScopeOf(ctx); operator {
		return ctx
	}
	return store.WithScope(ctx, store.Scope{Villages: []uint32{e.village}, Restricted: true})
}

// erasingAlong takes a step, once those are erased whom it turns out to tell of.
func (c *Core) erasingAlong(ctx context.Context, step func() error) error {
	var last *alongError
	for {
		err := step()
		var along *alongError
		if !errors.As(err, &along) || last != nil && last.family == along.family && slices.Equal(last.members, along.members) {
			return err // or they could not be
		}
		last = along
		if err := c.eraseAlong(along.scoped(ctx), along); err != nil {
			return fmt.Errorf("%w: %w", along, err)
		}
	}
}

func (c *Core) eraseAlong(ctx context.Context, a *alongError) error {
	clock, err := c.Eraser(ctx, c.Vault.rand)
	if err != nil {
		return err
	}
	var lines []ledger.Line
	for _, m := range a.members {
		lines = append(lines, ledger.Line{Village: a.village, Code: a.code, Family: a.family.String(), Member: m.String(), TimeMS: c.Now().UnixMilli()})
	}
	if c.Ledger != "" {
		if err := ledger.Append(c.Ledger, lines); err != nil {
			return err
		}
	}
	for n, m := range a.members {
		e := Erasure{
			Village: a.village, Family: a.family, Member: m, Change: merge.NewID(clock.Device, clock.Incarnation, uint64(n+1)),
			Device: clock.Device, Incarnation: clock.Incarnation,
			Again: true, // what brings them may be in the step itself
		}
		if _, _, err := c.Erase(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

// eraserKey names the server's own device, which stamps the marks that stay.
var eraserKey = []byte("keluarga-sehat/erasure")

// Eraser registers the server's own device and draws its incarnation.
func (c *Core) Eraser(ctx context.Context, random io.Reader) (clock merge.Clock, err error) {
	var b [4]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return clock, fmt.Errorf("draw incarnation: %w", err)
	}
	err = c.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		key := sha256.Sum256(eraserKey)
		d, err := tx.Snapshot().FindDeviceByKey(ctx, key[:])
		if errors.Is(err, store.ErrNotFound) {
			d = store.Device{PublicKey: key[:], Name: "erasure", RegisteredMS: c.Now().UnixMilli()}
			d.Number, err = tx.Directory().PutDevice(ctx, d)
		}
		clock = merge.Clock{Device: d.Number, Incarnation: binary.BigEndian.Uint32(b[:])}
		return err
	})
	return clock, err
}

// standing says which members of a family come of the erased, as what a device brought is the
// first to tell; nil: none. It is believed of those alone whose id follows from whom they were
// (merge.SplitID), or whom the device has entered itself, as who makes a split has: nobody has
// others' work erased by saying so.
func (w *work) standing(device uint32, family merge.ID, household *ksv1.Household, state *merge.State) error {
	along := &alongError{village: w.row.Number, code: w.row.Code, family: family}
	for _, m := range household.GetMembers() {
		id := linkOfText(m.GetMemberId())
		drawnBy, _, _, drawn := id.Source()
		if id != merge.SplitID(family, linkOfText(m.GetMember().GetFormerMemberId())) && (!drawn || drawnBy != device) {
			continue
		}
		if isGone(w.fateBefore(household, m.GetMember())) && hasMember(state, id) && !merge.Erased(state, id) && !merge.CameBySplit(state, id) {
			along.members = append(along.members, id)
		}
	}
	if len(along.members) == 0 {
		return nil
	}
	return along
}

// fateBefore is what became of whom a member of a family was in the one that they left.
func (w *work) fateBefore(household *ksv1.Household, m *ksv1.Member) store.Fate {
	former := linkOfText(m.GetFormerMemberId())
	fate := w.erased[former]
	if fate == 0 && !former.IsZero() && w.erased[linkOfText(household.GetFamily().GetSplitFromId())] == store.FateWithFamily {
		return store.FateErased // whom the family got behind what the server knew
	}
	return fate
}

func isGone(fate store.Fate) bool { return fate != 0 && fate != store.FateLivesOn }
