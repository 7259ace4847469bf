// Package sheet writes tables that people open in spreadsheets and scripts read:
// workbooks (XLSX), CSV and JSON. Rows go out as they come: nothing is gathered
// in memory or in files, so a table may have millions of rows, and its first
// bytes leave at once. (A library writes workbooks by way of temporary files, in
// which names would lie in the clear; package workbook reads them.)
//
// What a person wrote is a Text cell. It never becomes a formula: a workbook
// types it as text, and CSV, which has no types, sets an apostrophe before what a
// spreadsheet would take for one (Harmless). Files for machines, such as RAW,
// write CSV by themselves and exactly.
//
//	table, err := sheet.New(w, sheet.XLSX, "IKS")
//	err = table.Row(sheet.Text("Nama"), sheet.Number("0.5"))
//	err = table.Close()
package sheet
