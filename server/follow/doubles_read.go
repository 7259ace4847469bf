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
