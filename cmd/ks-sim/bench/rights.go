package bench

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/record"
	"github.com/keluarga-sehat/sync/server/audit"
	"github.com/keluarga-sehat/sync/server/follow"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/person"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
)

// rightsMax is what any command for a person's rights may take on a million
// families.
const rightsMax = 5 * time.Second

// The families among whom persons are found (Options.RightsFamilies) lie in
// rightsVillages villages, a district's; rightsReal are real ones, in whose way the
// others are.
const (
	rightsVillages = 1_250
	rightsReal     = 100
)

// crowdSQL fills the tables that the commands read, with rows as large as real
// ones whose payloads nobody opens. ?1 is the first village, ?2 how many there
// are, ?3 how many families.
var crowdSQL = []string{
	`CREATE TEMP TABLE crowd AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?3)
SELECT i, ?1 + (i - 1) / (?3 / ?2) AS village, 1 + (i - 1) % (?3 / ?2) AS revision, randomblob(16) AS id FROM n`,
	`INSERT INTO family (village, id, place, state, revision, survey_date, salt, payload, review_state, provisional, verified, findings, conflicts)
SELECT village, id, 1001 + revision % 9, 0, revision, 20260105, randomblob(16), randomblob(480), 0, 0, 0, 0, 0 FROM crowd`,
	`INSERT INTO history (village, revision, family, change, content_hash, chain_hash, time_ms, counter, device, incarnation, author, committed_ms, payload)
SELECT village, revision, id, randomblob(16), randomblob(32), randomblob(32), 1, 0, 9, 9, 9, 1, randomblob(480) FROM crowd`,
	`INSERT INTO identifier (hash, village, revision) SELECT random(), village, revision FROM crowd ORDER BY 1`,
	`INSERT INTO identifier (hash, village, revision) SELECT random(), village, revision FROM crowd ORDER BY 1`,
	`INSERT INTO identified (village, revision, family, entries) SELECT village, revision, id, randomblob(64) FROM crowd ORDER BY 1, 2`,
	`INSERT INTO audit_entry (chain, sequence, time_ms, kind, account, district, puskesmas, body, hash)
SELECT 1, i, i, 2, 9, '', '', randomblob(120), randomblob(32) FROM crowd`,
	`INSERT INTO audit_subject (subject, chain, sequence) SELECT CAST('family:' || hex(id) AS BLOB), 1, i FROM crowd ORDER BY 1`,
	`UPDATE village SET revision = ?3 / ?2 WHERE number >= ?1 AND ?3 > 0`,
	`DROP TABLE crowd`,
}

