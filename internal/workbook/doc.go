// Package workbook reads the rows of a workbook (XLSX) one after another, in
// bounded memory, and loses nothing in silence: what can't be read is an error
// or a row with a Fault, never a shorter table.
//
// It exists because the library that we had took damaged XML and damaged
// compression for the end of the table, held what a hostile file unpacks to, and
// put names in the clear into temporary files. Here a sheet has ended when its
// sheetData has closed, its XML has, and its checksum was right. Nothing is
// written anywhere. Memory holds a row, a token and the shared strings,
// which whoever opens it bounds.
//
// Cells are what is stored, not what a number format shows: formats are not
// read. A date is its number of days (Book.Date1904 says from when), a formula
// its stored result, a merged cell its first one; phonetic hints are left out.
//
//	book, err := workbook.Open(file, size, workbook.Bounds{Strings: 100_000, StringBytes: 4 << 20})
//	rows, err := book.Rows(0)
//	row, err := rows.Next() // io.EOF behind the last
package workbook
