package shape

import (
	"errors"
	"testing"

	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

func TestWhatBreaksARuleOfTheContractIsToldInIndonesian(t *testing.T) {
	t.Parallel()
	checker, err := New()
	if err != nil {
		t.Fatal(err)
	}
	for want, m := range map[string]proto.Message{
		"nik: Harus terdiri atas 16 angka.":             &ksv1.Member{Nik: proto.Uint64(3204053101800)},
		"nkk: Harus terdiri atas 16 angka.":             &ksv1.Family{Nkk: proto.Uint64(32040531018000011)},
		"puskesmas_code: Bentuk isian ini tidak benar.": &ksv1.Family{PuskesmasCode: proto.String("x")},
		"person: Wajib diisi.":                          &ksv1.ProposeReplacementRequest{Nominee: 1},
		"note: Paling banyak 1000 huruf.":               &ksv1.AdmitReplacementRequest{Note: string(make([]byte, 1001))},
	} {
		var shape *Error
		if err := checker.Check(m); !errors.As(err, &shape) || shape.Field+": "+shape.Text != want {
			t.Errorf("%v, not %s", err, want)
		}
	}
	if err := checker.Check(&ksv1.Member{Nik: proto.Uint64(3204053101800001)}); err != nil {
		t.Errorf("a sound one: %v", err)
	}
}
