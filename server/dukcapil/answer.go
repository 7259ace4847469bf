package dukcapil

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// The registry's answers, as institutions that use its web service show them:
// POST {url}/dukcapil/get_json/{consumer}/{method} with a JSON object of nik or
// nkk, user_id, password and ip_user; the answer is a page of records,
//
//	{"content":[{"NIK":"3204…","NO_KK":"3204…","NAMA_LGKP":"…",
//	  "JENIS_KLMIN":"PEREMPUAN","TGL_LHR":"1995-03-13",
//	  "STAT_HBKEL":"ISTRI","STATUS_KAWIN":"KAWIN", …}],
//	 "lastPage":true,"numberOfElements":1,"totalElements":1,…}
//
// Where there is none, the one record has RESPON, a sentence (sentence.go), or the page
// itself has it. Numbers come as text or as JSON numbers; words in capitals or not, or as the registry's codes.
// An agreement with Dukcapil may name fields otherwise: this file is the place.

// page is a whole answer. One without content is none: so it refuses this server, too.
type page struct {
	Content []entry `json:"content"`
	// LastPage false: there is more than was sent. Where it is absent, Total tells.
	LastPage *bool  `json:"lastPage"`
	Total    digits `json:"totalElements"`
	// Respon is a sentence in place of records.
	Respon string `json:"RESPON"`
}

// entry is a record of it; what the survey does not ask is not even decoded.
type entry struct {
	NIK      digits `json:"NIK"`
	NKK      digits `json:"NO_KK"`
	Name     string `json:"NAMA_LGKP"`
	Sex      digits `json:"JENIS_KLMIN"`
	Birth    string `json:"TGL_LHR"`
	Relation digits `json:"STAT_HBKEL"`
	Marital  digits `json:"STATUS_KAWIN"`
	Respon   string `json:"RESPON"`
}

// digits is a value that comes as text or as a number.
type digits string

// UnmarshalJSON takes either.
func (d *digits) UnmarshalJSON(data []byte) error {
	data = bytes.TrimSpace(data)
	switch {
	case bytes.Equal(data, []byte("null")):
		*d = ""
		return nil
	case len(data) > 0 && data[0] == '"':
		var text string
		if err := json.Unmarshal(data, &text); err != nil {
			return err
		}
		*d = digits(strings.TrimSpace(text))
		return nil
	}
	var number json.Number
	if err := json.Unmarshal(data, &number); err != nil {
		return err
	}
	*d = digits(number)
	return nil
}

// word is a value in the form in which the tables have it.
func word(text digits) string {
	return strings.ToUpper(strings.Join(strings.Fields(string(text)), " "))
}

// The registry's words and codes, in ours.
var (
	sexes = map[string]ksv1.Sex{
		"1": ksv1.Sex_SEX_MALE, "LAKI-LAKI": ksv1.Sex_SEX_MALE, "LAKI LAKI": ksv1.Sex_SEX_MALE, "L": ksv1.Sex_SEX_MALE,
		"2": ksv1.Sex_SEX_FEMALE, "PEREMPUAN": ksv1.Sex_SEX_FEMALE, "P": ksv1.Sex_SEX_FEMALE,
	}
	// maritals: the registry's 1 is single and its 2 married, where the survey's
	// paper form has them the other way round (DOMAIN.md section 2).
	maritals = map[string]ksv1.MaritalStatus{
		"1": ksv1.MaritalStatus_MARITAL_STATUS_SINGLE, "BELUM KAWIN": ksv1.MaritalStatus_MARITAL_STATUS_SINGLE,
		"2": ksv1.MaritalStatus_MARITAL_STATUS_MARRIED, "KAWIN": ksv1.MaritalStatus_MARITAL_STATUS_MARRIED,
		"KAWIN TERCATAT": ksv1.MaritalStatus_MARITAL_STATUS_MARRIED, "KAWIN BELUM TERCATAT": ksv1.MaritalStatus_MARITAL_STATUS_MARRIED,
		"KAWIN TIDAK TERCATAT": ksv1.MaritalStatus_MARITAL_STATUS_MARRIED,
		"3":                    ksv1.MaritalStatus_MARITAL_STATUS_DIVORCED, "CERAI HIDUP": ksv1.MaritalStatus_MARITAL_STATUS_DIVORCED,
		"CERAI HIDUP TERCATAT": ksv1.MaritalStatus_MARITAL_STATUS_DIVORCED, "CERAI HIDUP BELUM TERCATAT": ksv1.MaritalStatus_MARITAL_STATUS_DIVORCED,
		"4": ksv1.MaritalStatus_MARITAL_STATUS_WIDOWED, "CERAI MATI": ksv1.MaritalStatus_MARITAL_STATUS_WIDOWED,
	}
	// relations: the registry has eleven, the survey nine.
	relations = map[string]ksv1.Relation{
		"1": ksv1.Relation_RELATION_HEAD, "KEPALA KELUARGA": ksv1.Relation_RELATION_HEAD,
		"2": ksv1.Relation_RELATION_SPOUSE, "SUAMI": ksv1.Relation_RELATION_SPOUSE,
		"3": ksv1.Relation_RELATION_SPOUSE, "ISTRI": ksv1.Relation_RELATION_SPOUSE, "ISTERI": ksv1.Relation_RELATION_SPOUSE,
		"4": ksv1.Relation_RELATION_CHILD, "ANAK": ksv1.Relation_RELATION_CHILD,
		"5": ksv1.Relation_RELATION_CHILD_IN_LAW, "MENANTU": ksv1.Relation_RELATION_CHILD_IN_LAW,
		"6": ksv1.Relation_RELATION_GRANDCHILD, "CUCU": ksv1.Relation_RELATION_GRANDCHILD,
		"7": ksv1.Relation_RELATION_PARENT, "ORANG TUA": ksv1.Relation_RELATION_PARENT, "ORANGTUA": ksv1.Relation_RELATION_PARENT,
		"8": ksv1.Relation_RELATION_PARENT, "MERTUA": ksv1.Relation_RELATION_PARENT,
		"9": ksv1.Relation_RELATION_OTHER_RELATIVE, "FAMILI LAIN": ksv1.Relation_RELATION_OTHER_RELATIVE, "FAMILI": ksv1.Relation_RELATION_OTHER_RELATIVE,
		"10": ksv1.Relation_RELATION_DOMESTIC_WORKER, "PEMBANTU": ksv1.Relation_RELATION_DOMESTIC_WORKER,
		"11": ksv1.Relation_RELATION_OTHER, "LAINNYA": ksv1.Relation_RELATION_OTHER,
	}
)

