package field

import "github.com/keluarga-sehat/sync/server/store"

// Kecamatan Cileunyi, Kabupaten Bandung, Jawa Barat: official codes and names
// (idn-area-data 4.0.1, MIT).
var cileunyi = []store.Area{
	{Code: "32", Name: "Jawa Barat"}, {Code: "32.04", Name: "Kabupaten Bandung"}, {Code: "32.04.05", Name: "Cileunyi"},
	{Code: "32.04.05.2001", Name: "Cileunyi Kulon"}, {Code: "32.04.05.2002", Name: "Cileunyi Wetan"}, {Code: "32.04.05.2003", Name: "Cimekar"},
	{Code: "32.04.05.2004", Name: "Cinunuk"}, {Code: "32.04.05.2005", Name: "Cibiru Hilir"}, {Code: "32.04.05.2006", Name: "Cibiru Wetan"},
}

// PuskesmasCode of the simulated Puskesmas (invented).
const PuskesmasCode = "P3204050101"

// villageCodeLength is that of "32.04.05.2001".
const villageCodeLength = 13

// villages are their codes.
func villages() []string {
	var out []string
	for _, a := range Villages() {
		out = append(out, a.Code)
	}
	return out
}

// Villages are the kecamatan's villages.
func Villages() []store.Area {
	var out []store.Area
	for _, a := range cileunyi {
		if len(a.Code) == villageCodeLength {
			out = append(out, a)
		}
	}
	return out
}
