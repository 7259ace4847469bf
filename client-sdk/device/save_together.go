package device

import (
	"bytes"
	"context"
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
)

// togetherBytes is how much one page takes at most for the sake of what was saved together: what
// a union takes over of a family with long notes has a fifth of it.
const togetherBytes = 512 << 10

// together is how many of the rows, from the first on, go in one page, so that the server takes
// all of a save or nothing; and their bytes. What a family gives to another comes right behind
// what that gets.
func together(rows []row) (n, size int) {
	total, last := 0, rows[0].change.GetFamilyId()
	for i, r := range rows {
		to, same := merge.LeadsTo(r.change), bytes.Equal(r.change.GetFamilyId(), last)
		gives := slices.Contains(to, toID(last)) || n > 1 && same && len(to) > 0
		if i > 0 && !gives && (!same || n > 1) {
			break
		}
		if total += proto.Size(r.change) + 4; i > 0 && total > togetherBytes {
			break
		}
		if last = r.change.GetFamilyId(); i == 0 || gives {
			n, size = i+1, total
		}
	}
	return n, size
}

// gatherSaves moves, to right before a change by which a family gives something to another, what
// was saved before it of that one and would come behind it. moved: the order is another by then.
func (s *Store) gatherSaves(ctx context.Context, rows []row) (moved bool, err error) {
	for i, r := range rows {
		for _, to := range merge.LeadsTo(r.change) {
			before, err := collect[int64](ctx, s.db, `SELECT seq FROM change WHERE family_id = ? AND seq < ? AND seq IN unsent ORDER BY seq`, to[:], r.seq)
			if err != nil {
				return false, err
			}
			rest := s.order.seqs[i:]
			before = slices.DeleteFunc(before, func(seq int64) bool { return !slices.Contains(rest, seq) })
			if len(before) == 0 {
				continue
			}
			rest = slices.DeleteFunc(slices.Clone(rest), func(seq int64) bool { return slices.Contains(before, seq) })
			s.order.seqs = slices.Concat(s.order.seqs[:i], before, rest)
			return true, nil
		}
	}
	return false, nil
}
