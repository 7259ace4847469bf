package audit

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/merge"
)

// subjects read what stands behind the colon of a subject, and give it in its one form.
var subjects = map[string]func(text string) (string, error){
	"family": idOf, "change": idOf, "area": pathOf, "families": pathOf, "puskesmas": puskesmasOf,
	"account": numberOf, "device": numberOf, "registration": numberOf, "nominee": numberOf, "feedToken": numberOf,
}

// ParseSubject reads what a search names, "account:7", as entries name it; what none can
// name is an error.
func ParseSubject(text string) (string, error) {
	kind, rest, _ := strings.Cut(text, ":")
	parse := subjects[kind]
	if parse == nil {
		return "", fmt.Errorf("%q is no subject such as family:ID, account:NUMBER, device:NUMBER, registration:NUMBER, area:CODE or puskesmas:CODE", text)
	}
	rest, err := parse(rest)
	if err != nil {
		return "", fmt.Errorf("%q: %w", text, err)
	}
	return kind + ":" + rest, nil
}

func idOf(text string) (string, error) {
	id, err := merge.ParseID(text)
	return id.String(), err
}

func numberOf(text string) (string, error) {
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		return "", fmt.Errorf("%q is no number", text)
	}
	return strconv.FormatUint(n, 10), nil
}

func puskesmasOf(text string) (string, error) {
	code, err := area.ParsePuskesmas(text)
	return string(code), err
}

func pathOf(text string) (string, error) {
	if text == area.NationName { // as entries of the nation's contacts have it
		return text, nil
	}
	code, err := area.Parse(text)
	return code.String(), err
}
