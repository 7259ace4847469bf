package ingest

import (
	"errors"
	"fmt"

	"github.com/keluarga-sehat/sync/server/store"
)

// ErrOtherPart: the quarantined work takes from its family what other work of the same save
// brings to another, and that was not admitted: whoever is moved would be nowhere.
var ErrOtherPart = errors.New("the part by which the other family gets what this one loses was not admitted")

// partsAdmitted refuses to admit what a family loses to another before what that one gets by the
// same save; both may be in different villages. Errors: ErrOtherPart.
func (w *work) partsAdmitted(in *Incoming) error {
	for _, id := range in.otherParts {
		if q := w.partHeld(in, id); q != nil && q.State != store.QuarantineAdmitted {
			return fmt.Errorf("%w: change %s of family %s", ErrOtherPart, q.Change, q.Family)
		}
	}
	return nil
}
