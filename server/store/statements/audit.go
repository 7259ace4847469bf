package statements

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/keluarga-sehat/sync/server/store"
)

var (
	insertAuditEntries = Insertion{Table: "audit_entry",
		Columns: "chain, sequence, time_ms, kind, account, district, puskesmas, body, hash"}
	insertAuditSubjects = Insertion{Table: "audit_subject", Columns: "subject, chain, sequence"}
)

// AppendAudit appends to one chain.
func (t *Tx) AppendAudit(ctx context.Context, entries []store.AuditEntry) error {
	if len(entries) == 0 {
		return nil
	}
	var rows, subjects [][]any
	for i := range entries {
		e := &entries[i]
		rows = append(rows, []any{
			int64(e.Chain), int64(e.Sequence), e.TimeMS, int64(e.Kind), int64(e.Account), e.District, e.Puskesmas, e.Body, e.Hash[:],
		})
		for _, s := range e.Subjects {
			subjects = append(subjects, []any{[]byte(s), int64(e.Chain), int64(e.Sequence)})
		}
	}
	if err := t.conn.Insert(ctx, insertAuditEntries, rows); err != nil {
		return t.fail("write audit entries", err)
	}
	if len(subjects) > 0 {
		if err := t.conn.Insert(ctx, insertAuditSubjects, subjects); err != nil {
			return t.fail("write audit subjects", err)
		}
	}
	last := &entries[len(entries)-1]
	_, err := t.conn.Exec(ctx, `
INSERT INTO audit_chain (chain, sequence, hash) VALUES ($1, $2, $3)
ON CONFLICT (chain) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash`,
		int64(last.Chain), int64(last.Sequence), last.Hash[:])
	return t.fail("write audit chain", err)
}

// PutAuditCheckpoint appends a checkpoint.
func (t *Tx) PutAuditCheckpoint(ctx context.Context, c store.AuditCheckpoint, covered []store.AuditChain) error {
	_, err := t.conn.Exec(ctx, `INSERT INTO audit_checkpoint (number, body, signature) VALUES ($1, $2, $3)`, int64(c.Number), c.Body, c.Signature)
	if err != nil {
		return t.fail("write audit checkpoint", err)
	}
	rows := make([][]any, len(covered))
	for i, h := range covered {
		rows[i] = []any{int64(h.Sequence), int64(h.Chain)}
	}
	if len(rows) == 0 {
		return nil
	}
	return t.fail("write audit chain", t.conn.Bulk(ctx, `UPDATE audit_chain SET checkpointed = $1 WHERE chain = $2`, rows))
}

func (t *Tx) auditChains(ctx context.Context, where string, args ...any) ([]store.AuditChain, error) {
	var out []store.AuditChain
	err := t.each(ctx, "read audit chains", `SELECT chain, sequence, hash, checkpointed FROM audit_chain `+where, args, func(rows Rows) error {
		var chain, sequence, checkpointed int64
		var hash []byte
		err := rows.Scan(&chain, &sequence, &hash, &checkpointed)
		c := store.AuditChain{Chain: uint64(chain), Sequence: uint64(sequence), Checkpointed: uint64(checkpointed)}
		copy(c.Hash[:], hash)
		out = append(out, c)
		return err
	})
	return out, err
}

// AuditChain reads where a chain stands.
func (t *Tx) AuditChain(ctx context.Context, chain uint64) (store.AuditChain, error) {
	found, err := t.auditChains(ctx, `WHERE chain = $1`, int64(chain))
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("audit chain %d: %w", chain, store.ErrNotFound)
	}
	if err != nil {
		return store.AuditChain{}, err
	}
	return found[0], nil
}

// AuditChains reads all, or those that have grown.
func (t *Tx) AuditChains(ctx context.Context, onlyGrown bool) ([]store.AuditChain, error) {
	if onlyGrown {
		return t.auditChains(ctx, `WHERE sequence > checkpointed ORDER BY chain`)
	}
	return t.auditChains(ctx, `ORDER BY chain`)
}

const selectAudit = `SELECT chain, sequence, time_ms, kind, account, district, puskesmas, body, hash FROM audit_entry `

