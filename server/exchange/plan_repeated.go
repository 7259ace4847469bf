package exchange

import (
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	"github.com/keluarga-sehat/sync/internal/rawsurvei"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Our own file says of what was entered here more than is stored: who is removed has a status in
// their row, each row a place in order, and an age at the survey that was stated at another. Read in again it only repeats that, which must not
// stay when what was entered is taken back.

// Columns of how a family, or a member, left.
const (
	colMoved   = "survei_status_pindah"
	colDeleted = "survei_status_delete"
	colGone    = "survei_individu_status_delete"
)

// colOwn is a column that our own files alone have.
const colOwn = "ks_exact"

// ownFile tells whether our own file has a round that is stored.
func (p *plan) ownFile() bool {
	return p.in.columns.Has(colOwn) && p.storedRound(p.in.household.GetRounds()[0].GetRoundId()) != nil
}

// goneHere tells whether somebody, or the family, is gone from the stored round that the file
// corrects by a removal which was entered here, and which the file repeats or was written before.
func (p *plan) goneHere(key merge.Key, said *ksv1.Removal, survey prokesga.Date) bool {
	field := protowire.Number(fieldFamilyRemoval)
	if key.Kind == merge.KindMember {
		field = fieldMemberRemoval
	}
	stored := merge.RemovalOf(p.stored, key.Member)
	if p.opens || p.imported(key, field) || !prokesga.RemovedFrom(stored, survey) {
		return false
	}
	return merge.SameRemoval(stored, said) || p.enteredLater(p.stored.Record(key).Register(field).Shown())
}

// leavePart has the file say no more of whether a member takes part than is stored.
func (p *plan) leavePart(round *ksv1.HouseholdRound, key merge.Key, m *ksv1.HouseholdMember) {
	m.GetMember().SourceColumns = without(m.GetMember().GetSourceColumns(), p.storedMember(key).GetSourceColumns(), colGone)
	stored := partOf(p.storedRound(round.GetRoundId()), m.GetMemberId())
	if stored == nil {
		round.Individuals = slices.DeleteFunc(round.GetIndividuals(), func(x *ksv1.HouseholdIndividual) bool { return x.GetMemberId() == m.GetMemberId() })
		return
	}
	if part := partOf(round, m.GetMemberId()); part != nil {
		part.Present, part.SourceColumns = stored.Present, proto.CloneOf(stored.GetSourceColumns())
	}
}

// leaveCells takes cells out of the file's round that the stored one does not carry.
func (p *plan) leaveCells(round *ksv1.HouseholdRound, names ...string) {
	x := round.GetRound()
	x.SourceColumns = without(x.GetSourceColumns(), p.storedRound(round.GetRoundId()).GetRound().GetSourceColumns(), names...)
}

// without is what columns carry but for cells that the stored ones don't.
func without(columns, stored *ksv1.SourceColumns, names ...string) *ksv1.SourceColumns {
	kept := slices.DeleteFunc(slices.Clone(columns.GetColumns()), func(c *ksv1.SourceColumn) bool {
		return slices.Contains(names, c.GetName()) && rawsurvei.Cell(stored, c.GetName()) == ""
	})
	if len(kept) == 0 {
		return nil
	}
	return &ksv1.SourceColumns{Columns: kept}
}

// storedRound is a round as stored; nil where there is none.
func (p *plan) storedRound(id string) *ksv1.HouseholdRound {
	for _, r := range p.view.GetRounds() {
		if r.GetRoundId() == id {
			return r
		}
	}
	return nil
}

// compareOrder tells whether the rows of our own file number nobody anew: it counts them, be
// it that some have no number here, or that two have one.
func (p *plan) compareOrder() {
	at := -1
	p.inOrder = p.ownFile()
	for _, m := range p.in.household.GetMembers() {
		now := slices.IndexFunc(p.view.GetMembers(), func(x *ksv1.HouseholdMember) bool { return x.GetMemberId() == m.GetMemberId() })
		if now >= 0 && now < at {
			p.inOrder = false
		}
		at = max(at, now)
	}
}

// repeatsAge tells whether an age in our own file follows from what is stored of the member.
func (p *plan) repeatsAge(stored *ksv1.Member, said *ksv1.StatedAge) bool {
	survey := dateOf(p.in.household.GetRounds()[0])
	if said == nil || survey.IsZero() || !p.ownFile() {
		return false
	}
	months, _ := prokesga.AgeMonths(stored, survey)
	return months == int(said.GetMonths())
}
