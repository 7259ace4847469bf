package sample

import "github.com/keluarga-sehat/sync/server/store"

// PuskesmasCode of the sample Puskesmas (invented).
const PuskesmasCode = "P3204050101"

// District is the code of the district it lies in.
const District = "32.04"

// villageCodeLength is that of "32.04.05.2001".
const villageCodeLength = 13

// targetFamilies to be surveyed in each village.
const targetFamilies = 60

// areas are Kecamatan Cileunyi, Kabupaten Bandung, Jawa Barat: official codes
// and names (idn-area-data 4.0.1, MIT).
var areas = []store.Area{
	{Code: "32", Name: "Jawa Barat"}, {Code: District, Name: "Kabupaten Bandung"}, {Code: "32.04.05", Name: "Cileunyi"},
	{Code: "32.04.05.2001", Name: "Cileunyi Kulon"}, {Code: "32.04.05.2002", Name: "Cileunyi Wetan"}, {Code: "32.04.05.2003", Name: "Cimekar"},
	{Code: "32.04.05.2004", Name: "Cinunuk"}, {Code: "32.04.05.2005", Name: "Cibiru Hilir"}, {Code: "32.04.05.2006", Name: "Cibiru Wetan"},
}

// Villages are the kecamatan's villages, ascending by code.
func Villages() []store.Area {
	var out []store.Area
	for _, a := range areas {
		if len(a.Code) == villageCodeLength {
			out = append(out, a)
		}
	}
	return out
}

// VillageCodes are their codes, ascending.
func VillageCodes() []string {
	var out []string
	for _, a := range Villages() {
		out = append(out, a.Code)
	}
	return out
}
