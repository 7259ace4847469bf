package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/separated"
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
districts.csv, villages.csv; in that order, for each area must lie in one that is
there. Areas that are there already are renamed.`, atOnce(loadAreas))
	add("rt FILE...", "RW and RT: CSV with the columns village, rw, rt (7 = 07 = 007)",
		`rt makes RW and RT known before their first family, so that they can be listed
and assigned. Without a list they come to be with the first family there.`, loadPlaces)
	add("puskesmas FILE...", "Puskesmas: CSV with the columns code, name, district, villages (codes separated by blanks)",
		`puskesmas adds Puskesmas or replaces them, with their villages. A village that
another Puskesmas had goes over to the later one; one that the new list of its
Puskesmas leaves out has none any more, until a list names it. Both are told.`, atOnce(loadPuskesmas))
	add("targets FILE...", "Targets: CSV with the columns area and families", "", atOnce(loadTargets))
	add("renumbering FILE...", "New codes of areas: CSV with the columns old and new; families follow",
		`renumbering gives provinces, districts, kecamatan or villages their new codes by
decree, a file at once, so that two may change places; what lies below an area
follows it. Families, history, figures, targets and assignments stay with the
village. The new tree may have been imported before: a village in it that has no
families yet gives way to the one that takes its code, which has its Puskesmas
then unless it has one, and what devices bring of it. A Puskesmas goes with its
villages into another district where they all go. What else it leaves to decide
is told.`, atOnce(loadRenumbering))
	c.AddCommand(importFamiliesCommand(o))
	return c
}

// loader loads a table.
type loader func(ctx context.Context, s store.Store, rows [][]string) (loaded, error)

// loaded is the number of a table's rows, and what is to be told of them.
type loaded struct {
	rows  int
	notes []string
}

// atOnce loads a table in one transaction.
func atOnce(load func(ctx context.Context, tx store.Tx, rows [][]string) (loaded, error)) loader {
	return func(ctx context.Context, s store.Store, rows [][]string) (done loaded, err error) {
		err = s.Write(ctx, func(ctx context.Context, tx store.Tx) (err error) {
			done, err = load(ctx, tx, rows)
			return err
		})
		if err != nil {
			return loaded{}, fmt.Errorf("%w; nothing of this file was kept", err)
		}
		return done, nil
	}
}

func runImport(cmd *cobra.Command, o *options, files []string, load loader) (err error) {
	ctx, out := cmd.Context(), cmd.OutOrStdout()
	s, ring, done, err := o.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	e := operate("import " + cmd.Name())
	return o.recorded(ctx, s, ring, e, func() error {
		for _, name := range files {
			rows, err := readCSV(name, cmd.InOrStdin())
			if err != nil {
				return err
			}
			done, err := load(ctx, s, rows)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			e.Count += uint64(done.rows)
			for _, note := range done.notes {
				fmt.Fprintf(out, "%s: %s\n", name, note)
			}
			fmt.Fprintf(out, "%s: %d rows\n", name, done.rows)
		}
		return nil
	})
}

// readCSV reads a file with its header line first, separated by commas or, as Excel with
// Indonesian settings writes, by semicolons. A quote within a cell is a
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
	whole := bufio.NewReaderSize(in, separated.HeadBytes)
	head, err := whole.Peek(separated.HeadBytes)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	skip, separator := separated.Begin(head)
	if _, err := whole.Discard(skip); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	reader := csv.NewReader(whole)
	reader.LazyQuotes, reader.Comma = true, rune(separator)
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
			if strings.EqualFold(strings.TrimSpace(cell), name) {
				at[i] = j
			}
		}
		if at[i] < 0 {
			return nil, fmt.Errorf("the header line has no column %q", name)
		}
	}
	return at, nil
}

func loadAreas(ctx context.Context, tx store.Tx, rows [][]string) (loaded, error) {
	at, err := columns(rows, "code", "name")
	if err != nil {
		return loaded{}, err
	}
	var list []store.Area
	said := map[string]string{} // by code
	for n, row := range rows[1:] {
		code, err := area.Parse(strings.TrimSpace(row[at[0]]))
		if err != nil || code.Level() == area.Nation || code.Level() > area.Village {
			return loaded{}, fmt.Errorf("row %d: %q is no code of a province, district, kecamatan or village", n+2, row[at[0]])
		}
		name := strings.TrimSpace(row[at[1]])
		if name == "" {
			return loaded{}, fmt.Errorf("row %d: %s has no name", n+2, code.Dotted())
		}
		if before, again := said[code.Dotted()]; again && before != name {
			return loaded{}, fmt.Errorf("row %d: %s is named %q, which another row names %q", n+2, code.Dotted(), name, before)
		}
		said[code.Dotted()] = name
		list = append(list, store.Area{Code: code.Dotted(), Name: name})
	}
	if err := checkParents(ctx, tx.Snapshot(), list); err != nil {
		return loaded{}, err
	}
	return loaded{rows: len(list)}, tx.Directory().PutAreas(ctx, list)
}

// checkParents tells whether each area lies in one that is in the list, which is a table's
// rows, or in the tree: what does not is in no figure above it.
func checkParents(ctx context.Context, snap store.Snapshot, list []store.Area) error {
	there := map[string]bool{"": true}
	for _, a := range list {
		there[a.Code] = true
	}
	for n, a := range list {
		code, err := area.Parse(a.Code)
		if err != nil {
			return err
		}
		parent := code.Parent().Dotted()
		if there[parent] {
			continue
		}
		if _, err := snap.FindArea(ctx, parent); err != nil {
			return fmt.Errorf("row %d: %s lies in %s: %w: import that first, or in the same file", n+2, a.Code, parent, err)
		}
		there[parent] = true
	}
	return nil
}

func loadPlaces(ctx context.Context, s store.Store, rows [][]string) (loaded, error) {
	at, err := columns(rows, "village", "rw", "rt")
	if err != nil {
		return loaded{}, err
	}
	var list []area.Code
	for n, row := range rows[1:] {
		village, err := area.Parse(strings.TrimSpace(row[at[0]]))
		if err != nil || village.Level() != area.Village {
			return loaded{}, fmt.Errorf("row %d: %q is no code of a village; nothing of this file was kept", n+2, row[at[0]])
		}
		place, err := area.PlaceOf(row[at[1]], row[at[2]])
		if err != nil {
			return loaded{}, fmt.Errorf("row %d: %w; nothing of this file was kept", n+2, err)
		}
		list = append(list, village.RT(place))
	}
	err = server.AddPlaces(ctx, s, list)
	var unknown *server.UnknownVillageError
	if errors.As(err, &unknown) {
		err = fmt.Errorf("row %d: %w: import its areas first; nothing of this file was kept", unknown.At+2, err)
	}
	return loaded{rows: len(list)}, err
}

func loadPuskesmas(ctx context.Context, tx store.Tx, rows [][]string) (loaded, error) {
	at, err := columns(rows, "code", "name", "district", "villages")
	if err != nil {
		return loaded{}, err
	}
	villages, err := tx.Snapshot().VillagesUnder(ctx, "")
	if err != nil {
		return loaded{}, err
	}
	served := map[string]string{} // by village
	for _, v := range villages {
		served[v.Code] = v.Puskesmas
	}
	var list []store.Puskesmas
	var notes []string
	said := map[area.Puskesmas]bool{}
	for n, row := range rows[1:] {
		code, err := area.ParsePuskesmas(strings.TrimSpace(row[at[0]]))
		if err != nil {
			return loaded{}, fmt.Errorf("row %d: %w", n+2, err)
		}
		if said[code] {
			return loaded{}, fmt.Errorf("row %d: Puskesmas %s stands in another row, too: write all its villages into one", n+2, code)
		}
		said[code] = true
		name := strings.TrimSpace(row[at[1]])
		if name == "" {
			return loaded{}, fmt.Errorf("row %d: Puskesmas %s has no name", n+2, code)
		}
		district, err := area.Parse(strings.TrimSpace(row[at[2]]))
		if err != nil || district.Level() != area.District {
			return loaded{}, fmt.Errorf("row %d: %q is no code of a district", n+2, row[at[2]])
		}
		if _, err := tx.Snapshot().FindArea(ctx, district.Dotted()); err != nil {
			return loaded{}, fmt.Errorf("row %d: district %s: %w: import its areas first", n+2, district.Dotted(), err)
		}
		for _, village := range strings.Fields(row[at[3]]) {
			if before := served[village]; before != "" && before != string(code) {
				notes = append(notes, fmt.Sprintf("row %d: village %s goes from Puskesmas %s to %s", n+2, village, before, code))
			}
			served[village] = string(code)
		}
		list = append(list, store.Puskesmas{
			Code: string(code), Name: name, District: district.Dotted(), Villages: strings.Fields(row[at[3]]),
		})
	}
	if err := tx.Directory().PutPuskesmas(ctx, list); err != nil {
		return loaded{}, err
	}
	after, err := tx.Snapshot().VillagesUnder(ctx, "")
	return loaded{len(list), append(notes, unserved(villages, after)...)}, err
}

// unserved tells of villages that lost their Puskesmas and got no other, because a new list
// of its villages leaves them out: nobody works there until one is said.
func unserved(before, after []store.Village) []string {
	now := map[uint32]string{}
	for _, v := range after {
		now[v.Number] = v.Puskesmas
	}
	lost := map[string][]string{}
	for _, v := range before {
		if v.Puskesmas != "" && now[v.Number] == "" {
			lost[v.Puskesmas] = append(lost[v.Puskesmas], v.Code)
		}
	}
	var notes []string
	for _, puskesmas := range slices.Sorted(maps.Keys(lost)) {
		slices.Sort(lost[puskesmas])
		notes = append(notes, fmt.Sprintf("warning: Puskesmas %s is listed without these villages, which now have no Puskesmas: %s", puskesmas, strings.Join(lost[puskesmas], " ")))
	}
	return notes
}

func loadTargets(ctx context.Context, tx store.Tx, rows [][]string) (loaded, error) {
	at, err := columns(rows, "area", "families")
	if err != nil {
		return loaded{}, err
	}
	var list []store.Target
	said := map[string]int64{}
	for n, row := range rows[1:] {
		code, err := area.Parse(strings.TrimSpace(row[at[0]]))
		if err != nil {
			return loaded{}, fmt.Errorf("row %d: %w", n+2, err)
		}
		if code.Level() != area.Nation {
			if _, err := tx.Snapshot().FindArea(ctx, code.Dotted()); err != nil {
				return loaded{}, fmt.Errorf("row %d: %w: import its areas first", n+2, err)
			}
		}
		families, err := strconv.ParseInt(strings.TrimSpace(row[at[1]]), 10, 32)
		if err != nil || families < 0 {
			return loaded{}, fmt.Errorf("row %d: %q is no number of families", n+2, row[at[1]])
		}
		if before, again := said[code.String()]; again && before != families {
			return loaded{}, fmt.Errorf("row %d: %d families for %q, of which another row says %d", n+2, families, row[at[0]], before)
		}
		said[code.String()] = families
		list = append(list, store.Target{Area: code.String(), Families: families})
	}
	return loaded{rows: len(list)}, tx.Directory().PutTargets(ctx, list)
}

func loadRenumbering(ctx context.Context, tx store.Tx, rows [][]string) (loaded, error) {
	at, err := columns(rows, "old", "new")
	if err != nil {
		return loaded{}, err
	}
	var decree area.Renumbering
	for n, row := range rows[1:] {
		before, err1 := area.Parse(strings.TrimSpace(row[at[0]]))
		after, err2 := area.Parse(strings.TrimSpace(row[at[1]]))
		if err := errors.Join(err1, err2); err != nil {
			return loaded{}, fmt.Errorf("row %d: %w", n+2, err)
		}
		if err := decree.Add(before, after); err != nil {
			return loaded{}, fmt.Errorf("row %d: %w", n+2, err)
		}
		if _, err := tx.Snapshot().FindArea(ctx, before.Dotted()); err != nil {
			return loaded{}, fmt.Errorf("row %d: %w", n+2, err)
		}
	}
	rename := func(path string) string {
		code, err := area.Parse(path)
		if err != nil || code.Level() == area.Nation {
			return path
		}
		return decree.Apply(code).String()
	}
	was, err := tx.Snapshot().WholeDirectory(ctx)
	if err != nil {
		return loaded{}, err
	}
	if err := tx.Directory().Recode(ctx, time.Now().UnixMilli(), rename); err != nil {
		return loaded{}, err
	}
	is, err := tx.Snapshot().WholeDirectory(ctx)
	if err != nil {
		return loaded{}, err
	}
	return loaded{len(rows) - 1, decreed(was, is, rename)}, nil
}
