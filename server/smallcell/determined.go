package smallcell

// prime is the field in which sums are solved; coefficients are -1, 0 and 1, so
// that nothing vanishes in it that would not vanish in whole numbers but by a
// chance of one in two thousand million.
const prime = 2147483647

// cell is one of a table.
type cell struct{ table, area int }

// follow finds those of one table.
func (d *decision) follow(k int) (out []cell) {
	if d.network == nil {
		return d.solve(k)
	}
	for _, area := range d.search.in(d.network, d.withheld[k]) {
		out = append(out, cell{k, area})
	}
	return out
}

// solve solves a table's sums for what is withheld: a cell follows where a row is
// left with it alone. Cost: sums² × withheld cells; for trees that are no network.
func (d *decision) solve(k int) (out []cell) {
	column := make([]int, d.tree.Areas)
	var unknowns []int
	for i, withheld := range d.withheld[k] {
		column[i] = -1
		if withheld {
			column[i] = len(unknowns)
			unknowns = append(unknowns, i)
		}
	}
	var rows [][]int64
	for i := range d.tree.Sums {
		if row := rowOf(&d.tree.Sums[i], column, len(unknowns)); row != nil {
			rows = append(rows, row)
		}
	}
	for _, row := range reduce(rows, len(unknowns)) {
		if c := alone(row); c >= 0 {
			out = append(out, cell{k, unknowns[c]})
		}
	}
	return out
}

// rowOf is a sum's coefficients; nil where all of it is shown.
func rowOf(s *Sum, column []int, unknowns int) []int64 {
	var row []int64
	put := func(area int, coefficient int64) {
		if c := column[area]; c >= 0 {
			if row == nil {
				row = make([]int64, unknowns)
			}
			row[c] = coefficient
		}
	}
	put(s.Whole, prime-1)
	for _, p := range s.Parts {
		put(p, 1)
	}
	return row
}

// alone is the column of a row's only coefficient; -1 where it has more.
func alone(row []int64) int {
	found := -1
	for c, v := range row {
		if v == 0 {
			continue
		}
		if found >= 0 {
			return -1
		}
		found = c
	}
	return found
}

// reduce brings rows into reduced echelon form.
func reduce(rows [][]int64, columns int) [][]int64 {
	rank := 0
	for c := 0; c < columns && rank < len(rows); c++ {
		pivot := rank
		for pivot < len(rows) && rows[pivot][c] == 0 {
			pivot++
		}
		if pivot == len(rows) {
			continue
		}
		rows[rank], rows[pivot] = rows[pivot], rows[rank]
		scale(rows[rank], inverse(rows[rank][c]))
		for r := range rows {
			if r != rank && rows[r][c] != 0 {
				subtract(rows[r], rows[rank], rows[r][c])
			}
		}
		rank++
	}
	return rows[:rank]
}

func scale(row []int64, by int64) {
	for c := range row {
		row[c] = row[c] * by % prime
	}
}

func subtract(row, other []int64, times int64) {
	for c := range row {
		if other[c] != 0 {
			row[c] = ((row[c]-times*other[c])%prime + prime) % prime
		}
	}
}

// inverse by Fermat: a^(prime-2).
func inverse(a int64) int64 {
	out := int64(1)
	for e := int64(prime - 2); e > 0; e >>= 1 {
		if e&1 == 1 {
			out = out * a % prime
		}
		a = a * a % prime
	}
	return out
}
