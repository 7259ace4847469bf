package field

import (
	"errors"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// A NIK or No. KK that stands as a number in a workbook has lost its last digit to 15 that a
// spreadsheet keeps, where it ends in 0: it is not taken for one, and never becomes one.
func TestARoundedNumberIsNoNIK(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	text := "survei_individu_nik,survei_no_kk," + strings.ReplaceAll(k1("2018-02-03").of(m1, m2), "\nK1,", "\n,,K1,")
	workbook := asWorkbook(t, text, func(book *excelize.File) (err error) {
		for at, n := range map[string]int64{
			"A2": 3204050302800010, // of 3204050302800013, say
			"A3": 3204050302810014, // as a program writes it that keeps all digits
			"B2": 3204052005100000, "B3": 3204052005100000,
		} {
			err = errors.Join(err, book.SetCellInt("Sheet1", at, n))
		}
		return err
	})
	_, told := bring(t, f, workbook)
	for _, want := range []string{"raw:2: survei_individu_nik: warning: a number cell", "raw:2: survei_no_kk: warning: a number cell"} {
		if strings.Count(told, want) != 1 {
			t.Errorf("%q was not told once: %s", want, told)
		}
	}
	if strings.Contains(told, "raw:3: survei_individu_nik: warning: a number cell") {
		t.Errorf("told of a whole number: %s", told)
	}
	whole := newField(t, 1, nil)
	load(t, whole, strings.ReplaceAll(strings.Replace(text, "\n,,K1,", "\n3204050302800013,3204052005100007,K1,", 1), "\n,,K1,", "\n3204050302810014,3204052005100007,K1,"), 0)
	before := export(t, whole)
	if bring(t, whole, workbook); export(t, whole) != before {
		t.Errorf("number cells take the last digit from whole numbers: %s", export(t, whole))
	}
	first := export(t, f)
	for want, there := range map[string]bool{"320405030280001?": true, "320405200510000?": true, "3204050302810014": true, "3204050302800010": false, "3204052005100000": false} {
		if strings.Contains(first, want) != there {
			t.Errorf("%s is there: %t, in\n%s", want, !there, first)
		}
	}
	again := newField(t, 1, nil)
	if load(t, again, first, 0); export(t, again) != first {
		t.Errorf("our own file gives\n%s\nnot\n%s", export(t, again), first)
	}
}
