package merge

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// home is a family written down: its members, and who took part in its rounds by date.
type home struct {
	n       uint64
	members map[uint64]*ksv1.Member
	rounds  map[string][]uint64
}

func (h home) household() *ksv1.Household {
	out := &ksv1.Household{FamilyId: personID(h.n), Family: &ksv1.Family{}}
	for _, n := range slices.Sorted(maps.Keys(h.members)) {
		out.Members = append(out.Members, &ksv1.HouseholdMember{MemberId: personID(n), Member: h.members[n]})
	}
	for i, date := range slices.Sorted(maps.Keys(h.rounds)) {
		r := &ksv1.HouseholdRound{RoundId: personID(h.n*100 + uint64(i)), Round: &ksv1.Round{SurveyDate: proto.String(date)}}
		for _, n := range h.rounds[date] {
			r.Individuals = append(r.Individuals, &ksv1.HouseholdIndividual{MemberId: personID(n), Individual: &ksv1.Individual{Present: proto.Bool(true)}})
		}
		out.Rounds = append(out.Rounds, r)
	}
	return out
}

func personID(n uint64) string { return NewID(1, 1, n).String() }

// after is the kept family once the other has gone over into it, by a change. Doing it again
// has no second effect.
func (h home) after(t *testing.T, other home) *ksv1.Household {
	t.Helper()
	state, from := stateOf(t, h.household(), 1, 1000), stateOf(t, other.household(), 2, 1000)
	unite(t, &state, &from, 2000)
	if again := unite(t, &state, &from, 3000); len(again) > 0 {
		t.Errorf("done again it says %v", again)
	}
	view, err := View(&state)
	if err != nil {
		t.Fatal(err)
	}
	return view
}

// stateOf is a household as an account's device of its number wrote it.
func stateOf(t *testing.T, h *ksv1.Household, device uint32, at uint64) State {
	t.Helper()
	id, err := ParseID(h.GetFamilyId())
	if err != nil {
		t.Fatal(err)
	}
	edits, err := Edits(h)
	if err != nil {
		t.Fatal(err)
	}
	state := State{Family: id}
	write(t, &state, device, at, edits)
	return state
}

func write(t *testing.T, state *State, device uint32, at uint64, edits []RecordEdit) {
	t.Helper()
	change, differs, err := NewChange(state, Stamp{TimeMS: at, Device: device, Incarnation: 1}, edits)
	if err != nil {
		t.Fatal(err)
	}
	if !differs {
		return
	}
	change.Author = device
	delta, err := FromChange(change)
	if err != nil {
		t.Fatal(err)
	}
	*state = Join(*state, delta)
}

// unite has a third account make two families one.
func unite(t *testing.T, kept, other *State, at uint64) []RecordEdit {
	t.Helper()
	into, err := View(kept)
	if err != nil {
		t.Fatal(err)
	}
	edits, err := Unite(into, other)
	if err != nil {
		t.Fatal(err)
	}
	write(t, kept, 3, at, edits)
	return edits
}

// told is a household in short: who is in it, why not, and who took part in which round.
func told(h *ksv1.Household) string {
	number := func(text string) uint64 {
		id, err := ParseID(text)
		if err != nil {
			return 0
		}
		_, _, n, _ := id.Source()
		return n
	}
	var out []string
	for _, m := range h.GetMembers() {
		line := fmt.Sprint(number(m.GetMemberId()))
		if r := m.GetMember().GetRemoval(); r != nil {
			line += " " + strings.TrimPrefix(r.GetReason().String(), "REMOVAL_REASON_") + " " + r.GetDate()
			if r.GetKeptId() != "" {
				line += fmt.Sprint(" for ", number(r.GetKeptId()))
			}
		}
		if to := m.GetMember().GetMovedToFamilyId(); to != "" {
			line += fmt.Sprint(" to ", number(to))
		}
		if mother := m.GetMember().GetMotherId(); mother != "" {
			line += fmt.Sprint(" of ", number(mother))
		}
		out = append(out, line)
	}
	for _, r := range h.GetRounds() {
		line := r.GetRound().GetSurveyDate() + ":"
		for _, x := range r.GetIndividuals() {
			line += fmt.Sprint(" ", number(x.GetMemberId()))
		}
		out = append(out, line)
	}
	slices.Sort(out)
	return strings.Join(out, "; ")
}

const asepsNIK = 3204051001700001

func asep(nik uint64) *ksv1.Member {
	m := &ksv1.Member{Name: proto.String("Asep"), BirthDate: proto.String("1970-01-10"), Sex: ksv1.Sex_SEX_MALE.Enum()}
	if nik != 0 {
		m.Nik = proto.Uint64(nik)
	}
	return m
}

func named(name string) *ksv1.Member {
	return &ksv1.Member{Name: proto.String(name), Sex: ksv1.Sex_SEX_MALE.Enum()}
}

