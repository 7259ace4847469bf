package store

import (
	"cmp"
	"encoding/binary"

	"github.com/keluarga-sehat/sync/internal/merge"
)

// Identifier is an entry of the index of NIK and NKK by keyed hash.
type Identifier struct {
	Hash    [16]byte
	Village uint32
	Family  merge.ID
	// Member is zero for an NKK.
	Member merge.ID
	// Revision is the family's, as of which it was found by it. It names the family in
	// the index: no other of its village has it.
	Revision uint64
}

// Key is what the index has of the hash.
func (i Identifier) Key() int64 { return int64(binary.BigEndian.Uint64(i.Hash[:8])) }

// Compare orders as the index lies: by key, village, revision.
func (i Identifier) Compare(j Identifier) int {
	if a, b := i.Key(), j.Key(); a != b {
		return cmp.Compare(a, b)
	}
	return cmp.Or(cmp.Compare(i.Village, j.Village), cmp.Compare(i.Revision, j.Revision))
}

// StaleIdentifier is an identifier of which families may be told wrongly who shares it: one
// of a village is found by it no more, or the village came to another Puskesmas.
type StaleIdentifier struct {
	Village uint32
	// Writes is how often identifiers of the village had been written then: it may be stale
	// more than once.
	Writes uint64
	Hash   [16]byte
}

// UnreadFamily is a family that did not open.
type UnreadFamily struct {
	Village uint32
	Family  merge.ID
}

// IdentifierBatch is what families of one village, up to a revision, are found
// by.
type IdentifierBatch struct {
	Village uint32
	// Revision is how far the village has been followed with it; 0 says nothing.
	Revision uint64
	// Families lose the entries that they have; those that they do not get anew, and
	// others have, are StaleIdentifiers then. Who never had any need not stand here.
	Families [][16]byte
	// Rekeyed: the families are found by what they were, under another key.
	Rekeyed bool
	// Entries are all that the families are found by that have any here. Their
	// village is the batch's.
	Entries []Identifier
	// Listed are such, too, of families that are not listed yet, and their lists alone get
	// them; the index does by IndexIdentifiers. Until then those families are not found. Where
	// another has listed one, nothing is written.
	Listed []Identifier
	// Writes are how often what families of the village are found by had been written when
	// they were read (FollowReader.FollowedTo), and by this writer since. If another
	// wrote, nothing is written. Each batch that is written counts as one more. Of progress
	// alone nothing is expected, nor is it counted.
	Writes uint64
}

// ProgressAlone tells that a batch says of no family what it is found by.
func (b *IdentifierBatch) ProgressAlone() bool {
	return len(b.Families)+len(b.Entries)+len(b.Listed) == 0
}
