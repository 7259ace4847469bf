package api

import (
	"errors"
	"testing"

	"buf.build/go/protovalidate"
	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

func TestWhatBreaksARuleOfTheContractIsToldInIndonesian(t *testing.T) {
	t.Parallel()
	validate, err := protovalidate.New()
	if err != nil {
		t.Fatal(err)
	}
	g := &Guard{validate: validate}
	for want, m := range map[string]proto.Message{
		"nik: Harus terdiri atas 16 angka.":             &ksv1.Member{Nik: proto.Uint64(3204053101800)},
		"nkk: Harus terdiri atas 16 angka.":             &ksv1.Family{Nkk: proto.Uint64(32040531018000011)},
		"puskesmas_code: Bentuk isian ini tidak benar.": &ksv1.Family{PuskesmasCode: proto.String("x")},
		"person: Wajib diisi.":                          &ksv1.ProposeReplacementRequest{Nominee: 1},
		"note: Paling banyak 1000 huruf.":               &ksv1.AdmitReplacementRequest{Note: string(make([]byte, 1001))},
	} {
		var shape *errShape
		if err := g.checkShape(m); !errors.As(err, &shape) || shape.field+": "+shape.text != want {
			t.Errorf("%v, not %s", err, want)
		}
	}
}
