package smallcell

import (
	"math/rand/v2"
	"testing"
)

// A district of 300 villages, 30 kecamatan and 60 Puskesmas, on four tables: in
// full swing, and on its first days, when most cells are small.
func BenchmarkDistrict(b *testing.B) {
	for name, most := range map[string]int64{"full": 300, "half": 20, "first": 6} {
		random := rand.New(rand.NewPCG(1, 2))
		t := Tree{Areas: 391, Root: 390, Sums: make([]Sum, 92)}
		t.Sums[90], t.Sums[91] = Sum{Whole: 390}, Sum{Whole: 390}
		tables := make([]Table, 4)
		for k := range tables {
			tables[k] = make(Table, t.Areas)
		}
		for g := range 90 {
			t.Sums[g].Whole = 300 + g
			list := &t.Sums[90+min(g/30, 1)] // kecamatan first
			list.Parts = append(list.Parts, 300+g)
		}
		for v := range 300 {
			d := random.Int64N(most)
			k, h := v/10, 30+(v/5+v%2)%60
			t.Sums[k].Parts, t.Sums[h].Parts = append(t.Sums[k].Parts, v), append(t.Sums[h].Parts, v)
			for _, table := range tables {
				c := Cell{max(0, d-random.Int64N(2)), d}
				for _, i := range []int{v, 300 + k, 300 + h, 390} {
					table[i].Denominator += c.Denominator
					table[i].Complete += c.Complete
				}
			}
		}
		t.Prepare()
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				t.Withhold(tables, nil)
			}
		})
	}
}
