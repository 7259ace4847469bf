package api

import (
	"context"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/iks"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/smallcell"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/tally"
)

// piece is a part of the tree while it is gathered: what is published of it, and
// which are sums of which. Position 0 is the root.
type piece struct {
	root area.Code
	day  int
	ids  []string
	at   map[string]int
	// now and then are the tallies by position: today's, and the day's.
	now, then []tally.Sum
	tree      smallcell.Tree
}

func newPiece(root area.Code, day int) *piece {
	p := &piece{root: root, day: day, at: map[string]int{}}
	p.add(root.String())
	return p
}

// add finds or adds an area.
func (p *piece) add(id string) int {
	i, ok := p.at[id]
	if !ok {
		i = len(p.ids)
		p.at[id] = i
		p.ids = append(p.ids, id)
		p.now, p.then = append(p.now, tally.Sum{}), append(p.then, tally.Sum{})
	}
	return i
}

func count(sum *tally.Sum, provisional, verified *iks.Tally) {
	sum.Provisional.AddTally(provisional)
	sum.Verified.AddTally(verified)
}

// dottedLengths of codes by level.
var dottedLengths = map[area.Level]int{area.Province: 2, area.District: 5, area.Kecamatan: 8, area.Village: 13}

// addVillages gathers a piece above the villages: the areas right below the root,
// and in a district its villages and Puskesmas too.
func (p *piece) addVillages(ctx context.Context, snap store.Snapshot, board *tally.Board) error {
	below := dottedLengths[p.root.Level()+1]
	numbers := map[uint32]string{}
	var codes []string
	board.Each(p.root.Dotted(), func(number uint32, v tally.Part) {
		numbers[number] = v.Code
		codes = append(codes, v.Code)
		for _, i := range p.positions(v.Code, below) {
			count(&p.now[i], &v.Sum.Provisional, &v.Sum.Verified)
		}
	})
	if p.day != 0 {
		all := make([]uint32, 0, len(numbers))
		for n := range numbers {
			all = append(all, n)
		}
		rows, err := snap.DailyTallies(ctx, all, p.day)
		if err != nil {
			return err
		}
		for k := range rows {
			for _, i := range p.positions(numbers[rows[k].Village], below) {
				count(&p.then[i], &rows[k].Provisional, &rows[k].Verified)
			}
		}
	}
	p.sumUp(codes, below)
	if p.root.Level() != area.District {
		return nil
	}
	health, err := snap.ListPuskesmas(ctx, p.root.Dotted(), "", maxPuskesmas)
	if err != nil {
		return err
	}
	p.addPuskesmas(codes, health)
	return nil
}

// maxPuskesmas of a district; the largest has about a hundred.
const maxPuskesmas = 10_000

// positions are the root, the area below it that a village lies in and, in a
// district, the village.
func (p *piece) positions(code string, below int) []int {
	out := []int{0, p.add(pathOf(code[:min(below, len(code))]))}
	if p.root.Level() == area.District {
		out = append(out, p.add(pathOf(code)))
	}
	return out
}

// pathOf is a dotted code as area.Code writes it.
func pathOf(dotted string) string {
	code, err := area.Parse(dotted)
	if err != nil {
		return dotted
	}
	return code.String()
}

// sumUp notes which areas are sums of which.
func (p *piece) sumUp(villages []string, below int) {
	parts := map[int][]int{}
	seen := map[int]bool{}
	for _, code := range villages {
		positions := p.positions(code, below)
		if !seen[positions[1]] {
			seen[positions[1]] = true
			parts[0] = append(parts[0], positions[1])
		}
		if len(positions) == 3 {
			parts[positions[1]] = append(parts[positions[1]], positions[2])
		}
	}
	for i := range p.ids {
		if len(parts[i]) > 0 {
			p.tree.Sums = append(p.tree.Sums, smallcell.Sum{Whole: i, Parts: parts[i]})
		}
	}
}

// addPuskesmas adds those of a district, which are sums over its villages. All of
// them, with the villages that none serves, are the district again. One that
// serves a village of another district is no sum here.
func (p *piece) addPuskesmas(villages []string, health []store.Puskesmas) {
	whole := smallcell.Sum{}
	served := map[string]bool{}
	for _, h := range health {
		sum := smallcell.Sum{Whole: p.add(h.Code)}
		inside := true
		for _, code := range h.Villages {
			i, ok := p.at[pathOf(code)]
			if !ok {
				inside = false
				continue
			}
			sum.Parts = append(sum.Parts, i)
			served[code] = true
			count(&p.now[sum.Whole], &p.now[i].Provisional, &p.now[i].Verified)
			count(&p.then[sum.Whole], &p.then[i].Provisional, &p.then[i].Verified)
		}
		if inside {
			p.tree.Sums = append(p.tree.Sums, sum)
			whole.Parts = append(whole.Parts, sum.Whole)
		} else {
			whole.Parts = append(whole.Parts, sum.Parts...)
		}
	}
	for _, code := range villages {
		if !served[code] {
			whole.Parts = append(whole.Parts, p.at[pathOf(code)])
		}
	}
	p.tree.Sums = append(p.tree.Sums, whole)
}

