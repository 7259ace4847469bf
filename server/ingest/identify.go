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
// members who do. A removed family has none.
func (v *Vault) Identifiers(village uint32, family merge.ID, h *ksv1.Household) ([]store.Identifier, error) {
	if h.GetFamily().GetRemoval() != nil {
		return nil, nil
	}
	out := make([]store.Identifier, 0, 1+len(h.GetMembers()))
	if nkk := h.GetFamily().GetNkk(); nkk != 0 {
		hash, err := v.ring.IdentifierHash(KindNKK, nkk)
		if err != nil {
			return nil, err
		}
		out = append(out, store.Identifier{Hash: hash, Village: village, Family: family})
	}
	for _, m := range h.GetMembers() {
		if m.GetMember().GetNik() == 0 || m.GetMember().GetRemoval() != nil {
			continue
		}
		hash, err := v.ring.IdentifierHash(KindNIK, m.GetMember().GetNik())
		if err != nil {
			return nil, err
		}
		id, err := merge.ParseID(m.GetMemberId())
		if err != nil {
			return nil, err
		}
		out = append(out, store.Identifier{Hash: hash, Village: village, Family: family, Member: id})
	}
	return out, nil
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
	young, old map[identifiedKey][]foundBy
	came       uint64
}

type identifiedKey struct {
	village  uint32
	family   merge.ID
	revision uint64
}

// foundBy is an identifier of a family that is known.
type foundBy struct {
	hash   [16]byte
	member merge.ID
}

// identified is a family as a commit leaves it.
type identified struct {
	key     identifiedKey
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
			i.old, i.young = i.young, make(map[identifiedKey][]foundBy, IdentifiedMax/8)
		}
		entries := make([]foundBy, len(f.entries))
		for n, e := range f.entries {
			entries[n] = foundBy{e.Hash, e.Member}
		}
		i.young[f.key] = entries
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
	key := identifiedKey{village, family, revision}
	found, ok := i.take(key)
	for _, f := range found {
		entries = append(entries, store.Identifier{Hash: f.hash, Village: village, Family: family, Member: f.member})
	}
	return entries, ok
}

func (i *Identified) take(key identifiedKey) (found []foundBy, ok bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, generation := range []map[identifiedKey][]foundBy{i.young, i.old} {
		if found, ok = generation[key]; ok {
			delete(generation, key)
			return found, true
		}
	}
	return nil, false
}
