package registration

import (
	"bytes"
	"fmt"
	"image/color"

	"codeberg.org/go-pdf/fpdf"
	"github.com/boombuler/barcode/qr"

	"github.com/keluarga-sehat/sync/server/account"
)

// Measures of a page, millimetres.
const (
	pdfMargin = 20.0
	pdfWidth  = 170.0 // between the margins of A4
	pdfLine   = 6.0
	pdfQRSide = 42.0
	pdfQRLeft = 148.0
)

// guidesPDF is a page a guide. The built-in fonts hold the letters of Western
// Europe; a name with others shows them as dots here, and whole on the HTML page.
func guidesPDF(w *Whole, guides []Guide) ([]byte, error) {
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.SetTitle(fmt.Sprintf("Panduan aktivasi, permohonan %d", w.Number), true)
	pdf.SetCreator("Keluarga Sehat Sync", true)
	pdf.SetMargins(pdfMargin, pdfMargin, pdfMargin)
	pdf.SetAutoPageBreak(true, pdfMargin)
	text := pdf.UnicodeTranslatorFromDescriptor("")
	for _, g := range guides {
		pdf.AddPage()
		if err := drawQR(pdf, account.ActivationLink(g.UserName, g.Code)); err != nil {
			return nil, err
		}
		pdf.SetFont("Helvetica", "B", 15)
		pdf.MultiCell(pdfQRLeft-pdfMargin, pdfLine+2, text("Panduan aktivasi akun Keluarga Sehat"), "", "L", false)
		pdf.SetFont("Helvetica", "", 11)
		pdf.MultiCell(pdfQRLeft-pdfMargin, pdfLine, text(fmt.Sprintf("%s, %s (%s), permohonan %d", g.RoleLabel(), g.Place, g.PlaceCode, w.Number)), "", "L", false)
		pdf.Ln(pdfLine)
		for _, line := range []struct{ label, value, font string }{
			{"Nama", g.FullName, "Helvetica"}, {"Jabatan", g.Position, "Helvetica"}, {"Nama pengguna", g.UserName, "Courier"},
			{"Kode sekali pakai", g.Code, "Courier"}, {"Berlaku sampai", g.Until(), "Helvetica"},
		} {
			pdf.SetFont("Helvetica", "", 9)
			pdf.CellFormat(0, pdfLine-1, text(line.label), "", 1, "L", false, 0, "")
			pdf.SetFont(line.font, "B", 13)
			pdf.MultiCell(pdfQRLeft-pdfMargin, pdfLine+1, text(line.value), "", "L", false)
		}
		pdf.Ln(pdfLine)
		pdf.SetFont("Helvetica", "", 11)
		for i, step := range guideSteps {
			pdf.MultiCell(pdfWidth, pdfLine, text(fmt.Sprintf("%d. %s", i+1, step)), "", "L", false)
		}
		for _, more := range []string{g.Next(), guideCare} {
			if more != "" {
				pdf.Ln(pdfLine / 2)
				pdf.MultiCell(pdfWidth, pdfLine, text(more), "", "L", false)
			}
		}
	}
	var b bytes.Buffer
	if err := pdf.Output(&b); err != nil {
		return nil, fmt.Errorf("write guides: %w", err)
	}
	return b.Bytes(), nil
}

// drawQR draws a text in the page's upper right corner.
func drawQR(pdf *fpdf.Fpdf, text string) error {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return fmt.Errorf("draw QR: %w", err)
	}
	side := code.Bounds().Dx()
	module := pdfQRSide / float64(side)
	pdf.SetFillColor(0, 0, 0)
	for y := range side {
		for x := range side {
			if code.At(x, y) == color.Black {
				pdf.Rect(pdfQRLeft+float64(x)*module, pdfMargin+float64(y)*module, module, module, "F")
			}
		}
	}
	return nil
}
