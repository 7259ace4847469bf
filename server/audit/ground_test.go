package audit

import "testing"

func TestAGroundHoldsNoNumberOfAPerson(t *testing.T) {
	t.Parallel()
	for ground, holds := range map[string]bool{
		"data 3204050303800001 diminta": true, "3204 0503 0380 0001": true, "32.04.05.030380.0001": true,
		"surat 440/1234/2026 tanggal 2026-11-30": false, "telepon 0812-3456-7890": false, "": false,
	} {
		if HoldsNumber(ground) != holds {
			t.Errorf("%q: %t", ground, !holds)
		}
	}
}
