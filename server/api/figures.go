package api

import (
	"context"
	"strconv"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/sheet"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
)

// figuresRequest is what an export and a feed of figures ask alike.
type figuresRequest interface {
	GetArea() string
	GetPuskesmasCode() string
	GetKind() ksv1.FiguresKind
	GetLevel() ksv1.FiguresLevel
	GetMembership() ksv1.Membership
	GetBasis() ksv1.Basis
	GetDay() string
	GetSurveyYear() uint32
	GetFrom() string
	GetTo() string
	GetFormat() ksv1.FileFormat
}

// figures is a table of figures about to be written. It holds no store open: each
// area's parts are read by themselves, as the dashboard reads them, and every row
// has its own "as of".
type figures struct {
	services *Services
	caller   *access.Caller
	request  figuresRequest
	subject  *subject
	format   sheet.Format
}

// figuresOf checks a request. What lies outside the caller's area is not found.
func (s *Services) figuresOf(caller *access.Caller, r figuresRequest) (*figures, error) {
	f := &figures{services: s, caller: caller, request: r, format: formatOf(r.GetFormat())}
	var err error
	if f.subject, err = s.subjectIn(caller, r.GetArea(), r.GetPuskesmasCode(), r.GetSurveyYear()); err != nil {
		return nil, err
	}
	if f.trend() {
		if f.level() != 0 || r.GetDay() != "" {
			return nil, &errBadRequest{"kind", "a trend has neither level nor day", "Tren tidak memakai tingkat wilayah atau tanggal."}
		}
		return f, nil
	}
	if f.subject.year != 0 && r.GetKind() == ksv1.FiguresKind_FIGURES_KIND_PROGRESS {
		return nil, &errBadRequest{"survey_year", "is of indexes alone", "Tahun survei hanya berlaku untuk indeks, bukan untuk progres."}
	}
	if level := f.level(); level != 0 && level <= f.subject.code.Level() || f.subject.puskesmas != nil && level != 0 && level != area.Village {
		return nil, &errBadRequest{"level", "lies not below the area", "Tingkat ini tidak berada di bawah wilayah yang dipilih."}
	}
	_, _, err = s.askedDay(r.GetDay())
	return f, err
}

func formatOf(f ksv1.FileFormat) sheet.Format {
	switch f {
	case ksv1.FileFormat_FILE_FORMAT_XLSX:
		return sheet.XLSX
	case ksv1.FileFormat_FILE_FORMAT_JSON:
		return sheet.JSON
	default:
		return sheet.CSV
	}
}

func (f *figures) trend() bool {
	k := f.request.GetKind()
	return k == ksv1.FiguresKind_FIGURES_KIND_TREND_BY_DAY || k == ksv1.FiguresKind_FIGURES_KIND_TREND_BY_MONTH
}

// level is where the rows lie; 0: right below the subject.
func (f *figures) level() area.Level {
	switch f.request.GetLevel() {
	case ksv1.FiguresLevel_FIGURES_LEVEL_PROVINCE:
		return area.Province
	case ksv1.FiguresLevel_FIGURES_LEVEL_DISTRICT:
		return area.District
	case ksv1.FiguresLevel_FIGURES_LEVEL_KECAMATAN:
		return area.Kecamatan
	case ksv1.FiguresLevel_FIGURES_LEVEL_VILLAGE:
		return area.Village
	}
	return 0
}

// write writes header line and rows; each is told every row.
func (f *figures) write(ctx context.Context, table sheet.Table, each func()) error {
	columns, row := indexHeads(), f.indexRow
	if f.request.GetKind() == ksv1.FiguresKind_FIGURES_KIND_PROGRESS {
		columns, row = progressHeads, f.progressRow
	}
	if err := table.Row(sheet.Headings(columns...)...); err != nil {
		return err
	}
	return f.each(ctx, func(list []figured) error {
		for i := range list {
			cells, err := row(ctx, &list[i])
			if err != nil {
				return err
			}
			if err := table.Row(cells...); err != nil {
				return err
			}
			each()
		}
		return nil
	})
}

// check refuses a survey year whose figures may not be told, before the first byte.
func (f *figures) check(ctx context.Context) error {
	switch {
	case f.subject.year == 0:
		return nil
	case f.trend():
		return f.points(ctx, func([]figured) error { return nil })
	}
	_, err := f.services.sumAt(ctx, f.subject, f.request.GetDay())
	return err
}

// each hands on the subjects of the rows, in order of code, or of day.
func (f *figures) each(ctx context.Context, do func([]figured) error) error {
	if f.trend() {
		return f.points(ctx, do)
	}
	return f.below(ctx, f.subject, do)
}

// points hands on those of a trend.
func (f *figures) points(ctx context.Context, do func([]figured) error) error {
	length, points := defaultDays, period.days
	if f.request.GetKind() == ksv1.FiguresKind_FIGURES_KIND_TREND_BY_MONTH {
		length, points = defaultMonths*30, period.monthEnds
	}
	p, err := f.services.parsePeriod(f.request.GetFrom(), f.request.GetTo(), length)
	if err != nil {
		return err
	}
	days, err := points(p)
	if err != nil {
		return err
	}
	list, err := f.services.series(ctx, f.subject, days)
	if err == nil && len(list) == 0 {
		err = errYearsNotKept
	}
	if err != nil {
		return err
	}
	return do(list)
}

