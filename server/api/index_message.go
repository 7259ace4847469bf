package api

import (
	"context"
	"fmt"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/keluarga-sehat/sync/internal/iks"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/veil"
)

// counted is which figures are asked for.
type counted struct {
	membership ksv1.Membership
	basis      ksv1.Basis
}

// named is counted with what absence means filled in.
func (c counted) named() counted {
	if c.membership == ksv1.Membership_MEMBERSHIP_UNSPECIFIED {
		c.membership = ksv1.Membership_MEMBERSHIP_INTI
	}
	if c.basis == ksv1.Basis_BASIS_UNSPECIFIED {
		c.basis = ksv1.Basis_BASIS_PROVISIONAL
	}
	return c
}

// of are the counts asked for.
func (c counted) of(f *figured) iks.Summary {
	t := &f.sum.Provisional
	if c.basis == ksv1.Basis_BASIS_VERIFIED {
		t = &f.sum.Verified
	}
	if c.membership == ksv1.Membership_MEMBERSHIP_BESAR {
		return t.Of(iks.Besar)
	}
	return t.Of(iks.Inti)
}

// indexMessages gives the indexes of areas, without the small cells that the
// caller may not see.
func (s *Services) indexMessages(ctx context.Context, caller *access.Caller, what counted, list []figured) ([]*ksv1.AreaIndex, error) {
	out := make([]*ksv1.AreaIndex, 0, len(list))
	days, err := s.pastDays(list)
	if err != nil {
		return nil, err
	}
	v := s.Veil.For(caller)
	if err := prepare(ctx, v, list, days); err != nil {
		return nil, err
	}
	for i := range list {
		withheld, err := v.MaskOf(ctx, list[i].veiled(), days[i])
		if err != nil {
			return nil, err
		}
		out = append(out, indexMessage(what.named(), &list[i], &withheld))
	}
	return out, nil
}

// pastDays are the days that figures are of, as stores have them; 0: now.
func (s *Services) pastDays(list []figured) ([]int, error) {
	days := make([]int, len(list))
	for i := range list {
		date, over, err := s.askedDay(list[i].day)
		if err != nil {
			return nil, err
		}
		if over {
			days[i] = date.Number()
		}
	}
	return days, nil
}

// prepare has what is withheld decided at one go where figures of several past days, which
// are one subject's, ascend.
func prepare(ctx context.Context, v *veil.Veil, list []figured, days []int) error {
	var over []int
	for _, day := range days {
		if day != 0 && (len(over) == 0 || day > over[len(over)-1]) {
			over = append(over, day)
		}
	}
	if len(over) < 2 {
		return nil
	}
	return v.Prepare(ctx, list[0].veiled(), over)
}

func indexMessage(what counted, f *figured, withheld *veil.Mask) *ksv1.AreaIndex {
	summary := what.of(f)
	out := &ksv1.AreaIndex{
		Area: f.id(), Name: f.name, Membership: what.membership, Basis: what.basis, Ruleset: iks.Ruleset,
		Surveyed: uint64(summary.Surveyed()), Complete: uint64(summary.Complete()),
		Sehat: uint64(summary.InCategory(iks.Sehat)), PraSehat: uint64(summary.InCategory(iks.PraSehat)),
		TidakSehat: uint64(summary.InCategory(iks.TidakSehat)), Incomplete: uint64(summary.InCategory(iks.Incomplete)),
		Undefined: uint64(summary.InCategory(iks.Undefined)), AsOf: timestamppb.New(f.sum.AsOf), Day: f.day,
		SurveyYear: uint32(f.year), UncountedVillages: uint32(f.uncounted),
	}
	if f.sum.HasTarget {
		targeted := uint64(f.sum.Targeted)
		out.Targeted = &targeted
	}
	if ratio := summary.IKS(); ratio.Defined() {
		text := ratio.Decimals(3)
		out.Iks, out.Category = &text, ksv1.Category(summary.Category())
	}
	for n := 1; n <= iks.Indicators; n++ {
		out.Coverage = append(out.Coverage, coverageMessage(n, summary.Coverage(n), withheld.Has(what.membership, what.basis, n)))
	}
	return out
}

// coverageColumn is the name of an indicator's column in orders, filters and
// exports.
func coverageColumn(indicator int) string { return fmt.Sprintf("coverage_%d", indicator) }

func coverageMessage(n int, ratio iks.Ratio, withheld bool) *ksv1.IndicatorCoverage {
	c := &ksv1.IndicatorCoverage{Indicator: uint32(n), Name: iks.Name(n)}
	if withheld {
		c.Withheld = true
		return c
	}
	numerator, denominator := uint64(ratio.Part), uint64(ratio.Whole)
	c.Numerator, c.Denominator = &numerator, &denominator
	if ratio.Defined() {
		text := ratio.Percent(2)
		c.Percent = &text
	}
	return c
}
