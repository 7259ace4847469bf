package api

import (
	"context"
	"errors"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/tally"
)

// subject is whose figures are asked for: an area or a Puskesmas.
type subject struct {
	code      area.Code
	puskesmas *store.Puskesmas
	name      string
}

func (s *subject) id() string {
	if s.puskesmas != nil {
		return s.puskesmas.Code
	}
	return s.code.String()
}

// subjectOf finds the subject and decides whether the caller may see it. What
// lies outside is not found, like what does not exist.
func (s *Services) subjectOf(ctx context.Context, caller *access.Caller, areaText, puskesmasCode string) (*subject, error) {
	out := &subject{}
	err := s.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		if puskesmasCode != "" {
			p, err := snap.FindPuskesmas(ctx, puskesmasCode)
			if errors.Is(err, store.ErrNotFound) || err == nil && !caller.MaySeePuskesmas(p) {
				return errNotFound
			}
			out.puskesmas, out.name = &p, p.Name
			return err
		}
		code, err := parseArea("area", areaText)
		if err != nil {
			return err
		}
		if !caller.MaySeeAggregates(code) {
			return errNotFound
		}
		out.code, out.name = code, "Indonesia"
		switch {
		case code.Level() > area.Village:
			out.name = code.Place().Label()
		case code.Level() > area.Nation:
			row, err := snap.FindArea(ctx, code.Dotted())
			if err != nil {
				return err
			}
			out.name = row.Name
		}
		return nil
	})
	return out, err
}

// villageOf is the village that a code lies in; the code itself above one.
func villageOf(code area.Code) area.Code {
	if village, ok := code.Village(); ok {
		return village
	}
	return code
}

// sumOf adds up a subject: from memory, or for RW and RT from their rows.
func (s *Services) sumOf(ctx context.Context, x *subject) (tally.Sum, error) {
	switch {
	case x.puskesmas != nil:
		return s.Board.Villages(x.puskesmas.Villages), nil
	case x.code.Level() <= area.Village:
		return s.Board.Area(x.code.Dotted()), nil
	}
	sum := tally.Sum{AsOf: s.Now()}
	err := s.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		villages, err := snap.VillagesUnder(ctx, villageOf(x.code).Dotted())
		if err != nil || len(villages) == 0 {
			return errors.Join(err, errNotFound)
		}
		rows, err := snap.PlacesOf(ctx, villages[0].Number)
		for _, p := range rows {
			if x.code.Contains(villageOf(x.code).RT(p.Place)) {
				sum.Provisional.AddTally(&p.Provisional)
				sum.Verified.AddTally(&p.Verified)
			}
		}
		return err
	})
	return sum, err
}

func parseDay(day string) (prokesga.Date, error) {
	date, err := prokesga.ParseDate(day)
	if err != nil {
		return date, &errBadRequest{"day", "is no date (YYYY-MM-DD)"}
	}
	return date, nil
}

// sumOnDay adds up a subject as of the end of a past day.
func (s *Services) sumOnDay(ctx context.Context, x *subject, day string) (tally.Sum, error) {
	date, err := parseDay(day)
	if err != nil {
		return tally.Sum{}, err
	}
	if x.code.Level() > area.Village {
		return tally.Sum{}, &errBadRequest{"day", "past days are kept for villages and above"}
	}
	var sum tally.Sum
	err = s.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		var numbers []uint32
		codes := []string{x.code.Dotted()}
		if x.puskesmas != nil {
			codes = x.puskesmas.Villages
		}
		for _, code := range codes {
			villages, err := snap.VillagesUnder(ctx, code)
			if err != nil {
				return err
			}
			for _, v := range villages {
				numbers = append(numbers, v.Number)
			}
		}
		rows, err := snap.DailyTallies(ctx, numbers, date.Year()*10000+date.Month()*100+date.Day())
		for _, d := range rows {
			sum.Provisional.AddTally(&d.Provisional)
			sum.Verified.AddTally(&d.Verified)
		}
		return err
	})
	sum.AsOf = time.Date(date.Year(), time.Month(date.Month()), date.Day()+1, 0, 0, 0, 0, time.FixedZone("WIB", 7*60*60))
	return sum, err
}

