// Package review is where a family stands in review as a machine of states:
// submitted, approved, returned, changed since its approval. Server and SDK run
// the same code, so that a verdict passed offline shows at once what the server
// will make of it.
//
//	reason := review.Refusal(present, decision, by) // "" where it applies
//	after := review.Judge(before, decision, step, due)
//
// The server alone decides, in the order of revisions; nothing here is merged.
// It is pure: time, revisions and digests come in.
package review
