package clientsdk

import (
	"context"

	"github.com/keluarga-sehat/sync/internal/iks"
)

// Index is a family's index by the rounds that count.
type Index struct {
	// RoundID is the round of Inti, the latest complete one; "" where the family has
	// none.
	RoundID string
	// SurveyDate of it.
	SurveyDate string
	// BesarRoundID is the round of Besar: another one where the latest round is complete
	// for one of the two alone.
	BesarRoundID string
	// BesarSurveyDate is its survey date.
	BesarSurveyDate string
	// Inti and Besar are the nuclear family and all members.
	Inti, Besar IndexPart
}

// IndexPart is one basis of an index.
type IndexPart struct {
	// Values of the twelve indicators.
	Values Values
	// Category, and IKS to three decimals; "" where there is no index.
	Category Category
	IKS      string
	// Reasons are the answers that made each T and ?.
	Reasons []Explanation
}

// Index computes the family's index at once, with reasons. Errors: ErrNotFound.
func (u *User) Index(ctx context.Context, id ID) (*Index, error) {
	h, err := u.Family(ctx, id)
	if err != nil {
		return nil, err
	}
	a := iks.Assess(h, iks.AnyYear)
	if !a.Counts() {
		return &Index{}, nil
	}
	part := func(o iks.Outcome, basis iks.Basis) IndexPart {
		p := IndexPart{Values: o.Values, Category: o.Category, Reasons: iks.Explain(h, h.GetRounds()[o.Round], basis)}
		if o.Category.Complete() {
			p.IKS = o.Values.Index().IKS3()
		}
		return p
	}
	return &Index{
		RoundID: h.GetRounds()[a.Inti.Round].GetRoundId(), SurveyDate: a.Inti.SurveyDate.String(),
		BesarRoundID: h.GetRounds()[a.Besar.Round].GetRoundId(), BesarSurveyDate: a.Besar.SurveyDate.String(),
		Inti: part(a.Inti, iks.Inti), Besar: part(a.Besar, iks.Besar),
	}, nil
}