func (t *Tx) auditEntries(ctx context.Context, where string, args ...any) ([]store.AuditEntry, error) {
	var out []store.AuditEntry
	err := t.each(ctx, "read audit entries", selectAudit+where, args, func(rows Rows) error {
		var e store.AuditEntry
		var chain, sequence, kind, account int64
		var hash []byte
		err := rows.Scan(&chain, &sequence, &e.TimeMS, &kind, &account, &e.District, &e.Puskesmas, &e.Body, &hash)
		e.Chain, e.Sequence, e.Kind, e.Account = uint64(chain), uint64(sequence), int32(kind), uint32(account)
		copy(e.Hash[:], hash)
		out = append(out, e)
		return err
	})
	return out, err
}

// AuditEntries reads a chain after a sequence.
func (t *Tx) AuditEntries(ctx context.Context, chain, after uint64, limit int) ([]store.AuditEntry, error) {
	out, err := t.auditEntries(ctx, `WHERE chain = $1 AND sequence > $2 ORDER BY sequence LIMIT $3`, int64(chain), int64(after), int64(limit))
	if err != nil || len(out) == 0 {
		return out, err
	}
	at := make(map[uint64]int, len(out))
	for i := range out {
		at[out[i].Sequence] = i
	}
	err = t.each(ctx, "read audit subjects", `SELECT sequence, subject FROM audit_subject
WHERE chain = $1 AND sequence > $2 AND sequence <= $3 ORDER BY sequence, subject`,
		[]any{int64(chain), int64(after), int64(out[len(out)-1].Sequence)}, func(rows Rows) error {
			var sequence int64
			var subject []byte
			err := rows.Scan(&sequence, &subject)
			if i, ok := at[uint64(sequence)]; ok {
				out[i].Subjects = append(out[i].Subjects, string(subject))
			}
			return err
		})
	return out, err
}

func (t *Tx) auditCheckpoints(ctx context.Context, where string, args ...any) ([]store.AuditCheckpoint, error) {
	var out []store.AuditCheckpoint
	err := t.each(ctx, "read audit checkpoints", `SELECT number, body, signature FROM audit_checkpoint `+where, args, func(rows Rows) error {
		var c store.AuditCheckpoint
		var number int64
		err := rows.Scan(&number, &c.Body, &c.Signature)
		c.Number = uint64(number)
		out = append(out, c)
		return err
	})
	return out, err
}

// AuditCheckpoints reads after a number.
func (t *Tx) AuditCheckpoints(ctx context.Context, after uint64, limit int) ([]store.AuditCheckpoint, error) {
	return t.auditCheckpoints(ctx, `WHERE number > $1 ORDER BY number LIMIT $2`, int64(after), int64(limit))
}

// LastAuditCheckpoint reads the last.
func (t *Tx) LastAuditCheckpoint(ctx context.Context) (store.AuditCheckpoint, error) {
	found, err := t.auditCheckpoints(ctx, `ORDER BY number DESC LIMIT 1`)
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("audit checkpoint: %w", store.ErrNotFound)
	}
	if err != nil {
		return store.AuditCheckpoint{}, err
	}
	return found[0], nil
}

