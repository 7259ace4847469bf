// Package registration is the ministry's procedure by which people come to have
// accounts (DOMAIN.md section 7): a district draws up a list of Puskesmas with
// their nominees, has its copy recorded at the province, submits to Pusdatin;
// Pusdatin verifies, returns what is incomplete and accepts the rest, each
// Puskesmas by itself; issues one account for each office that has none and for
// each administrator; the guides go back to the district, which hands them over;
// the administrator activates and makes the accounts of all others.
//
// One file a step. A Puskesmas moves only along the table in state.go, each
// move is written to the timeline with actor, time and note, and nobody can do a
// step whose turn has not come. Persons, letters and notes are sealed under a salt
// of the registration; NIK, mobile numbers and e-mail addresses are found by keyed
// hashes.
package registration
