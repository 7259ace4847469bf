// Package iks computes the Indeks Keluarga Sehat: the twelve indicators of one
// family, its index and category for inti (nuclear family) and besar (all
// members), the reasons behind each value, and the tallies from which the
// index and coverage of an area follow. Its rules are sections 3 and 4 of the
// project's domain rules, under the version Ruleset.
//
// Three steps, each usable alone:
//
//	household, ids := iks.FromHousehold(family, round)    // answers of one round
//	values := household.Compute(iks.Besar)                // twelve values, no allocation
//	tally.Add(iks.Pack(besar, inti))                      // one family in an area's counts
//
// Assess does the first two for the round that counts. Nothing here reads a
// clock: ages are those of the survey date. No comparison uses a float.
//
// # Readings chosen where the rules leave room
//
// Each is marked "(decided)" at the code that applies it.
//
//   - A wife counts as pregnant only where the answer is Ya; an unanswered
//     pregnancy leaves her an eligible wife (couples.go).
//   - "Any married man" of an unlinked only wife means every married man of the
//     basis from 120 months, linked to somebody else or not, as the rule is
//     worded; of several, one user suffices for Y (couples.go).
//   - A spouse link stands, and allows no substitute, even where the linked
//     person is no married man from 120 months and so has no answer to give;
//     likewise where it names somebody who is no member (couples.go). On the
//     man's side it is a link only when it is a man's.
//   - Links are resolved wife by wife, so a man may be the husband of several:
//     of one by his link, of another by hers.
//   - Removed members give no links; a link to one of them leads outside.
//   - A woman who might be the mother of an unlinked infant makes ? even where
//     she is linked to another infant: twins are common (births.go).
//   - Where age, sex or marital status is not known, an indicator that may
//     depend on it is ?, never guessed (compute.go, couples.go).
//   - Where a member's relation is not answered, an indicator of inti that would be
//     another with than without the member is ? (relation.go).
//   - A blood pressure of 0 is a missing number (compute.go).
package iks
