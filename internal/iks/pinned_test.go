package iks

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// pinned is what the rules make of the published families, and of each of them without one of
// its answers.
const pinned = "16ce354500cfa54c953d6536aa12ab5e1587f7f9910cd6e212f2c82bc69bb974"

// Servers and devices keep values, and compute them anew only where they are told that the
// rules are others.
func TestOtherValuesMeanOtherRules(t *testing.T) {
	t.Parallel()
	sum := sha256.New()
	add := func(h *ksv1.Household) {
		sum.Write(binary.BigEndian.AppendUint64(nil, uint64(Assess(h, AnyYear).Packed())))
	}
	for _, f := range readFamilies(t) {
		h := f.message()
		add(h)
		records := []proto.Message{h.GetFamily(), h.GetRounds()[0].GetRound()}
		for _, m := range h.GetMembers() {
			records = append(records, m.GetMember())
		}
		for _, x := range h.GetRounds()[0].GetIndividuals() {
			records = append(records, x.GetIndividual())
		}
		for _, record := range records {
			m := record.ProtoReflect()
			for i := range m.Descriptor().Fields().Len() {
				field := m.Descriptor().Fields().Get(i)
				if m.Has(field) {
					without(m, field, func() { add(h) })
				}
			}
		}
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != pinned {
		t.Errorf("the rules give other values: raise Rules of server/ingest and summaryForm of client-sdk/device, and pin %s", got)
	}
}

// without clears a field for as long as do runs.
func without(m protoreflect.Message, field protoreflect.FieldDescriptor, do func()) {
	was := m.Get(field)
	m.Clear(field)
	do()
	m.Set(field, was)
}
