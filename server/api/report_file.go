package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"

	"google.golang.org/genproto/googleapis/api/httpbody"
	"google.golang.org/grpc"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/sheet"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/audit"
)

func (r reportService) ExportPuskesmasReport(in *ksv1.ExportPuskesmasReportRequest, stream grpc.ServerStreamingServer[httpbody.HttpBody]) error {
	ctx, s := stream.Context(), r.services
	caller := callerOf(ctx)
	audit.Of(ctx).Subject(audit.PuskesmasSubject(in.GetPuskesmasCode()))
	done, err := s.figureExports.begin(ownerOf(caller), maxOwnExports, MaxFigureExports)
	if err != nil {
		return err
	}
	defer done()
	report, err := s.report(ctx, &ksv1.GetPuskesmasReportRequest{
		PuskesmasCode: in.GetPuskesmasCode(), Period: in.GetPeriod(), Membership: in.GetMembership(), Basis: in.GetBasis(),
	})
	if err != nil {
		return err
	}
	return s.send(stream, &file{
		name: s.fileName("laporan-"+report.GetPeriod(), report.GetPuskesmasCode(), string(sheet.XLSX)), contentType: sheet.XLSX.ContentType(),
		fill: func(_ context.Context, w io.Writer, p *exportProgress) error {
			rows, err := writeReport(w, report)
			p.rows.Store(rows)
			return err
		},
	})
}

// reportSheet is the workbook of a report under way.
type reportSheet struct {
	book *sheet.Workbook
	rows int64
	err  error
}

func (r *reportSheet) row(cells ...sheet.Cell) {
	r.rows++
	r.err = errors.Join(r.err, r.book.Row(cells...))
}

func (r *reportSheet) heads(names ...string) { r.row(sheet.Headings(names...)...) }

// writeReport writes a report that prints on one A4; rows are all of the sheet.
func writeReport(w io.Writer, x *ksv1.GetPuskesmasReportResponse) (rows int64, err error) {
	out := &reportSheet{book: sheet.NewWorkbook(w)}
	if err := out.book.Sheet(sheet.Layout{Name: "Laporan", Widths: []float64{34, 12, 12, 12, 12, 12, 14}, OnePage: true}); err != nil {
		return 0, err
	}
	index := x.GetIndex()
	out.heads("Laporan Puskesmas " + x.GetPuskesmasName() + " (" + x.GetPuskesmasCode() + ")")
	out.row(sheet.Text("Periode "+x.GetPeriod()), sheet.Text(x.GetFrom()), sheet.Text(x.GetTo()))
	out.row(sheet.Text("Dasar data: "+basisWords[index.GetBasis() == ksv1.Basis_BASIS_VERIFIED]+"; keluarga "+
		membershipWords[index.GetMembership() == ksv1.Membership_MEMBERSHIP_BESAR]), sheet.Text("per"), sheet.Text(x.GetAsOf().AsTime().In(area.WIB).Format(asOfLayout)))
	out.row()
	p := x.GetProgress()
	out.heads("Sasaran", "Terdata", "Lengkap", "Disetujui", "Dikembalikan")
	out.row(optional(p.Targeted), countCell(p.GetSurveyed()), countCell(index.GetComplete()), countCell(p.GetApproved()), countCell(p.GetReturned()))
	out.heads("Dalam periode ini", "Catatan kunjungan", "Terdata", "Lengkap", "Intervensi")
	out.row(sheet.Cell{}, signed(x.GetVisits()), signed(x.GetSurveyed()), signed(x.GetComplete()), signed(x.GetInterventions()))
	out.row()
	out.heads("IKS", "Terdata", "Lengkap", "Sehat", "IKS", "Kategori")
	out.index("Puskesmas", index)
	for _, v := range x.GetVillages() {
		out.index(v.GetName(), v)
	}
	out.row()
	out.heads("Indikator", "Terpenuhi", "Dikenai", "Persen", "Keterangan")
	for _, c := range index.GetCoverage() {
		out.row(sheet.Text(fmt.Sprintf("%d. %s", c.GetIndicator(), c.GetName())), optional(c.Numerator), optional(c.Denominator),
			sheet.Number(c.GetPercent()), sheet.Text(remark(c)))
	}
	if len(x.GetSurveyors()) > 0 {
		out.row()
		out.heads("Pembina Keluarga", "Catatan kunjungan", "Terdata", "Lengkap", "Diserahkan", "Disetujui", "Dikembalikan")
	}
	for _, s := range x.GetSurveyors() {
		name := s.GetName()
		if s.GetAccount() == 0 {
			name = "(dari impor)"
		}
		out.row(sheet.Text(name), signed(s.GetVisits()), signed(s.GetSurveyed()), signed(s.GetComplete()), signed(s.GetSubmitted()),
			signed(s.GetApproved()), signed(s.GetReturned()))
	}
	return out.rows, errors.Join(out.err, out.book.Close())
}

func (r *reportSheet) index(name string, x *ksv1.AreaIndex) {
	category := "–"
	if x.Iks != nil {
		category = iks.Category(x.GetCategory()).String()
	}
	r.row(sheet.Text(name), countCell(x.GetSurveyed()), countCell(x.GetComplete()), countCell(x.GetSehat()), sheet.Number(x.GetIks()), sheet.Text(category))
}

func signed(n int64) sheet.Cell { return sheet.Number(strconv.FormatInt(n, 10)) }
