package sheet

import (
	"encoding/xml"
	"fmt"
	"strings"
)

// part is a file inside a workbook.
type part struct{ name, content string }

const (
	mainNS     = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	relationNS = `http://schemas.openxmlformats.org/officeDocument/2006/relationships`
	packageNS  = `http://schemas.openxmlformats.org/package/2006`
	typeNS     = `application/vnd.openxmlformats-officedocument.spreadsheetml`
)

// stylesXML holds stylePlain, styleHeading and styleText; number format 49 is
// "text".
const stylesXML = `<styleSheet ` + mainNS + `>` +
	`<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>` +
	`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
	`<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>` +
	`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` +
	`<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>` +
	`<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/>` +
	`<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1" applyNumberFormat="1"/></cellXfs>` +
	`<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`

// frame are the parts that bind the sheets together.
func (b *Workbook) frame() []part {
	var types, sheets, relations strings.Builder
	for i, name := range b.sheets {
		n := i + 1
		fmt.Fprintf(&types, `<Override PartName="/xl/worksheets/sheet%d.xml" ContentType="%s.worksheet+xml"/>`, n, typeNS)
		fmt.Fprintf(&sheets, `<sheet name="%s" sheetId="%d" r:id="rId%d"/>`, attribute(name), n, n)
		fmt.Fprintf(&relations, `<Relationship Id="rId%d" Type="%s/worksheet" Target="worksheets/sheet%d.xml"/>`, n, relationNS, n)
	}
	return []part{
		{"xl/styles.xml", stylesXML},
		{"xl/workbook.xml", `<workbook ` + mainNS + ` xmlns:r="` + relationNS + `"><sheets>` + sheets.String() + `</sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="` + packageNS + `/relationships">` + relations.String() +
			fmt.Sprintf(`<Relationship Id="rId%d" Type="%s/styles" Target="styles.xml"/></Relationships>`, len(b.sheets)+1, relationNS)},
		{"_rels/.rels", `<Relationships xmlns="` + packageNS + `/relationships"><Relationship Id="rId1" Type="` + relationNS +
			`/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"[Content_Types].xml", `<Types xmlns="` + packageNS + `/content-types">` +
			`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
			`<Default Extension="xml" ContentType="application/xml"/>` +
			`<Override PartName="/xl/workbook.xml" ContentType="` + typeNS + `.sheet.main+xml"/>` +
			`<Override PartName="/xl/styles.xml" ContentType="` + typeNS + `.styles+xml"/>` + types.String() + `</Types>`},
	}
}

func attribute(s string) string {
	var out strings.Builder
	// A Builder takes all that is written to it.
	_ = xml.EscapeText(&out, []byte(s))
	return out.String()
}
