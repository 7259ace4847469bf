package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"

	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/misread"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// maxJSONLine bounds one family in protojson.
const maxJSONLine = 4 << 20

func (r *iksRun) readJSON(ctx context.Context, name string, in io.Reader) error {
	lines := bufio.NewReaderSize(in, 64<<10)
	var buffer []byte
	for n := 1; ; n++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		text, whole, err := boundedLine(lines, buffer)
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("%s: line %d: %w", name, n, err)
		}
		if n == 1 {
			text = bytes.TrimPrefix(text, []byte("\ufeff"))
		}
		l := jsonLine{run: r, file: name, row: n}
		if !whole {
			l.refuse(fmt.Sprintf("longer than %d bytes", maxJSONLine))
		} else if len(bytes.TrimSpace(text)) > 0 {
			if err := r.jsonFamily(l, text); err != nil {
				return err
			}
		}
		if err != nil {
			return nil
		}
		buffer = text[:0]
	}
}

// boundedLine reads a line into a buffer; of one that is longer than maxJSONLine
// the rest is passed over, and whole is false. The error io.EOF comes with the
// last line, which may be empty.
func boundedLine(in *bufio.Reader, buffer []byte) (line []byte, whole bool, err error) {
	line, whole = buffer[:0], true
	for {
		part, err := in.ReadSlice('\n')
		if whole = whole && len(line)+len(part) <= maxJSONLine; whole {
			line = append(line, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, whole, err
		}
	}
}

// jsonLine tells of one line of a file of families in protojson.
type jsonLine struct {
	run     *iksRun
	file    string
	row     int
	refused bool
}

func (l *jsonLine) refuse(reason string) {
	if !l.refused {
		l.run.summary.refused++
	}
	l.refused = true
	fmt.Fprintf(l.run.errs, "%s:%d: refused: %s\n", l.file, l.row, reason)
}

func (l *jsonLine) warn(reason string) {
	l.run.summary.warnings++
	fmt.Fprintf(l.run.errs, "%s:%d: warning: %s\n", l.file, l.row, reason)
}

// onlyLine is a position in a text of one line, whose number in the file is
// another.
var onlyLine = regexp.MustCompile(`\(line 1:(\d+)\)`)

func (r *iksRun) jsonFamily(l jsonLine, text []byte) error {
	h := &ksv1.Household{}
	if err := misread.JSON(text, h); err != nil {
		l.refuse(onlyLine.ReplaceAllString(err.Error(), "(character $1)"))
		return nil
	}
	id := h.GetFamilyId()
	switch {
	case id == "":
		l.refuse("no familyId")
		return nil
	case r.seen[id]:
		l.refuse("family " + id + " was met before")
		return nil
	}
	r.seen[id] = true
	l.check(h)
	if l.refused {
		return nil
	}
	a := r.loader.Assess(h, iks.AnyYear)
	if !a.Counts() {
		if h.GetFamily().GetRemoval() == nil && !withdrawn(h) {
			l.refuse("family " + id + ": no round with a survey date")
			return nil
		}
		r.summary.removed++
		return nil
	}
	l.noteRounds(a)
	besar, members := r.jsonPart(h, a, iks.Besar)
	inti, _ := r.jsonPart(h, a, iks.Inti)
	r.summary.members += members
	return r.write(id, a.Packed(), besar, inti)
}

// noteRounds tells where besar and inti are of different rounds, for the line of
// output does not show it.
func (l *jsonLine) noteRounds(a iks.Assessment) {
	if a.Besar.Round != a.Inti.Round {
		fmt.Fprintf(l.run.errs, "%s:%d: note: besar is of the survey of %s, inti of %s: each counts by its latest complete round\n",
			l.file, l.row, a.Besar.SurveyDate, a.Inti.SurveyDate)
	}
}

func withdrawn(h *ksv1.Household) bool {
	for _, hr := range h.GetRounds() {
		if hr.GetRound().GetWithdrawal() != nil {
			return true
		}
	}
	return false
}

// jsonPart is the result of one basis, each of its own latest complete round, and
// how many members took part in that.
func (r *iksRun) jsonPart(h *ksv1.Household, a iks.Assessment, basis iks.Basis) (p part, members int) {
	household, ids := r.loader.Load(h, h.GetRounds()[a.Of(basis).Round])
	return partOf(household, ids, a.Of(basis).Values, basis), len(ids)
}
