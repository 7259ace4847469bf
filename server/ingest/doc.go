// Package ingest commits what devices upload.
//
// Core.Commit is the heart: within one locked village it sorts incoming changes
// into receipts, joins the good ones into their families' states, computes
// values, findings and tally differences, seals everything and hands the store
// one Commit. It is a plain function of the store's rows and the changes, so
// that the simulator drives it on one goroutine.
//
// Pipeline is the group commit around it: changes of one village wait in one
// queue; a worker takes what many devices have queued, commits it, and only
// then gives every device its receipts. A change that makes the core panic is
// quarantined by itself; its neighbours go through.
//
// Order of judgement for one change: known before (duplicate, or a fork where
// the content differs), stamped ahead of the clock, too large, wrong within
// itself, without a right (quarantine), else applied. The clock comes before
// everything that keeps a change, so that no stamp from the future ever gets
// into a context.
package ingest
