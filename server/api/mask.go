package api

import (
	"slices"
	"strconv"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/store"
)

// numbersOf is how much the caller is shown of a family's NIK and No. KK.
func numbersOf(caller *access.Caller, row *store.Family) access.View {
	return caller.FamilyNumbers(row.Village, row.Place)
}

// maskHousehold leaves of NIK and No. KK what the view allows. What is left stands in
// the provisional field, for it is no number any more. Call it last: an index or
// finding may rest on the numbers.
func maskHousehold(view access.View, h *ksv1.Household) {
	if view == access.Full {
		return
	}
	if f := h.GetFamily(); f != nil {
		f.Nkk, f.NkkProvisional = nil, maskNumber(view, f.Nkk, f.NkkProvisional)
	}
	for _, m := range h.GetMembers() {
		if m.GetMember() != nil {
			m.Member.Nik, m.Member.NikProvisional = nil, maskNumber(view, m.Member.Nik, m.Member.NikProvisional)
		}
	}
}

// maskNumber is what the view leaves of a number, or of a provisional one; nil: nothing.
func maskNumber(view access.View, number *uint64, provisional *string) *string {
	text := ""
	switch {
	case number != nil:
		text = strconv.FormatUint(*number, 10)
	case provisional != nil:
		text = *provisional
	}
	if text = view.Mask(text); text == "" {
		return nil
	}
	return proto.String(text)
}

// numberFields are the fields of FAMILY and MEMBER that hold numbers of persons.
var numberFields = map[string]bool{"nik": true, "nik_provisional": true, "nkk": true, "nkk_provisional": true}

// maskValue leaves of a field's value in protojson what the view allows.
func maskValue(view access.View, field string, value *string) *string {
	if view == access.Full || value == nil || !numberFields[field] {
		return value
	}
	text, err := strconv.Unquote(*value)
	if err != nil {
		text = *value
	}
	return proto.String(strconv.Quote(view.Mask(text)))
}

// isNumber tells whether a register holds a number of a person.
func isNumber(kind merge.Kind, field uint32) bool {
	m := merge.NewRecord(kind)
	if m == nil {
		return false
	}
	d := m.ProtoReflect().Descriptor().Fields().ByNumber(protowire.Number(field))
	return d != nil && numberFields[string(d.Name())]
}

// maskReview takes numbers of persons out of what was judged last: in its wire form a
// number has no place for a part of it, which GetReviewDifferences shows.
func maskReview(view access.View, r *ksv1.FamilyReview) *ksv1.FamilyReview {
	number := func(c *ksv1.ReviewChange) bool { return len(c.GetBefore()) > 0 && isNumber(c.GetKind(), c.GetField()) }
	if view == access.Full || !slices.ContainsFunc(r.GetChanges(), number) {
		return r
	}
	r = proto.CloneOf(r)
	for _, c := range r.GetChanges() {
		if number(c) {
			c.Before = nil
		}
	}
	return r
}

func maskConflicts(view access.View, list []*ksv1.Conflict) {
	for _, c := range list {
		for _, v := range c.GetValues() {
			v.ValueJson = maskValue(view, c.GetFieldName(), v.ValueJson)
		}
	}
}

func maskWrites(view access.View, list []*ksv1.HistoryWrite) {
	for _, w := range list {
		w.ValueJson = maskValue(view, w.GetFieldName(), w.ValueJson)
	}
}