// below walks down from a subject to the level of the rows.
func (f *figures) below(ctx context.Context, x *subject, do func([]figured) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	parts, err := f.services.partsAt(ctx, f.caller, x, f.request.GetDay())
	if err != nil {
		return err
	}
	if level := f.level(); len(parts) > 0 && level != 0 && parts[0].code.Level() < level {
		for i := range parts {
			if err := f.below(ctx, &parts[i].subject, do); err != nil {
				return err
			}
		}
		return nil
	}
	return do(parts)
}

// Words of the columns' values.
var (
	membershipWords = map[bool]string{false: "inti", true: "besar"}
	basisWords      = map[bool]string{false: "sementara", true: "terverifikasi"}
)

// indexHeads are the columns of indexes. An indicator has four: the counts and the
// percentage are numbers or empty, so that a spreadsheet takes the columns for
// numbers; the remark says "< 5" where they are withheld and "–" where there is no
// percentage.
func indexHeads() []string {
	out := []string{
		"wilayah", "nama", "dasar", "anggota", "hari", "per", "aturan", "sasaran", "terdata", "lengkap", "sehat", "pra_sehat", "tidak_sehat",
		"belum_lengkap", "tidak_terdefinisi", "iks", "kategori",
	}
	for n := 1; n <= iks.Indicators; n++ {
		name := "indikator_" + strconv.Itoa(n)
		out = append(out, name+"_terpenuhi", name+"_dikenai", name+"_persen", name+"_keterangan")
	}
	return append(out, "tahun_survei", "desa_belum_terhitung") // last, so that queries that count columns go on
}

func (f *figures) indexRow(ctx context.Context, x *figured) ([]sheet.Cell, error) {
	messages, err := f.services.indexMessages(ctx, f.caller, counted{f.request.GetMembership(), f.request.GetBasis()}, []figured{*x})
	if err != nil {
		return nil, err
	}
	m := messages[0]
	category := ""
	if m.Iks != nil {
		category = iks.Category(m.GetCategory()).String()
	}
	out := []sheet.Cell{
		sheet.Text(areaCell(x)), sheet.Text(m.GetName()),
		sheet.Text(basisWords[m.GetBasis() == ksv1.Basis_BASIS_VERIFIED]), sheet.Text(membershipWords[m.GetMembership() == ksv1.Membership_MEMBERSHIP_BESAR]),
		sheet.Text(m.GetDay()), sheet.Text(m.GetAsOf().AsTime().In(area.WIB).Format(asOfLayout)), sheet.Text(m.GetRuleset()),
	}
	out = append(out, optional(m.Targeted))
	for _, n := range []uint64{
		m.GetSurveyed(), m.GetComplete(), m.GetSehat(), m.GetPraSehat(), m.GetTidakSehat(), m.GetIncomplete(), m.GetUndefined(),
	} {
		out = append(out, countCell(n))
	}
	out = append(out, sheet.Number(m.GetIks()), sheet.Text(category))
	for _, c := range m.GetCoverage() {
		out = append(out, optional(c.Numerator), optional(c.Denominator), sheet.Number(c.GetPercent()), sheet.Text(remark(c)))
	}
	year, uncounted := sheet.Cell{}, sheet.Cell{}
	if x.year != 0 {
		year, uncounted = countCell(uint64(x.year)), countCell(uint64(x.uncounted))
	}
	return append(out, year, uncounted), nil
}

func remark(c *ksv1.IndicatorCoverage) string {
	switch {
	case c.GetWithheld():
		return "< 5"
	case c.Percent == nil:
		return "–"
	}
	return ""
}

// asOfLayout is an instant that spreadsheets and scripts read, with its offset.
const asOfLayout = "2006-01-02T15:04:05-07:00"

// areaCell is the code of an area; that of the nation is "id", as in addresses.
func areaCell(x *figured) string {
	if x.id() == "" {
		return "id"
	}
	return x.id()
}

func countCell(n uint64) sheet.Cell { return sheet.Number(strconv.FormatUint(n, 10)) }

func optional(n *uint64) sheet.Cell {
	if n == nil {
		return sheet.Cell{}
	}
	return countCell(*n)
}

// progressHeads are the columns of the status of collection.
var progressHeads = []string{
	"wilayah", "nama", "dasar", "hari", "per", "sasaran", "tercatat", "dikunjungi", "terdata", "lengkap_inti", "lengkap_besar", "menunggu_tinjauan",
	"berubah_setelah_disetujui", "disetujui", "dikembalikan", "tidak_di_rumah", "menolak", "pindah", "rumah_kosong", "sebagian", "kunjungan",
	"terverifikasi",
}

func (f *figures) progressRow(_ context.Context, x *figured) ([]sheet.Cell, error) {
	m := progressMessage(x)
	out := []sheet.Cell{
		sheet.Text(areaCell(x)), sheet.Text(m.GetName()), sheet.Text(basisWords[false]), sheet.Text(m.GetDay()),
		sheet.Text(m.GetAsOf().AsTime().In(area.WIB).Format(asOfLayout)), optional(m.Targeted),
	}
	for _, n := range []uint64{
		m.GetFamilies(), m.GetVisited(), m.GetSurveyed(), m.GetComplete(), m.GetCompleteBesar(), m.GetSubmitted(), m.GetChangedSinceApproval(),
		m.GetApproved(), m.GetReturned(), m.GetNotAtHome(), m.GetRefused(), m.GetMoved(), m.GetVacant(), m.GetPartial(), m.GetVisits(), m.GetVerified(),
	} {
		out = append(out, countCell(n))
	}
	return out, nil
}
