package workbook

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
)

// ErrNotWorkbook is returned for a zip file that holds no workbook.
var ErrNotWorkbook = errors.New("a zip file that holds no .xlsx workbook; unpack it, or save the table as .xlsx or as CSV UTF-8")

// Book is an open workbook. Not safe for concurrent use.
type Book struct {
	// Sheets are the names of the sheets that have rows: those that people see in their order,
	// then the hidden ones.
	Sheets []string
	// Visible is how many of them people see.
	Visible int
	// Date1904: days are counted from 1904, as old Macintosh workbooks do.
	Date1904 bool

	size    int64
	bounds  Bounds
	parts   map[string]*zip.File // by lower-case name; nil where it stands there twice
	sheets  []string             // their parts
	strings sharedStrings
}

// Open reads what binds a workbook together, and its shared strings. It and its Rows
// are read as long as bounds say that they are wanted. Errors: ErrNotWorkbook, what Wanted
// says, and what is damaged or over a limit, in words for operators.
func Open(in io.ReaderAt, size int64, bounds Bounds) (*Book, error) {
	directory := &budget{in: in, left: maxDirectoryBytes}
	archive, err := zip.NewReader(directory, size)
	directory.left = -1
	if err != nil {
		return nil, fmt.Errorf("the file is cut short or damaged (%s); fetch it again", err) // as in open
	}
	if len(archive.File) > maxParts {
		return nil, fmt.Errorf("the zip file has %d entries, at most %d are allowed", len(archive.File), maxParts)
	}
	b := &Book{size: size, bounds: bounds, strings: sharedStrings{bounds: bounds}, parts: make(map[string]*zip.File, len(archive.File))}
	for _, f := range archive.File {
		key := partKey(f.Name)
		if _, twice := b.parts[key]; twice {
			f = nil
		}
		b.parts[key] = f
	}
	return b, b.frame()
}

// budget bounds what is read of the zip's directory: it tells itself how many
// entries it has.
type budget struct {
	in   io.ReaderAt
	left int64 // below 0: no bound
}

func (b *budget) ReadAt(p []byte, at int64) (int, error) {
	if b.left >= 0 {
		if b.left -= int64(len(p)); b.left < 0 {
			b.left = 0
			return 0, fmt.Errorf("its directory is longer than %d bytes", maxDirectoryBytes)
		}
	}
	return b.in.ReadAt(p, at)
}

