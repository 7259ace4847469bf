package ingest

import (
	"context"
	"errors"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/keluarga-sehat/sync/internal/form"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// implausible is a measurement outside its bounds that a change writes: whether it is there
// already the store alone tells.
type implausible struct {
	key     merge.Key
	field   protowire.Number
	element []byte
	issue   *ksv1.FieldIssue
}

// implausibleIn is what a write says of the field that an issue is about; false where it can't
// be read.
func implausibleIn(w *ksv1.Write, issue *ksv1.FieldIssue) (out implausible, ok bool) {
	key, err := merge.KeyOfWrite(w)
	if err != nil {
		return out, false
	}
	elements, err := merge.SplitFields(w.GetFields())
	if err != nil {
		return out, false
	}
	for _, e := range elements {
		if e.Field == protowire.Number(issue.GetField()) {
			return implausible{key, e.Field, e.Bytes, issue}, true
		}
	}
	return out, false
}

// refuseImplausible refuses a change that brings an implausible measurement which was not there
// before: in its family, whoever has overtaken it since, or in one that is united with it. Nil:
// it brings none.
func (w *work) refuseImplausible(ctx context.Context, in *Incoming, f *familyWork) (*ksv1.Receipt, error) {
	if len(in.implausible) == 0 {
		return nil, nil
	}
	own := form.NewHeld(f.joined())
	if !f.isNew {
		if err := w.core.Vault.addHistory(ctx, w.past, &f.before, own); err != nil {
			return nil, err
		}
	}
	var issues []*ksv1.FieldIssue
	for _, x := range in.implausible {
		if in.writes(x.key) && !own.Has(x.key, x.field, x.element) && !(in.from != nil && in.from.GivesOver(x.key, x.field, x.element)) {
			issues = append(issues, x.issue)
		}
	}
	if len(issues) == 0 {
		return nil, nil
	}
	r := in.receipt(ksv1.ReceiptStatus_RECEIPT_STATUS_INVALID, ReasonInvalidValue)
	r.Issues = issues
	return r, nil
}

// writes tells whether the change still writes to a record, of which nothing was erased.
func (in *Incoming) writes(key merge.Key) bool {
	return slices.ContainsFunc(in.Change.GetWrites(), func(w *ksv1.Write) bool {
		of, err := merge.KeyOfWrite(w)
		return err == nil && of == key
	})
}

// addHistory adds what was written to a family before; what does not open holds nothing.
func (v *Vault) addHistory(ctx context.Context, past Past, f *store.Family, to *form.Held) error {
	return v.EachChange(ctx, past, f, func(_ *store.Entry, c *ksv1.Change, err error) error {
		if err == nil {
			to.AddChange(c)
		}
		return nil
	})
}

// readTakenOver reads, of the families from which changes take surveys over, what they hold and
// held that is implausible, with what the page has brought them before. Only who reviews families
// unites them, where they are theirs; what comes by file waits for who does. A family that is not
// there gives nothing over.
func readTakenOver(ctx context.Context, s store.Store, vault *Vault, page []*Incoming) error {
	for i, in := range page {
		if len(in.implausible) == 0 || !in.Sender.MayReview && !in.Sender.Deposited && !in.Sender.Forked {
			continue
		}
		for _, of := range in.Change.GetTakenFrom() {
			if in.from == nil {
				in.from = form.NewHeld()
			}
			family, err := merge.IDFromBytes(of.GetFamilyId())
			if err != nil {
				continue // no id, it names nothing
			}
			if err := in.addStored(ctx, s, vault, []uint32{of.GetVillage(), in.Change.GetVillage()}, family); err != nil {
				return err
			}
			for _, before := range page[:i] {
				if before.family == family && before.from != nil {
					in.from.AddChange(before.Change)
				}
			}
		}
	}
	return nil
}

// addStored adds what a family of the villages holds and held, to what the change takes over. Of
// others' families nobody finds out by guesses what they hold.
func (in *Incoming) addStored(ctx context.Context, s store.Store, vault *Vault, villages []uint32, family merge.ID) error {
	ctx = store.WithScope(ctx, store.Scope{Villages: villages, Restricted: true})
	err := s.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		row, err := snap.FindFamily(ctx, villages, family)
		if err != nil {
			return err
		}
		if in.Sender.MayReview && !in.coversPlace(row.Village, row.Place) {
			return nil
		}
		_, _, state, err := vault.ReadFamily(ctx, snap, &row)
		if err != nil {
			return err
		}
		in.from.Add(&state)
		return vault.addHistory(ctx, snap, &row, in.from)
	})
	if errors.Is(err, store.ErrNotFound) || OfRecord(err) {
		return nil
	}
	return err
}
