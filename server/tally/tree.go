package tally

import (
	"slices"
	"strings"

	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/server/store"
)

// Part is an area or Puskesmas in the tree.
type Part struct {
	// Code is dotted, "" the nation; or a Puskesmas's.
	Code, Name string
	Sum        Sum
	// Version changes whenever the figures do, or anything of a village in it, or
	// the directory. It means nothing to another Board.
	Version uint64
}

// tree is the areas down to the village and the Puskesmas, each with the sum over
// its villages, kept by difference: a village that changes moves six nodes.
type tree struct {
	areas     map[string]*node
	puskesmas map[string]*node
	// byDistrict are the Puskesmas by their district's code, by code.
	byDistrict map[string][]*node
	villages   map[uint32]*village
	// number is the turn in which it was read.
	number uint64
}

// node is an area or a Puskesmas. figures move; everything else stays as the
// directory had it.
type node struct {
	code, name string
	figures    Figures
	version    uint64
	// packed are the survey years of a village, years those of a district and above.
	packed iks.PackedYears
	years  iks.YearTallies
	// uncounted is how many villages' survey years are still to be counted.
	uncounted int
	targeted  int64
	hasTarget bool
	// parts are the areas right below, of a Puskesmas its villages, by code.
	parts []*node
	// puskesmas is set for a Puskesmas, with its villages.
	puskesmas *store.Puskesmas
	number    uint32 // of a village; 0 above
	villages  int    // how many are in an area above one
	// fingerprint tells which villages a district or province has; 0 otherwise.
	fingerprint int64
}

// village is where a village's figures stand in the tree.
type village struct {
	node     *node
	revision uint64
	rules    int
	// above are the nodes that its figures are part of.
	above []*node
}

// newTree builds the tree of a directory, without figures.
func newTree(d *store.WholeDirectory) *tree {
	t := &tree{areas: map[string]*node{}, puskesmas: map[string]*node{}, byDistrict: map[string][]*node{}, villages: map[uint32]*village{}}
	t.areas[""] = &node{name: "Indonesia"}
	for _, a := range d.Areas {
		t.areas[a.Code] = &node{code: a.Code, name: a.Name}
	}
	for i := range d.Puskesmas {
		p := d.Puskesmas[i]
		p.Villages = nil
		t.puskesmas[p.Code] = &node{code: p.Code, name: p.Name, puskesmas: &p}
		t.byDistrict[p.District] = append(t.byDistrict[p.District], t.puskesmas[p.Code])
	}
	// Ascending, so parts come sorted, and each area after the one that it is in.
	for _, a := range d.Areas {
		if up := t.areas[parentOf(a.Code)]; up != nil && len(a.Code) < villageLength {
			up.parts = append(up.parts, t.areas[a.Code])
		}
	}
	for _, v := range d.Villages {
		t.addVillage(v)
	}
	t.addTargets(d.Targets)
	return t
}

func (t *tree) addVillage(v store.VillageName) {
	n := t.areas[v.Code]
	if n == nil {
		n = &node{code: v.Code}
		t.areas[v.Code] = n
	}
	n.number = v.Number
	at := &village{node: n}
	for code := v.Code; code != ""; {
		code = parentOf(code)
		if up := t.areas[code]; up != nil {
			at.above = append(at.above, up)
			up.villages++
			if len(code) == provinceLength || len(code) == districtLength {
				up.fingerprint += mix(v.Number)
			}
		}
	}
	if up := t.areas[parentOf(v.Code)]; up != nil {
		up.parts = append(up.parts, n) // an old code of a village is no part
	}
	if p := t.puskesmas[v.Puskesmas]; p != nil {
		p.puskesmas.Villages = append(p.puskesmas.Villages, v.Code)
		p.parts = append(p.parts, n)
		at.above = append(at.above, p)
	}
	t.villages[v.Number] = at
}

// Lengths of dotted codes.
const (
	provinceLength = len("32")
	districtLength = len("32.04")
	villageLength  = len("32.04.05.2001")
)

// mix spreads a number over 64 bits (SplitMix64), so that sums tell sets apart.
func mix(number uint32) int64 {
	z := (uint64(number) + 1) * 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return int64(z ^ z>>31)
}

// parentOf is the dotted code above one; "" the nation's.
func parentOf(code string) string { return code[:max(strings.LastIndexByte(code, '.'), 0)] }

// addTargets gives each area its own target or, where it has none, the sum of
// those below. Targets come by code, so those of RT stand behind their village.
func (t *tree) addTargets(targets []store.Target) {
	var around []string // the areas with a target that the present one lies in
	for _, x := range targets {
		for len(around) > 0 && !strings.HasPrefix(x.Area, around[len(around)-1]) {
			around = around[:len(around)-1]
		}
		stop := -1 // length of the code that has its own target already
		if len(around) > 0 {
			stop = len(around[len(around)-1])
		}
		around = append(around, x.Area)
		code, _, _ := strings.Cut(x.Area, "/")
		for len(code) > stop {
			if n := t.areas[code]; n != nil {
				n.targeted += x.Families
				n.hasTarget = true
			}
			if code == "" {
				break
			}
			code = parentOf(code)
		}
	}
	for _, p := range t.puskesmas {
		for _, v := range p.parts {
			p.targeted += v.targeted
			p.hasTarget = p.hasTarget || v.hasTarget
		}
	}
}

// state is a village's, as the store has it.
type state struct {
	figures  Figures
	revision uint64
	years    iks.PackedYears
	// uncounted: the years are still to be counted.
	uncounted bool
	// rules are those by which all that was computed.
	rules int
}

// stateOf is a village's row as the tree keeps it.
func stateOf(v *store.Village) state {
	return state{figures: figuresOf(v), revision: v.Revision, years: v.Years, uncounted: v.YearsMissing, rules: v.Rules}
}

// put moves the tree to a village's present state; turn becomes the version of
// what it moves. A village that comes again as it was moves nothing.
func (t *tree) put(number uint32, now state, turn uint64) {
	at := t.villages[number]
	if at == nil {
		return // made after the directory was read; it comes with the next one
	}
	difference := now.figures
	difference.Sub(&at.node.figures)
	if difference == (Figures{}) && now.revision == at.revision && now.years == at.node.packed && now.uncounted == (at.node.uncounted > 0) && now.rules == at.rules {
		return
	}
	at.putYears(&now)
	at.node.figures, at.node.version, at.revision, at.rules = now.figures, turn, now.revision, now.rules
	for _, up := range at.above {
		up.figures.Add(&difference)
		up.version = turn
	}
}

// markAll gives everything a version.
func (t *tree) markAll(turn uint64) {
	t.number = turn
	for _, n := range t.areas {
		n.version = turn
	}
	for _, n := range t.puskesmas {
		n.version = turn
	}
}

// takeOver fills a new tree with the figures of an old one.
func (t *tree) takeOver(old *tree) {
	for number, at := range old.villages {
		n := at.node
		t.put(number, state{figures: n.figures, revision: at.revision, years: n.packed, uncounted: n.uncounted > 0, rules: at.rules}, 0)
	}
}

// numbers are the villages in a node, ascending.
func (n *node) numbers() []uint32 {
	if n.number != 0 {
		return []uint32{n.number}
	}
	var out []uint32
	for _, p := range n.parts {
		out = append(out, p.numbers()...)
	}
	slices.Sort(out)
	return out
}

func (n *node) sum() Sum {
	return Sum{Figures: n.figures, Targeted: n.targeted, HasTarget: n.hasTarget}
}
