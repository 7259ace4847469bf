package field

import (
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/rawsurvei"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/exchange"
)

// orders are all orders of files.
func orders(files []string) [][]string {
	if len(files) < 2 {
		return [][]string{files}
	}
	var out [][]string
	for i, first := range files {
		for _, rest := range orders(slices.Concat(files[:i], files[i+1:])) {
			out = append(out, append([]string{first}, rest...))
		}
	}
	return out
}

func inYear(t *testing.T, f *Field, year int) string {
	t.Helper()
	return exportAs(t, f, exchange.Export{Format: rawsurvei.CSV, Year: year})
}

func (f rawFamily) deletedThere() rawFamily {
	f.deleted = "1"
	return f
}

func (f rawFamily) movedAway() rawFamily {
	f.moved = "1"
	return f
}

// A removal in one year's file is of that year's round: figures of other years stay, and
// the order of the files decides nothing.
func TestARemovalIsOfTheRoundOfItsFile(t *testing.T) {
	a, b, c := k1("2018-02-03"), k1("2019-02-10"), k1("2020-01-20")
	for name, x := range map[string]struct {
		files []string
		want  map[int]string // sehat/surveyed by year
	}{
		"a member removed, then there":   {[]string{a.of(m1, m2.removed()), b.of(m1, m2)}, map[int]string{0: "0/1", 2018: "1/1", 2019: "0/1"}},
		"a member there, then removed":   {[]string{a.of(m1, m2), b.of(m1, m2.removed())}, map[int]string{0: "1/1", 2018: "0/1", 2019: "1/1"}},
		"a member removed twice":         {[]string{a.of(m1, m2.removed()), b.of(m1, m2.removed())}, map[int]string{0: "1/1", 2018: "1/1", 2019: "1/1"}},
		"a member removed in between":    {[]string{a.of(m1, m2), b.of(m1, m2.removed()), c.of(m1, m2)}, map[int]string{0: "0/1", 2018: "0/1", 2019: "1/1", 2020: "0/1"}},
		"a member removed for good":      {[]string{a.of(m1, m2), b.of(m1, m2.removed()), c.of(m1, m2.removed())}, map[int]string{0: "1/1", 2018: "0/1", 2019: "1/1", 2020: "1/1"}},
		"a family deleted, then there":   {[]string{a.deletedThere().of(m1), b.of(m1)}, map[int]string{0: "1/1", 2018: "0/0", 2019: "1/1"}},
		"a family moved, then there":     {[]string{a.movedAway().of(m1), b.of(m1)}, map[int]string{0: "1/1", 2018: "0/0", 2019: "1/1"}},
		"a family there, then deleted":   {[]string{a.of(m1), b.deletedThere().of(m1)}, map[int]string{0: "0/0", 2018: "1/1", 2019: "0/0"}},
		"a family there, then moved":     {[]string{a.of(m1), b.movedAway().of(m1)}, map[int]string{0: "0/0", 2018: "1/1", 2019: "0/0"}},
		"a family deleted twice":         {[]string{a.deletedThere().of(m1), b.deletedThere().of(m1)}, map[int]string{0: "0/0", 2018: "0/0", 2019: "0/0"}},
		"a family moved away in between": {[]string{a.of(m1), b.movedAway().of(m1), c.of(m1)}, map[int]string{0: "1/1", 2018: "1/1", 2019: "0/0", 2020: "1/1"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var first []string
			for n, order := range orders(x.files) {
				f := newField(t, 1, nil)
				if r, told := bring(t, f, order...); r.Refused != 0 {
					t.Fatalf("order %d: %s", n, told)
				}
				var out []string
				for _, year := range []int{0, 2018, 2019, 2020} {
					if got := sehatOf(t, f, year); x.want[year] != "" && got != x.want[year] {
						t.Errorf("order %d, year %d: %s, want %s", n, year, got, x.want[year])
					}
					out = append(out, inYear(t, f, year))
				}
				if first == nil {
					first = out
				}
				for i := range out {
					if out[i] != first[i] {
						t.Errorf("order %d gives\n%s\nnot\n%s", n, out[i], first[i])
					}
				}
				if r, _ := bring(t, f, order[len(order)-1]); r.Unchanged+r.Older != 1 {
					t.Errorf("order %d, the last file again: %+v", n, r)
				}
			}
		})
	}
}

