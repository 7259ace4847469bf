package dukcapil

import (
	"errors"
	"testing"
)

// What it says of this server is told to nobody as a number that it does not have.
func TestASentenceIsOfThePersonOrOfThisServer(t *testing.T) {
	t.Parallel()
	for want, sentences := range map[error][]string{
		ErrNoRecord: {
			"Data Tidak Ditemukan", "DATA TIDAK DITEMUKAN", "Data Tidak Ditemukan, NIK tidak terdapat di database Kependudukan",
			"Data Tidak Ditemukan, NIK tidak sesuai format Dukcapil", "Data Ditemukan, Meninggal Dunia", "Data Ditemukan, Data Ganda",
			"Data Ditemukan, Status Non Aktif silahkan hubungi Dinas Dukcapil", "Data ditemukan, status NON-AKTIF", "Data Ditemukan, Nonaktif",
		},
		ErrRefused: {
			"Login Gagal", "IP Address Tidak Sesuai", "IP Client  Tidak terdaftar", "IP Address tidak ditemukan / tidak terdaftar",
			"User ID Non Aktif", "User tidak ditemukan", "User tidak aktif", "Data user tidak ditemukan", "Data Tidak Ditemukan: user_id", "Method tidak ditemukan",
			"Data Tidak Ditemukan, IP 10.0.0.1", "Akses nonaktif", "Data Ditemukan, silahkan coba lagi",
		},
		nil: {"", " ", "Data Ditemukan", "Data ditemukan."},
	} {
		for _, sentence := range sentences {
			if err := meaningOf(sentence); !errors.Is(err, want) {
				t.Errorf("%q: %v, want %v", sentence, err, want)
			}
		}
	}
	for _, sentence := range []string{"Kuota Akses Hari ini telah Habis", "Data Tidak Ditemukan, kuota habis", "Kuota user habis"} {
		if full := new(QuotaError); !errors.As(meaningOf(sentence), &full) || full.Whose != OfRegistry {
			t.Errorf("%q: %v", sentence, meaningOf(sentence))
		}
	}
}
