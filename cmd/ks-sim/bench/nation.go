package bench

import (
	"context"
	crand "crypto/rand"
	"encoding/csv"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/collection"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	"github.com/keluarga-sehat/sync/internal/record"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server"
	"github.com/keluarga-sehat/sync/server/sample"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/tally"
)

// nationFamilies are counted in the villages of the real tree.
const nationFamilies = 65_000_000

// Of the families of each village some were surveyed in the last month, on some
// days; the rest before.
const (
	recentDays     = 4
	recentFamilies = 3 // a day
	placesEach     = 4 // RT of the villages of one province, for questions below them
	placesProvince = "32"
)

// nationYears are the survey years of a village's families, a third each; those of the
// last month are of the last one.
var nationYears = []int{2024, 2025, 2026}

// readTree reads areas from the CSV files of npm's idn-area-data.
func readTree(dir string) ([]store.Area, error) {
	var out []store.Area
	for _, name := range []string{"provinces", "regencies", "districts", "villages"} {
		f, err := os.Open(filepath.Join(dir, name+".csv"))
		if err != nil {
			return nil, fmt.Errorf("read areas (npm ci in server/web brings them): %w", err)
		}
		rows, err := csv.NewReader(f).ReadAll()
		if err := f.Close(); err != nil {
			return nil, err
		}
		if err != nil || len(rows) == 0 {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		for _, row := range rows[1:] {
			out = append(out, store.Area{Code: row[0], Name: row[len(row)-1]})
		}
	}
	return out, nil
}

// addNation adds the tree with a Puskesmas for each kecamatan.
func addNation(ctx context.Context, s store.Store, dir string) error {
	areas, err := readTree(dir)
	if err != nil {
		return err
	}
	villages := map[string][]string{}
	names := map[string]string{}
	for _, a := range areas {
		switch len(a.Code) {
		case len("32.04.05"):
			names[a.Code] = a.Name
		case len("32.04.05.2001"):
			villages[a.Code[:8]] = append(villages[a.Code[:8]], a.Code)
		}
	}
	var centres []store.Puskesmas
	for kecamatan, list := range villages {
		if kecamatan != "32.04.05" { // has its own
			centres = append(centres, store.Puskesmas{Code: "P" + strings.ReplaceAll(kecamatan, ".", "") + "0101", Name: names[kecamatan], District: kecamatan[:5], Villages: list})
		}
	}
	return s.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		if err := tx.Directory().PutAreas(ctx, areas); err != nil {
			return err
		}
		return tx.Directory().PutPuskesmas(ctx, centres)
	})
}

// filling makes the villages' figures.
type filling struct {
	random   *rand.Rand
	pool     []iks.Packed
	today    time.Time
	families uint64
}

// fillNation writes tallies of all villages, their days and movements of the last
// month, straight into PostgreSQL.
func fillNation(ctx context.Context, address string) (err error) {
	households, err := generated()
	if err != nil {
		return err
	}
	f := &filling{random: rand.New(rand.NewPCG(65, 1)), today: time.Now().In(area.WIB)}
	for i := range households {
		f.pool = append(f.pool, iks.Pack(households[i].Both()))
	}
	plain, _, _ := strings.Cut(address, " pool_max_conns")
	conn, err := pgx.Connect(ctx, plain)
	if err != nil {
		return err
	}
	defer func() { err = closing(ctx, conn, err) }()
	rows, err := conn.Query(ctx, `SELECT number, code FROM village ORDER BY code`)
	if err != nil {
		return err
	}
	villages, err := pgx.CollectRows(rows, pgx.RowToStructByPos[numbered])
	if err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, `CREATE TEMPORARY TABLE fill (number BIGINT, provisional BIGINT[], verified BIGINT[], collection BIGINT[], years BYTEA)`); err != nil {
		return err
	}
	const block = 4096
	for from := 0; from < len(villages); from += block {
		if err := f.write(ctx, conn, villages[from:min(from+block, len(villages))], nationFamilies/float64(len(villages))); err != nil {
			return err
		}
	}
	_, err = conn.Exec(ctx, `UPDATE village SET provisional = fill.provisional, verified = fill.verified, collection = fill.collection, years = fill.years
FROM fill WHERE fill.number = village.number; ANALYZE`)
	return err
}

func closing(ctx context.Context, conn *pgx.Conn, err error) error {
	if failed := conn.Close(ctx); err == nil {
		return failed
	}
	return err
}

type numbered struct {
	Number int64
	Code   string
}

// blockRows are what one block of villages is written as.
type blockRows struct{ fill, daily, movements, places, targets [][]any }

