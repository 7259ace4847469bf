package ingest

import (
	"fmt"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/server/store"
)

// creation is what a family will be if it is not stored yet and exactly these
// changes make it. Most work is new families: computing and sealing them before
// the village is locked leaves little to do under the lock.
type creation struct {
	changes []*Incoming
	row     store.Family
	digest  merge.Digest
	// identifiers are what the family will be found by.
	identifiers []store.Identifier
}

// anticipatedMax is through how many records joining one family's changes goes at most where
// it is computed ahead. Each goes through all that are there, and others wait to be prepared.
const anticipatedMax = 50_000

// Anticipate computes ahead what the sender's changes of one village will make,
// for families that they create. Whoever prepares changes calls it on a
// goroutine of its own; where it turns out otherwise at the commit, the work is
// done anew there.
func (c *Core) Anticipate(village uint32, batch []*Incoming) error {
	var order []merge.ID
	groups := map[merge.ID][]*Incoming{}
	for _, in := range batch {
		if in.verdict != nil || in.poisoned || in.ahead {
			continue
		}
		if groups[in.family] == nil {
			if !in.creates() {
				continue
			}
			order = append(order, in.family)
		}
		groups[in.family] = append(groups[in.family], in)
	}
	if len(order) == 0 {
		return nil
	}
	key, err := c.Vault.ring.DigestKey(village)
	if err != nil {
		return err
	}
	w := &work{core: c, digester: merge.NewDigester(key), now: c.Now(), row: store.Village{Number: village}}
	for _, family := range order {
		if err := w.anticipateSafely(family, groups[family]); err != nil {
			return fmt.Errorf("anticipate family %s: %w", family, err)
		}
	}
	return nil
}

// anticipateSafely computes nothing ahead where that panics: the commit tells which
// of the changes it is.
func (w *work) anticipateSafely(family merge.ID, changes []*Incoming) (err error) {
	defer func() {
		if recover() == nil {
			return
		}
		for _, in := range changes {
			in.creation, in.sealed = nil, nil
		}
	}()
	return w.anticipate(family, changes)
}

// creates reports whether the change writes a family's own record without
// having seen any of it.
func (in *Incoming) creates() bool {
	key := merge.Key{Kind: merge.KindFamily}
	if in.plain != nil {
		return in.plain.Writes(key)
	}
	family := in.delta.Record(key)
	if family == nil {
		return false
	}
	for i := range family.Registers {
		if len(family.Registers[i].Context) > 1 {
			return false
		}
	}
	return true
}

func (w *work) anticipate(family merge.ID, changes []*Incoming) error {
	salt, err := w.core.Vault.NewSalt()
	if err != nil {
		return err
	}
	key, err := w.core.Vault.ring.FamilyKey(salt)
	if err != nil {
		return err
	}
	f := &familyWork{isNew: true, row: store.Family{Village: w.row.Number, ID: family, Salt: salt}}
	walked := 0
	for _, in := range changes {
		f.become(in, f.with(in))
		if walked += len(f.state.Records); walked > anticipatedMax {
			return nil
		}
	}
	if !f.state.Fits(merge.RoomForRecords) { // the commit tells which change is too much
		return nil
	}
	household, err := f.household()
	if err != nil {
		return err
	}
	// A place that can't be read is the commit's to judge.
	if f.row.Place, err = readPlace(household.GetFamily().GetPlace()); err != nil {
		return nil
	}
	if err := w.compute(f, household); err != nil {
		return err
	}
	digest, plain := w.encode(f)
	made := &creation{changes: changes, digest: digest}
	if err := w.core.Vault.sealFamilyWith(key, &f.row, plain); err != nil {
		return err
	}
	made.row = f.row
	if w.core.Identified != nil {
		if made.identifiers, err = w.core.Vault.Identifiers(w.row.Number, family, household); err != nil {
			return err
		}
	}
	for _, in := range changes {
		if in.sealed, err = w.core.Vault.sealWith(key, historyBinding(w.row.Number, in.id), in.wire); err != nil {
			return err
		}
		in.creation = made
	}
	return nil
}
