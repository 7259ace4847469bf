package registry

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/keluarga-sehat/sync/internal/prokesga"
)

// Card invents a family card of a couple, two children and a grandmother, always
// the same for a seed; numbers begin with a district and kecamatan such as 320405.
func Card(seed uint64, place uint64) []Person {
	rng := rand.New(rand.NewPCG(seed, place))
	surname := families[rng.IntN(len(families))]
	serial := 1 + seed%9000
	birth := time.Date(1970+rng.IntN(25), time.Month(1+rng.IntN(12)), 1+rng.IntN(28), 0, 0, 0, 0, time.UTC)
	nkk := prokesga.NIK(place*1e10 + 1_01_20*1e4 + serial)
	var out []Person
	add := func(born time.Time, female bool, relation, marital string) {
		names, sex, day := men, "LAKI-LAKI", uint64(born.Day())
		if female {
			names, sex, day = women, "PEREMPUAN", uint64(born.Day())+40
		}
		nik := place*1e10 + (day*1e4+uint64(born.Month())*100+uint64(born.Year()%100))*1e4 + serial
		out = append(out, Person{
			NIK: prokesga.NIK(nik), NKK: nkk, Name: fmt.Sprintf("%s %s", names[rng.IntN(len(names))], surname), Sex: sex,
			Birth: born.Format("2006-01-02"), Relation: relation, Marital: marital,
		})
	}
	// The wife first: the registry promises no order.
	add(birth.AddDate(2, 3, 5), true, "ISTRI", "KAWIN")
	add(birth, false, "KEPALA KELUARGA", "KAWIN")
	add(birth.AddDate(24, 1, 1), rng.IntN(2) == 0, "ANAK", "BELUM KAWIN")
	add(birth.AddDate(28, 2, 2), rng.IntN(2) == 0, "ANAK", "BELUM KAWIN")
	add(birth.AddDate(-26, 4, 4), true, "ORANG TUA", "CERAI MATI")
	return out
}

// Invented names.
var (
	men      = []string{"AGUS", "BUDI", "DEDI", "EKO", "HENDRA", "JOKO", "RUDI", "YUSUF"}
	women    = []string{"AISYAH", "DEWI", "FITRI", "LESTARI", "MAYA", "NINGSIH", "RATNA", "SRI"}
	families = []string{"CONTOH", "MISAL", "UMPAMA", "CUPLIKAN", "PERAGA", "TIRUAN"}
)
