package registration

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"html/template"
	"strings"
	"sync"

	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// paperCache keeps papers that were made for the present rules: anybody may ask
// for them as often as they like.
type paperCache struct {
	mu    sync.Mutex
	rules *ksv1.RegistrationRules
	made  map[ksv1.RegistrationFormKind]*ksv1.RegistrationFile
}

// Paper gives an empty paper: the form or the letter's template.
func (s *Service) Paper(ctx context.Context, kind ksv1.RegistrationFormKind) (*ksv1.RegistrationFile, error) {
	if _, known := ksv1.RegistrationFormKind_name[int32(kind)]; !known {
		kind = ksv1.RegistrationFormKind_REGISTRATION_FORM_KIND_UNSPECIFIED
	}
	rules, err := s.Rules(ctx)
	if err != nil {
		return nil, err
	}
	s.papers.mu.Lock()
	defer s.papers.mu.Unlock()
	if !proto.Equal(s.papers.rules, rules) {
		s.papers.rules, s.papers.made = rules, map[ksv1.RegistrationFormKind]*ksv1.RegistrationFile{}
	}
	if file := s.papers.made[kind]; file != nil {
		return file, nil
	}
	file, err := makePaper(rules, kind)
	if err == nil {
		s.papers.made[kind] = file
	}
	return file, err
}

func makePaper(rules *ksv1.RegistrationRules, kind ksv1.RegistrationFormKind) (*ksv1.RegistrationFile, error) {
	switch kind {
	case ksv1.RegistrationFormKind_REGISTRATION_FORM_KIND_CSV:
		data, err := EmptyCSV(rules)
		return &ksv1.RegistrationFile{FileName: "form-registrasi-aplikasi-ks.csv", ContentType: "text/csv; charset=utf-8", Content: data}, err
	case ksv1.RegistrationFormKind_REGISTRATION_FORM_KIND_LETTER:
		return &ksv1.RegistrationFile{FileName: "surat-permohonan.rtf", ContentType: "application/rtf", Content: letterTemplate(rules)}, nil
	default:
		data, err := EmptyXLSX(rules)
		const xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
		return &ksv1.RegistrationFile{FileName: "form-registrasi-aplikasi-ks.xlsx", ContentType: xlsx, Content: data}, err
	}
}

// letterParagraphs are the letter's template; "" is a blank line.
var letterParagraphs = []string{
	"KOP DINAS KESEHATAN KABUPATEN/KOTA ........................", "",
	"Nomor\t: ........................", "Tanggal\t: ........................", "Lampiran\t: Form Registrasi Aplikasi KS",
	"Perihal\t: Permohonan akun aplikasi Keluarga Sehat", "",
	"Kepada Yth.", "Kepala Pusat Data dan Teknologi Informasi", "%s", "",
	"Bersama ini kami sampaikan permohonan akun aplikasi Keluarga Sehat bagi Puskesmas yang akan melaksanakan pendataan keluarga. " +
		"Daftar Puskesmas (nama dan kode) beserta Pembina Keluarga, yaitu administrator, Kepala Puskesmas, supervisor, dan surveyor " +
		"(nama lengkap, NIP atau keterangan bukan ASN, NIK, jabatan, nomor HP, dan alamat e-mail), terlampir.", "",
	"Nama-nama tersebut akan menggunakan data kependudukan (NIK dan Nomor KK) sesuai Permendagri Nomor 61 Tahun 2015 dan Nomor 102 Tahun 2019, " +
		"dan menjaga kerahasiaan data sebagai bagian dari rekam medis.", "",
	"Demikian permohonan ini kami sampaikan. Atas perhatian dan kerja sama Saudara kami ucapkan terima kasih.", "",
	"Kepala Dinas Kesehatan,", "", "", "(nama lengkap, NIP, tanda tangan, cap)", "",
	"Tembusan:", "1. Kepala Dinas Kesehatan Provinsi ........................ (sebagai laporan)",
}

// letterTemplate is the template as RTF, which every word processor opens.
func letterTemplate(rules *ksv1.RegistrationRules) []byte {
	var b bytes.Buffer
	b.WriteString(`{\rtf1\ansi\deff0{\fonttbl{\f0\fswiss Arial;}}\paperw11906\paperh16838\margl1701\margr1417\fs22` + "\n")
	for _, p := range letterParagraphs {
		if p == "%s" {
			p = rules.GetPostalAddress()
			if rules.GetEmail() != "" {
				p += " (" + rules.GetEmail() + ")"
			}
		}
		b.WriteString(rtf(p) + `\par` + "\n")
	}
	b.WriteString("}\n")
	return b.Bytes()
}

// rtf writes a text with RTF's own characters and all beyond ASCII escaped.
func rtf(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '\t':
			b.WriteString(`\tab `)
		case r == '\n':
			b.WriteString(`\line `)
		case r == '\\' || r == '{' || r == '}':
			b.WriteString(`\` + string(r))
		case r < 0x80:
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, `\u%d?`, int16(r))
		}
	}
	return b.String()
}

//go:embed papers.html
var papersText string

var papersPage = sync.OnceValues(func() (*template.Template, error) { return template.New("papers").Parse(papersText) })

// PapersPage is the public page that offers form and letter with Pusdatin's
// address, to a district without an account. It needs no script.
func (s *Service) PapersPage(ctx context.Context) ([]byte, error) {
	rules, err := s.Rules(ctx)
	if err != nil {
		return nil, err
	}
	page, err := papersPage()
	if err != nil {
		return nil, fmt.Errorf("read page: %w", err)
	}
	var b bytes.Buffer
	if err := page.Execute(&b, rules); err != nil {
		return nil, fmt.Errorf("write page: %w", err)
	}
	return b.Bytes(), nil
}
