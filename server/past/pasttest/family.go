package pasttest

import (
	"math/rand/v2"

	"github.com/keluarga-sehat/sync/internal/iks"
)

// RandomFamily is how a family counts to which any indicators apply.
func RandomFamily(random *rand.Rand) iks.Packed {
	var inti iks.Values
	for i := range inti {
		inti[i] = []iks.Value{iks.Y, iks.T, iks.N}[random.IntN(3)]
	}
	besar := inti
	if i := random.IntN(iks.Indicators); besar[i] == iks.N {
		besar[i] = iks.Y
	}
	return iks.Pack(besar, inti)
}