func (f *filling) write(ctx context.Context, conn *pgx.Conn, villages []numbered, mean float64) error {
	var b blockRows
	for _, v := range villages {
		// Sizes differ as villages do: log-normal, with the mean asked for.
		const spread = 0.6
		size := int(mean * math.Exp(spread*f.random.NormFloat64()-spread*spread/2))
		if err := f.village(v, max(size, recentDays*recentFamilies), &b); err != nil {
			return err
		}
	}
	figures := []string{"provisional", "verified", "collection"}
	for _, t := range []struct {
		table   string
		columns []string
		rows    [][]any
	}{
		{"fill", append(append([]string{"number"}, figures...), "years"), b.fill},
		{"daily", append(append([]string{"village", "day"}, figures...), "years"), b.daily},
		{"movement", []string{"village", "day", "revision", "moved"}, b.movements},
		{"place", append(append([]string{"village", "place", "digest", "families"}, figures...), "years"), b.places},
		{"target", []string{"area", "families"}, b.targets},
	} {
		if _, err := conn.CopyFrom(ctx, pgx.Identifier{t.table}, t.columns, pgx.CopyFromRows(t.rows)); err != nil {
			return fmt.Errorf("fill %s: %w", t.table, err)
		}
	}
	return nil
}

// village makes one's figures: those before the last month, then day by day.
func (f *filling) village(v numbered, size int, b *blockRows) error {
	sum, years := f.surveyed(size - recentDays*recentFamilies)
	recent := nationYears[len(nationYears)-1]
	ended := func(ago int) {
		b.daily = append(b.daily, append(append([]any{v.Number, f.day(ago)}, slices3(&sum)...), []byte(years.Pack(&sum.Provisional, &sum.Verified))))
	}
	ended(60)
	at := f.random.Perm(29)[:recentDays]
	for i := range at {
		at[i]++ // yesterday is 1
	}
	for ago := 30; ago > 0; ago-- {
		for _, one := range at {
			if one != ago {
				continue
			}
			var list []store.Movement
			for range recentFamilies {
				m := store.Movement{Cause: store.CauseNew, ProvisionalAfter: f.draw()}
				m.VerifiedAfter = f.count(&sum, m.ProvisionalAfter)
				moved := iks.FamilyYears{{Year: recent, Provisional: m.ProvisionalAfter, Verified: m.VerifiedAfter}}
				years.Add(moved)
				m.SetYears(nil, moved)
				f.families++
				m.Family = merge.NewID(1, 7, f.families)
				list = append(list, m)
			}
			packed, err := store.PackMovements(list)
			if err != nil {
				return err
			}
			b.movements = append(b.movements, []any{v.Number, f.day(ago), int64(1), packed})
			ended(ago)
		}
	}
	b.fill = append(b.fill, append(append([]any{v.Number}, slices3(&sum)...), []byte(years.Pack(&sum.Provisional, &sum.Verified))))
	b.targets = append(b.targets, []any{v.Code, int64(size) * 5 / 4})
	if strings.HasPrefix(v.Code, placesProvince+".") {
		for place := range placesEach {
			part, years := f.surveyed(size / placesEach)
			row := append([]any{v.Number, int64(1001 + place), make([]byte, 16), int64(size / placesEach)}, slices3(&part)...)
			b.places = append(b.places, append(row, []byte(years.Pack(&part.Provisional, &part.Verified))))
		}
	}
	return nil
}

// surveyed are the figures of so many families, and those by survey year.
func (f *filling) surveyed(families int) (sum tally.Figures, years iks.YearTallies) {
	for i, year := range nationYears {
		var part tally.Figures
		for range (families + i) / len(nationYears) {
			f.count(&part, f.draw())
		}
		sum.Add(&part)
		years.AddTallies(iks.YearTallies{{Year: year, Provisional: part.Provisional, Verified: part.Verified}})
	}
	return sum, years
}

func (f *filling) draw() iks.Packed { return f.pool[f.random.IntN(len(f.pool))] }

// count counts a family, and gives what it counts with as it was approved; 0: not.
func (f *filling) count(sum *tally.Figures, packed iks.Packed) (verified iks.Packed) {
	sum.Provisional.Add(packed)
	if f.random.IntN(4) > 0 {
		verified = packed
	}
	sum.Verified.Add(verified)
	sum.Collection.Add(collection.Of(collection.Family{Lives: true, Values: packed}))
	return verified
}

// day is so many days ago, as stores have it.
func (f *filling) day(ago int) int64 {
	return int64(prokesga.DateOf(f.today.AddDate(0, 0, -ago)).Number())
}

func slices3(f *tally.Figures) []any {
	return []any{f.Provisional.Counts(), f.Verified.Counts(), f.Collection.Slice()}
}

// provisionNation makes the nation, its figures and the ministry's account.
func provisionNation(ctx context.Context, s store.Store, ring *record.Ring, c *child) error {
	if err := addNation(ctx, s, c.Nation); err != nil {
		return err
	}
	if err := fillNation(ctx, c.Store); err != nil {
		return err
	}
	debug.FreeOSMemory() // what filling took is not the server's
	_, err := server.AddAccount(ctx, s, ring, crand.Reader, server.NewAccount{
		UserName: nationUser, FullName: nationUser, Password: c.Password, PasswordCost: sample.CheapPassword, Roles: []ksv1.Role{ksv1.Role_ROLE_NATIONAL},
	})
	return err
}
