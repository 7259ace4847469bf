package field

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/server/store"
)

// renumber gives areas of the field new codes.
func renumber(t *testing.T, f *Field, codes map[string]string) {
	t.Helper()
	err := f.Store.Write(store.AsOperator(t.Context()), func(ctx context.Context, tx store.Tx) error {
		return tx.Directory().Recode(ctx, time.Now().UnixMilli(), func(path string) string {
			for old, code := range codes {
				if path == old || strings.HasPrefix(path, old+"/") || strings.HasPrefix(path, old+".") {
					return code + path[len(old):]
				}
			}
			return path
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Files keep the code that a village had when they were written; where several have had it,
// the file is refused.
func TestAFileMayHaveAFormerVillageCode(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		const first, second = "32.04.05.2001", "32.04.05.2002"
		bring(t, f, k1("2018-02-03").of(m1))
		renumber(t, f, map[string]string{first: "32.04.05.2901"})
		r, told := bring(t, f, k1("2019-02-03").of(m1))
		if r.Refused != 0 || !strings.Contains(told, "survei_kelurahan_id: warning: 32.04.05.2001 is a former code; the village is 32.04.05.2901") {
			t.Errorf("%+v, told: %s", r, told)
		}
		if out := export(t, f); !strings.Contains(out, "2019-02-03") || !strings.Contains(out, "3204052901") {
			t.Errorf("exported\n%s", out)
		}
		renumber(t, f, map[string]string{second: first})
		other := k1("2019-02-03")
		other.id = "K2"
		if r, told := bring(t, f, strings.ReplaceAll(other.of(m1), "M1", "M9")); r.Refused != 0 || strings.Contains(told, "former") {
			t.Errorf("a present code: %+v, told: %s", r, told)
		}
		renumber(t, f, map[string]string{first: "32.04.05.2902"})
		r, told = bring(t, f, k1("2020-02-03").of(m1))
		if r.Refused != 1 || !strings.Contains(told, "32.04.05.2901 and 32.04.05.2902 had the code") && !strings.Contains(told, "32.04.05.2902 and 32.04.05.2901 had the code") {
			t.Errorf("a code of two: %+v, told: %s", r, told)
		}
	})
}

// Codes that contradict each other are told, and the village's holds.
func TestContradictoryAreaCodesAreTold(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	with := func(cells string) string {
		text := strings.ReplaceAll(k1("2018-02-03").of(m1), "\nK1,", "\n"+cells+",K1,")
		return "survei_propinsi_id,survei_kota_id,survei_kecamatan_id,survei_kd_puskesmas," + text
	}
	if r, told := bring(t, f, with("32,3204,320405,"+PuskesmasCode)); r.Warnings != 0 {
		t.Errorf("they agree, told: %s", told)
	}
	r, told := bring(t, f, with("33,3301,320406,P3301050101"))
	for _, want := range []string{
		`survei_propinsi_id: warning: village 3204052001 does not lie in "33"`, `survei_kota_id: warning: village 3204052001 does not lie in "3301"`,
		`survei_kecamatan_id: warning: village 3204052001 does not lie in "320406"`,
		"survei_kd_puskesmas: warning: P3301050101 does not serve village 32.04.05.2001, which " + PuskesmasCode + " does",
	} {
		if !strings.Contains(told, want) {
			t.Errorf("%q was not told: %s", want, told)
		}
	}
	if r.Warnings != 4 || sehatOf(t, f, 0) != "1/1" {
		t.Errorf("%+v, counted %s", r, sehatOf(t, f, 0))
	}
}

// A family can't be kept without a village: what is told says what to do, and once the village
// is there the same file goes in.
func TestAFamilyOfAnUnknownVillageIsToldWhatToDo(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	const first, other = "32.04.05.2001", "32.04.05.2901"
	k := k1("2018-02-03")
	k.village = strings.ReplaceAll(other, ".", "")
	r, told := bring(t, f, k.of(m1))
	if r.Refused != 1 || !strings.Contains(told, `raw:2: survei_kelurahan_id: refused: village "32.04.05.2901" is not in the tree, `) || !strings.Contains(told, "import its areas") {
		t.Errorf("%+v, told: %s", r, told)
	}
	if r, told := bring(t, f, without(k.of(m1), "survei_kelurahan_id")); r.Refused != 1 || !strings.Contains(told, "raw:2: survei_kelurahan_id: refused: no village") {
		t.Errorf("%+v, told: %s", r, told)
	}
	renumber(t, f, map[string]string{first: other})
	if r, told := bring(t, f, k.of(m1)); r.Refused != 0 || sehatOf(t, f, 0) != "1/1" {
		t.Errorf("%+v, told: %s", r, told)
	}
}
