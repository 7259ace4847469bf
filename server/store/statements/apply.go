package statements

import (
	"context"
	"fmt"

	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/server/store"
)

// Apply writes a commit, a statement a table.
func (v *villageTx) Apply(ctx context.Context, c *store.Commit) error {
	if c.Village.Number != v.row.Number {
		return fmt.Errorf("commit of village %d in %d: %w", c.Village.Number, v.row.Number, store.ErrSecondVillage)
	}
	var failed error // of a step, which has named it
	err := v.tx.conn.Together(ctx, func() error {
		for _, step := range []func(context.Context, *store.Commit) error{
			v.putVillage, v.putFamilies, v.putEntries, v.putDepartures, v.putPlaces, v.putQuarantine, v.putBatches, v.putAwaited, v.putVerdicts, v.putDoubleCases, v.putNotices,
			v.putDaily, v.putEfforts, v.putMovements, v.putErasedIDs,
		} {
			if failed = step(ctx, c); failed != nil {
				return failed
			}
		}
		return nil
	})
	switch {
	case failed != nil:
		return failed
	case err != nil:
		return v.tx.fail("write commit", err)
	}
	v.row, v.absent = c.Village, nil
	return nil
}

// bulk runs a statement for each row, if there is any.
func (v *villageTx) bulk(ctx context.Context, deed, sql string, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	return v.tx.fail(deed, v.tx.conn.Bulk(ctx, sql, rows))
}

// insert inserts rows, if there are any.
func (v *villageTx) insert(ctx context.Context, deed string, into Insertion, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	return v.tx.fail(deed, v.tx.conn.Insert(ctx, into, rows))
}

// beginChange makes ready for the engine's Changed, once a transaction.
func (t *Tx) beginChange(ctx context.Context) error {
	begin := t.engine.BeginChange()
	if begin == "" || t.began {
		return nil
	}
	if _, err := t.conn.Exec(ctx, begin); err != nil {
		return t.fail("begin change", err)
	}
	t.began = true
	return nil
}

func (v *villageTx) putVillage(ctx context.Context, c *store.Commit) error {
	e := v.tx.engine
	if err := v.tx.beginChange(ctx); err != nil {
		return err
	}
	err := v.tx.conn.Do(ctx, `
UPDATE village SET revision = $1, hash = $2, provisional = $3, verified = $4, submitted = $5, approved = $6, returned = $7,
    collection = $8, years = $9, rules = $10, awaited = $11, changed = `+e.Changed()+` WHERE number = $12`,
		int64(c.Village.Revision), c.Village.Hash[:], e.Counts(c.Village.Provisional.Counts()), e.Counts(c.Village.Verified.Counts()),
		c.Village.Submitted, c.Village.Approved, c.Village.Returned, e.Counts(c.Village.Collection.Slice()), yearsColumn(c.Village.Years, c.Village.YearsMissing), int64(c.Village.Rules), c.Village.Awaited, int64(c.Village.Number))
	return v.tx.fail("write village", err)
}

// yearsColumn is null where they have not been counted.
func yearsColumn(years iks.PackedYears, missing bool) []byte {
	if missing {
		return nil
	}
	return []byte(years)
}

func (v *villageTx) putFamilies(ctx context.Context, c *store.Commit) error {
	var added, changed [][]any
	for i := range c.Families {
		f := &c.Families[i]
		if v.absent[f.ID] && isUnreviewed(f) {
			added = append(added, []any{
				int64(v.row.Number), int64(0), int64(0), f.ID[:], int64(f.Place), int64(f.State), int64(f.Revision), int64(f.SurveyDate), f.Salt[:],
				f.Payload, int64(f.Provisional), int64(f.Findings), int64(f.Conflicts), int64(f.Calls), int64(f.Surveyor), f.Years,
			})
			continue
		}
		changed = append(changed, []any{
			int64(v.row.Number), f.ID[:], int64(f.Place), int64(f.State), int64(f.Revision), int64(f.SurveyDate), f.Salt[:],
			f.Payload, f.ApprovedPayload, f.Review, int64(f.ReviewState), int64(f.Provisional), int64(f.Verified),
			int64(f.Findings), int64(f.Conflicts), f.JudgedPayload, int64(f.ReviewAuthor), f.ReviewSinceMS, int64(f.Calls), int64(f.Surveyor),
			f.Doubles, f.Years,
		})
	}
	if err := v.insert(ctx, "add families", addFamilies, added); err != nil {
		return err
	}
	return v.insert(ctx, "write families", writeFamilies, changed)
}

