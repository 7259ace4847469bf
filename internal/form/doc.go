// Package form turns a family into the form that a page shows, and what a page
// sends into edits. It joins the questionnaire (internal/prokesga) and the index
// (internal/iks) in the messages of FormService, for the SDK and the server
// alike, so that no page holds a rule.
//
//	f := form.Build(household, roundID, form.Options{Check: check, NewID: newID})
//	edits, err := form.Edits(request)
//
// It is pure: ids, and what is noticed on a day, come in.
package form
