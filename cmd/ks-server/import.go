package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/server"
	"github.com/keluarga-sehat/sync/server/store"
)

func importCommand(o *options) *cobra.Command {
	c := &cobra.Command{
		Use: "import", Short: "Bring in areas, Puskesmas, targets, families, or new codes of areas", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return misused("import: say what: areas, rt, puskesmas, targets, families or renumbering")
		},
	}
	add := func(use, short, long string, load loader) {
		c.AddCommand(&cobra.Command{
			Use: use, Short: short, Long: long, Args: cobra.MinimumNArgs(1),
			RunE: func(cmd *cobra.Command, files []string) error {
				return runImport(cmd, o, files, load)
			},
		})
	}
	add("areas FILE...", "Areas: CSV with the columns code and name, such as idn-area-data's",
		`areas reads provinces, districts, kecamatan and villages: CSV with a header line
that names the columns code ("32", "32.04", "32.04.05", "32.04.05.2001") and
name. The files of npm idn-area-data are such: provinces.csv, regencies.csv,
districts.csv, villages.csv. Areas that are there already are renamed.`, atOnce(loadAreas))
	add("rt FILE...", "RW and RT: CSV with the columns village, rw, rt (7 = 07 = 007)",
		`rt makes RW and RT known before their first family, so that they can be listed
and assigned. Without a list they come to be with the first family there.`, loadPlaces)
	add("puskesmas FILE...", "Puskesmas: CSV with the columns code, name, district, villages (codes separated by blanks)", "", atOnce(loadPuskesmas))
	add("targets FILE...", "Targets: CSV with the columns area and families", "", atOnce(loadTargets))
	add("renumbering FILE...", "New codes of areas: CSV with the columns old and new; families follow",
		`renumbering gives provinces, districts, kecamatan or villages their new codes by
decree, a file at once, so that two may change places; what lies below an area
follows it. Families, history, figures, targets and assignments stay with the
village. The new tree may have been imported before.`, atOnce(loadRenumbering))
	c.AddCommand(importFamiliesCommand(o))
	return c
}

// loader loads a table and gives the number of its rows.
type loader func(ctx context.Context, s store.Store, rows [][]string) (int, error)

// atOnce loads a table in one transaction.
func atOnce(load func(ctx context.Context, tx store.Tx, rows [][]string) (int, error)) loader {
	return func(ctx context.Context, s store.Store, rows [][]string) (n int, err error) {
		err = s.Write(ctx, func(ctx context.Context, tx store.Tx) (err error) {
			n, err = load(ctx, tx, rows)
			return err
		})
		if err != nil {
			return 0, fmt.Errorf("%w; nothing of this file was kept", err)
		}
		return n, nil
	}
}

func runImport(cmd *cobra.Command, o *options, files []string, load loader) (err error) {
	ctx, out := cmd.Context(), cmd.OutOrStdout()
	s, ring, done, err := o.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	if err := o.recordOperation(ctx, s, ring, operate("import "+cmd.Name())); err != nil {
		return err
	}
	for _, name := range files {
		rows, err := readCSV(name, cmd.InOrStdin())
		if err != nil {
			return err
		}
		n, err := load(ctx, s, rows)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		fmt.Fprintf(out, "%s: %d rows\n", name, n)
	}
	return nil
}

// readCSV reads a file with its header line first. A quote within a cell is a
// letter, as in the names of idn-area-data before its release 4 (Ra"as); one
// that swallows lines is an error.
func readCSV(name string, stdin io.Reader) ([][]string, error) {
	in := stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	reader := csv.NewReader(in)
	reader.LazyQuotes = true
	rows, err := reader.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	for n, row := range rows {
		for _, cell := range row {
			if strings.ContainsAny(cell, "\n\x00") || !utf8.ValidString(cell) {
				return nil, fmt.Errorf("%s: row %d: a cell holds a line end or binary data: a quote is not closed, or this is no CSV", name, n+1)
			}
		}
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("%s: no header line", name)
	}
	return rows, nil
}

// columns finds named columns in the header line.
func columns(rows [][]string, names ...string) ([]int, error) {
	at := make([]int, len(names))
	for i, name := range names {
		at[i] = -1
		for j, cell := range rows[0] {
			if strings.EqualFold(strings.TrimSpace(strings.TrimPrefix(cell, "\ufeff")), name) {
				at[i] = j
			}
		}
		if at[i] < 0 {
			return nil, fmt.Errorf("the header line has no column %q", name)
		}
	}
	return at, nil
}

