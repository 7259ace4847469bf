package registration

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// TestNothingOfAPersonIsInAFileInPlain plants words that are found nowhere else,
// walks from the draft to a replacement, and looks for them in the store's files.
func TestNothingOfAPersonIsInAFileInPlain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := newWorldIn(t, dir)
	ctx := t.Context()
	list := people(0)
	planted := []string{"Kenarisari", "3204054103910007", "+6281299887766", "081299887766", "kenari@rahasia.example", "Jabatankenari", "199103012015042001",
		"Catatankenari", "Alasankenari", "Suratkenari", "Penandakenari", "440/KENARI"}
	list[3] = &ksv1.NomineePerson{
		Role: ksv1.Role_ROLE_SURVEYOR, FullName: "Kenarisari", Nip: "199103012015042001", Nik: "3204054103910007", Position: "Jabatankenari",
		Mobile: "081299887766", Email: "kenari@rahasia.example",
	}
	r, err1 := w.Create(ctx, w.bandung, []string{"P3204050101"})
	_, err2 := w.SetPuskesmas(ctx, w.bandung, r.Number, List{Code: "P3204050101", People: list})
	letter := &ksv1.RegistrationLetter{Number: "440/KENARI", Date: "2026-03-01", Signatory: "Penandakenari"}
	_, err3 := w.SetLetter(ctx, w.bandung, r.Number, letter, []byte("%PDF-1.7\nSuratkenari\n%%EOF\n"))
	_, err4 := w.RecordCopy(ctx, w.bandung, r.Number, byPost, "Catatankenari")
	_, err5 := w.Submit(ctx, w.bandung, r.Number, nil, online, "")
	_, err6 := w.BeginVerification(ctx, w.pusdatin, r.Number, nil, "")
	_, err7 := w.Return(ctx, w.pusdatin, r.Number, nil, "Alasankenari")
	_, err8 := w.RecordCopy(ctx, w.bandung, r.Number, byPost, "")
	_, err9 := w.Submit(ctx, w.bandung, r.Number, nil, online, "")
	if err := errors.Join(err1, err2, err3, err4, err5, err6, err7, err8, err9); err != nil {
		t.Fatal(err)
	}
	_, err1 = w.BeginVerification(ctx, w.pusdatin, r.Number, nil, "")
	_, err2 = w.Accept(ctx, w.pusdatin, r.Number, nil, "")
	_, guides, err3 := w.Issue(ctx, w.pusdatin, r.Number, nil, "")
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	planted = append(planted, guides[0].Code, guides[0].FullName)
	admin := w.activate(t, guides[0].Account)
	staff, _, err := w.CreateStaff(ctx, admin)
	if err != nil {
		t.Fatal(err)
	}
	planted = append(planted, staff[0].Code)
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("files %v, %v", files, err)
	}
	searched := false
	for _, name := range files {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range planted {
			if bytes.Contains(content, []byte(text)) {
				t.Errorf("%s holds %q", filepath.Base(name), text)
			}
		}
		searched = searched || bytes.Contains(content, []byte("P3204050101"))
	}
	if !searched {
		t.Error("not even the code of the Puskesmas is found, which is in the clear")
	}
}
