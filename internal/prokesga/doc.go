// Package prokesga is the questionnaire of the Keluarga Sehat survey as data,
// and what follows from it: which questions apply to whom (Form), how old a
// member is on the survey date (AgeMonths), what is wrong with an answer
// (CheckWrite, CheckRecord, CheckHousehold), and the form of the identity numbers
// that the survey records (NIK, NKK, NIP, phone).
//
// Checks come on two levels. CheckWrite judges what one change writes by
// itself: what it finds makes the change invalid. The other checks judge a
// whole family across its fields: on the device an Error stops the entry, on a
// merged state every finding only guides the reviewer. Both name record, field
// and question, and say in Indonesian what is wrong and what to do.
//
// The package computes no index (package iks does) and stores nothing. A
// question's label, options, target group and skip rule stand in one row of
// one table; nothing else repeats them.
package prokesga
