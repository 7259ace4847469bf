package postgres

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/keluarga-sehat/sync/server/store/statements"
)

// insertText is the statement of an insertion of columns of these types: the common ones
// are values, the others arrays. Each array is unfolded where rows are made: as a table
// (FROM unnest) all its elements would be stored as rows first, which takes longer than the rest.
func insertText(into statements.Insertion, types []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "INSERT INTO %s (%s) SELECT ", into.Table, into.Columns)
	for i, t := range types {
		if i > 0 {
			b.WriteString(", ")
		}
		if i < into.Common {
			fmt.Fprintf(&b, "$%d::%s", i+1, t)
		} else {
			fmt.Fprintf(&b, "unnest($%d::%s[])", i+1, t)
		}
	}
	b.WriteString(into.Conflict)
	return b.String()
}

// typeOf is the type of values such as this one.
func typeOf(value any) (sqlType string, err error) {
	switch value.(type) {
	case int64:
		return "bigint", nil
	case []byte:
		return "bytea", nil
	case string:
		return "text", nil
	}
	return "", fmt.Errorf("no column of %T", value)
}

// commonOf is the one value of a column; rows that differ are a programmer's error.
func commonOf(rows [][]any, at int) (any, error) {
	value := rows[0][at]
	if _, ok := value.([]byte); ok {
		return nil, fmt.Errorf("one value of %T", value)
	}
	for _, row := range rows[1:] {
		if row[at] != value {
			return nil, fmt.Errorf("%v and %v in a column of one value", value, row[at])
		}
	}
	return value, nil
}

// column is an argument: an array of one column of some rows. It is written as PostgreSQL
// receives it: the driver's own way asks for the type of each element, and its buffer grows,
// and is copied, as they come.
type column struct {
	rows [][]any
	at   int
	// room is how many bytes this column and those behind it take at least.
	room int
}

// GoString is what the driver's errors show of it: nothing of what is in it.
func (c column) GoString() string { return fmt.Sprintf("a column of %d rows", len(c.rows)) }

// describeArguments has the database tell the types of arguments also where an address names
// a mode of the driver that guesses them, as for a pooler: it knows no column.
func describeArguments(c *pgx.ConnConfig) {
	switch c.DefaultQueryExecMode {
	case pgx.QueryExecModeExec, pgx.QueryExecModeSimpleProtocol:
		c.DefaultQueryExecMode = pgx.QueryExecModeDescribeExec
	}
}

// arrayCodec is the driver's codec of an array that knows a column, too.
type arrayCodec struct{ *pgtype.ArrayCodec }

// takeColumns has a connection know columns as arrays.
func takeColumns(c *pgx.Conn) {
	for _, oid := range []uint32{pgtype.Int8ArrayOID, pgtype.ByteaArrayOID, pgtype.TextArrayOID} {
		t, _ := c.TypeMap().TypeForOID(oid)
		c.TypeMap().RegisterType(&pgtype.Type{Name: t.Name, OID: oid, Codec: arrayCodec{t.Codec.(*pgtype.ArrayCodec)}})
	}
}

func (c arrayCodec) PlanEncode(m *pgtype.Map, oid uint32, format int16, value any) pgtype.EncodePlan {
	if _, ok := value.(column); ok && format == pgtype.BinaryFormatCode {
		return columnPlan{element: c.ElementType.OID}
	}
	return c.ArrayCodec.PlanEncode(m, oid, format, value)
}

// columnPlan writes a column as array_recv reads it: dimensions, whether there are nulls,
// the elements' type, how many and from which index on, then each behind its size.
type columnPlan struct{ element uint32 }

const (
	columnHead = 5 * 4
	sizeWidth  = 4
	int64Width = 8
	null       = 1<<32 - 1 // a size of -1
)

func (p columnPlan) Encode(value any, buf []byte) ([]byte, error) {
	c := value.(column)
	buf = slices.Grow(buf, c.room)
	nulls := len(buf) + sizeWidth + 3
	for _, n := range []uint32{1, 0, p.element, uint32(len(c.rows)), 1} {
		buf = binary.BigEndian.AppendUint32(buf, n)
	}
	for _, row := range c.rows {
		var element uint32
		if buf, element = appendElement(buf, row[c.at]); element != p.element {
			return nil, fmt.Errorf("%T in an array of type %d", row[c.at], p.element)
		}
		if v, ok := row[c.at].([]byte); ok && v == nil {
			buf[nulls] = 1
		}
	}
	return buf, nil
}

// appendElement appends a value behind its size; element is its type, 0 if it has none.
func appendElement(buf []byte, value any) (out []byte, element uint32) {
	switch v := value.(type) {
	case int64:
		return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(buf, int64Width), uint64(v)), pgtype.Int8OID
	case []byte:
		if v == nil {
			return binary.BigEndian.AppendUint32(buf, null), pgtype.ByteaOID
		}
		return append(binary.BigEndian.AppendUint32(buf, uint32(len(v))), v...), pgtype.ByteaOID
	case string:
		return append(binary.BigEndian.AppendUint32(buf, uint32(len(v))), v...), pgtype.TextOID
	}
	return buf, 0
}

// roomOf is how many bytes the columns from one on take.
func roomOf(rows [][]any, from int) int {
	room := 0
	for _, row := range rows {
		for _, value := range row[from:] {
			switch v := value.(type) {
			case int64:
				room += sizeWidth + int64Width
			case []byte:
				room += sizeWidth + len(v)
			case string:
				room += sizeWidth + len(v)
			}
		}
	}
	return room + columnHead*(len(rows[0])-from)
}
