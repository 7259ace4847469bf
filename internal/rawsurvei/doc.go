// Package rawsurvei reads the national application's export table raw_survei
// (RAW, DOMAIN.md section 5) as a stream of families: CSV or XLSX, one row a
// member, columns found by name in any order.
//
// A Reader never stops at a bad row: what is wrong with a family is reported
// with file, row, column and reason, the family is refused, and the next one is
// read. What is implausible is a warning, and the family counts. Memory is flat:
// one family at a time, some twenty bytes for each family met before, and some sixty for
// each of the first million persons of a file; of a workbook also its shared texts, and a
// workbook from a pipe whole, packed.
//
// Ids are kept as the file has them; text is trimmed; an empty cell is "not
// answered". The package is pure: it reads what it is handed.
package rawsurvei
