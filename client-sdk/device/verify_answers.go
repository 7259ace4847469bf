package device

import (
	"context"
	"database/sql"
	"fmt"
)

// answerTables are what the server answers to work made here, and the steps of
// review: rows sealed apart from the chain. payload "" is walkChain's.
var answerTables = []struct{ name, payload, answer, tablePayload, tableAnswer string }{
	{"change", "", "receipt", "", tableReceipt},
	{"submission", "payload", "batch", tableSubmission, tableBatch},
	{"decision", "payload", "receipt", tableDecision, tableDecided},
}

// walkAnswers finds answers that can't be read back, and forgets them: the work
// is then offered again, and the server, which knows it, answers again. Steps of
// review that can't be read back themselves are deleted, and counted as lost.
func (s *Store) walkAnswers(ctx context.Context) (spoiled, lost int, err error) {
	for _, t := range answerTables {
		var forget, drop [][]byte
		payload := "NULL"
		if t.payload != "" {
			payload = t.payload
		}
		err := eachRow(ctx, s.db, `SELECT id, `+payload+`, `+t.answer+` FROM `+t.name, nil, func(rows *sql.Rows) error {
			var id, sealed, answer []byte
			if err := rows.Scan(&id, &sealed, &answer); err != nil {
				return err
			}
			if sealed != nil {
				if _, err := s.vault.open(t.tablePayload, toID(id), sealed); err != nil {
					drop = append(drop, id)
					return nil
				}
			}
			if answer != nil {
				if _, err := s.vault.open(t.tableAnswer, toID(id), answer); err != nil {
					forget = append(forget, id)
				}
			}
			return nil
		})
		if err != nil {
			return 0, 0, err
		}
		for _, id := range forget {
			offer := `UPDATE ` + t.name + ` SET ` + t.answer + ` = NULL, status = CASE status WHEN ? THEN status ELSE ? END WHERE id = ?`
			if _, err := s.db.ExecContext(ctx, offer, StatusReplaced, StatusPending, id); err != nil {
				return 0, 0, fmt.Errorf("forget answer: %w", err)
			}
		}
		for _, id := range drop {
			if _, err := s.db.ExecContext(ctx, `DELETE FROM `+t.name+` WHERE id = ?`, id); err != nil {
				return 0, 0, fmt.Errorf("set step of review aside: %w", err)
			}
		}
		spoiled, lost = spoiled+len(forget), lost+len(drop)
	}
	return spoiled, lost, nil
}
