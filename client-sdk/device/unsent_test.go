package device

import (
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// What is unsent is found without an entry for each pending change, and counted with
// the rest; neither reads the changes themselves, which are large.
func TestUnsentChangesAreFoundByWhatIsSettled(t *testing.T) {
	t.Parallel()
	s, id := withOneSave(t, testOptions(t))
	for _, address := range []string{"Jl. Satu", "Jl. Dua", "Jl. Tiga"} {
		_, err := s.Save(t.Context(), id, 0, func(*Draft) ([]merge.RecordEdit, error) {
			return []merge.RecordEdit{{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{Address: proto.String(address)}}}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for seq, status := range map[int]Status{1: StatusApplied, 2: StatusRefused, 3: StatusQuarantined} {
		if _, err := s.db.ExecContext(t.Context(), `UPDATE change SET status = ? WHERE seq = ?`, status, seq); err != nil {
			t.Fatal(err)
		}
	}
	unsent, err := collect[int](t.Context(), s.db, `SELECT seq FROM unsent`)
	if err != nil || len(unsent) != 1 || unsent[0] != 4 {
		t.Errorf("unsent %v, %v; want the fourth alone", unsent, err)
	}
	if c, err := s.Counts(t.Context()); err != nil || c != (Counts{Pending: 1, Applied: 1, Refused: 1, Quarantined: 1}) {
		t.Errorf("counts %+v, %v", c, err)
	}
	page, err := s.readPending(t.Context(), 1<<20)
	if err != nil || len(page.GetChanges()) != 1 {
		t.Errorf("to send: %v, %v", page, err)
	}
	for _, query := range []string{`SELECT seq FROM unsent`, `SELECT count(*) FROM change`, `SELECT count(*) FILTER (WHERE status = 1) FROM change WHERE status > 0`, passedBy, settleChangesAhead, selectOwn + `)`} {
		plan, err := collectPlan(t, s, query)
		if err != nil || strings.Contains(plan, "SCAN change\n") || !strings.Contains(plan, "change") {
			t.Errorf("%s reads the changes: %s %v", query, plan, err)
		}
	}
}

func collectPlan(t *testing.T, s *Store, query string) (plan string, err error) {
	t.Helper()
	args := make([]any, 2)[:min(2, strings.Count(query, "?"))]
	rows, err := s.db.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query, args...)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			return "", err
		}
		plan += detail + "\n"
	}
	return plan, rows.Err()
}
