package main

import (
	"fmt"
	"strings"
	"testing"
)

const (
	jsonFather = `{"memberId":"a","member":{"sex":"SEX_MALE","birthDate":"1984-02-03"}}`
	jsonMother = `{"memberId":"b","member":{"sex":"SEX_FEMALE","birthDate":"1985-02-03"}}`
	jsonHead   = `{"memberId":"a","individual":{"relation":"RELATION_HEAD","smokes":"ANSWER_TIDAK"}}`
	jsonWife   = `{"memberId":"b","individual":{"relation":"RELATION_SPOUSE","smokes":"ANSWER_YA"}}`
)

func jsonFamily(id, more, members string, rounds ...string) string {
	return fmt.Sprintf(`{"familyId":%q,%s"members":[%s],"rounds":[%s]}`, id, more, members, strings.Join(rounds, ","))
}

func jsonRound(id, date, individuals string) string {
	return fmt.Sprintf(`{"roundId":%q,"round":{"surveyDate":%q},"individuals":[%s]}`, id, date, individuals)
}

func TestBrokenIDsOfJSONFamiliesAreRefused(t *testing.T) {
	t.Parallel()
	both := jsonFather + "," + jsonMother
	whole := jsonRound("r", "2024-05-17", jsonHead+","+jsonWife)
	nameless := func(text, id string) string { return strings.Replace(text, `"memberId":"`+id+`",`, "", 1) }
	for want, text := range map[string]string{
		"round r: member a stands there twice":       jsonFamily("F", "", both, jsonRound("r", "2024-05-17", jsonHead+","+strings.Replace(jsonWife, `"b"`, `"a"`, 1))),
		"round r: a member has no memberId":          jsonFamily("F", "", both, jsonRound("r", "2024-05-17", nameless(jsonHead, "a")+","+jsonWife)),
		"a member has no memberId":                   jsonFamily("F", "", nameless(both, "a"), whole),
		"round r: member b is none of the family's":  jsonFamily("F", "", jsonFather, whole),
		"round r stands there twice":                 jsonFamily("F", "", both, whole, jsonRound("r", "2023-05-17", jsonHead)),
		"villageCode is no code of a village":        jsonFamily("F", `"villageCode":"32.04.05.201",`, both, whole),
		"villageCode is no code of a village, such ": jsonFamily("F", `"villageCode":"32.04.05",`, both, whole),
	} {
		code, out, errs := runIKSCommand(t, text+"\n"+jsonFamily("G", "", both, whole), "--from", "json", "-")
		if code != exitIncomplete || familiesIn(t, out) != "G" || !strings.Contains(errs, "-:1: refused: "+want) {
			t.Errorf("%s: exit %d: %s%s", want, code, out, errs)
		}
	}
	for want, text := range map[string]string{
		"a round has no roundId":              jsonFamily("F", "", both, strings.Replace(whole, `"roundId":"r",`, "", 1)),
		"villageCode is written without dots": jsonFamily("F", `"villageCode":"3204052001",`, both, whole),
	} {
		code, out, errs := runIKSCommand(t, text, "--from", "json", "-")
		if code != exitOK || familiesIn(t, out) != "F" || !strings.Contains(errs, "-:1: warning: "+want) {
			t.Errorf("%s: exit %d: %s%s", want, code, out, errs)
		}
	}
}

// What stands in a line that can't be read is not repeated: it may be a NIK or a name.
func TestAJSONLineThatCantBeReadIsNotRepeated(t *testing.T) {
	t.Parallel()
	for member, want := range map[string]string{
		`{"nik":"32040541018000O1"}`:    "nik: a whole number is wanted (character 60)",
		`{"nik":"3204054101800001 "}`:   "nik: a whole number is wanted (character 60)",
		`{"name":3204054101800001}`:     "name: a text is wanted (character 61)",
		`{"sex":"Siti Aminah"}`:         "sex: one of the contract's names is wanted (character 60)",
		`{"Siti Aminah":1}`:             "a field that is not known (character 54)",
		`{"name":Siti}`:                 "no JSON (character 61)",
		`{"name":"Siti" 3204054101800}`: "something else is wanted there (character 68)",
	} {
		code, out, errs := runIKSCommand(t, `{"familyId":"F","members":[{"memberId":"m","member":`+member+"}]}", "--from", "json", "-")
		if code != exitIncomplete || !strings.Contains(errs, "-:1: refused: "+want) || strings.Contains(out+errs, "Siti") || strings.Contains(out+errs, "32040541018") {
			t.Errorf("%s: exit %d: %s%s", member, code, out, errs)
		}
	}
}

func TestJSONLinesThatAreBlankMarkedOrTooLongCostNothingElse(t *testing.T) {
	t.Parallel()
	f := func(id string) string {
		return jsonFamily(id, "", jsonFather, jsonRound("r", "2024-05-17", jsonHead))
	}
	long := jsonFamily("L", `"family":{"address":"`+strings.Repeat("x", maxJSONLine)+`"},`, jsonFather)
	text := "\ufeff" + f("A") + "\r\n\r\n   \n" + long + "\n" + f("B") + "\n{\"familyId\":1}\n" + f("C")
	code, out, errs := runIKSCommand(t, text, "--from", "json", "-")
	if code != exitIncomplete || familiesIn(t, out) != "A B C" || !strings.Contains(errs, "-:4: refused: longer than 4194304 bytes") ||
		!strings.Contains(errs, "-:6: refused: familyId: a text is wanted (character 13)") || strings.Contains(errs, "line 1") || !strings.Contains(errs, " 2 refused, ") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
}

// What the server alone may enter is read as any removal, and removed members are
// not among those counted.
func TestErasedMembersAndFamiliesOfTheServerAreRead(t *testing.T) {
	t.Parallel()
	round := jsonRound("r", "2024-05-17", jsonHead+","+jsonWife)
	erased := strings.Replace(jsonMother, `"sex"`, `"removal":{"reason":"REMOVAL_REASON_ERASED"},"sex"`, 1)
	text := jsonFamily("A", "", jsonFather+","+erased, round) + "\n" +
		jsonFamily("B", `"family":{"removal":{"reason":"REMOVAL_REASON_ERASED"}},`, jsonFather+","+jsonMother, round) + "\n" +
		jsonFamily("C", "", jsonFather+","+strings.Replace(erased, "ERASED", "DELETED_AT_SOURCE", 1), round)
	code, out, errs := runIKSCommand(t, text, "--from", "json", "-")
	if code != exitOK || familiesIn(t, out) != "A C" || !strings.Contains(errs, "families: 2 counted (2 members), 1 removed or moved") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	code, _, errs = runIKSCommand(t, strings.Replace(text, "REASON_ERASED", "REASON_ERASE", 1), "--from", "json", "-")
	if code != exitIncomplete {
		t.Errorf("an unknown reason: exit %d: %s", code, errs)
	}
}
