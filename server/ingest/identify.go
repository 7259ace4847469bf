package ingest

import (
	"sync"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// Kinds of identifiers, as hashed.
const (
	KindNIK byte = 1
	KindNKK byte = 2
)

// Identifiers are those of a family that counts: its NKK, and the NIK of its
// members who do. A removed family has none. Their Revision is the caller's to say.
func (v *Vault) Identifiers(village uint32, family merge.ID, h *ksv1.Household) ([]store.Identifier, error) {
	out := make([]store.Identifier, 0, 1+len(h.GetMembers()))
	err := eachNumber(h, func(kind byte, number uint64, member merge.ID) error {
		hash, err := v.ring.IdentifierHash(kind, number)
		out = append(out, store.Identifier{Hash: hash, Village: village, Family: family, Member: member})
		return err
	})
	if err != nil || len(out) == 0 {
		return nil, err
	}
	return out, nil
}

// KeptNames name a family's numbers, by their identifier hashes: names that stay
// when keys are rotated.
func (v *Vault) KeptNames(h *ksv1.Household) (map[[16]byte][32]byte, error) {
	out := map[[16]byte][32]byte{}
	err := eachNumber(h, func(kind byte, number uint64, _ merge.ID) error {
		hash, err := v.ring.IdentifierHash(kind, number)
		if err != nil {
			return err
		}
		out[hash], err = v.ring.NumberName(kind, number)
		return err
	})
	return out, err
}

// eachNumber hands over the numbers by which a family that counts is found; those
// of the family itself have no member.
func eachNumber(h *ksv1.Household, visit func(kind byte, number uint64, member merge.ID) error) error {
	if h.GetFamily().GetRemoval() != nil {
		return nil
	}
	if nkk := h.GetFamily().GetNkk(); nkk != 0 {
		if err := visit(KindNKK, nkk, merge.ID{}); err != nil {
			return err
		}
	}
	for _, m := range h.GetMembers() {
		if m.GetMember().GetNik() == 0 || m.GetMember().GetRemoval() != nil {
			continue
		}
		id, err := merge.ParseID(m.GetMemberId())
		if err != nil {
			return err
		}
		if err := visit(KindNIK, m.GetMember().GetNik(), id); err != nil {
			return err
		}
	}
	return nil
}

// IdentifiedMax bounds the families of a generation, and so how many may wait for
// the follower. A family takes about 250 bytes.
const IdentifiedMax = 40_000

// Identified hands the identifiers of families just created from their commit to
// the follower that keeps the index, which then need not open them again, nor
// forget what they were found by before. It forgets: what it does not have, the
// follower reads. Safe for concurrent use; the zero value is ready.
type Identified struct {
	mu sync.Mutex
	// All guarded by mu. When young is full it becomes old, and old is forgotten.
	young, old map[identifiedKey]known
	came       uint64
}

// identifiedKey names the family whose last change has the revision.
type identifiedKey struct {
	village  uint32
	revision uint64
}

// known is a family with what it is found by.
type known struct {
	family  merge.ID
	foundBy []foundBy
}

// foundBy is an identifier of a family that is known.
type foundBy struct {
	hash   [16]byte
	member merge.ID
}

// identified is a family as a commit leaves it.
type identified struct {
	key     identifiedKey
	family  merge.ID
	entries []store.Identifier
}

func (i *Identified) put(list []identified) {
	if len(list) == 0 {
		return
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, f := range list {
		if i.young == nil || len(i.young) >= IdentifiedMax {
			i.old, i.young = i.young, make(map[identifiedKey]known, IdentifiedMax/8)
		}
		entries := make([]foundBy, len(f.entries))
		for n, e := range f.entries {
			entries[n] = foundBy{e.Hash, e.Member}
		}
		i.young[f.key] = known{f.family, entries}
	}
	i.came += uint64(len(list))
}

// Waiting tells how many families it has, and how many it was ever given. Nil has
// none.
func (i *Identified) Waiting() (families int, ever uint64) {
	if i == nil {
		return 0, 0
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	return len(i.young) + len(i.old), i.came
}

// Take gives a family's identifiers as of the revision that made it, once; ok is
// false where they are not known. Nil has none.
func (i *Identified) Take(village uint32, family merge.ID, revision uint64) (entries []store.Identifier, ok bool) {
	if i == nil {
		return nil, false
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	found, ok := i.take(identifiedKey{village, revision})
	if !ok || found.family != family {
		return nil, false
	}
	return found.appendTo(nil, village, revision), true
}

// TakeAll gives, once, the identifiers of the families that a village's revisions
// behind one made, through another, in their order; ok is false, and nothing is taken,
// where any of them is not known. Nil has none.
func (i *Identified) TakeAll(village uint32, after, through uint64) (entries []store.Identifier, ok bool) {
	if i == nil || through < after || through-after > 2*IdentifiedMax {
		return nil, false
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	for revision := after + 1; revision <= through; revision++ {
		key := identifiedKey{village, revision}
		if _, ok = i.young[key]; !ok {
			_, ok = i.old[key]
		}
		if !ok {
			return nil, false
		}
	}
	for revision := after + 1; revision <= through; revision++ {
		if found, ok := i.take(identifiedKey{village, revision}); ok {
			entries = found.appendTo(entries, village, revision)
		}
	}
	return entries, true
}

func (k *known) appendTo(entries []store.Identifier, village uint32, revision uint64) []store.Identifier {
	for _, f := range k.foundBy {
		entries = append(entries, store.Identifier{Hash: f.hash, Village: village, Family: k.family, Member: f.member, Revision: revision})
	}
	return entries
}

// take needs mu.
func (i *Identified) take(key identifiedKey) (found known, ok bool) {
	for _, generation := range []map[identifiedKey]known{i.young, i.old} {
		if found, ok = generation[key]; ok {
			delete(generation, key)
			return found, true
		}
	}
	return known{}, false
}
