package form

import (
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// FieldError is a field of a request that cannot be what it is; the caller
// tells it as a field violation.
type FieldError struct {
	// Field is the path in the request, "clear[2].field".
	Field string
	// Problem is what is wrong with it, in English for the page's developer.
	Problem string
	// Text tells users, in Indonesian.
	Text string
}

// Texts for users about fields that pages send.
const (
	// StaleText is said of ids and the like, which no user writes.
	StaleText = "Permintaan ini tidak dikenali. Muat ulang halaman, lalu coba lagi."
	// PlaceText is said of what is no RW and RT.
	PlaceText = "Tulis RW dan RT dengan angka, misalnya 3/7."
)

// Error is both.
func (e *FieldError) Error() string { return e.Field + " " + e.Problem }

// Edits are what a request sets and clears, one edit a record. Errors:
// *FieldError.
func Edits(set *ksv1.Household, clear []*ksv1.FormField) ([]merge.RecordEdit, error) {
	edits, err := merge.Edits(set)
	if err != nil {
		return nil, &FieldError{"set", "names a record by no id (UUID): " + err.Error(), StaleText}
	}
	for i, c := range clear {
		key, err := keyOf(c)
		if err != nil {
			return nil, &FieldError{fmt.Sprintf("clear[%d]", i), "names a record by no id (UUID): " + err.Error(), StaleText}
		}
		number, ok := numberOf(c)
		if !ok {
			return nil, &FieldError{fmt.Sprintf("clear[%d].field", i), fmt.Sprintf("%q is no field of that kind of record", c.GetField()), StaleText}
		}
		edits = addClear(edits, key, number)
	}
	for i := range edits {
		if edits[i].NamesOrigin() {
			return nil, &FieldError{"set", "says where a record was taken over from, which unions of families alone do", StaleText}
		}
	}
	return edits, nil
}

// addClear puts a cleared field beside what is set in the same record.
func addClear(edits []merge.RecordEdit, key merge.Key, number protowire.Number) []merge.RecordEdit {
	for i := range edits {
		if edits[i].Key == key {
			edits[i].Clear = append(edits[i].Clear, number)
			return edits
		}
	}
	return append(edits, merge.RecordEdit{Key: key, Clear: []protowire.Number{number}})
}

func keyOf(f *ksv1.FormField) (merge.Key, error) {
	key := merge.Key{Kind: merge.Kind(f.GetKind())}
	for _, part := range []struct {
		text string
		id   *merge.ID
	}{{f.GetRecordId(), &key.Record}, {f.GetMemberId(), &key.Member}} {
		if part.text == "" {
			continue
		}
		id, err := merge.ParseID(part.text)
		if err != nil {
			return key, err
		}
		*part.id = id
	}
	return key, nil
}

func numberOf(f *ksv1.FormField) (protowire.Number, bool) {
	record := merge.NewRecord(merge.Kind(f.GetKind()))
	if record == nil {
		return 0, false
	}
	field := record.ProtoReflect().Descriptor().Fields().ByJSONName(f.GetField())
	if field == nil {
		return 0, false
	}
	return field.Number(), true
}
