package field

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// columnsTurned is a file with its columns in another order.
func columnsTurned(text string, random *rand.Rand) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	order := random.Perm(strings.Count(lines[0], ",") + 1)
	for n, line := range lines {
		cells := strings.Split(line, ",")
		var turned []string
		for _, at := range order {
			turned = append(turned, cells[at])
		}
		lines[n] = strings.Join(turned, ",")
	}
	return strings.Join(lines, "\n") + "\n"
}

// A file that says what is stored writes nothing, so that an approval stays: in whatever
// order its columns stand, and where it is our own.
func TestAFileThatSaysTheSameChangesNothing(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		random := rand.New(rand.NewPCG(1, 2))
		child := rawMember{id: "M3", relation: "3", age: "4", smokes: "T", gone: "0"}
		text := k1("2018-02-03").of(m1, m2.removed(), child)
		for _, name := range []string{"old_id", "catatan", "survei_migrasi", "survei_individu_old_id", "survei_sumber", "survei_individu_status_nik", "survei_kode"} {
			text = withColumn(text, name, "c"+name[len(name)-2:])
		}
		bring(t, f, text)
		first := export(t, f)
		for n, again := range []string{text, first, columnsTurned(text, random), columnsTurned(first, random), columnsTurned(text, random)} {
			if r, told := bring(t, f, again); r.Unchanged != 1 || r.Refused != 0 {
				t.Errorf("file %d: %d unchanged, %d refused, told: %s", n, r.Unchanged, r.Refused, told)
			}
		}
		if last := export(t, f); last != first {
			t.Errorf("exported\n%s\nnot\n%s", last, first)
		}
	})
}