// A newer correction takes back what its columns say, whatever others it lacks.
func TestANewerCorrectionSpeaksByItsColumns(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		a := k1("2018-02-03")
		later := func(updated string) rawFamily {
			a.updated = updated
			return a
		}
		bring(t, f, a.deletedThere().of(m1, m2.removed()))
		for _, c := range []struct{ file, want, what string }{
			{later("2018-03-03 08:00:00").of(m1, m2.removed()), "1/1", "the family is back"},
			{later("2018-04-03 08:00:00").of(m1, m2), "0/1", "the member is back"},
			{later("2018-05-03 08:00:00").of(m1, m2.removed()), "1/1", "the member is removed"},
			{without(later("2018-06-03 08:00:00").of(m1, m2), "survei_individu_status_delete", "survei_individu_merokok"), "1/1", "no column says so"},
			{later("2018-07-03 08:00:00").of(rawMember{id: "M1", relation: "1", birth: "1980-02-03", gone: "0"}, m2.removed()), "0/1", "an answer is emptied"},
		} {
			if r, told := bring(t, f, c.file); r.Refused+r.Unchanged != 0 {
				t.Errorf("%s: %+v, told: %s", c.what, r, told)
			}
			if got := sehatOf(t, f, 0); got != c.want {
				t.Errorf("%s: %s, want %s", c.what, got, c.want)
			}
		}
	})
}

// A column that is not there leaves the place and what is carried as they were.
func TestAColumnThatIsNotThereSaysNothing(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	a := k1("2018-02-03")
	text := strings.ReplaceAll(a.of(m1), "\nK1,", "\nweb,007,003,77,Jalan Lama,K1,")
	text = "survei_sumber,survei_rt_new,survei_rw_new,old_id,survei_alamat," + text
	bring(t, f, text)
	before := export(t, f)
	a.updated = "2018-03-03 08:00:00"
	bring(t, f, a.of(m1))
	if after := strings.ReplaceAll(export(t, f), "2018-03-03 08:00:00", "2018-02-03 23:00:00"); after != before {
		t.Errorf("exported\n%s\nnot\n%s", after, before)
	}
}

// without takes columns out of a file.
func without(text string, names ...string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	head := strings.Split(lines[0], ",")
	var out strings.Builder
	for _, line := range lines {
		var cells []string
		for i, cell := range strings.Split(line, ",") {
			if !slices.Contains(names, head[i]) {
				cells = append(cells, cell)
			}
		}
		out.WriteString(strings.Join(cells, ",") + "\n")
	}
	return out.String()
}

// A correction never moves the survey date, nor with it the ages.
func TestACorrectionByFileNeverMovesTheSurveyDate(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		girl := rawMember{id: "M1", relation: "1", birth: "2003-02-20", smokes: "T", gone: "0"}
		boy := rawMember{id: "M2", relation: "3", age: "15", smokes: "T", gone: "0"}
		bring(t, f, k1("2018-02-03").of(girl, boy))
		before := export(t, f)
		_, told := bring(t, f, k1("2018-03-01").of(girl, boy))
		if !strings.Contains(told, "survei_tanggal: warning: 2018-03-01; the survey of that year is of 2018-02-03") {
			t.Errorf("told: %s", told)
		}
		if after := strings.ReplaceAll(export(t, f), "2018-03-01 23", "2018-02-03 23"); after != before {
			t.Errorf("exported\n%s\nnot\n%s", after, before)
		}
		bring(t, f, k1("2018-12-01").deletedThere().of(girl, boy))
		if got := sehatOf(t, f, 0) + " " + sehatOf(t, f, 2018); got != "0/0 0/0" {
			t.Errorf("deleted later in the year: %s", got)
		}
	})
}