func partKey(name string) string {
	return strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(name, `\`, "/"), "/"))
}

// open opens a part that unpacks to at most plainMax bytes, 0 for no other bound
// than that of its ratio.
func (b *Book) open(name string, plainMax uint64) (*part, error) {
	f, there := b.parts[partKey(name)]
	switch {
	case !there:
		return nil, fmt.Errorf("part %s is missing; fetch the file again", name)
	case f == nil:
		return nil, fmt.Errorf("part %s stands there twice", name)
	case f.CompressedSize64 > uint64(b.size):
		return nil, fmt.Errorf("part %s is longer than the file", name)
	}
	plain := f.UncompressedSize64
	if plain > freeBytes && plain/maxRatio > f.CompressedSize64 {
		return nil, fmt.Errorf("part %s unpacks to more than %d times its size: no spreadsheet program writes that", name, maxRatio)
	}
	if plainMax > 0 && plain > plainMax {
		return nil, fmt.Errorf("part %s unpacks to %d bytes, at most %d are allowed", name, plain, plainMax)
	}
	if b.bounds.PartBytes > 0 && plain > b.bounds.PartBytes {
		return nil, fmt.Errorf("part %s unpacks to %d bytes, at most %d are allowed", name, plain, b.bounds.PartBytes)
	}
	file, err := f.Open()
	if err != nil {
		return nil, damaged(name, err.Error()) // it may be io.EOF, which callers take for a sheet's end
	}
	return newPart(name, file, b.bounds.Wanted), nil
}

// each calls do with every start of an element of a small part.
func (b *Book) each(name string, do func(p *part, e xml.StartElement) error) error {
	return b.tokens(name, maxFrameBytes, func(p *part, t xml.Token) error {
		if e, ok := t.(xml.StartElement); ok {
			return do(p, e)
		}
		return nil
	})
}

// tokens calls do with every token of a part; plainMax is as in open.
func (b *Book) tokens(name string, plainMax uint64, do func(p *part, t xml.Token) error) (err error) {
	p, err := b.open(name, plainMax)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	for {
		t, err := p.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = do(p, t)
		}
		if err != nil {
			return err
		}
	}
}

// relation is where a relationship leads and what it is.
type relation struct{ kind, target string }

// relations reads the relationships of a part, by id; paths are from the root.
func (b *Book) relations(of string) (map[string]relation, error) {
	dir, file := path.Split(of)
	out := map[string]relation{}
	err := b.each(dir+"_rels/"+file+".rels", func(_ *part, e xml.StartElement) error {
		if e.Name.Local != "Relationship" || attribute(e, "TargetMode", false) == "External" {
			return nil
		}
		target := strings.ReplaceAll(attribute(e, "Target", false), `\`, "/")
		if !strings.HasPrefix(target, "/") {
			target = path.Join("/", dir, target)
		}
		if len(out) == maxParts {
			return fmt.Errorf("part %s has more than %d relationships", of, maxParts)
		}
		out[attribute(e, "Id", false)] = relation{kind: path.Base(attribute(e, "Type", false)), target: path.Clean(target)[1:]}
		return nil
	})
	return out, err
}

// frame finds the sheets and reads the shared strings.
func (b *Book) frame() error {
	if _, ok := b.parts["_rels/.rels"]; !ok {
		return ErrNotWorkbook
	}
	root, err := b.relations("")
	if err != nil {
		return err
	}
	main := ""
	for _, r := range root {
		if r.kind == "officeDocument" {
			main = r.target
		}
	}
	if _, ok := b.parts[partKey(main)]; !ok || strings.HasSuffix(partKey(main), ".bin") || strings.HasPrefix(partKey(main), "word/") || strings.HasPrefix(partKey(main), "ppt/") {
		return ErrNotWorkbook
	}
	relations, err := b.relations(main)
	if err != nil {
		return err
	}
	if err := b.each(main, func(p *part, e xml.StartElement) error { return b.bind(p, e, relations) }); err != nil {
		return err
	}
	if len(b.sheets) == 0 {
		return fmt.Errorf("%s names no sheet", main)
	}
	for _, r := range relations {
		if r.kind == "sharedStrings" {
			return b.readStrings(r.target)
		}
	}
	return nil
}

// SheetBytes is what a sheet, by its place in Sheets, unpacks to; 0 for one that is not there.
func (b *Book) SheetBytes(sheet int) uint64 {
	if f := b.parts[partKey(b.sheets[sheet])]; f != nil {
		return f.UncompressedSize64
	}
	return 0
}

func (b *Book) bind(p *part, e xml.StartElement, relations map[string]relation) error {
	switch {
	case e.Name.Local == "workbookPr" && p.depth() == 2:
		on := attribute(e, "date1904", false)
		b.Date1904 = on == "1" || on == "true"
	case e.Name.Local == "sheet" && p.in(1) == "sheets" && p.depth() == 3:
		name, to := attribute(e, "name", false), relations[attribute(e, "id", true)]
		if to.target == "" {
			return fmt.Errorf("part %s: sheet %q leads nowhere", p.name, name)
		}
		if to.kind != "worksheet" {
			return nil // a chart's or a macro's: it has no rows
		}
		if len(b.sheets) == maxSheets {
			return fmt.Errorf("more than %d sheets", maxSheets)
		}
		at := len(b.sheets)
		if state := attribute(e, "state", false); state != "hidden" && state != "veryHidden" {
			at = b.Visible
			b.Visible++
		}
		b.Sheets, b.sheets = slices.Insert(b.Sheets, at, name), slices.Insert(b.sheets, at, to.target)
	}
	return nil
}
