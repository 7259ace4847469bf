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

// identifiedMax bounds the families of a generation: what two seconds bring. A
// family takes about 300 bytes.
const identifiedMax = 24_000

// Identified hands the identifiers of families just created from their commit to
// the follower that keeps the index, which then need not open them again. It
// forgets: what it does not have, the follower reads. Safe for concurrent use;
// the zero value is ready.
type Identified struct {
	mu sync.Mutex
	// Both guarded by mu. When young is full it becomes old, and old is forgotten.
	young, old map[identifiedKey][]store.Identifier
}

type identifiedKey struct {
	village  uint32
	family   merge.ID
	revision uint64
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
		if i.young == nil || len(i.young) >= identifiedMax {
			i.old, i.young = i.young, make(map[identifiedKey][]store.Identifier, identifiedMax/8)
		}
		i.young[f.key] = f.entries
	}
}

// Take gives a family's identifiers as of a revision, once; ok is false where
// they are not known. Nil has none.
func (i *Identified) Take(village uint32, family merge.ID, revision uint64) (entries []store.Identifier, ok bool) {
	if i == nil {
		return nil, false
	}
	key := identifiedKey{village, family, revision}
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, generation := range []map[identifiedKey][]store.Identifier{i.young, i.old} {
		if entries, ok = generation[key]; ok {
			delete(generation, key)
			return entries, true
		}
	}
	return nil, false
}
