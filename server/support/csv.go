package support

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/keluarga-sehat/sync/internal/separated"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// RowError is a cell that is wrong: by line of the file and name of the column.
type RowError struct {
	Line            int
	Column, Problem string
}

// Error names all three.
func (e *RowError) Error() string {
	return fmt.Sprintf("line %d, column %s: %s", e.Line, e.Column, e.Problem)
}

// columns that a list may have, in any order, and their Indonesian names.
var columns = map[string]string{
	"name": "name", "nama": "name", "telephone": "telephone", "telepon": "telephone", "email": "email", "surel": "email",
	"hours": "hours", "jam": "hours",
}

// ParseCSV reads a list of contacts in their order: a header line that names the
// columns name, telephone, email, hours (nama, telepon, surel, jam), of which
// only name must be there; comma or semicolon, UTF-8. All that is wrong is told
// at once, joined; then there is no list.
func ParseCSV(r io.Reader) ([]*ksv1.SupportContact, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	skip, separator := separated.Begin(data)
	in := csv.NewReader(bytes.NewReader(data[skip:]))
	in.Comma = rune(separator)
	in.FieldsPerRecord = -1
	header, err := in.Read()
	if err != nil {
		return nil, fmt.Errorf("no header line: %w", err)
	}
	var wrong []error
	names := make([]string, len(header))
	for i, cell := range header {
		if names[i] = columns[strings.ToLower(strings.TrimSpace(cell))]; names[i] == "" {
			wrong = append(wrong, &RowError{1, strings.TrimSpace(cell), "no such column; there are name, telephone, email, hours"})
		}
	}
	var out []*ksv1.SupportContact
	for {
		cells, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, errors.Join(append(wrong, err)...)
		}
		line, _ := in.FieldPos(0)
		if len(cells) > len(names) {
			wrong = append(wrong, &RowError{line, fmt.Sprint(len(names) + 1), "more cells than the header line has"})
			continue
		}
		contact, problems := contactOf(names, cells)
		for _, p := range problems {
			wrong = append(wrong, &RowError{line, p.Field, p.Problem})
		}
		out = append(out, contact)
	}
	if len(out) > maxContacts {
		wrong = append(wrong, fmt.Errorf("%d contacts; at most %d", len(out), maxContacts))
	}
	if err := errors.Join(wrong...); err != nil {
		return nil, err
	}
	return out, nil
}

func contactOf(names, cells []string) (*ksv1.SupportContact, []InvalidError) {
	contact := &ksv1.SupportContact{}
	for i, cell := range cells {
		switch names[i] {
		case "name":
			contact.Name = cell
		case "telephone":
			contact.Telephone = cell
		case "email":
			contact.Email = cell
		case "hours":
			contact.Hours = cell
		}
	}
	return Normal(contact)
}
