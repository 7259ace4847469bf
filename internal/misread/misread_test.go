package misread

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"github.com/grpc-ecosystem/grpc-gateway/v2/utilities"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

func TestTheFieldAndWhatIsWantedAreTold(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Error{
		`{"members":[{"member":{"nik":"32040541018000O1"}}]}`: {"nik", "a whole number is wanted", "Isi dengan angka saja.", 1, 30},
		"{\n \"members\":[{\"member\":{\"nik\":-5}}]}":        {"nik", "a whole number is wanted", "Isi dengan angka saja.", 2, 30},
		`{"members":[{"member":{"name":5}}]}`:                 {"name", "a text is wanted", "Isi dengan teks.", 1, 31},
		`{"members":[{"member":{"sex":"Siti Aminah"}}]}`:      {"sex", "one of the contract's names is wanted", "Pilih salah satu nilai yang tersedia.", 1, 30},
		`{"members":[{"member":"Siti Aminah"}]}`:              {"", "something else is wanted there", unreadable, 1, 23},
		`{"Siti Aminah":1}`:                                   {"", "a field that is not known", unreadable, 1, 2},
		`{"familyId":"a","familyId":"3204054101800001"}`:      {"", "a field that stands there twice", unreadable, 1, 17},
		`{"familyId":Siti}`:                                   {"", "no JSON", unreadable, 1, 13},
		`{"familyId":"Siti`:                                   {"", "no JSON", unreadable, 0, 0},
	} {
		err := JSON([]byte(text), &ksv1.Household{})
		var told *Error
		if !errors.As(err, &told) || *told != want {
			t.Errorf("%s: %+v", text, told)
		}
	}
	if err := JSON([]byte(`{"familyId":"a"}`), &ksv1.Household{}); err != nil {
		t.Error(err)
	}
	told := Error{"nik", "a whole number is wanted", "Isi dengan angka saja.", 1, 30}
	if told.Error() != "nik: a whole number is wanted (line 1:30)" || (&Error{Problem: "no JSON"}).Error() != "no JSON" {
		t.Error(told.Error())
	}
}

func TestTheParameterAndWhatIsWantedAreTold(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]Error{
		"pageSize=siti":          {"page_size", "a whole number is wanted", "Isi dengan angka saja.", 0, 0},
		"pageSize=1&pageSize=2":  {"page_size", "one value is wanted", "Isi dengan satu nilai saja.", 0, 0},
		"pageSize=1&page_size=2": {"page_size", "one value is wanted", "Isi dengan satu nilai saja.", 0, 0},
		"state=siti":             {"state", "one of the contract's names is wanted", "Pilih salah satu nilai yang tersedia.", 0, 0},
		"pageSize.siti=1":        {"", "can't be read", unreadable, 0, 0},
	} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		err = runtime.PopulateQueryParameters(&ksv1.ListHouseholdsRequest{}, values, utilities.NewDoubleArray(nil))
		if err == nil {
			t.Errorf("%s: no error", query)
		} else if told := Of(err.Error()); *told != want {
			t.Errorf("%s: %+v of %q", query, told, err)
		}
	}
	for said, want := range map[string]string{
		`type mismatch, parameter: account, error: strconv.ParseUint: parsing "siti": invalid syntax`: "account: a whole number is wanted",
		`unknown parameter "pagesize"`:         "pagesize: the call has no such parameter",
		`unknown parameter "3204054101800001"`: "can't be read",
		`unknown parameter "Siti Aminah"`:      "can't be read",
		"http: request body too large":         "http: request body too large",
	} {
		if told := Of(said).Error(); told != want {
			t.Errorf("%s: %s", said, told)
		}
	}
}

// Whatever stands in a text, and wherever, none of it is told but where it is the name of a field.
func TestNothingOfTheTextIsTold(t *testing.T) {
	t.Parallel()
	whole := `{"familyId":"@","members":[{"memberId":"@","member":{"nik":@,"name":"@","sex":@,"birthDate":"@"}}],"@":@,"rounds":[@],@}`
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Split(whole, "@")
		secret := func() string {
			return rapid.SampledFrom([]string{`"Siti Aminah"`, "3204054101800001", "Siti", `"zq7`, `zq7"`, "zq7,", `{"zq7":`, `\zq7`, "1", `"1"`, `"members":1`, "", "\n"}).Draw(t, "secret")
		}
		var filled strings.Builder
		for i, part := range text {
			filled.WriteString(part)
			if i < len(text)-1 {
				filled.WriteString(secret())
			}
		}
		cut := rapid.IntRange(1, filled.Len()).Draw(t, "cut")
		for _, m := range []proto.Message{&ksv1.Household{}, &ksv1.Visit{}, &ksv1.StartFormRequest{}} {
			err := JSON([]byte(filled.String()[:cut]), m)
			if err == nil {
				continue
			}
			for _, hidden := range []string{"Siti", "Aminah", "3204", "zq7"} {
				if strings.Contains(err.Error(), hidden) {
					t.Fatalf("%s: %v", filled.String()[:cut], err)
				}
			}
		}
	})
}
