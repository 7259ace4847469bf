package registration

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/shape"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/store"
)

// MaxLetterBytes bounds the letter's PDF: some pages scanned in grey.
const MaxLetterBytes = 1 << 20

// letterPrefix begins the names of letters: each that was submitted is kept.
const letterPrefix = "letter/"

// pdfStart and pdfEnd are what every PDF has at its beginning and near its end.
var pdfStart, pdfEnd = []byte("%PDF-"), []byte("%%EOF")

// pdfTail is how far from the end the mark of the end may stand.
const pdfTail = 1024

// checkPDF holds bytes against size and type. Errors: *InvalidError.
func checkPDF(pdf []byte) error {
	switch {
	case len(pdf) > MaxLetterBytes:
		return &InvalidError{"pdf", "terlalu besar: paling banyak " + shape.Megabytes(MaxLetterBytes)}
	case !bytes.HasPrefix(pdf, pdfStart):
		return &InvalidError{"pdf", "bukan PDF"}
	case !bytes.Contains(pdf[max(0, len(pdf)-pdfTail):], pdfEnd):
		return &InvalidError{"pdf", "terpotong: tanda akhirnya tidak ada"}
	}
	return nil
}

// SetLetter sets the letter; a nil pdf leaves the one before. Errors:
// store.ErrNotFound, ErrForbidden, *StepError once nothing can be changed,
// *InvalidError.
func (s *Service) SetLetter(ctx context.Context, c *access.Caller, number uint32, letter *ksv1.RegistrationLetter, pdf []byte) (*ksv1.RegistrationLetter, error) {
	var kept *ksv1.RegistrationLetter
	_, err := s.change(ctx, c, number, mayDrawUp, func(ctx context.Context, tx store.Tx, w *Whole) (err error) {
		if err := s.checkEditable(w); err != nil {
			return err
		}
		if kept, err = s.putLetter(ctx, tx, w, letter, pdf); err != nil {
			return err
		}
		if err := s.keep(ctx, tx, w); err != nil {
			return err
		}
		note := fmt.Sprintf("surat %s tertanggal %s, SHA-256 %s", kept.GetNumber(), kept.GetDate(), kept.GetPdfSha256())
		return s.tell(ctx, tx, w, "", w.State(), w.State(), Taken{Step: ksv1.RegistrationStep_REGISTRATION_STEP_DRAWN_UP, Actor: c.Account.Number, Note: note})
	})
	return kept, err
}

// putLetter seals letter and PDF; the request's row is the caller's to keep.
func (s *Service) putLetter(ctx context.Context, tx store.Tx, w *Whole, letter *ksv1.RegistrationLetter, pdf []byte) (*ksv1.RegistrationLetter, error) {
	before, err := s.letterOf(&w.Registration)
	if err != nil {
		return nil, err
	}
	kept, _ := proto.Clone(letter).(*ksv1.RegistrationLetter)
	kept.Number, kept.Date, kept.Signatory = strings.TrimSpace(kept.GetNumber()), strings.TrimSpace(kept.GetDate()), strings.TrimSpace(kept.GetSignatory())
	kept.PdfBytes, kept.PdfSha256 = before.GetPdfBytes(), before.GetPdfSha256()
	if kept.GetDate() != "" {
		if _, err := time.Parse(time.DateOnly, kept.GetDate()); err != nil {
			return nil, &InvalidError{"letter.date", "bukan tanggal; contoh: 2026-03-01"}
		}
	}
	if len(pdf) > 0 {
		if err := checkPDF(pdf); err != nil {
			return nil, err
		}
		sum := sha256.Sum256(pdf)
		kept.PdfBytes, kept.PdfSha256 = uint32(len(pdf)), hex.EncodeToString(sum[:])
		if err := s.putLetterFile(ctx, tx, w, pdf); err != nil {
			return nil, err
		}
	}
	if w.Letter, err = s.sealMessage(&w.Registration, Binding(tableLetter, w.Number, ""), kept); err != nil {
		return nil, err
	}
	w.LetterHash, err = letterHash(s.Vault.Ring(), kept.GetNumber())
	return kept, err
}

// putLetterFile keeps the PDF in place of one that was never submitted, and beside
// those that were: what was decided rests on them.
func (s *Service) putLetterFile(ctx context.Context, tx store.Tx, w *Whole, pdf []byte) error {
	before, err := tx.Snapshot().RegistrationFiles(ctx, w.Number, letterPrefix)
	if err != nil {
		return err
	}
	n := len(before)
	if n > 0 && w.SubmittedMS == 0 {
		n--
	}
	if n >= maxLetters {
		return &InvalidError{"pdf", fmt.Sprintf("permohonan menyimpan paling banyak %d surat", maxLetters)}
	}
	return s.putFile(ctx, tx, w, fmt.Sprintf("%s%03d", letterPrefix, n+1), "", pdf)
}

// maxLetters bounds the letters of a registration.
const maxLetters = 50

func (s *Service) putFile(ctx context.Context, tx store.Tx, w *Whole, name, puskesmas string, plain []byte) error {
	sealed, err := s.Vault.Seal(w.Salt, Binding(tableFile, w.Number, name), plain)
	if err != nil {
		return err
	}
	return tx.Directory().PutRegistrationFile(ctx, store.RegistrationFile{Registration: w.Number, Name: name, Puskesmas: puskesmas, Payload: sealed})
}

func (s *Service) openFile(w *Whole, f *store.RegistrationFile) ([]byte, error) {
	return s.Vault.Open(w.Salt, Binding(tableFile, w.Number, f.Name), f.Payload)
}

// Letter gives the PDF of the last letter. Errors: store.ErrNotFound.
func (s *Service) Letter(ctx context.Context, c *access.Caller, number uint32) (pdf []byte, err error) {
	err = s.Store.Read(scoped(ctx, c), func(ctx context.Context, snap store.Snapshot) error {
		w, _, err := s.open(ctx, snap, c, number)
		if err != nil {
			return err
		}
		files, err := snap.RegistrationFiles(ctx, number, letterPrefix)
		if err != nil {
			return err
		}
		if len(files) == 0 {
			return fmt.Errorf("letter of registration %d: %w", number, store.ErrNotFound)
		}
		pdf, err = s.openFile(w, &files[len(files)-1])
		return err
	})
	return pdf, err
}