// An age stated in a file that corrects a device's round is as of that round.
func TestAnAgeStatedBesideADevicesRound(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	bring(t, f, k1("2017-02-03").of(m1))
	u, id := whoseFamily(t, f)
	if _, err := u.SaveRound(t.Context(), id, u.NewID(), &ksv1.Round{SurveyDate: proto.String("2018-02-03")}, nil); err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	a := k1("2018-02-10")
	a.updated = "2030-01-01 08:00:00"
	bring(t, f, a.of(m1, rawMember{id: "M2", relation: "3", age: "15", smokes: "T", gone: "0"}))
	if out := inYear(t, f, 2018); !strings.Contains(out, "180,15,1,2") || !strings.Contains(out, "2018-02-03") {
		t.Errorf("15 years are stated; exported:\n%s", out)
	}
}

// The age that a later year's file states leaves that of the earlier round, whether or not both
// may be of one birth; the order of the files decides nothing.
func TestAStatedAgeOfAnEarlierRoundStays(t *testing.T) {
	t.Parallel()
	boy := func(age string) rawMember {
		return rawMember{id: "M2", relation: "3", age: age, smokes: "T", gone: "0"}
	}
	a := k1("2018-01-10").of(m1, boy("15"))
	alone := newField(t, 1, nil)
	bring(t, alone, a)
	for later, want := range map[string]string{"16": ",192,16,1,2", "15": ",180,15,1,2", "40": ",480,40,1,2"} {
		for n, order := range orders([]string{a, k1("2019-12-10").of(m1, boy(later))}) {
			f := newField(t, 1, nil)
			bring(t, f, order...)
			if got, want := inYear(t, f, 2018), inYear(t, alone, 2018); got != want {
				t.Errorf("%s, order %d: the round of 2018 is\n%s\nnot\n%s", later, n, got, want)
			}
			if out := inYear(t, f, 2019); !strings.Contains(out, want) {
				t.Errorf("%s, order %d: %s years are stated; exported:\n%s", later, n, later, out)
			}
		}
	}
}

// What a surveyor is told next year leaves the earlier round, too, on the device and here.
func TestAnAgeStatedOnADeviceLeavesTheEarlierRound(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	bring(t, f, k1("2018-01-10").of(m1, rawMember{id: "M2", relation: "3", age: "15", smokes: "T", gone: "0"}))
	before := inYear(t, f, 2018)
	u, id := whoseFamily(t, f)
	h, err := u.Family(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	boy, err := clientsdk.ParseID(h.GetMembers()[1].GetMemberId())
	if err != nil {
		t.Fatal(err)
	}
	told := &ksv1.Member{StatedAge: &ksv1.StatedAge{Months: 12 * 14, AsOf: "2019-01-10"}}
	if _, err := u.Save(t.Context(), id, clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindMember, Member: boy}, Set: told}); err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	if got := inYear(t, f, 2018); got != before {
		t.Errorf("the round of 2018 is\n%s\nnot\n%s", got, before)
	}
	// Nor does it keep out a correction of the earlier year.
	bring(t, f, k1("2018-01-10").of(m1, rawMember{id: "M2", relation: "3", age: "16", smokes: "T", gone: "0"}))
	if got := inYear(t, f, 2018); !strings.Contains(got, ",192,16,1,2") {
		t.Errorf("corrected to 16 years, the round of 2018 is\n%s", got)
	}
}

// Where the survey date is corrected, the ages stated on it are of the right one.
func TestAStatedAgeFollowsItsSurveyDate(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	bring(t, f, k1("2018-01-10").of(m1, rawMember{id: "M2", relation: "3", age: "15", smokes: "T", gone: "0"}))
	u, id := whoseFamily(t, f)
	h, err := u.Family(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	round, err := clientsdk.ParseID(h.GetRounds()[0].GetRoundId())
	if err != nil {
		t.Fatal(err)
	}
	right := &ksv1.Round{SurveyDate: proto.String("2018-03-10")}
	if _, err := u.Save(t.Context(), id, clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindRound, Record: round}, Set: right}); err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	if h, err = u.Family(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if boy := h.GetMembers()[1].GetMember(); boy.GetStatedAge().GetAsOf() != "2018-03-10" || boy.GetStatedAges() != nil {
		t.Errorf("stated %v, at other surveys %v", boy.GetStatedAge(), boy.GetStatedAges())
	}
	if got := inYear(t, f, 2018); !strings.Contains(got, ",180,15,1,2") {
		t.Errorf("15 years are stated; the round of 2018 is\n%s", got)
	}
}
