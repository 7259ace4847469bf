package api

import (
	"strconv"

	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
)

// maskHousehold leaves of NIK and No. KK what the caller is shown of them. What is
// left stands in the provisional field, for it is no number any more. Call it
// last: an index or finding may rest on the numbers.
func maskHousehold(caller *access.Caller, h *ksv1.Household) {
	view := caller.View(access.FamilyNumber)
	if view == access.Full {
		return
	}
	if f := h.GetFamily(); f != nil {
		f.Nkk, f.NkkProvisional = maskNumber(view, f.Nkk, f.NkkProvisional)
	}
	for _, m := range h.GetMembers() {
		if m.GetMember() != nil {
			m.Member.Nik, m.Member.NikProvisional = maskNumber(view, m.Member.Nik, m.Member.NikProvisional)
		}
	}
}

func maskNumber(view access.View, number *uint64, provisional *string) (*uint64, *string) {
	text := ""
	switch {
	case number != nil:
		text = strconv.FormatUint(*number, 10)
	case provisional != nil:
		text = *provisional
	}
	if text = view.Mask(text); text == "" {
		return nil, nil
	}
	return nil, proto.String(text)
}

// numberFields are the fields of FAMILY and MEMBER that hold numbers of persons.
var numberFields = map[string]bool{"nik": true, "nik_provisional": true, "nkk": true, "nkk_provisional": true}

// maskValue leaves of a field's value in protojson what the caller is shown.
func maskValue(caller *access.Caller, field string, value *string) *string {
	view := caller.View(access.FamilyNumber)
	if view == access.Full || value == nil || !numberFields[field] {
		return value
	}
	text, err := strconv.Unquote(*value)
	if err != nil {
		text = *value
	}
	return proto.String(strconv.Quote(view.Mask(text)))
}

func maskConflicts(caller *access.Caller, list []*ksv1.Conflict) {
	for _, c := range list {
		for _, v := range c.GetValues() {
			v.ValueJson = maskValue(caller, c.GetFieldName(), v.ValueJson)
		}
	}
}

func maskWrites(caller *access.Caller, list []*ksv1.HistoryWrite) {
	for _, w := range list {
		w.ValueJson = maskValue(caller, w.GetFieldName(), w.ValueJson)
	}
}