func loadAreas(ctx context.Context, tx store.Tx, rows [][]string) (int, error) {
	at, err := columns(rows, "code", "name")
	if err != nil {
		return 0, err
	}
	var list []store.Area
	for n, row := range rows[1:] {
		code, err := area.Parse(strings.TrimSpace(row[at[0]]))
		if err != nil || code.Level() == area.Nation || code.Level() > area.Village {
			return 0, fmt.Errorf("row %d: %q is no code of a province, district, kecamatan or village", n+2, row[at[0]])
		}
		list = append(list, store.Area{Code: code.Dotted(), Name: strings.TrimSpace(row[at[1]])})
	}
	return len(list), tx.Directory().PutAreas(ctx, list)
}

func loadPlaces(ctx context.Context, s store.Store, rows [][]string) (int, error) {
	at, err := columns(rows, "village", "rw", "rt")
	if err != nil {
		return 0, err
	}
	var list []area.Code
	for n, row := range rows[1:] {
		village, err := area.Parse(strings.TrimSpace(row[at[0]]))
		if err != nil || village.Level() != area.Village {
			return 0, fmt.Errorf("row %d: %q is no code of a village; nothing of this file was kept", n+2, row[at[0]])
		}
		place, err := area.PlaceOf(row[at[1]], row[at[2]])
		if err != nil {
			return 0, fmt.Errorf("row %d: %w; nothing of this file was kept", n+2, err)
		}
		list = append(list, village.RT(place))
	}
	return len(list), server.AddPlaces(ctx, s, list)
}

func loadPuskesmas(ctx context.Context, tx store.Tx, rows [][]string) (int, error) {
	at, err := columns(rows, "code", "name", "district", "villages")
	if err != nil {
		return 0, err
	}
	var list []store.Puskesmas
	for n, row := range rows[1:] {
		code, err := area.ParsePuskesmas(strings.TrimSpace(row[at[0]]))
		if err != nil {
			return 0, fmt.Errorf("row %d: %w", n+2, err)
		}
		district, err := area.Parse(strings.TrimSpace(row[at[2]]))
		if err != nil || district.Level() != area.District {
			return 0, fmt.Errorf("row %d: %q is no code of a district", n+2, row[at[2]])
		}
		list = append(list, store.Puskesmas{
			Code: string(code), Name: strings.TrimSpace(row[at[1]]), District: district.Dotted(), Villages: strings.Fields(row[at[3]]),
		})
	}
	return len(list), tx.Directory().PutPuskesmas(ctx, list)
}

func loadTargets(ctx context.Context, tx store.Tx, rows [][]string) (int, error) {
	at, err := columns(rows, "area", "families")
	if err != nil {
		return 0, err
	}
	var list []store.Target
	for n, row := range rows[1:] {
		code, err := area.Parse(strings.TrimSpace(row[at[0]]))
		if err != nil {
			return 0, fmt.Errorf("row %d: %w", n+2, err)
		}
		if code.Level() != area.Nation {
			if _, err := tx.Snapshot().FindArea(ctx, code.Dotted()); err != nil {
				return 0, fmt.Errorf("row %d: %w: import its areas first", n+2, err)
			}
		}
		families, err := strconv.ParseInt(strings.TrimSpace(row[at[1]]), 10, 32)
		if err != nil || families < 0 {
			return 0, fmt.Errorf("row %d: %q is no number of families", n+2, row[at[1]])
		}
		list = append(list, store.Target{Area: code.String(), Families: families})
	}
	return len(list), tx.Directory().PutTargets(ctx, list)
}

func loadRenumbering(ctx context.Context, tx store.Tx, rows [][]string) (int, error) {
	at, err := columns(rows, "old", "new")
	if err != nil {
		return 0, err
	}
	var decree area.Renumbering
	for n, row := range rows[1:] {
		before, err1 := area.Parse(strings.TrimSpace(row[at[0]]))
		after, err2 := area.Parse(strings.TrimSpace(row[at[1]]))
		if err := errors.Join(err1, err2); err != nil {
			return 0, fmt.Errorf("row %d: %w", n+2, err)
		}
		if err := decree.Add(before, after); err != nil {
			return 0, fmt.Errorf("row %d: %w", n+2, err)
		}
		if _, err := tx.Snapshot().FindArea(ctx, before.Dotted()); err != nil {
			return 0, fmt.Errorf("row %d: %w", n+2, err)
		}
	}
	err = tx.Directory().Recode(ctx, func(path string) string {
		code, err := area.Parse(path)
		if err != nil || code.Level() == area.Nation {
			return path
		}
		return decree.Apply(code).String()
	})
	return len(rows) - 1, err
}
