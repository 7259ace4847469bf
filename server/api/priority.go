package api

import (
	"context"
	"slices"

	"github.com/keluarga-sehat/sync/internal/iks"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// lowestShown is how many parts of an area are named for each indicator.
const lowestShown = 3

func (i indexService) ListIndicatorPriorities(ctx context.Context, r *ksv1.ListIndicatorPrioritiesRequest) (*ksv1.ListIndicatorPrioritiesResponse, error) {
	caller, what := callerOf(ctx), counted{r.GetMembership(), r.GetBasis()}
	x, err := i.services.subjectIn(caller, r.GetArea(), r.GetPuskesmasCode(), r.GetSurveyYear())
	if err != nil {
		return nil, err
	}
	whole, below, err := i.services.wholeAndParts(ctx, caller, x, "", what)
	if err != nil {
		return nil, err
	}
	out := &ksv1.ListIndicatorPrioritiesResponse{Index: whole}
	for n, coverage := range whole.GetCoverage() {
		p := &ksv1.IndicatorPriority{Coverage: coverage, Lowest: lowestOf(below, n)}
		if !coverage.GetWithheld() {
			reach := coverage.GetDenominator() - coverage.GetNumerator()
			p.FamiliesToReach = &reach
		}
		out.Priorities = append(out.Priorities, p)
	}
	slices.SortStableFunc(out.Priorities, func(a, b *ksv1.IndicatorPriority) int { return compareCoverage(a.GetCoverage(), b.GetCoverage()) })
	return out, nil
}

// compareCoverage puts the lowest coverage first and what is withheld or
// undefined last.
func compareCoverage(a, b *ksv1.IndicatorCoverage) int {
	if a.GetDenominator() == 0 || b.GetDenominator() == 0 {
		return boolOrder(a.GetDenominator() == 0, b.GetDenominator() == 0)
	}
	return compareRatios(ratioOf(a), ratioOf(b))
}

func ratioOf(c *ksv1.IndicatorCoverage) iks.Ratio {
	return iks.Ratio{Part: int64(c.GetNumerator()), Whole: int64(c.GetDenominator())}
}

// lowestOf names the parts in which an indicator (from 0) is covered least.
func lowestOf(parts []*ksv1.AreaIndex, n int) []*ksv1.AreaCoverage {
	var out []*ksv1.AreaCoverage
	for _, p := range parts {
		if c := p.GetCoverage()[n]; c.GetDenominator() > 0 {
			out = append(out, &ksv1.AreaCoverage{Area: p.GetArea(), Name: p.GetName(), Coverage: c})
		}
	}
	slices.SortStableFunc(out, func(a, b *ksv1.AreaCoverage) int { return compareCoverage(a.GetCoverage(), b.GetCoverage()) })
	return out[:min(len(out), lowestShown)]
}
