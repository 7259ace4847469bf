package rawsurvei

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	"github.com/keluarga-sehat/sync/internal/workbook"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// builder makes one family of its rows.
type builder struct {
	reader *Reader
	head   *header

	id         string
	refused    bool
	removed    bool
	household  *ksv1.Household
	survey     prokesga.Date
	memberRows map[merge.ID]int // by the ids under which members are stored
	present    []merge.ID       // those of them who count
	row        *tableRow
	// lenient: the row is a removed member's, of which only the ids are checked. What can't be
	// read of it, or does not refuse the family, is noted in unreadable, to be carried.
	lenient    bool
	unreadable []string
}

func (b *builder) start(id string) {
	b.id, b.refused, b.removed, b.household, b.survey = id, false, false, nil, prokesga.Date{}
	b.memberRows, b.present = map[merge.ID]int{}, b.present[:0]
}

func (b *builder) refuse(row int, column, reason string) {
	if b.lenient {
		b.unreadable = append(b.unreadable, column)
		return
	}
	b.refused = true
	b.reader.report(Issue{Row: row, Column: column, Family: b.id, Refused: true, Reason: reason})
}

func (b *builder) warn(row int, column, reason string) {
	if b.lenient {
		return
	}
	b.reader.report(Issue{Row: row, Column: column, Family: b.id, Reason: reason})
}

// cell is the present row's text in a column.
func (b *builder) cell(column string) string { return b.reader.cell(b.row, column) }

// exact: the row is of our own, whose survey may have only been begun: who takes part
// says so without an answer, and what is not known yet stays so.
func (b *builder) exact() bool { return b.cell(colExact) == exactYes }

// must is a cell that may not be empty.
func (b *builder) must(column string) string {
	text := b.cell(column)
	if text == "" {
		b.refuse(b.row.row, column, "required, but empty")
	}
	return text
}

func (b *builder) family() {
	f := &ksv1.Family{}
	round := &ksv1.Round{}
	b.household = &ksv1.Household{
		FamilyId: b.id, Family: f,
		Rounds: []*ksv1.HouseholdRound{{RoundId: b.id, Round: round}},
	}
	if text := b.must(colDate); text != "" {
		if date, ok := b.date(colDate, text); ok {
			b.survey = date
			round.SurveyDate = proto.String(date.String())
		}
	}
	if b.code(colMoved, 0, 1<<31-1) != 0 {
		b.removed = true
		f.Removal = b.removal(colFamilyRemoval, colFamilyRemovalDate, ksv1.RemovalReason_REMOVAL_REASON_MOVED)
	}
	if b.code(colDeleted, 0, 1<<31-1) != 0 {
		b.removed = true
		f.Removal = b.removal(colFamilyRemoval, colFamilyRemovalDate, ksv1.RemovalReason_REMOVAL_REASON_DELETED_AT_SOURCE)
	}
	b.area(f)
	f.BuildingNumber, f.FamilyNumber = b.text("survei_no_urut_rt", 16), b.text("survei_no_urut_kel", 16)
	f.Address, f.HeadName = b.text("survei_alamat", 500), b.text("survei_nama_kk", 200)
	round.SurveyorName, round.SupervisorName = b.text("survei_surveyor", 200), b.text("survei_supervisor", 200)
	round.Note = b.text("survei_rt_keterangan", 4000)
	if text := b.cell(colCard); text != "" {
		if nkk, err := prokesga.ParseNKK(text); err == nil && !b.reader.rounded(b.row, colCard) {
			f.Nkk = proto.Uint64(uint64(nkk))
		} else {
			f.NkkProvisional, f.NkkStatus = b.provisional(colCard, "number of a family card"), ksv1.IdentifierStatus_IDENTIFIER_STATUS_PROVISIONAL.Enum()
		}
	}
	round.CleanWater, round.ProtectedWater = b.answer("survei_rt_sab"), b.answer("survei_rt_sat")
	round.Toilet, round.SanitaryToilet = b.answer("survei_rt_jk"), b.answer("survei_rt_js")
	round.MentalDisorder, round.MentalDisorderMedicine = b.answer("survei_rt_gjb"), b.answer("survei_rt_obat_gjb")
	round.Restrained = b.answer("survei_rt_pasung")
	round.SourceColumns = b.carried(false)
	if f.Removal != nil && !prokesga.RemovedFrom(f.Removal, b.survey) {
		dropCells(round, colMoved, colDeleted) // they left later: the round itself has them
	}
}

