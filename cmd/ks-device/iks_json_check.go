package main

import (
	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// check holds a family against the rules for RAW: what is malformed refuses it,
// what is implausible is a warning.
func (l *jsonLine) check(h *ksv1.Household) {
	l.checkIDs(h)
	l.checkVillage(h.GetVillageCode())
	l.record("family", ksv1.RecordKind_RECORD_KIND_FAMILY, h.GetFamily())
	for _, m := range h.GetMembers() {
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

// checkVillage looks at the form of a code only: no table of areas is needed.
func (l *jsonLine) checkVillage(text string) {
	if text == "" {
		return
	}
	code, err := area.Parse(text)
	switch {
	case err != nil || code.Level() != area.Village:
		l.refuse(`villageCode is no code of a village, such as "32.04.05.2001"`)
	case code.Dotted() != text:
		l.warn("villageCode is written without dots")
	}
}

// checkIDs refuses ids that are missing or doubled, and answers of nobody: each
// would drop a member out of the index.
func (l *jsonLine) checkIDs(h *ksv1.Household) {
	members, rounds := idSet{}, idSet{}
	for _, m := range h.GetMembers() {
		l.meet(members, m.GetMemberId(), "member", "")
	}
	for _, hr := range h.GetRounds() {
		if id := hr.GetRoundId(); id == "" {
			// Nothing is found by it, so that none is lost.
			l.warn("a round has no roundId")
		} else {
			l.meet(rounds, id, "round", "")
		}
		individuals := idSet{}
		for _, x := range hr.GetIndividuals() {
			id, where := x.GetMemberId(), "round "+hr.GetRoundId()+": "
			l.meet(individuals, id, "member", where)
			if id != "" && !members[id] {
				l.refuse(where + "member " + id + " is none of the family's")
			}
		}
	}
}

// idSet is the ids met among those that must differ.
type idSet map[string]bool

func (l *jsonLine) meet(met idSet, id, what, where string) {
	switch {
	case id == "":
		l.refuse(where + "a " + what + " has no " + what + "Id")
	case met[id]:
		l.refuse(where + what + " " + id + " stands there twice")
	}
	met[id] = true
}

// record judges one record by itself. Identifiers and free text are never
// refused: they don't count.
func (l *jsonLine) record(where string, kind ksv1.RecordKind, record proto.Message) {
	if !record.ProtoReflect().IsValid() {
		return
	}
	for _, f := range prokesga.CheckRecord(kind, asGiven(record)) {
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

// asGiven is a record as its check takes it: a lawful removal, which the server
// alone may enter, is read like any other.
func asGiven(record proto.Message) proto.Message {
	owner, ok := record.(interface{ GetRemoval() *ksv1.Removal })
	if !ok || owner.GetRemoval().GetReason() != ksv1.RemovalReason_REMOVAL_REASON_ERASED {
		return record
	}
	record = proto.Clone(record)
	if owner, ok := record.(interface{ GetRemoval() *ksv1.Removal }); ok {
		owner.GetRemoval().Reason = ksv1.RemovalReason_REMOVAL_REASON_DELETED_AT_SOURCE
	}
	return record
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
