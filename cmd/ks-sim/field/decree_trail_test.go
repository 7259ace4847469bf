package field

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/support"
)

// twoOffices are of districts 32.04, that of the field, and 32.05, with a token of each.
func twoOffices(t *testing.T, f *Field) (four, five string) {
	t.Helper()
	for name, code := range map[string]string{"dinas4": "32.04", "dinas5": "32.05"} {
		if err := f.AddOffice(t.Context(), name, ksv1.Role_ROLE_DISTRICT, code); err != nil {
			t.Fatal(err)
		}
	}
	return restToken(t, f, "dinas4"), restToken(t, f, "dinas5")
}

// A district's office sees what was done in its district, by whatever code it had then.
func TestADistrictKeepsItsTrailByDecree(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		four, five := twoOffices(t, f)
		tokenFor(t, f, f.Supervisor)
		until := time.Now().UnixMilli() + 1
		// seen are the entries of before the decrees, all of accounts of one district.
		seen := func(token string) (out []string) {
			for _, e := range auditEntries(t, f, token, fmt.Sprintf("pageSize=100&toMs=%d", until)) {
				out = append(out, fmt.Sprint(e.Entry.Account, " ", e.Entry.Kind, " ", e.Entry.Method))
			}
			return out
		}
		ofFour, ofFive := seen(four), seen(five)
		if len(ofFour) <= len(ofFive) || len(ofFive) == 0 || slices.Contains(ofFour, ofFive[0]) {
			t.Fatalf("seen are %q and %q", ofFour, ofFive)
		}
		for _, codes := range []map[string]string{{"32.04": "32.05", "32.05": "32.04"}, {"32.05": "32.79"}, {"32.04": "32.05"}} {
			time.Sleep(2 * time.Millisecond) // decrees come after what was recorded
			renumber(t, f, codes)
			if got := seen(four); !slices.Equal(got, ofFour) {
				t.Errorf("after %v the one sees %q, not %q", codes, got, ofFour)
			}
			if got := seen(five); !slices.Equal(got, ofFive) {
				t.Errorf("after %v the other sees %q, not %q", codes, got, ofFive)
			}
		}
	})
}

// A family's trail has no list of another village, which has had its village's code since or
// had its village's present one before.
func TestAFamilysTrailLacksReadsOfTheVillageThatHasItsCode(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		_, id := surveyed(t, f)
		const own, other = "32.04.05.2001", "32.04.05.2002"
		reader := tokenFor(t, f, "supervisor")
		list := func(code string, shows bool, want int) {
			t.Helper()
			_, body := rest(t, f, "GET", reader, "/v1/families?area="+code, "")
			if strings.Contains(string(body), id.String()) != shows {
				t.Fatalf("the list of %s: %.200s", code, body)
			}
			if n := readsBySupervisor(t, f, id); n != want {
				t.Errorf("after the list of %s: %d reads, not %d", code, n, want)
			}
		}
		list(own, true, 1)
		list(other, false, 1)
		time.Sleep(2 * time.Millisecond)
		renumber(t, f, map[string]string{own: other, other: own})
		list(own, false, 1)
		list(other, true, 2)
	})
}

// A file of before two villages changed places means the village in which its family stands; one
// that was written since means the one that has the code now.
func TestAFileOfBeforeTwoVillagesChangedPlaces(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		const first, second = "32.04.05.2001", "32.04.05.2002"
		file := k1("2018-02-03")
		bring(t, f, file.of(m1))
		renumber(t, f, map[string]string{first: second, second: first})
		r, told := bring(t, f, file.of(m1))
		if r.Unchanged != 1 || r.Refused != 0 || !strings.Contains(told, first+" is a former code; the village is "+second) {
			t.Errorf("the same file: %+v, told: %s", r, told)
		}
		if out := export(t, f); !strings.Contains(out, "3204052002") || strings.Contains(out, "3204052001") {
			t.Errorf("exported\n%s", out)
		}
		fresh := k1("2018-02-03")
		fresh.id = "K2"
		if _, told = bring(t, f, strings.ReplaceAll(fresh.of(m1), "M1", "M9")); !strings.Contains(told, "which has "+second+" now; the family is new") {
			t.Errorf("a new family, told: %s", told)
		}
		file.updated = time.Now().AddDate(0, 0, 1).Format(time.DateTime)
		if _, told = bring(t, f, file.of(m1)); !strings.Contains(told, "the family stood in village "+second+"; it is closed there as moved") {
			t.Errorf("a file of afterwards, told: %s", told)
		}
		// It stands in the village that has the code now.
		if _, told = bring(t, f, file.of(m1)); strings.Contains(told, "village") {
			t.Errorf("that file again, told: %s", told)
		}
	})
}

// A district's help desk follows its code, also where two districts change places.
func TestHelpDesksFollowTheirDistricts(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		four, five := twoOffices(t, f)
		for _, x := range []struct{ token, code, name string }{{four, "32.04", "Empat"}, {five, "32.05", "Lima"}} {
			body := `{"contacts":[{"name":"` + x.name + `","telephone":"+6281311112222"}]}`
			if status, data := rest(t, f, "PUT", x.token, "/v1/support/"+x.code, body); status != 200 {
				t.Fatalf("%d %s", status, data)
			}
		}
		const nation = "Sari Contoh (akun dan kata sandi) of id" // the sample's
		service := &support.Service{Store: f.Store, Now: time.Now}
		check := func(code, want string) {
			t.Helper()
			desks, err := service.Get(t.Context(), code)
			if err != nil {
				t.Fatal(err)
			}
			if got := desks[0].GetContacts()[0].GetName() + " of " + desks[0].GetArea(); got != want {
				t.Errorf("the desk of %s is %q, not %q", code, got, want)
			}
		}
		renumber(t, f, map[string]string{"32.04": "32.05", "32.05": "32.04"})
		check("32.05", "Empat of 32.05")
		check("32.04", "Lima of 32.04")
		renumber(t, f, map[string]string{"32.05": "32.79"})
		check("32.79", "Empat of 32.79")
		check("32.05", nation)
	})
}
