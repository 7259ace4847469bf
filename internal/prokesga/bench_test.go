package prokesga

import (
	"testing"

	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// BenchmarkCheckHousehold is what the server does after each merge: a family of
// three, one round.
func BenchmarkCheckHousehold(b *testing.B) {
	h := couple()
	b.ReportAllocs()
	for b.Loop() {
		if len(CheckHousehold(h, Today{})) != 0 {
			b.Fatal("findings")
		}
	}
}

// BenchmarkCheckWrite is what the server does for each write of a change.
func BenchmarkCheckWrite(b *testing.B) {
	fields, err := proto.Marshal(&ksv1.Individual{Smokes: ya.Enum(), HealthInsurance: ya.Enum(), SystolicMmhg: proto.Uint32(120), DiastolicMmhg: proto.Uint32(80)})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if CheckWrite(inIndividual, fields) != nil {
			b.Fatal("findings")
		}
	}
}
