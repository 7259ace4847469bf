package clientsdk

import (
	"fmt"

	"github.com/keluarga-sehat/sync/client-sdk/device"
	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/prokesga"
)

// ID names a family, member, round, visit or batch.
type ID = merge.ID

// ParseID reads an id's text, a UUID, as records name each other by it.
func ParseID(text string) (ID, error) { return merge.ParseID(text) }

// Place is RW and RT within a village; its text is "003/007", RW before RT.
type Place = area.Place

// ParsePlace reads "003/007" or "3/7", as Query.Place takes it. Errors: ErrPlace.
func ParsePlace(text string) (Place, error) {
	p, err := area.ParsePlace(text)
	if err != nil {
		return 0, fmt.Errorf("%w (%w)", ErrPlace, err)
	}
	return p, nil
}

// Names of the SDK for what it hands out and takes. Much of it lies in packages that other
// modules can't import, so that an app says what it handles by these.
type (
	// Summary is one line of a list of families.
	Summary = device.Summary
	// Query bounds such a list.
	Query = device.Query
	// OutboxEntry is one of the user's own changes with where it stands.
	OutboxEntry = device.OutboxEntry
	// OutboxStatus is where that is.
	OutboxStatus = device.Status
	// Counts is how many of them stand where, and how many steps of review are unsent.
	Counts = device.Counts
	// Loss says what a damaged database lost.
	Loss = device.Loss
	// Edit is what a save sets and clears in one record.
	Edit = merge.RecordEdit
	// Key names a record within its family.
	Key = merge.Key
	// Conflict is a register that holds several values.
	Conflict = merge.Conflict
	// ConflictValue is one of them, with who wrote it and when.
	ConflictValue = merge.Value
	// Stamp is when something was written, and on which device.
	Stamp = merge.Stamp
)

// Where one of the user's own changes stands.
const (
	// OutboxPending: saved here, not acknowledged by the server.
	OutboxPending = device.StatusPending
	// OutboxApplied: the server holds it durably.
	OutboxApplied = device.StatusApplied
	// OutboxRefused: wrong within itself, as Receipt tells; to be corrected by another save.
	OutboxRefused = device.StatusRefused
	// OutboxQuarantined: the server keeps it for a supervisor's decision.
	OutboxQuarantined = device.StatusQuarantined
	// OutboxReplaced: it was refused, and a later save took over what it said.
	OutboxReplaced = device.StatusReplaced
	// OutboxKeptOut: a supervisor decided against it.
	OutboxKeptOut = device.StatusKeptOut
	// OutboxErased: the person's data were lawfully erased.
	OutboxErased = device.StatusErased
)

// Kinds of records.
const (
	KindFamily     = merge.KindFamily
	KindMember     = merge.KindMember
	KindRound      = merge.KindRound
	KindIndividual = merge.KindIndividual
	KindVisit      = merge.KindVisit
)

// Names of the SDK for the form and its checks.
type (
	// Asked is one question that applies now, with label, options and reason.
	Asked = prokesga.Asked
	// Question is a question of the questionnaire, as on paper.
	Question = prokesga.Question
	// QuestionNumber is its number there, such as "V.7".
	QuestionNumber = prokesga.Number
	// Input is how it is answered.
	Input = prokesga.Input
	// Option is one answer to choose.
	Option = prokesga.Option
	// Limits are the bounds of a number.
	Limits = prokesga.Limits
	// Finding is something that a check noticed, with an Indonesian message.
	Finding = prokesga.Finding
	// FindingCode says what, as a text that stays: "PREGNANT_MAN".
	FindingCode = prokesga.Code
	// Severity is what it means for a save.
	Severity = prokesga.Severity
)

// The ways to answer.
const (
	ChoiceInput = prokesga.ChoiceInput
	DateInput   = prokesga.DateInput
	NumberInput = prokesga.NumberInput
	TextInput   = prokesga.TextInput
	AgeInput    = prokesga.AgeInput
	MemberInput = prokesga.MemberInput
)

// The severities: a warning is saved and told, an error that a save would bring in refused.
const (
	SeverityWarning = prokesga.Warning
	SeverityError   = prokesga.Error
)

// Names of the SDK for indices.
type (
	// Values are the twelve indicators', the first at 0.
	Values = iks.Values
	// Value is an indicator's value for a family.
	Value = iks.Value
	// Category is what an index is called.
	Category = iks.Category
	// Explanation is an answer that made an indicator T or ?.
	Explanation = iks.Explanation
	// Basis is over whom an index is computed.
	Basis = iks.Basis
	// PackedValues are both bases' values, as Summary has them; 0: not surveyed.
	PackedValues = iks.Packed
)

// The values: does not apply, fulfilled, not fulfilled, an answer is missing.
const (
	ValueN       = iks.N
	ValueY       = iks.Y
	ValueT       = iks.T
	ValueUnknown = iks.Unknown
)

// The categories: of no index, of the three that an index has, and of what is surveyed and
// has none, as an answer is missing or nothing applies.
const (
	CategoryNone       = iks.NoCategory
	CategoryTidakSehat = iks.TidakSehat
	CategoryPraSehat   = iks.PraSehat
	CategorySehat      = iks.Sehat
	CategoryIncomplete = iks.Incomplete
	CategoryUndefined  = iks.Undefined
)

// The bases: all members; head, spouse and children.
const (
	Besar = iks.Besar
	Inti  = iks.Inti
)
