// Package disclosure is statistical disclosure control of the tree of areas: it decides
// which cells of all that is published of it are withheld, so that nobody works out the
// figures of a few families from those that are shown. A cell is one indicator of one
// area on one membership and basis, now, on a day that is over, or of a survey year.
// Package smallcell has the rule for one table beside others; this one knows which
// areas are sums of which, what each table is held against, and what of a decision still
// holds when figures have moved.
//
// The tree is cut into pieces at nation, province, district and village, and decided
// from above: each piece holds a root, whose cells the piece above has decided (Above),
// and all that is published of its parts (Layout). A district's piece holds its
// kecamatan, villages and Puskesmas, which share villages; a village's its RW and RT.
//
//	l := disclosure.NewLayout(view, root)
//	now := disclosure.Decide(disclosure.Piece{Layout: l, Cells: l.CellsOf(view), Held: above.MaskOf(root.String())})
//	then := disclosure.Decide(disclosure.Piece{Layout: l, Cells: past, Held: heldThen, Today: now})
//	if mask := then.MaskOf(area); mask.Has(membership, basis, indicator) { … }
//
// It promises that
//   - a decision is that of its figures alone, whoever asks first and after what: one
//     made after another (Last), or found to hold beside others (Holds, Beside), is the
//     one that would be made anew;
//   - of areas on which nothing was decided all is withheld;
//   - decisions and layouts do not change, and are for use by several at once.
//
// It reads no store, knows no caller and keeps nothing. Who calls (package veil) hands
// over the cells of one moment, keeps decisions, and looks with Holds whether the kept
// one may be shown: a mask beside figures of another moment says nothing about them.
// Callers owe one layout for as long as the directory stands, for decisions are held
// against others of the very same one alone.
package disclosure
