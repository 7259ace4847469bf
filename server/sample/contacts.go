package sample

import (
	"context"
	"time"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/support"
)

// desks are invented: no such persons, numbers that lead nowhere.
var desks = []*ksv1.SupportDesk{
	{
		Area: support.Nation,
		Contacts: []*ksv1.SupportContact{
			{Name: "Sari Contoh (akun dan kata sandi)", Telephone: "0812-0000-0001", Email: "akun@contoh.example", Hours: "Senin–Jumat 08.00–16.00 WIB"},
			{Name: "Bima Contoh (aplikasi)", Telephone: "0812-0000-0002", Email: "aplikasi@contoh.example", Hours: "Senin–Jumat 08.00–16.00 WIB"},
			{Name: "Meja Bantuan Contoh", Telephone: "021-0000-003", Email: "bantuan@contoh.example", Hours: "Setiap hari 07.00–21.00 WIB"},
		},
		HelpText: "Data yang belum terkirim tetap aman di perangkat, juga tanpa sinyal selama berhari-hari.\n\n" +
			"Lupa kata sandi? Jangan menghapus aplikasi: mintalah kode baru kepada administrator Puskesmas, lalu kirimkan data yang tersimpan.",
	},
	{
		Area:     District,
		Contacts: []*ksv1.SupportContact{{Name: "Dina Contoh (Dinas Kesehatan)", Telephone: "0813-0000-0004", Hours: "Senin–Jumat 08.00–15.00 WIB"}},
	},
}

// placeContacts writes them.
func placeContacts(ctx context.Context, s store.Store) error {
	service := &support.Service{Store: s, Now: time.Now}
	for _, desk := range desks {
		if _, err := service.Put(ctx, desk); err != nil {
			return err
		}
	}
	return nil
}
