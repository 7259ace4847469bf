package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"google.golang.org/genproto/googleapis/api/httpbody"
	"google.golang.org/grpc"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/rawsurvei"
	"github.com/keluarga-sehat/sync/internal/sheet"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/audit"
	"github.com/keluarga-sehat/sync/server/exchange"
	"github.com/keluarga-sehat/sync/server/store"
)

// ownerOf names whose exports are counted together.
func ownerOf(c *access.Caller) string {
	if c.Feed != nil {
		return fmt.Sprintf("feed %d", c.Feed.Number)
	}
	return fmt.Sprintf("account %d", c.Account.Number)
}

func (e exportService) ExportFigures(r *ksv1.ExportFiguresRequest, stream grpc.ServerStreamingServer[httpbody.HttpBody]) error {
	return e.services.sendFigures(r, stream)
}

// sendFigures streams a table of figures, for an account or a feed.
func (s *Services) sendFigures(r figuresRequest, stream grpc.ServerStreamingServer[httpbody.HttpBody]) error {
	ctx := stream.Context()
	caller := callerOf(ctx)
	f, err := s.figuresOf(caller, r)
	if err != nil {
		return err
	}
	audit.Of(ctx).Subject(subjectName(f.subject))
	if err := f.check(ctx); err != nil {
		return err
	}
	done, err := s.figureExports.begin(ownerOf(caller), maxOwnExports, MaxFigureExports)
	if err != nil {
		return err
	}
	defer done()
	what := "iks"
	switch {
	case f.trend():
		what = "tren"
	case r.GetKind() == ksv1.FiguresKind_FIGURES_KIND_PROGRESS:
		what = "status"
	}
	return s.send(stream, &file{
		name: s.fileName(what, f.subject.id(), string(f.format)), contentType: f.format.ContentType(),
		fill: func(ctx context.Context, w io.Writer, p *exportProgress) error {
			table, book, err := beginTable(w, f.format, what)
			if err != nil {
				return err
			}
			if err := f.write(ctx, table, func() { p.rows.Add(1) }); err != nil {
				return err
			}
			if book != nil {
				if err := explainFigures(book, p.rows.Load()); err != nil {
					return err
				}
			}
			return table.Close()
		},
	})
}

func beginTable(w io.Writer, format sheet.Format, name string) (sheet.Table, *sheet.Workbook, error) {
	if format != sheet.XLSX {
		table, err := sheet.New(w, format, name)
		return table, nil, err
	}
	book := sheet.NewWorkbook(w)
	return book, book, book.Sheet(sheet.Layout{Name: name, HeaderRows: 1})
}

// explainFigures is the last sheet: what the columns mean, and how many rows there
// are.
func explainFigures(book *sheet.Workbook, rows int64) error {
	if err := book.Sheet(sheet.Layout{Name: "Keterangan", Widths: []float64{24, 90}}); err != nil {
		return err
	}
	err := errors.Join(
		book.Row(sheet.Heading("Jumlah baris"), sheet.Number(fmt.Sprint(rows))),
		book.Row(sheet.Heading("dasar"), sheet.Text("sementara: keadaan saat ini; terverifikasi: setiap keluarga seperti terakhir disetujui")),
		book.Row(sheet.Heading("anggota"), sheet.Text("inti: kepala keluarga, pasangan, anak; besar: semua anggota")),
		book.Row(sheet.Heading("hari, per"), sheet.Text("akhir hari (24.00 WIB) yang diminta; kosong: sekarang. per: saat angka diketahui")),
		book.Row(sheet.Heading("tahun_survei"), sheet.Text("keluarga dihitung dari pendataan tahun itu saja; kosong: dari pendataan lengkap terakhir setiap keluarga")),
		book.Row(sheet.Heading("keterangan"), sheet.Text("“< 5”: kurang dari lima keluarga, tidak ditampilkan demi kerahasiaan. “–”: belum ada keluarga yang dikenai")),
	)
	for n := 1; n <= iks.Indicators; n++ {
		err = errors.Join(err, book.Row(sheet.Heading(fmt.Sprintf("indikator_%d", n)), sheet.Text(iks.Name(n))))
	}
	return err
}

