// Package veil tells which cells of figures (indicator, membership, basis) are withheld from a
// caller, of an area or a Puskesmas on a day, and keeps what was decided.
//
//	keeper := &veil.Keeper{Store: store, Board: board, Past: days, Now: time.Now}
//	go keeper.DecideAhead(ctx, onError)
//
//	v := keeper.For(caller) // for one call
//	mask, err := v.MaskOf(ctx, veil.Subject{Area: code, Year: 2026}, 20260228)
//	if mask.Has(membership, basis, indicator) { … }
//
// Package disclosure decides, by pieces of the tree, so that nothing depends on what a page
// leaves out; here a piece's cells are read, from the sums that the board keeps, from days
// that are over (package past) or from a village's rows, and what was decided of them is kept.
// It promises that
//   - a piece is decided once for each change of its figures, whoever asks, and after the last
//     decision on it; who asks meanwhile waits for that one;
//   - what is withheld of RW and RT is decided of the very rows whose figures are shown;
//   - who sees families of a village has that village decided for themselves, which nobody
//     else is shown, and is kept no longer than the call;
//   - what is kept is bounded, and no decision is shown beside figures, or beside decisions on
//     the piece above or on today, with which it does not hold.
//
// To decide, it reads figures everywhere in the country, whatever the context's scope: siblings
// count, too, and only what is withheld is told of them. Whether somebody may see a subject at
// all is decided by who calls (server/api), before.
package veil