// addPlaces gathers a village's piece; of a past day only the village itself, for
// none is kept below it.
func (p *piece) addPlaces(ctx context.Context, snap store.Snapshot, caller *access.Caller) error {
	villages, err := snap.VillagesUnder(ctx, p.root.Dotted())
	if err != nil || len(villages) == 0 {
		return err
	}
	rows, err := snap.PlacesOf(ctx, villages[0].Number)
	if err != nil {
		return err
	}
	if p.day != 0 {
		daily, err := snap.DailyTallies(ctx, []uint32{villages[0].Number}, p.day)
		if err != nil {
			return err
		}
		for k := range daily {
			count(&p.then[0], &daily[k].Provisional, &daily[k].Verified)
		}
	}
	known := make([]area.Place, len(rows))
	parts := map[int][]int{}
	for k := range rows {
		known[k] = rows[k].Place
		rt := p.root.RT(rows[k].Place)
		rw, _ := rt.At(area.RW)
		if _, ok := p.at[rw.String()]; !ok {
			parts[0] = append(parts[0], p.add(rw.String()))
		}
		i, j := p.at[rw.String()], p.add(rt.String())
		parts[i] = append(parts[i], j)
		for _, position := range []int{0, i, j} {
			count(&p.now[position], &rows[k].Provisional, &rows[k].Verified)
		}
	}
	for i := range p.ids {
		if len(parts[i]) > 0 {
			p.tree.Sums = append(p.tree.Sums, smallcell.Sum{Whole: i, Parts: parts[i]})
		}
	}
	p.markSeen(caller, villages[0], known, parts)
	return nil
}

// markSeen marks what the caller sees the families of: RT, and sums of nothing
// else.
func (p *piece) markSeen(caller *access.Caller, v store.Village, known []area.Place, parts map[int][]int) {
	p.tree.Seen = make([]bool, len(p.ids))
	if caller.Has(ksv1.Right_RIGHT_SEE_FAMILIES) {
		p.tree.Root = -1 // nobody else is shown what this caller is
	}
	scope, _ := caller.Scope(v, known)
	for _, place := range known {
		p.tree.Seen[p.at[p.root.RT(place).String()]] = caller.Covers(v.Number, place)
	}
	for i := len(p.ids) - 1; i >= 0; i-- {
		if len(parts[i]) > 0 && i != 0 {
			p.tree.Seen[i] = allOf(p.tree.Seen, parts[i])
		}
	}
	p.tree.Seen[0] = scope.All || len(parts[0]) > 0 && allOf(p.tree.Seen, parts[0])
}

func allOf(marked []bool, positions []int) bool {
	for _, i := range positions {
		if !marked[i] {
			return false
		}
	}
	return true
}

// decide gives each area's mask; held is the root's by the piece above, today
// what was decided of today where a past day is asked for.
func (p *piece) decide(held mask, today map[string]mask) map[string]mask {
	p.tree.Areas = len(p.ids)
	asked := p.now
	if p.day != 0 {
		asked = p.then
	}
	masks := make([]mask, len(p.ids))
	for n := 1; n <= iks.Indicators; n++ {
		var tables []smallcell.Table
		var roots [][]bool
		var given []smallcell.Answer
		for v := range variants {
			tables = append(tables, tableOf(asked, v, n))
			root := make([]bool, len(p.ids))
			root[0] = held[v]>>n&1 == 1
			roots = append(roots, root)
			if p.day != 0 {
				given = append(given, p.answerOf(today, v, n))
			}
		}
		for v, withheld := range p.tree.Withhold(tables, roots, given...) {
			for i, w := range withheld {
				if w {
					masks[i][v] |= 1 << n
				}
			}
		}
	}
	out := make(map[string]mask, len(p.ids))
	for i, id := range p.ids {
		out[id] = masks[i]
	}
	return out
}

// answerOf is what is published of today.
func (p *piece) answerOf(today map[string]mask, variant, indicator int) smallcell.Answer {
	a := smallcell.Answer{Table: tableOf(p.now, variant, indicator)}
	for _, id := range p.ids {
		a.Withheld = append(a.Withheld, today[id][variant]>>indicator&1 == 1)
	}
	return a
}

func tableOf(sums []tally.Sum, variant, indicator int) smallcell.Table {
	out := make(smallcell.Table, len(sums))
	for i := range sums {
		t := &sums[i].Provisional
		if variant >= variants/2 {
			t = &sums[i].Verified
		}
		summary := t.Of(membershipsOf[variant%2])
		out[i] = smallcell.Cell{Denominator: summary.Coverage(indicator).Whole, Complete: summary.Complete()}
	}
	return out
}