// isUnreviewed tells whether nothing of a family's review is to be kept, as of one that
// has just been made.
func isUnreviewed(f *store.Family) bool {
	return f.ApprovedPayload == nil && f.JudgedPayload == nil && f.Review == nil && f.ReviewState == 0 && f.Verified == 0 &&
		f.ReviewAuthor == 0 && f.ReviewSinceMS == 0 && f.Doubles == 0
}

// addFamilies is for those known to be new: of a row that may be there already
// PostgreSQL looks through the indexes twice, and logs one step more.
var addFamilies = Insertion{Table: "family", Common: 3, Columns: `village, review_state, verified, id, place, state, revision, survey_date, salt, payload,
provisional, findings, conflicts, calls, surveyor, years`}

var writeFamilies = Insertion{Table: "family", Columns: familyColumns, Common: 1, Conflict: `
ON CONFLICT (village, id) DO UPDATE SET place = excluded.place, state = excluded.state, revision = excluded.revision,
    survey_date = excluded.survey_date, salt = excluded.salt, payload = excluded.payload,
    approved_payload = excluded.approved_payload, review = excluded.review, review_state = excluded.review_state,
    provisional = excluded.provisional, verified = excluded.verified, findings = excluded.findings,
    conflicts = excluded.conflicts, judged_payload = excluded.judged_payload, review_author = excluded.review_author,
    review_ms = excluded.review_ms, calls = excluded.calls, surveyor = excluded.surveyor, doubles = excluded.doubles,
    years = excluded.years`}

var insertHistory = Insertion{Table: "history", Common: 1, Columns: `village, revision, family, change, content_hash, chain_hash, time_ms, counter,
device, incarnation, author, committed_ms, payload`}

func (v *villageTx) putEntries(ctx context.Context, c *store.Commit) error {
	rows := make([][]any, len(c.Entries))
	for i := range c.Entries {
		h := &c.Entries[i]
		rows[i] = []any{
			int64(v.row.Number), int64(h.Revision), h.Family[:], h.Change[:], h.ContentHash[:], h.ChainHash[:],
			int64(h.Stamp.TimeMS), int64(h.Stamp.Counter), int64(h.Stamp.Device), int64(h.Stamp.Incarnation),
			authorColumn(h), h.CommittedAtMS, h.Payload,
		}
	}
	return v.insert(ctx, "write history", insertHistory, rows)
}

// authorColumn is an entry's author as it is kept: negative where the change only
// kept values that others had entered.
func authorColumn(h *store.Entry) int64 {
	if h.Settles {
		return -int64(h.Author)
	}
	return int64(h.Author)
}

func (v *villageTx) putDepartures(ctx context.Context, c *store.Commit) error {
	rows := make([][]any, len(c.Departures))
	for i := range c.Departures {
		d := &c.Departures[i]
		rows[i] = []any{int64(v.row.Number), int64(d.Revision), d.Family[:], int64(d.Left), int64(d.Entered)}
	}
	return v.bulk(ctx, "write departures", `INSERT INTO departure (village, revision, family, place_left, entered) VALUES ($1, $2, $3, $4, $5)`, rows)
}

func (v *villageTx) putPlaces(ctx context.Context, c *store.Commit) error {
	e := v.tx.engine
	rows := make([][]any, len(c.Places))
	for i := range c.Places {
		p := &c.Places[i]
		rows[i] = []any{
			int64(v.row.Number), int64(p.Place), p.Digest[:], p.Families,
			e.Counts(p.Provisional.Counts()), e.Counts(p.Verified.Counts()), e.Counts(p.Collection.Slice()), []byte(p.Years),
		}
	}
	return v.bulk(ctx, "write RT", `
INSERT INTO place (village, place, digest, families, provisional, verified, collection, years) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (village, place) DO UPDATE SET digest = excluded.digest, families = excluded.families,
    provisional = excluded.provisional, verified = excluded.verified, collection = excluded.collection, years = excluded.years`, rows)
}