// records are those of an answer that are in force.
type records struct {
	list []entry
	// notInForce is how many there were besides.
	notInForce int
}

// recordsOf reads an answer; there is one record at least. Errors: ErrNoRecord, ErrRefused,
// *QuotaError.
func recordsOf(body []byte) (out records, err error) {
	var p page
	if err := json.Unmarshal(body, &p); err != nil {
		// The decoder's error quotes what it met: it is not passed on.
		return out, fmt.Errorf("%w: answer is not of the agreed form", ErrRefused)
	}
	if err := meaningOf(p.Respon); err != nil {
		return out, err
	}
	if p.Content == nil {
		return out, fmt.Errorf("%w: answer without a page of records", ErrRefused)
	}
	if !p.whole() {
		return out, fmt.Errorf("%w: answer has several pages", ErrRefused)
	}
	for _, e := range p.Content {
		switch err := meaningOf(e.Respon); {
		case err == nil:
			out.list = append(out.list, e)
		case errors.Is(err, ErrNoRecord):
			out.notInForce++
		default:
			return records{}, err
		}
	}
	if len(out.list) == 0 {
		return records{}, ErrNoRecord
	}
	return out, nil
}

// whole tells whether there is no more than was sent.
func (p *page) whole() bool {
	if p.LastPage != nil {
		return *p.LastPage
	}
	total, err := strconv.Atoi(string(p.Total))
	return err != nil || total <= len(p.Content)
}

// person is what the survey needs of a record. Errors: ErrRefused.
func (e *entry) person(today prokesga.Date) (*ksv1.RegistryPerson, error) {
	nik, err := prokesga.ParseNIK(string(e.NIK))
	name := nameOf(e.Name)
	if err != nil || name == "" {
		return nil, fmt.Errorf("%w: a record without number or name", ErrRefused)
	}
	out := &ksv1.RegistryPerson{Nik: uint64(nik), Name: name}
	if v, ok := sexes[word(e.Sex)]; ok {
		out.Sex = &v
	}
	if v, ok := relations[word(e.Relation)]; ok {
		out.Relation = &v
	}
	if v, ok := maritals[word(e.Marital)]; ok {
		out.MaritalStatus = &v
	}
	if birth := birthOf(e.Birth, today); birth != "" {
		out.BirthDate = &birth
	}
	return out, nil
}

// birthYearMin is the first year that somebody who lives today can have been born in; what
// registries have before it stands for an unknown date.
const birthYearMin = 1900

// birthOf is a birth date in ISO 8601; "": none that can be.
func birthOf(text string, today prokesga.Date) string {
	for _, layout := range []string{"2006-01-02", "02-01-2006", "02/01/2006", "2006-01-02 15:04:05", "2006-01-02T15:04:05"} {
		moment, err := time.Parse(layout, strings.TrimSpace(text))
		if err != nil {
			continue
		}
		if date := prokesga.DateOf(moment); date.Year() >= birthYearMin && !date.After(today) {
			return date.String()
		}
	}
	return ""
}

// nameRunesMax is the limit of Member.name.
const nameRunesMax = 200

// nameOf is a name of one line: registries have several blanks in a row, and signs that
// are not printed.
func nameOf(text string) string {
	name := []rune(strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }), " "))
	return strings.TrimSpace(string(name[:min(len(name), nameRunesMax)]))
}
