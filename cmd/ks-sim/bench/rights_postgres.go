package bench

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/keluarga-sehat/sync/internal/pgtest"
	"github.com/keluarga-sehat/sync/server/store/postgres"
)

// crowdPostgres is crowdSQL in PostgreSQL's words; %[1]d is the first village,
// %[2]d how many there are, %[3]d how many families.
var crowdPostgres = []string{
	`CREATE TEMP TABLE crowd AS SELECT i, %[1]d + (i - 1) / (%[3]d / %[2]d) AS village, 1 + (i - 1) %% (%[3]d / %[2]d) AS revision,
uuid_send(gen_random_uuid()) AS id FROM generate_series(1, %[3]d) i`,
	`INSERT INTO family (village, id, place, state, revision, survey_date, salt, payload, review_state, provisional, verified, findings, conflicts)
SELECT village, id, 1001 + revision %% 9, 0, revision, 20260105, uuid_send(gen_random_uuid()), decode(repeat(md5(random()::text), 30), 'hex'), 0, 0, 0, 0, 0 FROM crowd`,
	`INSERT INTO history (village, revision, family, change, content_hash, chain_hash, time_ms, counter, device, incarnation, author, committed_ms, payload)
SELECT village, revision, id, uuid_send(gen_random_uuid()), sha256(id), sha256(id), 1, 0, 9, 9, 9, 1, decode(repeat(md5(random()::text), 30), 'hex') FROM crowd`,
	`INSERT INTO identifier (hash, village, revision) SELECT hashtextextended(i::text, 1), village, revision FROM crowd`,
	`INSERT INTO identifier (hash, village, revision) SELECT hashtextextended(i::text, 2), village, revision FROM crowd`,
	`INSERT INTO audit_entry (chain, sequence, time_ms, kind, account, district, puskesmas, body, hash)
SELECT 1, i, i, 2, 9, '', '', decode(repeat(md5(random()::text), 8), 'hex'), sha256(id) FROM crowd`,
	`INSERT INTO audit_subject (subject, chain, sequence) SELECT convert_to('family:' || encode(id, 'hex'), 'UTF8'), 1, i FROM crowd`,
	`UPDATE village SET revision = %[3]d / %[2]d WHERE number >= %[1]d`,
	`ANALYZE`,
}

// rightsOnPostgres measures the commands for a person's rights on PostgreSQL, as
// rights does on SQLite.
func (r *run) rightsOnPostgres(ctx context.Context, dir string) (err error) {
	cluster, err := pgtest.StartWith("max_connections=50")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, cluster.Stop()) }()
	address, err := cluster.CreateDatabase(ctx)
	if err != nil {
		return err
	}
	s, err := postgres.Open(ctx, address)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return r.rightsOn(ctx, dir, rightsStore{Store: s, engine: "PostgreSQL", crowd: func(ctx context.Context, families int) error {
		return crowdInto(ctx, address, families)
	}})
}

// crowdInto fills a database past the roles that row-level security is for.
func crowdInto(ctx context.Context, address string, families int) (err error) {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close(ctx)) }()
	first := 0
	if err := conn.QueryRow(ctx, `SELECT min(number) FROM village WHERE code >= '99'`).Scan(&first); err != nil {
		return err
	}
	for _, sql := range crowdPostgres {
		if _, err := conn.Exec(ctx, crowded(sql, first, families)); err != nil {
			return fmt.Errorf("%w in %s", err, sql)
		}
	}
	return nil
}

func crowded(sql string, first, families int) string {
	if sql == "ANALYZE" {
		return sql
	}
	return fmt.Sprintf(sql+" /* %[1]d %[2]d %[3]d */", first, rightsVillages, families)
}
