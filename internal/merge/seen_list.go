package merge

import (
	"bytes"
	"encoding/binary"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// A removal or withdrawal tells within its register what its author had seen of others: for
// each source the highest stamp. Where stamps are given anew the list follows, as contexts do,
// so it is no part of what a change is known by (ContentHash).

// seenBefore is what who wrote under a stamp can have seen of what they list. What does not
// lie before it was not there: it is an old name of unsent work that was stamped anew, by a
// clock that ran ahead, and would pass for all that its source has written since. Of such a
// source nothing counts, but that it is named: an empty list says that all was seen.
func seenBefore(own Stamp, listed []*ksv1.Stamp) (c Context) {
	for _, s := range listed {
		stamp := StampOf(s)
		if stamp.Compare(own) >= 0 {
			stamp.TimeMS, stamp.Counter = 0, 0
		}
		c = c.with(stamp)
	}
	return c
}

// alterSeen gives what the author of a removal or withdrawal had seen another content; any
// other element stays as it is.
func alterSeen(kind Kind, e Element, alter func([]*ksv1.Stamp) []*ksv1.Stamp) []byte {
	switch {
	case isRemoval(kind, e.Field):
		removal := &ksv1.Removal{}
		if openMessage(e, removal) && len(removal.GetSeen()) > 0 {
			removal.Seen = alter(removal.GetSeen())
			return sealMessage(e.Field, removal)
		}
	case kind == KindRound && e.Field == roundWithdrawalField:
		withdrawal := &ksv1.Withdrawal{}
		if openMessage(e, withdrawal) && len(withdrawal.GetSeen()) > 0 {
			withdrawal.Seen = alter(withdrawal.GetSeen())
			return sealMessage(e.Field, withdrawal)
		}
	}
	return e.Bytes
}

// alterAllSeen is alterSeen of all that a write's fields hold. Where nothing is told the bytes
// stay as they are. Errors: ErrMalformedChange.
func alterAllSeen(kind Kind, fields []byte, alter func([]*ksv1.Stamp) []*ksv1.Stamp) ([]byte, error) {
	if !mayTellSeen(kind, fields) {
		return fields, nil
	}
	var out []byte
	at, told := 0, false
	note := func(seen []*ksv1.Stamp) []*ksv1.Stamp {
		told = true
		return alter(seen)
	}
	err := eachField(fields, func(e Element) {
		altered := alterSeen(kind, e, note)
		if told && out == nil {
			out = slices.Clone(fields[:at:at])
		}
		if told {
			out = append(out, altered...)
		}
		at += len(e.Bytes)
	})
	if err != nil || !told {
		return fields, err
	}
	return out, nil
}

// mayTellSeen tells whether a write's fields may hold a removal or withdrawal: most writes have
// no such byte, and need not be read.
func mayTellSeen(kind Kind, fields []byte) bool {
	field := removalField(kind)
	if kind == KindRound {
		field = roundWithdrawalField
	}
	if field == 0 {
		return false
	}
	var room [2 * binary.MaxVarintLen64]byte
	return bytes.IndexByte(fields, protowire.AppendTag(room[:0], field, protowire.BytesType)[0]) >= 0
}

// eachSeen visits what the authors of a write's removals and withdrawals had seen, by field. A
// write that can't be read has none: whoever takes the change tells so.
func eachSeen(w *ksv1.Write, visit func(field protowire.Number, seen []*ksv1.Stamp)) {
	_ = eachField(w.GetFields(), func(e Element) {
		alterSeen(w.GetKind(), e, func(seen []*ksv1.Stamp) []*ksv1.Stamp {
			visit(e.Field, seen)
			return seen
		})
	})
}

// TellsSeen tells whether a change holds a removal or withdrawal with what its author had seen.
func TellsSeen(c *ksv1.Change) bool {
	tells := false
	for _, w := range c.GetWrites() {
		eachSeen(w, func(protowire.Number, []*ksv1.Stamp) { tells = true })
	}
	return tells
}

// rewriteSeen is alterAllSeen of a write, which stays as it is where it can't be read. Errors:
// ErrMalformedChange.
func rewriteSeen(w *ksv1.Write, alter func([]*ksv1.Stamp) []*ksv1.Stamp) (err error) {
	w.Fields, err = alterAllSeen(w.GetKind(), w.GetFields(), alter)
	return err
}

// eachListed visits all that a change says to have seen, by its contexts and by its removals
// and withdrawals, list by list; stamps in them are the visitor's to exchange.
func eachListed(c *ksv1.Change, visit func(seen []*ksv1.Stamp)) {
	for _, w := range c.GetWrites() {
		for _, fc := range w.GetContexts() {
			visit(fc.GetSeen())
		}
		_ = rewriteSeen(w, func(seen []*ksv1.Stamp) []*ksv1.Stamp {
			visit(seen)
			return seen
		})
	}
}
