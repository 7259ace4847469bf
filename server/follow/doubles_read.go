package follow

import (
	"context"

	"github.com/keluarga-sehat/sync/server/store"
)

// onceReader reads each village and each family once: with every double two of both are
// asked for, by either side.
type onceReader struct {
	store.Snapshot
	villages map[uint32]store.Village
	families map[place]foundFamily
	names    map[place]map[[16]byte][32]byte
}

func newOnceReader(snap store.Snapshot) onceReader {
	return onceReader{snap, map[uint32]store.Village{}, map[place]foundFamily{}, map[place]map[[16]byte][32]byte{}}
}

// foundFamily is how FindFamily answered.
type foundFamily struct {
	row store.Family
	err error
}

// Village is as the first reading found it.
func (r onceReader) Village(ctx context.Context, number uint32) (v store.Village, err error) {
	v, ok := r.villages[number]
	if !ok {
		if v, err = r.Snapshot.Village(ctx, number); err == nil {
			r.villages[number] = v
		}
	}
	return v, err
}

// family is one of a village, as the first reading found it. Errors: store.ErrNotFound.
func (r onceReader) family(ctx context.Context, of place) (store.Family, error) {
	found, ok := r.families[of]
	if !ok {
		found.row, found.err = r.FindFamily(ctx, []uint32{of.village}, of.family)
		r.families[of] = found
	}
	return found.row, found.err
}

// namesOf names the numbers of a family as it stands (Vault.KeptNames).
func (f *Identifiers) namesOf(ctx context.Context, read onceReader, of place) (map[[16]byte][32]byte, error) {
	if names, ok := read.names[of]; ok {
		return names, nil
	}
	row, err := read.family(ctx, of)
	if err != nil {
		return nil, err
	}
	h, err := f.householdOf(ctx, read, &row)
	if err != nil {
		return nil, err
	}
	read.names[of], err = f.Vault.KeptNames(h)
	return read.names[of], err
}