// SearchAudit lists newest first. Districts are searched one by one, each in the order of its
// index.
func (t *Tx) SearchAudit(ctx context.Context, q store.AuditQuery) ([]store.AuditEntry, error) {
	if q.Districts == nil {
		return t.searchAudit(ctx, q, store.DatedCode{})
	}
	var out []store.AuditEntry
	for _, d := range q.Districts {
		found, err := t.searchAudit(ctx, q, d)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	if len(q.Districts) > 1 {
		slices.SortFunc(out, func(a, b store.AuditEntry) int {
			return cmp.Or(cmp.Compare(b.TimeMS, a.TimeMS), cmp.Compare(int64(b.Chain), int64(a.Chain)), cmp.Compare(b.Sequence, a.Sequence))
		})
	}
	return out[:min(len(out), q.Limit)], nil
}

// auditSearch gathers conditions. Parameters are numbered as they first appear, which is how
// SQLite binds them.
type auditSearch struct {
	engine     Engine
	conditions []string
	args       []any
}

func (s *auditSearch) param(value any) string {
	s.args = append(s.args, value)
	return "$" + strconv.Itoa(len(s.args))
}

func (s *auditSearch) add(condition string, value any) {
	s.conditions = append(s.conditions, condition+s.param(value))
}

// within bounds a column of time.
func (s *auditSearch) within(column string, fromMS, toMS int64) (conditions []string) {
	if fromMS != 0 {
		conditions = append(conditions, column+" >= "+s.param(fromMS))
	}
	if toMS != 0 {
		conditions = append(conditions, column+" < "+s.param(toMS))
	}
	return conditions
}

// subjects asks for entries that concerned one of them.
func (s *auditSearch) subjects(always []string, dated []store.DatedSubjects) {
	among := func(list []string) string {
		blobs := make([][]byte, len(list))
		for i, subject := range list {
			blobs[i] = []byte(subject)
		}
		return "subject " + s.engine.InBlobs(s.param(s.engine.Blobs(blobs)))
	}
	always = slices.Clone(always)
	bounded := slices.DeleteFunc(slices.Clone(dated), func(d store.DatedSubjects) bool {
		if d.FromMS != 0 || d.ToMS != 0 {
			return false
		}
		always = append(always, d.Subjects...)
		return true
	})
	found := []string{"SELECT chain, sequence FROM audit_subject WHERE " + among(always)}
	for _, d := range bounded {
		found = append(found, "SELECT chain, sequence FROM audit_subject JOIN audit_entry USING (chain, sequence) WHERE "+
			strings.Join(append([]string{among(d.Subjects)}, s.within("time_ms", d.FromMS, d.ToMS)...), " AND "))
	}
	s.conditions = append(s.conditions, "(chain, sequence) IN ("+strings.Join(found, " UNION ALL ")+")")
}

func (t *Tx) searchAudit(ctx context.Context, q store.AuditQuery, district store.DatedCode) ([]store.AuditEntry, error) {
	s := &auditSearch{engine: t.engine}
	if q.Account != 0 {
		s.add("account = ", int64(q.Account))
	}
	if q.Kind != 0 {
		s.add("kind = ", int64(q.Kind))
	}
	if district.Code != "" {
		s.add("district <> '' AND district = ", district.Code)
		s.conditions = append(s.conditions, s.within("time_ms", district.FromMS, district.ToMS)...)
	}
	if q.Puskesmas != "" {
		s.add("puskesmas <> '' AND puskesmas = ", q.Puskesmas)
	}
	s.conditions = append(s.conditions, s.within("time_ms", q.FromMS, q.ToMS)...)
	if q.Subjects != nil || q.Dated != nil {
		s.subjects(q.Subjects, q.Dated)
	}
	if b := q.Before; b != nil {
		s.conditions = append(s.conditions, fmt.Sprintf("(time_ms, chain, sequence) < (%s, %s, %s)", s.param(b.TimeMS), s.param(int64(b.Chain)), s.param(int64(b.Sequence))))
	}
	where := ""
	if len(s.conditions) > 0 {
		where = "WHERE " + strings.Join(s.conditions, " AND ") + " "
	}
	return t.auditEntries(ctx, where+"ORDER BY time_ms DESC, chain DESC, sequence DESC LIMIT "+s.param(int64(q.Limit)), s.args...)
}

// CountStrayAudit counts rows that belong to no chain, and subjects to no entry.
func (t *Tx) CountStrayAudit(ctx context.Context, chains []uint64) (int64, error) {
	known := make([]int64, len(chains))
	for i, c := range chains {
		known[i] = int64(c)
	}
	var n int64
	err := t.one(ctx, "count stray audit rows", `
SELECT (SELECT count(*) FROM audit_entry WHERE NOT chain `+t.engine.InInts("$1")+`) +
    (SELECT count(*) FROM audit_subject s WHERE NOT EXISTS (SELECT 1 FROM audit_entry e WHERE e.chain = s.chain AND e.sequence = s.sequence))`,
		[]any{t.engine.Ints(known)}, func(rows Rows) error { return rows.Scan(&n) })
	return n, err
}
