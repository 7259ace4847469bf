package device

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// largeChange is how many bytes at rest make a change large: several times what the
// smallest chunk holds. An interview's changes have a twentieth of it.
const largeChange = 16 << 10

// sendOrder is what a session is still to read for sending. A link that ends soon
// has then carried what matters most: what a supervisor waits for, then all that is
// small. A family's changes stay in their order, and what a family gives away comes
// behind what another gets (partsFirst).
type sendOrder struct {
	seqs []int64
	// upTo is the last change of the chain that the order knows.
	upTo int64
}

// Ranks of families in the order.
const (
	rankReturned = iota
	rankSmall
	rankLarge
)

// toSend gives the next few changes to be sent, which stand at the front of the
// order then; none where all are read.
func (s *Store) toSend(ctx context.Context) ([]row, error) {
	const batch = 64
	for {
		if len(s.order.seqs) == 0 {
			if err := s.extendOrder(ctx); err != nil || len(s.order.seqs) == 0 {
				return nil, err
			}
		}
		next := s.order.seqs[:min(batch, len(s.order.seqs))]
		args := []any{StatusPending}
		place := make(map[int64]int, len(next))
		for i, seq := range next {
			args, place[seq] = append(args, seq), i
		}
		rows, err := s.changes(ctx, s.db, `WHERE status = ? AND seq IN (?`+strings.Repeat(`, ?`, len(next)-1)+`)`, args...)
		if err != nil {
			return nil, err
		}
		slices.SortFunc(rows, func(a, b row) int { return cmp.Compare(place[a.seq], place[b.seq]) })
		// What is pending no more, because it was given up or is with the server, goes.
		rest := s.order.seqs[len(next):]
		s.order.seqs = make([]int64, 0, len(rows)+len(rest))
		for i := range rows {
			s.order.seqs = append(s.order.seqs, rows[i].seq)
		}
		s.order.seqs = append(s.order.seqs, rest...)
		moved, err := s.partsFirst(ctx, rows)
		if err != nil {
			return nil, err
		}
		if len(rows) > 0 && !moved {
			return rows, nil
		}
	}
}

// extendOrder puts what was saved since in order.
func (s *Store) extendOrder(ctx context.Context) error {
	type pending struct {
		seq    int64
		family merge.ID
	}
	var all []pending
	rank := map[merge.ID]int{}
	err := eachRow(ctx, s.db, `SELECT seq, family_id, length(payload) FROM change WHERE seq > ? AND seq IN unsent ORDER BY seq`,
		[]any{s.order.upTo}, func(rows *sql.Rows) error {
			var p pending
			var family []byte
			var bytes int
			if err := rows.Scan(&p.seq, &family, &bytes); err != nil {
				return err
			}
			p.family = toID(family)
			if known, ok := rank[p.family]; !ok || known == rankSmall {
				rank[p.family] = s.rankOf(p.family, bytes)
			}
			all = append(all, p)
			return nil
		})
	if err != nil {
		return fmt.Errorf("order unsent changes: %w", err)
	}
	if len(all) > 0 {
		s.order.upTo = all[len(all)-1].seq
	}
	slices.SortStableFunc(all, func(a, b pending) int { return cmp.Compare(rank[a.family], rank[b.family]) })
	for _, p := range all {
		s.order.seqs = append(s.order.seqs, p.seq)
	}
	return nil
}

func (s *Store) rankOf(family merge.ID, bytes int) int {
	switch summary := s.index.families[family]; {
	case summary != nil && summary.Review == ksv1.ReviewState_REVIEW_STATE_RETURNED:
		return rankReturned
	case bytes > largeChange:
		return rankLarge
	}
	return rankSmall
}

// partsFirst moves, to right before a change by which a family gives something to another, what
// was saved before it of that one and would come behind it. moved: the order is another by then.
func (s *Store) partsFirst(ctx context.Context, rows []row) (moved bool, err error) {
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