func subjectName(x *subject) string {
	if x.puskesmas != nil {
		return audit.PuskesmasSubject(x.puskesmas.Code)
	}
	return audit.AreaSubject(x.code.String())
}

// reasonMin is how many letters say why families are exported, as in the contract, blanks
// around them not counted.
const reasonMin = 10

func (e exportService) ExportFamilies(r *ksv1.ExportFamiliesRequest, stream grpc.ServerStreamingServer[httpbody.HttpBody]) error {
	ctx, s := stream.Context(), e.services
	caller, trail := callerOf(ctx), audit.Of(ctx)
	if utf8.RuneCountInString(strings.TrimSpace(r.GetReason())) < reasonMin {
		return &errBadRequest{"reason", "tell what the families are exported for", fmt.Sprintf("Tulis alasan ekspor, sedikitnya %d huruf.", reasonMin)}
	}
	if audit.HoldsNumber(r.GetReason()) {
		return &errBadRequest{"reason", "must hold no number of 16 digits", "Alasan tidak boleh memuat NIK atau No. KK: alasan ini dibaca Dinas Kesehatan dan Kementerian Kesehatan."}
	}
	export, of, err := s.familiesOf(caller, r)
	if err != nil {
		return err
	}
	trail.Subject(audit.ListSubject(caller, export.Area))
	trail.Ground(r.GetReason())
	done, err := s.familyExports.begin(ownerOf(caller), 1, s.Store.LongReads())
	if err != nil {
		return err
	}
	defer done()
	if begun := trail.Begun(); begun != nil {
		if err := s.Backend.Audit.Append(ctx, begun); err != nil {
			return err
		}
	}
	trail.Partly()
	what := "keluarga"
	if export.List == nil {
		what = "raw-survei"
	}
	format := formatOf(r.GetFormat())
	return s.send(stream, &file{
		name: s.fileName(what, of, string(format)), contentType: format.ContentType(),
		fill: func(ctx context.Context, w io.Writer, p *exportProgress) error {
			export.Wrote = func(id string, rows int64) {
				p.rows.Store(rows)
				p.families.Add(1)
				trail.Family(id)
			}
			done, err := export.To(ctx, w)
			p.leftOut.Store(int64(done.Left))
			return err
		},
	})
}

// familiesOf is the export that a request asks for, within the caller's villages,
// and what its file is called after.
func (s *Services) familiesOf(caller *access.Caller, r *ksv1.ExportFamiliesRequest) (e *exchange.Export, of string, err error) {
	if r.GetFormat() == ksv1.FileFormat_FILE_FORMAT_JSON {
		return nil, "", &errBadRequest{"format", "families are written as CSV or XLSX", "Data keluarga diekspor sebagai CSV atau XLSX."}
	}
	q, err := listQuery(caller, r.GetArea())
	if err != nil {
		return nil, "", err
	}
	if len(q.Villages) == 0 && r.GetArea() != "" {
		return nil, "", errNotFound
	}
	villages := append([]uint32{}, q.Villages...) // of a Puskesmas without villages none, where nil were all there are
	e = &exchange.Export{Store: s.Store, Vault: s.Vault, Villages: villages, Year: int(r.GetYear()), Format: rawsurvei.Format(formatOf(r.GetFormat()))}
	if r.GetKind() != ksv1.FamiliesKind_FAMILIES_KIND_RAW {
		e.List = &exchange.List{Format: formatOf(r.GetFormat()), ShowsNumbers: func(village string, place area.Place) bool {
			i := slices.IndexFunc(caller.Work, func(v store.Village) bool { return v.Code == village })
			return i >= 0 && caller.FamilyNumbers(caller.Work[i].Number, place) == access.Full
		}}
	}
	of = caller.Account.Puskesmas
	if r.GetArea() != "" {
		code, err := parseArea("area", r.GetArea())
		if err != nil {
			return nil, "", err
		}
		if code.Level() != area.Nation {
			e.Area, of = code.String(), code.String()
		}
	}
	return e, of, nil
}