// provisional keeps what stands in place of a number of 16 digits. Of one that a spreadsheet
// may have rounded the last digit is not known: as it stands it would be another's.
func (b *builder) provisional(column, what string) *string {
	if !b.reader.rounded(b.row, column) {
		b.warn(b.row.row, column, "no 16-digit "+what+"; kept as provisional")
		return b.text(column, 64)
	}
	b.warn(b.row.row, column, "a number cell, of which spreadsheets keep 15 digits; kept as provisional without its last one: have the column saved as text")
	text := b.cell(column)
	return proto.String(text[:len(text)-1] + "?")
}

// number reads a count that is not negative; a malformed one refuses the family
// where it counts.
func (b *builder) number(column string, counts bool) (n int, ok bool) {
	text := b.cell(column)
	if text == "" {
		return 0, false
	}
	n, whole := wholeNumber(text)
	if !whole || n > 1<<20 {
		if counts {
			b.refuse(b.row.row, column, fmt.Sprintf("%s is no number%s", shown(text), decimal(text)))
		} else {
			b.warn(b.row.row, column, fmt.Sprintf("%s is no number; the birth date holds", shown(text)))
		}
		return 0, false
	}
	return n, true
}

// wholeNumber reads digits, without a sign.
func wholeNumber(text string) (n int, ok bool) {
	if strings.Trim(text, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(text)
	return n, err == nil
}

// earliestYear is the first that days in a workbook are counted from.
const earliestYear = 1900

// isDayZero tells of a number of days below 1, which programs make of an empty cell or a time.
func isDayZero(text string) bool {
	days, _, _ := strings.Cut(text, ".")
	return strings.Trim(days, "0") == ""
}

// date reads an ISO date; in a workbook also a number of days.
func (b *builder) date(column, text string) (prokesga.Date, bool) {
	d, err := prokesga.ParseDate(text)
	if err == nil {
		return d, true
	}
	if book, ok := b.reader.source.(*xlsxRows); ok {
		if d, err := prokesga.ParseDate(isoDateTime(text)); err == nil {
			return d, true
		}
		if t, ok := workbook.Moment(text, earliestYear, book.book.Date1904); ok && !isDayZero(text) {
			if d, err := prokesga.ParseDate(t.Format(time.DateOnly)); err == nil {
				return d, true
			}
		}
	}
	reason := shown(text) + " is no date (YYYY-MM-DD)"
	if _, err := prokesga.ParseDate(text[:min(10, len(text))]); err == nil {
		reason += "; something stands behind the date"
	}
	b.refuse(b.row.row, column, reason)
	return prokesga.Date{}, false
}

// answer reads Y, T or nothing in one of a family's columns.
func (b *builder) answer(column string) *ksv1.Answer {
	i, ok := b.head.at[column]
	if !ok {
		return nil
	}
	a := b.answerAt(i)
	if a == 0 {
		return nil
	}
	return &a
}

// answerAt reads Y or T at a position; 0 for nothing.
func (b *builder) answerAt(i int) ksv1.Answer {
	if i < 0 || i >= len(b.row.cells) {
		return 0
	}
	switch text := strings.TrimSpace(b.row.cells[i]); text {
	case "":
		return 0
	case "Y":
		return ksv1.Answer_ANSWER_YA
	case "T":
		return ksv1.Answer_ANSWER_TIDAK
	default:
		b.refuse(b.row.row, b.head.names[i], shown(text)+" is neither Y nor T")
		return 0
	}
}

// code reads a number within bounds; an empty cell is 0.
func (b *builder) code(column string, low, high int) int {
	text := b.cell(column)
	if text == "" {
		return 0
	}
	n, ok := wholeNumber(text)
	if !ok || n < low || n > high {
		b.refuse(b.row.row, column, fmt.Sprintf("%s is no code from %d to %d%s", shown(text), low, high, decimal(text)))
		return 0
	}
	return n
}

// coded reads one of the paper form's codes, from 1.
func coded[E ~int32](b *builder, column string, high int, needed bool) *E {
	text := b.cell(column)
	if text == "" {
		if needed && !b.exact() {
			b.refuse(b.row.row, column, "required, but empty")
		}
		return nil
	}
	n := E(b.code(column, 1, high))
	if n == 0 {
		return nil
	}
	return &n
}

// pressure reads a blood pressure in mmHg.
func (b *builder) pressure(column string) *uint32 {
	text := b.cell(column)
	if text == "" {
		return nil
	}
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil || n > 9999 {
		b.refuse(b.row.row, column, fmt.Sprintf("%s is no measurement in mmHg%s", shown(text), decimal(text)))
		return nil
	}
	value := uint32(n)
	return &value
}

// text reads free text; what is longer than the contract takes is cut with a
// warning.
func (b *builder) text(column string, limit int) *string {
	text := b.cut(column, b.reader.textCell(b.row, column), limit)
	if text == "" {
		return nil
	}
	return &text
}

func (b *builder) cut(column, text string, limit int) string {
	if utf8.RuneCountInString(text) <= limit {
		return text
	}
	b.warn(b.row.row, column, fmt.Sprintf("longer than %d characters; cut", limit))
	return string([]rune(text)[:limit])
}

// What the contract takes of a carried cell and of its column's name, in characters.
const (
	carriedMax     = 4096
	carriedNameMax = 128
)

// carried gathers the columns that are carried through unread: the family's
// from its first row, or the member's.
func (b *builder) carried(member bool) *ksv1.SourceColumns {
	var out *ksv1.SourceColumns
	for _, i := range b.head.unread {
		name := b.head.names[i]
		if strings.HasPrefix(name, "survei_") && !strings.HasPrefix(name, "survei_individu_") == member {
			continue
		}
		if !strings.HasPrefix(name, "survei_") && !member {
			continue
		}
		text := b.cell(name)
		switch {
		case text == "" || name == "" || text == "0" && isStatus(name):
		case utf8.RuneCountInString(name) > carriedNameMax:
			b.warn(b.row.row, "", fmt.Sprintf("a column's name is longer than %d characters; its cell is left out", carriedNameMax))
		default:
			out = carry(out, name, b.cut(name, b.moment(name, text), carriedMax))
		}
	}
	return out
}

// moment writes out a time that a workbook keeps as days from 1904: outside it nothing
// tells from when they are counted.
func (b *builder) moment(column, text string) string {
	book, ok := b.reader.source.(*xlsxRows)
	if !ok || !book.book.Date1904 || column != colCreated && column != colUpdated {
		return text
	}
	if t, ok := workbook.Moment(text, firstExport, true); ok {
		return t.Format(time.DateTime)
	}
	return text
}

// firstExport is a year before all exports.
const firstExport = 2000

// isStatus tells columns in which an empty cell means 0.
func isStatus(name string) bool { return name == colMoved || name == colDeleted || name == colGone }

// Bounds of what a message shows of a cell: codes, dates and numbers, but no name,
// text, NIK or number of a phone that stands in the wrong column.
const (
	shownMax     = 10
	shownLetters = 1
	shownDigits  = 8 // a date's
	shownRow     = 6 // digits beside each other: a code of a kecamatan
)

// shown is a cell as a message may show it.
func shown(text string) string {
	letters, digits, row, longest, length := 0, 0, 0, 0, 0
	for _, c := range text {
		length++
		switch {
		case unicode.IsDigit(c):
			digits++
			row++
			longest = max(longest, row)
			continue
		case unicode.IsLetter(c):
			letters++
		}
		row = 0
	}
	if length > shownMax || letters > shownLetters || digits > shownDigits || longest > shownRow {
		return fmt.Sprintf("a text of %d characters", length)
	}
	return strconv.Quote(text)
}

// decimal names what is wrong with a whole number that is written "1.0".
func decimal(text string) string {
	if workbook.PlainNumber(text) == text {
		return ""
	}
	return "; it is written as a decimal number"
}
