package rotation

import (
	"fmt"

	"github.com/keluarga-sehat/sync/internal/record"
	"github.com/keluarga-sehat/sync/server/account"
	"github.com/keluarga-sehat/sync/server/auth"
	"github.com/keluarga-sehat/sync/server/registration"
	"github.com/keluarga-sehat/sync/server/store"
)

// bindings say, for each sealed column, where its payload is bound.
var bindings = map[string]func(r *row) record.Binding{
	"family.payload":          atVillage("family"),
	"family.approved_payload": atVillage("family.approved"),
	"family.review":           atVillage("family.review"),
	"family.judged_payload":   atVillage("family.judged"),
	"history.payload": func(r *row) record.Binding {
		return record.Binding{Table: "history", ID: id(r.also(0)), Extra: number(r.key(0))}
	},
	"verdict.payload":         atVillage("verdict"),
	"batch.payload":           atVillage("batch"),
	"quarantine.payload":      quarantined("quarantine"),
	"quarantine.content_hash": quarantined("quarantine.content"),
	"notice.payload": func(r *row) record.Binding {
		return record.Binding{Table: "notice", Extra: number(r.key(0))}
	},
	"account.full_name": func(r *row) record.Binding { return account.Binding("account.full_name", text(r.also(0))) },
	"account.person":    func(r *row) record.Binding { return account.Binding("account.person", text(r.also(0))) },
	"session.successor": func(r *row) record.Binding { return auth.SuccessorBinding(bytesOf(r.key(0))) },
	"registration.letter": func(r *row) record.Binding {
		return registration.Binding("registration.letter", uint32(number(r.key(0))), "")
	},
	"registration_nominee.payload": func(r *row) record.Binding {
		place := registration.PlaceOf(text(r.also(1)), int64(number(r.also(2))), int64(number(r.also(3))), int64(number(r.also(4))))
		return registration.Binding("registration.nominee", uint32(number(r.also(0))), place)
	},
	"registration_event.note": func(r *row) record.Binding {
		return registration.Binding("registration.note", uint32(number(r.key(0))), "")
	},
	"registration_file.payload": func(r *row) record.Binding {
		return registration.Binding("registration.file", uint32(number(r.key(0))), text(r.key(1)))
	},
}

// atVillage binds to the row's id and its village, which are its key.
func atVillage(table string) func(r *row) record.Binding {
	return func(r *row) record.Binding {
		return record.Binding{Table: table, ID: id(r.key(1)), Extra: number(r.key(0))}
	}
}

// quarantined binds to a change, which is the row's key, and the village beside it.
func quarantined(table string) func(r *row) record.Binding {
	return func(r *row) record.Binding {
		return record.Binding{Table: table, ID: id(r.key(0)), Extra: number(r.also(0))}
	}
}

// hashes make the keyed hashes of a table's Hashes anew, from the plain value of
// its last sealed column; nil where that is null.
var hashes = map[string]func(ring *record.Ring, plain []byte) ([][]byte, error){
	"account": func(ring *record.Ring, plain []byte) ([][]byte, error) {
		hash, err := account.HashOf(ring, plain)
		return [][]byte{hash}, err
	},
	"registration":         registration.LetterHashes,
	"registration_nominee": registration.NomineeHashes,
}

// row is a sealed row whose values are taken by what they must be; err keeps the
// first that was not.
type row struct {
	store.SealedRow
	err error
}

func (r *row) key(i int) value  { return value{r, r.Keys[i]} }
func (r *row) also(i int) value { return value{r, r.Also[i]} }

type value struct {
	of *row
	is any
}

func (v value) wrong() {
	if v.of.err == nil {
		v.of.err = fmt.Errorf("key is a %T", v.is)
	}
}

func number(v value) uint64 {
	n, ok := v.is.(int64)
	if !ok {
		v.wrong()
	}
	return uint64(n)
}

func text(v value) string {
	s, ok := v.is.(string)
	if !ok {
		v.wrong()
	}
	return s
}

func bytesOf(v value) []byte {
	b, ok := v.is.([]byte)
	if !ok {
		v.wrong()
	}
	return b
}

func id(v value) (out [16]byte) {
	if copy(out[:], bytesOf(v)) != len(out) {
		v.wrong()
	}
	return out
}
