package rawsurvei

import (
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Columns are the columns that a file has. A cell that is empty says that there is nothing;
// a column that is not there says nothing.
type Columns struct{ at map[string]int }

// Columns are those of the open file.
func (r *Reader) Columns() Columns { return Columns{r.head.at} }

// Has tells whether a column is there.
func (c Columns) Has(name string) bool {
	_, ok := c.at[name]
	return ok
}

// Tell reports whether the columns say something of a field of a record, be it that it is
// empty.
func (c Columns) Tell(kind ksv1.RecordKind, field int32) bool {
	names, ok := tellers[teller{kind, field}]
	if !ok {
		if q, asked := prokesga.Find(kind, field); asked {
			names = []string{q.Column}
		}
	}
	return slices.ContainsFunc(names, c.Has)
}

// teller is a field of a record.
type teller struct {
	kind  ksv1.RecordKind
	field int32
}

const (
	ofFamily     = ksv1.RecordKind_RECORD_KIND_FAMILY
	ofMember     = ksv1.RecordKind_RECORD_KIND_MEMBER
	ofRound      = ksv1.RecordKind_RECORD_KIND_ROUND
	ofIndividual = ksv1.RecordKind_RECORD_KIND_INDIVIDUAL
)

// tellers are the columns, any one of them, that tell a field which is no question with one
// column. A removal of a family is told by the column that its reason is of (StatusColumn).
// Never written to.
var tellers = map[teller][]string{
	{ofFamily, 1}:      {colRTNumber, colRW},
	{ofFamily, 6}:      {colCard},
	{ofFamily, 7}:      {colCard},
	{ofFamily, 8}:      {"survei_kd_puskesmas"},
	{ofFamily, 10}:     {colMoved, colDeleted},
	{ofFamily, 11}:     {colMoved},
	{ofMember, 3}:      {colNIK},
	{ofMember, 4}:      {colNIK},
	{ofMember, 7}:      {colMonths, colYears},
	{ofMember, 8}:      {colMother, "survei_individu_ks_mother"},
	{ofMember, 9}:      {colGone},
	{ofMember, 10}:     {colMember},
	{ofRound, 15}:      {"survei_rt_keterangan"},
	{ofIndividual, 1}:  {colGone},
	{ofIndividual, 27}: {"survei_individu_keterangan"},
	{ofIndividual, 28}: {"survei_individu_catatan_intervensi"},
	{ofIndividual, 29}: {colGone},
}

// StatusColumn is the column by which a file says that a family left for the reason.
func StatusColumn(reason ksv1.RemovalReason) string {
	if reason == ksv1.RemovalReason_REMOVAL_REASON_MOVED {
		return colMoved
	}
	return colDeleted
}

// GoneByFile tells whether the file that a round came from had the family as removed.
func GoneByFile(round *ksv1.Round) bool {
	return carriedCell(round.GetSourceColumns(), colMoved) != "" || carriedCell(round.GetSourceColumns(), colDeleted) != ""
}

// Uncounted takes a round's survey date away, by which it would count, and carries it: of a
// family that its own file had as removed, and a later one has.
func Uncounted(round *ksv1.Round) {
	if date := round.GetSurveyDate(); date != "" {
		round.SourceColumns, round.SurveyDate = carry(round.SourceColumns, colDate, date), nil
	}
}

// Counted gives a round the survey date back that Uncounted took.
func Counted(round *ksv1.Round) {
	if date := carriedCell(round.GetSourceColumns(), colDate); date != "" && round.GetSurveyDate() == "" {
		round.SurveyDate = proto.String(date)
		dropCells(round, colDate)
	}
}

// dropCells takes cells out of those that a round carries.
func dropCells(round *ksv1.Round, names ...string) {
	kept := slices.DeleteFunc(round.GetSourceColumns().GetColumns(), func(c *ksv1.SourceColumn) bool { return slices.Contains(names, c.GetName()) })
	if round.SourceColumns = nil; len(kept) > 0 {
		round.SourceColumns = &ksv1.SourceColumns{Columns: kept}
	}
}

// SurveyDate is the date of a round, also of one that is uncounted.
func SurveyDate(round *ksv1.Round) string {
	if date := round.GetSurveyDate(); date != "" {
		return date
	}
	return carriedCell(round.GetSourceColumns(), colDate)
}
