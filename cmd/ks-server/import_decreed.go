package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/server/store"
)

// decreed tells what a renumbering has altered beside codes, or left for somebody to decide:
// of which Puskesmas a village is that took the place of another's, and Puskesmas whose
// villages came to lie in another district.
func decreed(before, after *store.WholeDirectory, rename func(path string) string) []string {
	now, at := map[uint32]store.VillageName{}, map[string]store.VillageName{}
	for _, v := range after.Villages {
		now[v.Number], at[v.Code] = v, v
	}
	var notes []string
	crossed := map[string]bool{}
	for _, was := range before.Villages {
		is, stays := now[was.Number]
		if stays {
			crossed[is.Puskesmas] = crossed[is.Puskesmas] || districtOf(is.Code) != districtOf(was.Code)
			continue
		}
		if taker := at[was.Code]; was.Puskesmas != "" && taker.Puskesmas != was.Puskesmas {
			notes = append(notes, fmt.Sprintf("warning: village %s stays with Puskesmas %s, though %s had the village of that code which it replaces; where that is to serve it, "+
				"'ks-server import puskesmas' a list that says so", was.Code, taker.Puskesmas, was.Puskesmas))
		}
	}
	delete(crossed, "")
	slices.Sort(notes)
	return append(notes, beyondDistrict(before, after, crossed, rename)...)
}

// beyondDistrict tells of those Puskesmas, of which villages went to another district, that
// went with them, and of those that have villages outside their district now.
func beyondDistrict(before, after *store.WholeDirectory, crossed map[string]bool, rename func(path string) string) []string {
	was, outside := map[string]string{}, map[string][]string{}
	for _, p := range before.Puskesmas {
		was[p.Code] = rename(p.District)
	}
	is := map[string]string{}
	for _, p := range after.Puskesmas {
		is[p.Code] = p.District
	}
	for _, v := range after.Villages {
		if crossed[v.Puskesmas] && districtOf(v.Code) != is[v.Puskesmas] {
			outside[v.Puskesmas] = append(outside[v.Puskesmas], v.Code)
		}
	}
	var notes []string
	for _, code := range slices.Sorted(maps.Keys(crossed)) {
		switch {
		case is[code] != was[code]:
			notes = append(notes, fmt.Sprintf("Puskesmas %s goes from district %s to %s, where all of its villages lie now", code, was[code], is[code]))
		case len(outside[code]) > 0:
			slices.Sort(outside[code])
			notes = append(notes, fmt.Sprintf("warning: Puskesmas %s stays in district %s, whose office alone sees its report, but serves villages of another: %s; "+
				"where it is not to, 'ks-server import puskesmas' a list with its district and villages as they are now", code, is[code], strings.Join(outside[code], " ")))
		}
	}
	return notes
}

// districtOf is the district in which a village lies, by their dotted codes; "" for what is
// no code.
func districtOf(village string) string {
	code, err := area.Parse(village)
	if err != nil {
		return ""
	}
	district, _ := code.At(area.District)
	return district.Dotted()
}
