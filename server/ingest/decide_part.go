package ingest

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/server/store"
)

// ErrOtherPart: the quarantined work takes from its family what other work of the same device
// brings to another, and that was not admitted: whoever is moved would be nowhere.
var ErrOtherPart = errors.New("the part by which the other family gets what this one loses was not admitted")

// partsBefore is among how many ids before a change's own its other parts are sought. A save
// takes an id for each record that it makes.
const partsBefore = 256

// otherPart refuses to admit what a family loses to another before what that one gets by the
// same save; both may be in different villages. Errors: ErrOtherPart.
func (in *Incoming) otherPart(ctx context.Context, v store.VillageTx) error {
	to := merge.LeadsTo(in.Change)
	device, incarnation, counter, ok := in.id.Source()
	if len(to) == 0 || !ok {
		return nil
	}
	var before []merge.ID
	for n := uint64(1); n <= partsBefore && n < counter; n++ {
		before = append(before, merge.NewID(device, incarnation, counter-n))
	}
	parts, err := v.Quarantined(ctx, before, nil)
	if err != nil {
		return err
	}
	for i := range parts {
		part := &parts[i]
		if part.State != store.QuarantineAdmitted && part.Author == in.Change.GetAuthor() && slices.Contains(to, part.Family) {
			return fmt.Errorf("%w: change %s of family %s", ErrOtherPart, part.Change, part.Family)
		}
	}
	return nil
}