func (v *villageTx) putQuarantine(ctx context.Context, c *store.Commit) error {
	rows := make([][]any, len(c.Quarantine))
	for i := range c.Quarantine {
		q := &c.Quarantine[i]
		rows[i] = []any{
			int64(v.row.Number), q.Change[:], q.Family[:], int64(q.Author), int64(q.Device), q.Reason, q.ReceivedAtMS,
			int64(q.State), q.Salt[:], q.Payload, q.ContentHash, bytesOrNull(q.From), bytesOrNull(q.Into),
		}
	}
	// An id that waits in another village already leaves village null, which
	// fails the commit.
	return v.bulk(ctx, "write quarantine", `
INSERT INTO quarantine (village, change, family, author, device, reason, received_ms, state, salt, payload, content_hash, brings_from, brings_into)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT (change) DO UPDATE SET state = excluded.state, brings_from = excluded.brings_from, brings_into = excluded.brings_into,
    village = CASE WHEN quarantine.village = excluded.village THEN excluded.village END`, rows)
}

func bytesOrNull(id merge.ID) []byte {
	if id.IsZero() {
		return nil
	}
	return id[:]
}

func (v *villageTx) putBatches(ctx context.Context, c *store.Commit) error {
	rows := make([][]any, len(c.Batches))
	for i := range c.Batches {
		b := &c.Batches[i]
		rows[i] = []any{int64(v.row.Number), b.ID[:], int64(b.Author), int64(b.State), b.ReceivedAtMS, b.Salt[:], b.Payload}
	}
	return v.bulk(ctx, "write batches", `
INSERT INTO batch (village, id, author, state, received_ms, salt, payload) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (village, id) DO UPDATE SET state = excluded.state, salt = excluded.salt, payload = excluded.payload`, rows)
}

func (v *villageTx) putNotices(ctx context.Context, c *store.Commit) error {
	for i := range c.Notices {
		n := &c.Notices[i]
		var last int64
		err := v.tx.one(ctx, "read notices", `SELECT coalesce(max(revision), 0) FROM notice WHERE account = $1`, []any{int64(n.Account)},
			func(rows Rows) error { return rows.Scan(&last) })
		if err != nil {
			return err
		}
		_, err = v.tx.conn.Exec(ctx, `INSERT INTO notice (account, revision, salt, payload) VALUES ($1, $2, $3, $4)`,
			int64(n.Account), last+1, n.Salt[:], n.Payload)
		if err != nil {
			return v.tx.fail("write notice", err)
		}
	}
	return nil
}

func (v *villageTx) putDaily(ctx context.Context, c *store.Commit) error {
	if c.Day == 0 {
		return nil
	}
	e := v.tx.engine
	// Days right after this one are of a clock that ran ahead; of them the village is told as it was.
	if err := v.tx.conn.Do(ctx, `DELETE FROM daily WHERE village = $1 AND day > $2 AND day <= $3`, int64(v.row.Number), int64(c.Day), int64(store.LastDayAhead(c.Day))); err != nil {
		return v.tx.fail("delete daily tallies that are ahead", err)
	}
	err := v.tx.conn.Do(ctx, `
INSERT INTO daily (village, day, provisional, verified, collection, years) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (village, day) DO UPDATE SET provisional = excluded.provisional, verified = excluded.verified,
    collection = excluded.collection, years = excluded.years`,
		int64(v.row.Number), int64(c.Day), e.Counts(c.Village.Provisional.Counts()), e.Counts(c.Village.Verified.Counts()),
		e.Counts(c.Village.Collection.Slice()), yearsColumn(c.Village.Years, c.Village.YearsMissing))
	return v.tx.fail("write daily tally", err)
}

const selectQuarantine = `SELECT change, village, family, author, device, reason, received_ms, state, salt, payload, content_hash, brings_from, brings_into FROM `

func (t *Tx) quarantine(ctx context.Context, sql string, args ...any) ([]store.Quarantine, error) {
	var out []store.Quarantine
	err := t.each(ctx, "read quarantine", selectQuarantine+sql, args, func(rows Rows) error {
		var q store.Quarantine
		var change, family, salt, from, into []byte
		var village, author, device, state int64
		err := rows.Scan(&change, &village, &family, &author, &device, &q.Reason, &q.ReceivedAtMS, &state, &salt, &q.Payload, &q.ContentHash, &from, &into)
		copy(q.Change[:], change)
		copy(q.Family[:], family)
		copy(q.Salt[:], salt)
		copy(q.From[:], from)
		copy(q.Into[:], into)
		q.Village, q.Author, q.Device, q.State = uint32(village), uint32(author), uint32(device), store.QuarantineState(state)
		out = append(out, q)
		return err
	})
	return out, err
}