type indexService struct {
	ksv1.UnimplementedIndexServiceServer
	services *Services
}

func (i indexService) GetAreaIndex(ctx context.Context, r *ksv1.GetAreaIndexRequest) (*ksv1.GetAreaIndexResponse, error) {
	x, err := i.services.subjectOf(ctx, callerOf(ctx), r.GetArea(), r.GetPuskesmasCode())
	if err != nil {
		return nil, err
	}
	sum, err := i.services.sumOf(ctx, x)
	if r.GetDay() != "" {
		sum, err = i.services.sumOnDay(ctx, x, r.GetDay())
	}
	if err != nil {
		return nil, err
	}
	v, err := i.services.veilOf(callerOf(ctx), r.GetDay())
	if err != nil {
		return nil, err
	}
	index, err := i.services.indexMessage(ctx, v, x, sum, r.GetMembership(), r.GetBasis())
	if err != nil {
		return nil, err
	}
	return &ksv1.GetAreaIndexResponse{Index: index}, nil
}

func (i indexService) ListAreaIndexes(ctx context.Context, r *ksv1.ListAreaIndexesRequest) (*ksv1.ListAreaIndexesResponse, error) {
	x, err := i.services.subjectOf(ctx, callerOf(ctx), r.GetArea(), r.GetPuskesmasCode())
	if err != nil {
		return nil, err
	}
	after, err := parsePageToken(r.GetPageToken())
	if err != nil {
		return nil, err
	}
	parts, err := i.services.partsOf(ctx, x)
	if err != nil {
		return nil, err
	}
	v, err := i.services.veilOf(callerOf(ctx), "")
	if err != nil {
		return nil, err
	}
	out := &ksv1.ListAreaIndexesResponse{}
	limit := pageSize(r.GetPageSize())
	for j := range parts {
		part := &parts[j]
		if part.id() <= after || !callerOf(ctx).MaySeeAggregates(part.code) {
			continue
		}
		if len(out.Indexes) == limit {
			out.NextPageToken = pageToken(out.Indexes[limit-1].GetArea())
			break
		}
		sum, err := i.services.sumOf(ctx, part)
		if err != nil {
			return nil, err
		}
		index, err := i.services.indexMessage(ctx, v, part, sum, r.GetMembership(), r.GetBasis())
		if err != nil {
			return nil, err
		}
		out.Indexes = append(out.Indexes, index)
	}
	return out, nil
}

// partsOf are the areas right below a subject, ascending by code.
func (s *Services) partsOf(ctx context.Context, x *subject) ([]subject, error) {
	var out []subject
	err := s.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		if x.puskesmas == nil && x.code.Level() >= area.Village {
			return s.addPlaces(ctx, snap, x, &out)
		}
		var rows []store.Area
		if x.puskesmas != nil {
			for _, code := range x.puskesmas.Villages {
				row, err := snap.FindArea(ctx, code)
				if err != nil {
					return err
				}
				rows = append(rows, row)
			}
		} else {
			var err error
			if rows, err = snap.ListAreas(ctx, x.code.Dotted(), "", 1_000_000); err != nil {
				return err
			}
		}
		for _, row := range rows {
			code, err := area.Parse(row.Code)
			if err != nil {
				return err
			}
			out = append(out, subject{code: code, name: row.Name})
		}
		return nil
	})
	return out, err
}

