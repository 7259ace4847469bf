package exchange

import (
	"fmt"
	"strings"

	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/rawsurvei"
)

// Differences counts where a file's own indexes and indicators are not what its
// answers give by the rules here.
type Differences struct {
	// Besar and Inti count families whose index the file gives (Of), and whose
	// index differs.
	Besar, Inti Difference
	// Indicators count families by indicator, of basis besar; From counts them by
	// the file's value and ours.
	Indicators [iks.Indicators]IndicatorDifference
}

// Difference is how many of how many differ.
type Difference struct{ Of, Differ int }

// IndicatorDifference is how many families' values differ, and how.
type IndicatorDifference struct {
	Difference
	// From[file's value][our value].
	From [4][4]int
}

// add holds a family's figures against each other; the text names what differs,
// "" where nothing does.
func (d *Differences) add(f *rawsurvei.Family) string {
	if f.Removed {
		return ""
	}
	household, _ := iks.FromHousehold(f.Household, f.Household.GetRounds()[0])
	besar := household.Compute(iks.Besar)
	var parts []string
	for _, x := range []struct {
		name   string
		text   string
		values iks.Values
		count  *Difference
	}{{"besar", f.Stored.Besar, besar, &d.Besar}, {"inti", f.Stored.Inti, household.Compute(iks.Inti), &d.Inti}} {
		same, ok := rawsurvei.SameIndex(x.text, x.values)
		if x.count.count(same, ok) {
			parts = append(parts, fmt.Sprintf("%s %s in the file, %s here", x.name, x.text, either(x.values.Index().IKS3(), iks.NoValue)))
		}
	}
	for n, given := range f.Stored.Given {
		stored := f.Stored.Indicators[n]
		if d.Indicators[n].count(stored == besar[n], given) {
			d.Indicators[n].From[stored][besar[n]]++
			parts = append(parts, fmt.Sprintf("indicator %d %s in the file, %s here", n+1, stored, besar[n]))
		}
	}
	return strings.Join(parts, "; ")
}

// count counts a comparison and reports whether it differs.
func (d *Difference) count(same, ok bool) bool {
	if !ok {
		return false
	}
	d.Of++
	if same {
		return false
	}
	d.Differ++
	return true
}

// String is a table, a line for each figure that differs; "" where none does.
func (d *Differences) String() string {
	var out strings.Builder
	for _, x := range []struct {
		name string
		of   Difference
	}{{"index besar", d.Besar}, {"index inti", d.Inti}} {
		if x.of.Differ > 0 {
			fmt.Fprintf(&out, "%s: %d of %d families differ\n", x.name, x.of.Differ, x.of.Of)
		}
	}
	for n, x := range d.Indicators {
		if x.Differ == 0 {
			continue
		}
		fmt.Fprintf(&out, "indicator %d: %d of %d families differ (file → here:", n+1, x.Differ, x.Of)
		for file, row := range x.From {
			for here, count := range row {
				if count > 0 {
					fmt.Fprintf(&out, " %s→%s %d", iks.Value(file), iks.Value(here), count)
				}
			}
		}
		out.WriteString(")\n")
	}
	return out.String()
}

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