func baby(sex ksv1.Sex) *ksv1.Member {
	return &ksv1.Member{Name: proto.String("Bayi Ny. Siti"), BirthDate: proto.String("2025-12-01"), Sex: sex.Enum()}
}

func gone(m *ksv1.Member, reason ksv1.RemovalReason, date string, kept uint64) *ksv1.Member {
	m.Removal = &ksv1.Removal{Reason: reason, Date: date}
	if kept != 0 {
		m.Removal.KeptId = personID(kept)
	}
	return m
}

func to(m *ksv1.Member, family uint64) *ksv1.Member {
	m.MovedToFamilyId = proto.String(personID(family))
	return m
}

func formerly(m *ksv1.Member, id uint64) *ksv1.Member {
	m.FormerMemberId = proto.String(personID(id))
	return m
}

func childOf(m *ksv1.Member, id uint64) *ksv1.Member {
	m.MotherId = proto.String(personID(id))
	return m
}

type people = map[uint64]*ksv1.Member

type surveys = map[string][]uint64

// Members of the kept family 1 are 11 and up, of the other 2 they are 21 and up.
func TestUniteKnowsWhoIsWhom(t *testing.T) {
	t.Parallel()
	const boy, girl = ksv1.Sex_SEX_MALE, ksv1.Sex_SEX_FEMALE
	for name, c := range map[string]struct {
		kept, other home
		want        string
	}{
		"the entry that stands, not its double": {
			home{1, people{11: gone(asep(0), enteredTwice, "2026-01-05", 12), 12: asep(asepsNIK)}, nil},
			home{2, people{21: asep(asepsNIK)}, surveys{"2026-06-05": {21}}},
			"11 ENTERED_TWICE 2026-01-05 for 12; 12; 2026-06-05: 12",
		},
		"who split off to a double is whom that one is": {
			home{1, people{11: gone(named("Asep"), enteredTwice, "2026-01-05", 12), 12: named("Asep S")}, nil},
			home{2, people{21: formerly(named("Asep"), 11)}, surveys{"2026-06-05": {21}}},
			"11 ENTERED_TWICE 2026-01-05 for 12; 12; 2026-06-05: 12",
		},
		"nobody who was removed as a double without saying of whom": {
			home{1, people{11: gone(asep(0), enteredTwice, "2026-01-05", 0)}, nil},
			home{2, people{21: asep(0)}, surveys{"2026-06-05": {21}}},
			"11 ENTERED_TWICE 2026-01-05; 2026-06-05: 21; 21",
		},
		"a double of the other family stays one": {
			home{1, people{11: asep(asepsNIK)}, nil},
			home{2, people{21: asep(asepsNIK), 22: gone(asep(0), enteredTwice, "2026-01-05", 21)}, surveys{"2026-06-05": {21, 22}}},
			"11; 2026-06-05: 11 22; 22 ENTERED_TWICE 2026-01-05 for 11",
		},
		"who was removed there as the kept family's": {
			home{1, people{11: named("Asep")}, nil},
			home{2, people{21: gone(named("A. Sulaeman"), enteredTwice, "2026-01-05", 11)}, surveys{"2026-06-05": {21}}},
			"11; 2026-06-05: 11",
		},
		"who moved away and was met there later is back": {
			home{1, people{11: gone(asep(asepsNIK), moved, "2026-02-05", 0)}, surveys{"2026-01-05": {11}}},
			home{2, people{21: asep(asepsNIK)}, surveys{"2026-06-05": {21}}},
			"11; 2026-01-05: 11; 2026-06-05: 11",
		},
		"who moved away and was met there before is away": {
			home{1, people{11: gone(asep(asepsNIK), moved, "2026-02-05", 0)}, nil},
			home{2, people{21: asep(asepsNIK)}, surveys{"2026-01-05": {21}}},
			"11 MOVED 2026-02-05; 2026-01-05: 11",
		},
		"who moved away twice is away since the second time": {
			home{1, people{11: gone(asep(asepsNIK), moved, "2026-02-05", 0)}, nil},
			home{2, people{21: to(gone(asep(asepsNIK), moved, "2026-07-05", 0), 3)}, surveys{"2026-06-05": {21}}},
			"11 MOVED 2026-07-05 to 3; 2026-06-05: 11",
		},
		"twins without a name, in order": {
			home{1, people{11: baby(boy), 12: baby(boy)}, nil},
			home{2, people{21: baby(boy), 22: baby(boy)}, surveys{"2026-06-05": {21, 22}}},
			"11; 12; 2026-06-05: 11 12",
		},
		"the girl of twins is the girl": {
			home{1, people{11: baby(boy), 12: baby(girl)}, nil},
			home{2, people{21: baby(girl), 22: baby(boy)}, surveys{"2026-06-01": {21}, "2026-06-05": {22}}},
			"11; 12; 2026-06-01: 12; 2026-06-05: 11",
		},
		"a third one of that name goes over": {
			home{1, people{11: baby(boy)}, nil},
			home{2, people{21: baby(boy), 22: baby(boy)}, surveys{"2026-06-05": {21, 22}}},
			"11; 2026-06-05: 11 22; 22",
		},
		"two of one NIK stay two": {
			home{1, people{11: asep(asepsNIK)}, nil},
			home{2, people{21: asep(asepsNIK), 22: func() *ksv1.Member { m := named("Dewi"); m.Nik = proto.Uint64(asepsNIK); return m }()}, surveys{"2026-06-05": {21, 22}}},
			"11; 2026-06-05: 11 22; 22",
		},
		"who split off from the kept family is back": {
			home{1, people{11: to(gone(named("Asep"), moved, "2026-03-31", 0), 2)}, nil},
			home{2, people{21: formerly(named("Asep"), 11)}, surveys{"2026-05-01": {21}}},
			"11; 2026-05-01: 11",
		},
		"who split off to the kept family is one": {
			home{1, people{11: formerly(named("Asep"), 21)}, surveys{"2026-05-01": {11}}},
			home{2, people{21: to(gone(named("Asep"), moved, "2026-03-31", 0), 1), 22: named("Budi")}, surveys{"2026-01-05": {21, 22}}},
			"11; 2026-01-05: 11 22; 2026-05-01: 11; 22",
		},
	} {
		if got := told(c.kept.after(t, c.other)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestUniteLosesNoDepartureAndNoMother(t *testing.T) {
	t.Parallel()
	siti := func() *ksv1.Member { return named("Siti") }
	for name, c := range map[string]struct {
		kept, other home
		want        string
	}{
		"a death": {
			home{1, people{11: asep(0)}, surveys{"2026-03-05": {11}}},
			home{2, people{21: gone(asep(0), died, "2026-02-05", 0)}, nil},
			"11 DIED 2026-02-05; 2026-03-05: 11",
		},
		"a death of somebody who was met after it in the other": {
			home{1, people{11: gone(asep(0), died, "2026-02-05", 0)}, nil},
			home{2, people{21: asep(0)}, surveys{"2026-03-05": {21}}},
			"11 DIED 2026-02-05; 2026-03-05: 11",
		},
		"a departure": {
			home{1, people{11: asep(0)}, surveys{"2026-01-05": {11}}},
			home{2, people{21: to(gone(asep(0), moved, "2026-02-05", 0), 3)}, nil},
			"11 MOVED 2026-02-05 to 3; 2026-01-05: 11",
		},
		"the death of one of two twins": {
			home{1, people{11: baby(ksv1.Sex_SEX_FEMALE), 12: baby(ksv1.Sex_SEX_FEMALE)}, nil},
			home{2, people{21: gone(baby(ksv1.Sex_SEX_FEMALE), died, "2026-02-01", 0)}, surveys{"2026-01-06": {21}}},
			"11 DIED 2026-02-01; 12; 2026-01-06: 11",
		},
		"of two twins the one whose death both know": {
			home{1, people{11: baby(ksv1.Sex_SEX_FEMALE), 12: gone(baby(ksv1.Sex_SEX_FEMALE), died, "2026-02-01", 0)}, nil},
			home{2, people{21: gone(baby(ksv1.Sex_SEX_FEMALE), died, "2026-02-01", 0)}, surveys{"2026-01-06": {21}}},
			"11; 12 DIED 2026-02-01; 2026-01-06: 12",
		},
		"but not of who was met later": {
			home{1, people{11: asep(0)}, surveys{"2026-03-05": {11}}},
			home{2, people{21: gone(asep(0), moved, "2026-02-05", 0)}, nil},
			"11; 2026-03-05: 11",
		},
		"a dead member of the other alone": {
			home{1, people{11: asep(0)}, nil},
			home{2, people{21: gone(named("Budi"), died, "2026-02-05", 0)}, surveys{"2026-01-05": {21}}},
			"11; 2026-01-05: 21; 21 DIED 2026-02-05",
		},
		"a mother of both": {
			home{1, people{11: formerly(siti(), 21), 12: baby(ksv1.Sex_SEX_MALE)}, nil},
			home{2, people{21: siti(), 22: childOf(baby(ksv1.Sex_SEX_MALE), 21)}, nil},
			"11; 12 of 11",
		},
		"a mother who goes over": {
			home{1, people{12: baby(ksv1.Sex_SEX_MALE)}, nil},
			home{2, people{21: siti(), 22: childOf(baby(ksv1.Sex_SEX_MALE), 21)}, nil},
			"12 of 21; 21",
		},
		"but not another one": {
			home{1, people{11: siti(), 12: childOf(baby(ksv1.Sex_SEX_MALE), 11)}, nil},
			home{2, people{21: siti(), 22: childOf(baby(ksv1.Sex_SEX_MALE), 21)}, nil},
			"11; 12 of 11; 21",
		},
	} {
		if got := told(c.kept.after(t, c.other)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