// addPlaces adds the RT below a village or RW.
func (s *Services) addPlaces(ctx context.Context, snap store.Snapshot, x *subject, out *[]subject) error {
	villages, err := snap.VillagesUnder(ctx, villageOf(x.code).Dotted())
	if err != nil || len(villages) == 0 {
		return errors.Join(err, errNotFound)
	}
	rows, err := snap.PlacesOf(ctx, villages[0].Number)
	for _, p := range rows {
		code := villageOf(x.code).RT(p.Place)
		if x.code.Contains(code) {
			*out = append(*out, subject{code: code, name: p.Place.Label()})
		}
	}
	return err
}

func (s *Services) indexMessage(ctx context.Context, v *veil, x *subject, sum tally.Sum, m ksv1.Membership, b ksv1.Basis) (*ksv1.AreaIndex, error) {
	t, basis, membership := sum.Provisional, ksv1.Basis_BASIS_PROVISIONAL, ksv1.Membership_MEMBERSHIP_INTI
	if b == ksv1.Basis_BASIS_VERIFIED {
		t, basis = sum.Verified, b
	}
	summary := t.Of(iks.Inti)
	if m == ksv1.Membership_MEMBERSHIP_BESAR {
		summary, membership = t.Of(iks.Besar), m
	}
	out := &ksv1.AreaIndex{
		Area: x.id(), Name: x.name, Membership: membership, Basis: basis, Ruleset: iks.Ruleset,
		Surveyed: uint64(summary.Surveyed()), Complete: uint64(summary.Complete()),
		Sehat: uint64(summary.InCategory(iks.Sehat)), PraSehat: uint64(summary.InCategory(iks.PraSehat)),
		TidakSehat: uint64(summary.InCategory(iks.TidakSehat)), AsOf: timestamppb.New(sum.AsOf),
	}
	if ratio := summary.IKS(); ratio.Defined() {
		text := ratio.Decimals(3)
		out.Iks, out.Category = &text, ksv1.Category(summary.Category())
	}
	withheld, err := v.maskOf(ctx, x)
	if err != nil {
		return nil, err
	}
	for n := 1; n <= iks.Indicators; n++ {
		out.Coverage = append(out.Coverage, coverageMessage(n, summary.Coverage(n), withheld.has(membership, basis, n)))
	}
	targeted, ok, err := s.targetOf(ctx, x)
	if ok {
		out.Targeted = &targeted
	}
	return out, err
}

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

func (s *Services) targetOf(ctx context.Context, x *subject) (sum uint64, ok bool, err error) {
	err = s.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		codes := []area.Code{x.code}
		if x.puskesmas != nil {
			codes = nil
			for _, v := range x.puskesmas.Villages {
				code, err := area.Parse(v)
				if err != nil {
					return err
				}
				codes = append(codes, code)
			}
		}
		for _, code := range codes {
			targets, err := snap.Targets(ctx, code.String())
			if err != nil {
				return err
			}
			n, some := sumTargets(code, targets)
			sum, ok = sum+n, ok || some
		}
		return nil
	})
	return sum, ok, err
}

type progressService struct {
	ksv1.UnimplementedProgressServiceServer
	services *Services
}

func (p progressService) GetProgress(ctx context.Context, r *ksv1.GetProgressRequest) (*ksv1.GetProgressResponse, error) {
	x, err := p.services.subjectOf(ctx, callerOf(ctx), r.GetArea(), r.GetPuskesmasCode())
	if err != nil {
		return nil, err
	}
	sum, err := p.services.sumOf(ctx, x)
	if err != nil {
		return nil, err
	}
	inti := sum.Provisional.Of(iks.Inti)
	out := &ksv1.GetProgressResponse{
		Area: x.id(), Surveyed: uint64(inti.Surveyed()), Complete: uint64(inti.Complete()), Submitted: uint64(sum.Submitted),
		Approved: uint64(sum.Approved), Returned: uint64(sum.Returned), AsOf: timestamppb.New(sum.AsOf),
	}
	targeted, ok, err := p.services.targetOf(ctx, x)
	if ok {
		out.Targeted = &targeted
	}
	return out, err
}
