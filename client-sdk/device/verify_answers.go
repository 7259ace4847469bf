package device

import (
	"context"
	"database/sql"
	"fmt"
)

// answerTables are what the server answers to work made here, and the steps of
// review: rows sealed apart from the chain. key finds a row; payload "" is
// walkChain's.
var answerTables = []struct{ name, key, payload, answer, tablePayload, tableAnswer string }{
	{"change", "seq", "", "receipt", "", tableReceipt},
	{"change", "seq", "", "decision", "", tableJudged},
	{"submission", "id", "payload", "batch", tableSubmission, tableBatch},
	{"decision", "seq", "payload", "receipt", tableDecision, tableDecided},
}

// walkAnswers finds answers that can't be read back, and forgets them: the work
// is then offered again, and the server, which knows it, answers again. Steps of
// review that can't be read back themselves are deleted, and counted as lost.
func (s *Store) walkAnswers(ctx context.Context) (spoiled, lost int, err error) {
	for _, t := range answerTables {
		var forget, drop []any
		payload := "NULL"
		if t.payload != "" {
			payload = t.payload
		}
		err := eachRow(ctx, s.db, `SELECT `+t.key+`, id, `+payload+`, `+t.answer+` FROM `+t.name, nil, func(rows *sql.Rows) error {
			var key any
			var id, sealed, answer []byte
			if err := rows.Scan(&key, &id, &sealed, &answer); err != nil {
				return err
			}
			if sealed != nil {
				if _, err := s.vault.open(t.tablePayload, toID(id), sealed); err != nil {
					drop = append(drop, key)
					return nil
				}
			}
			if answer != nil {
				if _, err := s.vault.open(t.tableAnswer, toID(id), answer); err != nil {
					forget = append(forget, key)
				}
			}
			return nil
		})
		if err != nil {
			return 0, 0, err
		}
		for _, key := range forget {
			offer := `UPDATE ` + t.name + ` SET ` + t.answer + ` = NULL, status = CASE status WHEN ? THEN status ELSE ? END WHERE ` + t.key + ` = ?`
			if _, err := s.db.ExecContext(ctx, offer, StatusReplaced, StatusPending, key); err != nil {
				return 0, 0, fmt.Errorf("forget answer: %w", err)
			}
		}
		for _, key := range drop {
			if _, err := s.db.ExecContext(ctx, `DELETE FROM `+t.name+` WHERE `+t.key+` = ?`, key); err != nil {
				return 0, 0, fmt.Errorf("set step of review aside: %w", err)
			}
		}
		spoiled, lost = spoiled+len(forget), lost+len(drop)
	}
	names, err := s.walkHeadNames(ctx)
	return spoiled + names, lost, err
}

// walkHeadNames forgets names beside verdicts that can't be read back: the server does not know
// them, and what it answered stands.
func (s *Store) walkHeadNames(ctx context.Context) (spoiled int, err error) {
	var forget []int64
	err = eachRow(ctx, s.db, `SELECT seq, id, head_name FROM decision WHERE head_name IS NOT NULL`, nil, func(rows *sql.Rows) error {
		var seq int64
		var id, sealed []byte
		if err := rows.Scan(&seq, &id, &sealed); err != nil {
			return err
		}
		if _, err := s.vault.open(tableHeadName, toID(id), sealed); err != nil {
			forget = append(forget, seq)
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	for _, seq := range forget {
		if _, err := s.db.ExecContext(ctx, `UPDATE decision SET head_name = NULL WHERE seq = ?`, seq); err != nil {
			return 0, fmt.Errorf("forget name beside a verdict: %w", err)
		}
	}
	return len(forget), nil
}
