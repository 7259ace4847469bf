package registration

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"
	"html/template"
	"sync"

	"github.com/keluarga-sehat/sync/internal/sheet"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/account"
)

// Print is a package of activation guides in the form asked for.
func Print(w *Whole, guides []Guide, format ksv1.PackageFormat) (*ksv1.RegistrationFile, error) {
	name := fmt.Sprintf("panduan-aktivasi-%d", w.Number)
	var data []byte
	var err error
	switch format {
	case ksv1.PackageFormat_PACKAGE_FORMAT_HTML:
		data, err = guidesHTML(w, guides)
		return &ksv1.RegistrationFile{FileName: name + ".html", ContentType: "text/html; charset=utf-8", Content: data}, err
	case ksv1.PackageFormat_PACKAGE_FORMAT_CSV:
		data, err = guidesCSV(guides)
		return &ksv1.RegistrationFile{FileName: name + ".csv", ContentType: "text/csv; charset=utf-8", Content: data}, err
	default:
		data, err = guidesPDF(w, guides)
		return &ksv1.RegistrationFile{FileName: name + ".pdf", ContentType: "application/pdf", Content: data}, err
	}
}

//go:embed guide.html
var guideText string

var guidePage = sync.OnceValues(func() (*template.Template, error) { return template.New("guides").Parse(guideText) })

// guideSteps are what a person does with a guide, on page and paper.
var guideSteps = []string{
	"Buka aplikasi Keluarga Sehat dan pilih Aktivasi.",
	"Pindai kode QR, atau ketik nama pengguna dan kode sekali pakai di atas.",
	"Masukkan NIK Anda sendiri.",
	"Buat kata sandi yang hanya Anda ketahui.",
}

// guideCare is what goes with it.
const guideCare = "Kode hanya untuk Anda: jangan difoto dan jangan diberikan kepada siapa pun. Kata sandi tidak diketahui oleh orang lain. " +
	"Data NIK dan Nomor KK dari Dukcapil hanya boleh dipakai oleh pengguna yang terdaftar (Permendagri 61/2015 dan 102/2019)."

// guideNext is what an administrator does afterwards.
const guideNext = "Setelah aktivasi: pilih Buat akun petugas. Akun Kepala Puskesmas, supervisor, dan surveyor yang telah disetujui dibuat sekaligus, " +
	"dengan satu kartu untuk setiap orang."

// Next is guideNext for an administrator, "" for others.
func (g Guide) Next() string {
	if g.Role == ksv1.Role_ROLE_PUSKESMAS_ADMINISTRATOR {
		return guideNext
	}
	return ""
}

func guidesHTML(w *Whole, guides []Guide) ([]byte, error) {
	page, err := guidePage()
	if err != nil {
		return nil, fmt.Errorf("read guide template: %w", err)
	}
	type line struct {
		Guide
		QR template.HTML
	}
	lines := make([]line, len(guides))
	for i, g := range guides {
		svg, err := account.QRCode(account.ActivationLink(g.UserName, g.Code))
		if err != nil {
			return nil, err
		}
		lines[i] = line{g, template.HTML(svg)} // our own drawing, of numbers alone
	}
	var b bytes.Buffer
	err = page.Execute(&b, map[string]any{"Number": w.Number, "Guides": lines, "Steps": guideSteps, "Care": guideCare})
	if err != nil {
		return nil, fmt.Errorf("write guides: %w", err)
	}
	return b.Bytes(), nil
}

// GuideHTML is the page of one guide.
func GuideHTML(g Guide, registration uint32) (string, error) {
	w := &Whole{}
	w.Number = registration
	data, err := guidesHTML(w, []Guide{g})
	return string(data), err
}

// guidesCSV is for offices that print their own guides.
func guidesCSV(guides []Guide) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	rows := [][]string{{"nama_pengguna", "kode", "nama_lengkap", "peran", "tempat", "kode_tempat", "berlaku_sampai"}}
	for _, g := range guides {
		rows = append(rows, []string{g.UserName, g.Code, sheet.Harmless(g.FullName), g.RoleLabel(), sheet.Harmless(g.Place), g.PlaceCode, g.Until()})
	}
	if err := w.WriteAll(rows); err != nil {
		return nil, fmt.Errorf("write guides: %w", err)
	}
	return b.Bytes(), nil
}
