package prokesga

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

func TestNIKIsSixteenDigits(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"3204051705890001", " 3204051705890001  "} {
		n, err := ParseNIK(text)
		if err != nil || n.Text() != "3204051705890001" {
			t.Errorf("%q: %v", text, err)
		}
	}
	for text, reason := range map[string]string{
		"": "has 0 digits", "320405170589000": "has 15 digits", "32040517058900011": "has 17 digits", "320405170589000x": "something else than digits",
		"3204 0517 0589 0001": "something else than digits", "0204051705890001": "starts with 0", "-204051705890001": "something else", "٣204051705890001": "something else",
	} {
		for name, parse := range map[error]func(string) error{
			ErrNIK: func(text string) error { _, err := ParseNIK(text); return err },
			ErrNKK: func(text string) error { _, err := ParseNKK(text); return err },
		} {
			err := parse(text)
			if !errors.Is(err, name) || !strings.Contains(err.Error(), reason) {
				t.Errorf("%q: %v, want %s", text, err, reason)
			}
			if len(text) > 8 && strings.Contains(fmt.Sprint(err), text[2:8]) {
				t.Errorf("the error tells the number: %v", err)
			}
		}
	}
}

func TestNIKTellsDistrictBirthAndSex(t *testing.T) {
	t.Parallel()
	man, woman := NIK(3204051705890001), NIK(3204055705890001)
	if man.Sex() != ksv1.Sex_SEX_MALE || woman.Sex() != ksv1.Sex_SEX_FEMALE {
		t.Errorf("sexes %s, %s", man.Sex(), woman.Sex())
	}
	for _, n := range []NIK{man, woman} {
		if !n.WellFormed() || !n.AgreesWithBirth(date(t, "1989-05-17")) || !n.AgreesWithBirth(date(t, "2089-05-17")) {
			t.Errorf("%s: well formed %t", n.Text(), n.WellFormed())
		}
		if n.AgreesWithBirth(date(t, "1989-05-18")) || n.AgreesWithBirth(date(t, "1989-06-17")) || n.AgreesWithBirth(date(t, "1990-05-17")) {
			t.Errorf("%s agrees with other days", n.Text())
		}
		if n.Kecamatan().String() != "32.04.05" {
			t.Errorf("%s comes from %s", n.Text(), n.Kecamatan())
		}
	}
	for n, ok := range map[NIK]bool{3204052902890001: true, 3204053002890001: false, 3204057105890001: true, 3204057205890001: false,
		3204050005890001: false, 3204054005890001: false, 3204051700890001: false, 3204051705890000: false} {
		if n.WellFormed() != ok {
			t.Errorf("%s: well formed %t", n.Text(), n.WellFormed())
		}
	}
}

func TestNumbersDoNotReachLogs(t *testing.T) {
	t.Parallel()
	nip, err := ParseNIP("198905172015041001")
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(NIK(3204051705890001), NKK(3204052005100001), nip); got != "[sealed] [sealed] [sealed]" {
		t.Errorf("printed as %s", got)
	}
	if NKK(3204052005100001).Text() != "3204052005100001" {
		t.Error("the digits of a NKK are lost")
	}
}

func TestNIPHasItsParts(t *testing.T) {
	t.Parallel()
	for text, sex := range map[string]ksv1.Sex{
		"198905172015041001":    ksv1.Sex_SEX_MALE,
		"19890517 201504 2 001": ksv1.Sex_SEX_FEMALE,
		"198905172023212001":    ksv1.Sex_SEX_FEMALE, // PPPK
	} {
		n, err := ParseNIP(text)
		if err != nil || n.Sex() != sex || n.BirthDate().String() != "1989-05-17" || n.Text() != strings.ReplaceAll(text, " ", "") {
			t.Errorf("%q: %v, %s, %s", text, err, n.Sex(), n.BirthDate())
		}
	}
	for text, reason := range map[string]string{
		"": "has 0", "19890517201504100": "has 17", "1989051720150410011": "has 19", "19890517201504100x": "than digits",
		"198902302015041001": "birth date", "198905172015131001": "month of appointment", "198905172015001001": "month of appointment", "198905172015043001": "digit 15",
	} {
		if _, err := ParseNIP(text); !errors.Is(err, ErrNIP) || !strings.Contains(err.Error(), reason) {
			t.Errorf("%q: %v, want %s", text, err, reason)
		}
	}
	if none := (NIP{}); none.Text() != "" || none.Sex() != 0 || !none.BirthDate().IsZero() {
		t.Error("no NIP has parts")
	}
}

func TestPhonesAreBroughtIntoOneForm(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"081234567890": "+6281234567890", "+62 812-3456-7890": "+6281234567890", "6281234567890": "+6281234567890", "006281234567890": "+6281234567890",
		"81234567890": "+6281234567890", "+62 (0)812 3456 7890": "+6281234567890", "(022) 1234567": "+62221234567", "021.5201590": "+62215201590",
	} {
		got, err := NormalizePhone(text)
		if err != nil || got != want {
			t.Errorf("%q: %q, %v; want %s", text, got, err, want)
		}
		if again, err := NormalizePhone(got); err != nil || again != got {
			t.Errorf("%q is not kept: %q, %v", got, again, err)
		}
	}
	for _, text := range []string{"", "0", "+62", "08123", "0812345678901234", "+6512345678", "12345678", "0812x4567890", "nomor", "+620081234567"} {
		if got, err := NormalizePhone(text); !errors.Is(err, ErrPhone) {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
}
