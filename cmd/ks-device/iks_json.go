package main

import (
	"bufio"
	"context"
	"fmt"
	"io"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// maxJSONLine bounds one family in protojson.
const maxJSONLine = 4 << 20

func (r *iksRun) readJSON(ctx context.Context, name string, in io.Reader) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 64<<10), maxJSONLine)
	for n := 1; lines.Scan(); n++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		if len(lines.Bytes()) == 0 {
			continue
		}
		if err := r.jsonFamily(jsonLine{run: r, file: name, row: n}, lines.Bytes()); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
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

func (r *iksRun) jsonFamily(l jsonLine, text []byte) error {
	h := &ksv1.Household{}
	if err := protojson.Unmarshal(text, h); err != nil {
		l.refuse(err.Error())
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
	r.summary.members += len(h.GetMembers())
	return r.write(id, a.Packed(), r.jsonPart(h, a, iks.Besar), r.jsonPart(h, a, iks.Inti))
}

func withdrawn(h *ksv1.Household) bool {
	for _, hr := range h.GetRounds() {
		if hr.GetRound().GetWithdrawal() != nil {
			return true
		}
	}
	return false
}

// jsonPart is the result of one basis, each of its own latest complete round.
func (r *iksRun) jsonPart(h *ksv1.Household, a iks.Assessment, basis iks.Basis) part {
	household, ids := r.loader.Load(h, h.GetRounds()[a.Of(basis).Round])
	return partOf(household, ids, a.Of(basis).Values, basis)
}

// check holds a family against the rules for RAW: what is malformed refuses it,
// what is implausible is a warning.
func (l *jsonLine) check(h *ksv1.Household) {
	l.record("family", ksv1.RecordKind_RECORD_KIND_FAMILY, h.GetFamily())
	met := map[string]bool{}
	for _, m := range h.GetMembers() {
		if met[m.GetMemberId()] {
			l.refuse("member " + m.GetMemberId() + " stands there twice")
		}
		met[m.GetMemberId()] = true
		l.record("member "+m.GetMemberId(), ksv1.RecordKind_RECORD_KIND_MEMBER, m.GetMember())
	}
	for _, hr := range h.GetRounds() {
		l.record("round "+hr.GetRoundId(), ksv1.RecordKind_RECORD_KIND_ROUND, hr.GetRound())
		for _, x := range hr.GetIndividuals() {
			l.record("round "+hr.GetRoundId()+" member "+x.GetMemberId(), ksv1.RecordKind_RECORD_KIND_INDIVIDUAL, x.GetIndividual())
		}
	}
	if l.refused {
		return
	}
	for _, f := range prokesga.CheckHousehold(h, prokesga.Today{}) {
		where := fieldName(f)
		if f.MemberID != "" {
			where = "member " + f.MemberID + ": " + where
		}
		switch f.Code {
		case prokesga.RequiredMissing:
		case prokesga.BornAfterSurvey:
			l.refuse(where + ": " + f.Code.String())
		default:
			l.warn(where + ": " + f.Code.String())
		}
	}
}

// record judges one record by itself. Identifiers and free text are never
// refused: they don't count.
func (l *jsonLine) record(where string, kind ksv1.RecordKind, record proto.Message) {
	if !record.ProtoReflect().IsValid() {
		return
	}
	for _, f := range prokesga.CheckRecord(kind, record) {
		text := where + ": " + fieldName(f) + ": " + f.Code.String()
		malformed := f.Code == prokesga.NotADate || f.Code == prokesga.UnknownValue ||
			f.Code == prokesga.OutOfRange && kind == ksv1.RecordKind_RECORD_KIND_INDIVIDUAL
		switch {
		case malformed:
			l.refuse(text)
		case f.Code != prokesga.BadForm:
			l.warn(text)
		}
	}
}

// fieldName is a finding's field as protojson writes it.
func fieldName(f prokesga.Finding) string {
	records := map[ksv1.RecordKind]proto.Message{
		ksv1.RecordKind_RECORD_KIND_FAMILY: &ksv1.Family{}, ksv1.RecordKind_RECORD_KIND_MEMBER: &ksv1.Member{},
		ksv1.RecordKind_RECORD_KIND_ROUND: &ksv1.Round{}, ksv1.RecordKind_RECORD_KIND_INDIVIDUAL: &ksv1.Individual{},
		ksv1.RecordKind_RECORD_KIND_VISIT: &ksv1.Visit{},
	}
	if record, ok := records[f.Kind]; ok {
		for fields, i := record.ProtoReflect().Descriptor().Fields(), 0; i < fields.Len(); i++ {
			if int32(fields.Get(i).Number()) == f.Field {
				return fields.Get(i).JSONName()
			}
		}
	}
	return "family"
}