// rights measures the commands for a person's rights on SQLite.
func (r *run) rights(ctx context.Context, dir string) (err error) {
	s, err := sqlite.Open(ctx, filepath.Join(dir, "server.db"), sqlite.Options{Unsafe: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return r.rightsOn(ctx, dir, rightsStore{Store: s, engine: "SQLite", crowd: func(ctx context.Context, families int) error {
		first := 0
		if err := s.DB().QueryRowContext(ctx, `SELECT min(number) FROM village WHERE code >= '99'`).Scan(&first); err != nil {
			return err
		}
		// Temporary tables are a connection's own; the writer has one.
		for _, sql := range crowdSQL {
			if _, err := s.DB().ExecContext(ctx, sql, first, rightsVillages, families); err != nil {
				return fmt.Errorf("%w in %s", err, sql)
			}
		}
		return nil
	}})
}

// rightsStore is a store that is to be crowded.
type rightsStore struct {
	store.Store
	engine string
	// crowd adds so many families to the villages whose codes begin with 99.
	crowd func(ctx context.Context, families int) error
}

// rightsOn measures the commands among RightsFamilies, and fails where one takes
// longer than it may.
func (r *run) rightsOn(ctx context.Context, dir string, s rightsStore) (err error) {
	ctx = store.AsOperator(ctx)
	ring, err := record.NewRing(rand.Reader)
	if err != nil {
		return err
	}
	begun := time.Now()
	service, who, err := r.amongMany(ctx, s, ring, dir)
	if err != nil {
		return err
	}
	r.log("rights: filled in %s", time.Since(begun).Round(time.Second))
	slowest, note := time.Duration(0), ""
	for _, c := range rightsCommands(s, service, who) {
		begun := time.Now()
		if err := c.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		took := time.Since(begun)
		slowest = max(slowest, took)
		note += fmt.Sprintf("%s %.0f ms, ", c.name, float64(took.Microseconds())/1000)
	}
	note += fmt.Sprintf("the slowest of a person's rights among %d families on %s", r.RightsFamilies, s.engine)
	name := map[string]string{"SQLite": "rights", "PostgreSQL": "rights_postgres"}[s.engine]
	err = r.report.add(Figure{Name: name, Value: slowest.Seconds(), Unit: "s", Note: note})
	if slowest > rightsMax {
		err = errors.Join(err, fmt.Errorf("a person's right took %s, at most %s", slowest, rightsMax))
	}
	return err
}

// amongMany fills a store, and gives a real household and person in it.
func (r *run) amongMany(ctx context.Context, s rightsStore, ring *record.Ring, dir string) (*person.Service, person.Selector, error) {
	var c child
	if err := provision(ctx, s, ring, &c); err != nil {
		return nil, person.Selector{}, err
	}
	vault := ingest.NewVault(ring, rand.Reader)
	core := &ingest.Core{Store: s, Vault: vault, Now: time.Now}
	if err := fill(ctx, core, c.Villages[:1], rightsReal); err != nil {
		return nil, person.Selector{}, err
	}
	if err := (&follow.Identifiers{Store: s, Vault: vault}).Catch(ctx); err != nil {
		return nil, person.Selector{}, err
	}
	var areas []store.Area
	for i := range rightsVillages {
		areas = append(areas, store.Area{Code: fmt.Sprintf("99.%02d.%02d.%04d", 1+i/625, 1+i%625/25, 2001+i%25), Name: "Desa"})
	}
	err := s.Write(ctx, func(ctx context.Context, tx store.Tx) error { return tx.Directory().PutAreas(ctx, areas) })
	if err != nil {
		return nil, person.Selector{}, err
	}
	if err := s.crowd(ctx, r.RightsFamilies); err != nil {
		return nil, person.Selector{}, fmt.Errorf("fill: %w", err)
	}
	service := &person.Service{Store: s, Core: core, Now: time.Now, Rand: rand.Reader, Ledger: filepath.Join(dir, "erasures.jsonl")}
	who, err := aPerson(ctx, s, service, c.Villages[0])
	return service, who, err
}

// aPerson picks somebody with an NIK among the real ones.
func aPerson(ctx context.Context, s store.Store, service *person.Service, village uint32) (who person.Selector, err error) {
	var rows []store.Family
	err = s.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		rows, err = snap.FamiliesByID(ctx, village, nil, merge.ID{}, rightsReal)
		return err
	})
	for i := range rows {
		found, err := service.Find(ctx, person.Selector{Family: rows[i].ID})
		if err != nil {
			return who, err
		}
		for _, m := range found[0].Household.GetMembers() {
			if nik := m.GetMember().GetNik(); nik != 0 {
				return person.Selector{NIK: nik}, nil
			}
		}
	}
	return who, errors.Join(err, errors.New("nobody has an NIK"))
}

// rightsCommand is what one command does behind the second person's password.
type rightsCommand struct {
	name string
	do   func(ctx context.Context) error
}

func rightsCommands(s store.Store, service *person.Service, who person.Selector) []rightsCommand {
	var found []person.Found
	return []rightsCommand{
		{"find by NIK and export", func(ctx context.Context) (err error) {
			found, err = service.Find(ctx, who)
			return err
		}},
		{"find by id", func(ctx context.Context) error {
			_, err := service.Find(ctx, person.Selector{Family: found[0].Row.ID})
			return err
		}},
		{"trail", func(ctx context.Context) error {
			return s.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
				stood, err := service.Core.Vault.Stood(ctx, snap, &found[0].Row, found[0].Village)
				if err != nil {
					return err
				}
				q := store.AuditQuery{Limit: 1000}
				q.Subjects, q.Dated = audit.SubjectsAround(found[0].Row.ID, stood.Villages, stood.Codes, stood.Places)
				_, err = snap.SearchAudit(ctx, q)
				return err
			})
		}},
		{"corrections", func(ctx context.Context) error {
			_, err := service.Corrections(ctx, found[0])
			return err
		}},
		{"restrict", func(ctx context.Context) error { return service.Restrict(ctx, found, true) }},
		{"erase", func(ctx context.Context) error {
			done, err := service.Erase(ctx, found)
			if err == nil && done != len(found) {
				err = fmt.Errorf("erased %d of %d", done, len(found))
			}
			return err
		}},
	}
}
