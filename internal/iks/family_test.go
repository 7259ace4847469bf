package iks

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"testing"
)

// The short form of testdata/iks-families.jsonl: its first line explains it.
// Cases in this package's tests use it too.

type shortFamily struct {
	ID        string             `json:"id"`
	What      string             `json:"what"`
	Household map[string]*string `json:"household"`
	Members   []shortMember      `json:"members"`
	Values    string             `json:"values"`
	IKS       *string            `json:"iks"`
	IKS3      *string            `json:"iks3"`
	Category  string             `json:"category"`
	Inti      string             `json:"inti"` // ours: values of inti, where they differ
}

// shortMember is one member with the defaults already applied.
type shortMember struct {
	id, mother, partner *int
	out                 bool // ours: not head, spouse or child
	member              Member
}

func (s *shortMember) UnmarshalJSON(raw []byte) error {
	fields := struct {
		Sex      string `json:"sex"`
		M        int16  `json:"m"`
		Married  bool   `json:"married"`
		Marital  *int   `json:"marital"` // ours: 0 not answered, 3 divorced, 4 widowed
		Pregnant bool   `json:"pregnant"`
		ID       *int   `json:"id"`
		Mother   *int   `json:"mother"`
		Partner  *int   `json:"partner"`
		Out      bool   `json:"out"`
		BP       []int  `json:"bp"`
		Reason   string `json:"kb_reason"`
	}{}
	if err := json.Unmarshal(raw, &fields); err != nil {
		return err
	}
	answers := map[string]json.RawMessage{}
	if err := json.Unmarshal(raw, &answers); err != nil {
		return err
	}
	get := func(name, byDefault string) Answer {
		text, there := answers[name]
		if !there {
			return letter(byDefault)
		}
		return letter(string(bytes.Trim(text, `"`)))
	}
	adult := func(byDefault string) string {
		if fields.M >= 180 {
			return byDefault
		}
		return ""
	}
	m := Member{
		AgeMonths: fields.M, Sex: map[string]Sex{"L": Male, "P": Female}[fields.Sex], Marital: Single, Inti: !fields.Out,
		HealthInsurance: get("jkn", "Y"), Smokes: get("merokok", "T"),
		UsesToilet: get("babj", adult("Y")), UsesCleanWater: get("sab", adult("Y")),
		Tuberculosis: get("tb", adult("T")), TuberculosisSymptoms: get("batuk", adult("T")), TuberculosisMedicine: get("obat_tb", ""),
		Hypertension: get("ht", adult("T")), HypertensionMedicine: get("obat_ht", ""),
		Contraception: get("kb", ""), BirthInFacility: get("faskes", ""),
		ExclusiveBreastfeeding: get("asi", ""), CompleteImmunisation: get("imun", ""), GrowthMonitored: get("tumbuh", ""),
	}
	m.ContraceptionReason = map[string]ContraceptionReason{"menopause": Menopause, "gangguan": ReproductiveDisorder, "ingin anak": WantsChild}[fields.Reason]
	if fields.Married {
		m.Marital = Married
	}
	if fields.Marital != nil {
		m.Marital = Marital(*fields.Marital)
	}
	if fields.Pregnant {
		m.Pregnant = Ya
	}
	if len(fields.BP) == 2 {
		m.SystolicMmhg, m.DiastolicMmhg = uint16(fields.BP[0]), uint16(fields.BP[1])
	}
	*s = shortMember{fields.ID, fields.Mother, fields.Partner, fields.Out, m}
	return nil
}

func letter(text string) Answer {
	return map[string]Answer{"Y": Ya, "T": Tidak}[text]
}

// compact turns the short form into a Household.
func (f *shortFamily) compact() *Household {
	get := func(name, byDefault string) Answer {
		text, there := f.Household[name]
		switch {
		case !there:
			return letter(byDefault)
		case text == nil:
			return NoAnswer
		}
		return letter(*text)
	}
	h := &Household{
		CleanWater: get("sab", "Y"), ProtectedWater: get("sat", "Y"), Toilet: get("jk", "Y"), SanitaryToilet: get("js", "Y"),
		MentalDisorder: get("gjb", "T"), MentalDisorderMedicine: get("obat_gjb", ""), Restrained: get("pasung", "T"),
	}
	find := func(id *int) Link {
		if id == nil {
			return 0
		}
		for i, s := range f.Members {
			if s.id != nil && *s.id == *id {
				return LinkTo(i)
			}
		}
		return LinkOutside
	}
	for _, s := range f.Members {
		m := s.member
		m.Spouse, m.Mother = find(s.partner), find(s.mother)
		h.Members = append(h.Members, m)
	}
	return h
}

// parse reads one family in the short form.
func parse(t testing.TB, text string) *shortFamily {
	t.Helper()
	f := &shortFamily{}
	if err := json.Unmarshal([]byte(text), f); err != nil {
		t.Fatalf("read %s: %v", text, err)
	}
	return f
}

func readFamilies(t testing.TB) []*shortFamily {
	t.Helper()
	file, err := os.Open("testdata/iks-families.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var families []*shortFamily
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		if f := parse(t, lines.Text()); f.ID != "" {
			families = append(families, f)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	if len(families) != 24 {
		t.Fatalf("read %d families, the file has 24", len(families))
	}
	return families
}
