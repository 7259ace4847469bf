package field

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// targetKinds are the kinds of things whose ids a row's subject may name; others
// are about areas alone.
var targetKinds = map[string][]string{
	"family": {"family"}, "foreign family": {"family"}, "families to approve": {"family"}, "trail of family": {"family"}, "look-up": {"family"},
	"name": {"family"}, "change": {"change"}, "batch": {"batch"}, "backup": {"backup"}, "backup of others": {"backup"}, "staff": {"staff"}, "victim": {"victim"}, "device": {"victim"}, "wrong deposit": {"victim"},
	"account r": {"staff", "administrator", "district office", "province office"}, "account i": {"staff", "administrator", "district office", "province office"},
	"account m":    {"staff", "administrator", "district office", "province office"},
	"registration": {"registration", "draft"}, "package": {"registration", "draft"}, "letter": {"registration", "draft"},
	"list of nominees": {"registration", "draft"}, "nominee": {"nominee", "draft nominee"}, "nominee's number": {"nominee", "draft nominee"},
	"surveyor nominee": {"nominee", "draft nominee"}, "nominee to refuse": {"nominee", "draft nominee"},
}

// areasOf are the codes around a place, from the nation down to its RT.
func areasOf(w *accessWorld) []string {
	kecamatan := w.village[:8]
	return []string{"id", w.province, w.district, kecamatan, w.village, w.village + "/" + w.place[:3], w.rt()}
}

// targetsOf are what a row is asked about: at each place, of each kind, and for
// areas at each level; those that are the same once.
func targetsOf(row *accessRow, worlds []*accessWorld) []*accessTarget {
	var out []*accessTarget
	seen := map[string]bool{}
	add := func(w *accessWorld, kind string, values map[string]string) {
		all := map[string]string{
			"province": w.province, "district": w.district, "puskesmas": w.puskesmas, "village": w.village, "rt": w.rt(),
		}
		maps.Copy(all, values)
		key := w.puskesmas + kind
		for _, name := range row.needs() {
			if all[name] == "" {
				return
			}
			key += " " + all[name]
		}
		if len(row.needs()) == 0 {
			key = ""
		}
		if row.subject != "families" && row.subject != "area" && row.subject != "place" && len(targetKinds[row.subject]) == 0 {
			key = strings.TrimPrefix(key, w.puskesmas)
		}
		if !seen[key] {
			seen[key] = true
			out = append(out, &accessTarget{world: w, kind: strings.TrimSuffix(kind, " nominee"), values: all})
		}
	}
	for _, w := range worlds {
		switch {
		case slices.Contains(row.needs(), "area"):
			for _, code := range areasOf(w) {
				if code != "id" || !w.none {
					add(w, "", map[string]string{"area": code})
				}
			}
		case len(targetKinds[row.subject]) > 0:
			for _, kind := range targetKinds[row.subject] {
				add(w, kind, w.targets[kind])
			}
		default:
			add(w, "", w.targets["staff"])
		}
	}
	return out
}

// checkTable tells what of the contract is in no row.
func checkTable(all map[string][]*route) (missing []string) {
	rows := map[string]bool{}
	for i := range accessTable {
		rows[accessTable[i].method] = true
		if all[accessTable[i].method] == nil {
			missing = append(missing, accessTable[i].method+" is not in the contract")
		}
		if subjectRules[accessTable[i].subject] == nil {
			missing = append(missing, fmt.Sprintf("%s is asked about %q, of which no rule tells", accessTable[i].method, accessTable[i].subject))
		}
		if section6[accessTable[i].right] == "" {
			missing = append(missing, fmt.Sprintf("%s needs %q, which is no line of section 6", accessTable[i].method, accessTable[i].right))
		}
	}
	for name := range all {
		if !rows[name] && !streams[name] {
			missing = append(missing, name+" is in no row of accessTable: say what governs it, by DOMAIN.md section 6")
		}
	}
	slices.Sort(missing)
	return missing
}
