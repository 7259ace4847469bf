package rawsurvei

import (
	"crypto/sha1"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// namespace of ids made from names (RFC 9562 version 5).
var namespace = [16]byte{0x6b, 0x73, 0x72, 0x61, 0x77, 0x73, 0x75, 0x72, 0x80, 0x65, 0x69, 0x2d, 0x69, 0x64, 0x73, 0x31}

// UUIDOf is the id under which a file's id is stored: itself where it is a
// UUID, else one made of its kind and text, the same at each import.
func UUIDOf(kind, text string) merge.ID {
	if id, err := merge.ParseID(text); err == nil {
		return id
	}
	return nameID(kind + "/" + text)
}

// memberOf is the id under which a file's member is stored.
func memberOf(text string) merge.ID { return UUIDOf("member", text) }

func nameID(name string) merge.ID {
	h := sha1.New()
	h.Write(namespace[:])
	h.Write([]byte(name))
	id := merge.ID(h.Sum(nil)[:16])
	id[6], id[8] = id[6]&0x0f|0x50, id[8]&0x3f|0x80
	return id
}

// ForStore is a family as the store takes it: ids are UUIDs, originals that are
// not are carried, and the round is that of its year, so that a file of the
// same year corrects it and one of another year opens a new one.
func ForStore(f *Family) *ksv1.Household {
	h := proto.CloneOf(f.Household)
	h.FamilyId = UUIDOf("family", f.ID).String()
	if h.FamilyId != f.ID {
		h.Family.SourceColumns = carry(h.Family.SourceColumns, colFamily, f.ID)
	}
	for _, m := range h.Members {
		original := m.MemberId
		m.MemberId = memberOf(original).String()
		if m.MemberId != original {
			m.Member.SourceColumns = carry(m.Member.SourceColumns, colMember, original)
		}
		if mother := m.Member.GetMotherId(); mother != "" {
			m.Member.MotherId = proto.String(memberOf(mother).String())
		}
	}
	for _, r := range h.Rounds {
		year := r.GetRound().GetSurveyDate()
		r.RoundId = nameID("round/" + h.FamilyId + "/" + year[:min(4, len(year))]).String()
		for _, x := range r.Individuals {
			x.MemberId = memberOf(x.MemberId).String()
			if spouse := x.Individual.GetSpouseId(); spouse != "" {
				x.Individual.SpouseId = proto.String(memberOf(spouse).String())
			}
		}
	}
	return h
}

func carry(c *ksv1.SourceColumns, name, value string) *ksv1.SourceColumns {
	if c == nil {
		c = &ksv1.SourceColumns{}
	}
	c.Columns = append(c.Columns, &ksv1.SourceColumn{Name: name, Value: value})
	return c
}

// carried finds a carried cell; "" where there is none.
func carriedCell(c *ksv1.SourceColumns, name string) string {
	for _, x := range c.GetColumns() {
		if x.GetName() == name {
			return x.GetValue()
		}
	}
	return ""
}

// Cell is a carried cell; "" where there is none.
func Cell(carried *ksv1.SourceColumns, name string) string { return carriedCell(carried, name) }

// UpdatedAt is the file's updated_at of a round, by which corrections of one
// year are told newer from older; "" where it has none.
func UpdatedAt(round *ksv1.Round) string {
	return carriedCell(round.GetSourceColumns(), colUpdated)
}
