package clientsdk

import (
	"context"
	"fmt"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/client-sdk/device"
	"github.com/keluarga-sehat/sync/internal/form"
	"github.com/keluarga-sehat/sync/internal/merge"
)

// KeepValue settles a conflict, one of those that Conflicts gave: it keeps the
// value at a position, 0 the one shown, and goes with the next sync as an ordinary
// change by who has seen all values; a removal that stands against them stays, and
// has seen this one then. It enters nothing, so its author may still judge the
// family. Errors: ErrNotFound, *ValidationError, ErrValuesChanged where
// the field holds other values by now, and one where the position is none.
func (u *User) KeepValue(ctx context.Context, id ID, conflict Conflict, at int) error {
	if at < 0 || at >= len(conflict.Values) {
		return fmt.Errorf("keep value %d of %d", at, len(conflict.Values))
	}
	edit := Edit{Key: conflict.Key, Set: merge.NewRecord(conflict.Key.Kind), Rewrite: []protowire.Number{conflict.Field}}
	if element := conflict.Values[at].Element; element == nil {
		edit.Clear = []protowire.Number{conflict.Field}
	} else if err := proto.Unmarshal(element, edit.Set); err != nil {
		return fmt.Errorf("keep value: %w", err)
	}
	_, err := u.saveNoted(ctx, id, 0, func(d *device.Draft) ([]Edit, error) {
		var now []merge.Value
		if record := d.Family.State.Record(conflict.Key); record != nil {
			if register := record.Register(conflict.Field); register != nil {
				now = register.Values
			}
		}
		same := slices.EqualFunc(now, conflict.Values, func(a, b merge.Value) bool { return a.Stamp == b.Stamp })
		if !same {
			return nil, ErrValuesChanged
		}
		return []Edit{edit}, nil
	}, func(d *device.Draft, list []Edit) []Edit {
		form.NoteSeen(list, &d.Family.State)
		return merge.Settle(&d.Family.State, list[0], conflict.Field)
	})
	return err
}
