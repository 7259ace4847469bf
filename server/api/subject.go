package api

import (
	"context"
	"errors"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/past"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/tally"
	"github.com/keluarga-sehat/sync/server/veil"
)

// subject is whose figures are asked for: an area or a Puskesmas.
type subject struct {
	code      area.Code
	puskesmas *store.Puskesmas
	name      string
	// year is the survey year by whose rounds its figures are asked for; 0: by each
	// family's latest.
	year int
	// rows are its village's RT, once they were read: of one moment, with its parts.
	rows *veil.VillageRows
}

func (s *subject) id() string {
	if s.puskesmas != nil {
		return s.puskesmas.Code
	}
	return s.code.String()
}

// plain is the subject as package past knows it, of which none lies below a village.
func (s *subject) plain() past.Subject {
	out := past.Subject{Area: s.code, Year: s.year}
	if s.puskesmas != nil {
		out.Puskesmas = s.puskesmas.Code
	}
	return out
}

// veiled is the subject as package veil knows it.
func (s *subject) veiled() veil.Subject {
	return veil.Subject{Area: s.code, Puskesmas: s.puskesmas, Year: s.year, Rows: s.rows}
}

// rowsOf are those of the village that a subject lies in, read once for each subject;
// its parts have the same.
func (s *Services) rowsOf(ctx context.Context, x *subject) (*veil.VillageRows, error) {
	if x.rows != nil {
		return x.rows, nil
	}
	rows, err := s.Veil.ReadVillage(ctx, villageOf(x.code))
	switch {
	case errors.Is(err, veil.ErrUnknownVillage):
		return nil, errNotFound
	case err != nil:
		return nil, err
	}
	x.rows = rows
	return rows, nil
}

// figured is a subject with its figures.
type figured struct {
	subject
	sum tally.Sum
	// day is the past day that they are of, "2024-05-17"; "" now.
	day string
	// uncounted villages are left out of a survey year's, for theirs are not known.
	uncounted int
}

// subjectOf finds the subject and decides whether the caller may see it. What
// lies outside is not found, like what does not exist. Errors: errNotFound;
// *errBadRequest without either, which names the nation, for who may not see that.
func (s *Services) subjectOf(caller *access.Caller, areaText, puskesmasCode string) (*subject, error) {
	if puskesmasCode != "" {
		_, p, ok := s.Board.FindPuskesmas(puskesmasCode)
		if !ok || !caller.MaySeePuskesmas(p) {
			return nil, errNotFound
		}
		return &subject{puskesmas: &p, name: p.Name}, nil
	}
	code, err := parseArea("area", areaText)
	if err != nil {
		return nil, err
	}
	if !caller.MaySeeAggregates(code) {
		if areaText == "" { // nothing was named, so there is nothing to hide
			return nil, &errBadRequest{"area", "name an area, or a Puskesmas by puskesmas_code", "Sebutkan wilayah, atau Puskesmas dengan puskesmasCode."}
		}
		return nil, errNotFound
	}
	if code.Level() > area.Village {
		return &subject{code: code, name: placeName(code)}, nil
	}
	part, ok := s.Board.Find(code.Dotted())
	if !ok {
		return nil, errNotFound
	}
	return &subject{code: code, name: part.Name}, nil
}

// placeName is what an RW or RT is called on screens.
func placeName(code area.Code) string {
	if code.Level() == area.RW {
		return "RW " + code.Place().RWText()
	}
	return code.Place().Label()
}

// rwsOf adds up RT, which stand by code, to their RW.
func rwsOf(rts []figured) []figured {
	var out []figured
	for i := range rts {
		rw := rts[i].code.Parent()
		if len(out) == 0 || out[len(out)-1].code != rw {
			out = append(out, figured{subject: subject{code: rw, name: placeName(rw), rows: rts[i].rows}, sum: tally.Sum{AsOf: rts[i].sum.AsOf}})
		}
		sum := &out[len(out)-1].sum
		sum.Add(&rts[i].sum.Figures)
		sum.Targeted, sum.HasTarget = sum.Targeted+rts[i].sum.Targeted, sum.HasTarget || rts[i].sum.HasTarget
	}
	return out
}

// villageOf is the village that a code lies in; the code itself above one.
func villageOf(code area.Code) area.Code {
	if village, ok := code.Village(); ok {
		return village
	}
	return code
}

// sumOf is a subject's present figures: from memory, or for RW and RT from their
// rows.
func (s *Services) sumOf(ctx context.Context, x *subject) (tally.Sum, error) {
	switch {
	case x.puskesmas != nil:
		part, _, ok := s.Board.FindPuskesmas(x.puskesmas.Code)
		if !ok {
			return tally.Sum{}, errNotFound
		}
		return part.Sum, nil
	case x.code.Level() <= area.Village:
		part, ok := s.Board.Find(x.code.Dotted())
		if !ok {
			return tally.Sum{}, errNotFound
		}
		return part.Sum, nil
	}
	list, err := s.placesOf(ctx, x)
	if err != nil {
		return tally.Sum{}, err
	}
	sum := tally.Sum{AsOf: x.rows.AsOf}
	for i := range list {
		p := &list[i].sum
		sum.Add(&p.Figures)
		sum.Targeted, sum.HasTarget = sum.Targeted+p.Targeted, sum.HasTarget || p.HasTarget
	}
	return sum, nil
}

// partsOf are the areas right below a subject with their present figures,
// ascending by code, of those that the caller may see.
func (s *Services) partsOf(ctx context.Context, caller *access.Caller, x *subject) ([]figured, error) {
	var parts []tally.Part
	switch {
	case x.puskesmas != nil:
		parts = s.Board.PuskesmasParts(x.puskesmas.Code)
	case x.code.Level() >= area.Village:
		rts, err := s.placesOf(ctx, x)
		if err != nil || x.code.Level() > area.Village {
			return rts, err
		}
		return rwsOf(rts), nil
	default:
		parts = s.Board.Parts(x.code.Dotted())
	}
	out := make([]figured, 0, len(parts))
	for i := range parts {
		code, err := area.Parse(parts[i].Code)
		if err != nil {
			return nil, err
		}
		if caller.MaySeeAggregates(code) {
			out = append(out, figured{subject: subject{code: code, name: parts[i].Name}, sum: parts[i].Sum})
		}
	}
	return out, nil
}

// placesOf are the RT in a village, RW or RT.
func (s *Services) placesOf(ctx context.Context, x *subject) ([]figured, error) {
	rows, err := s.rowsOf(ctx, x)
	if err != nil {
		return nil, err
	}
	var out []figured
	for i := range rows.Places {
		p := &rows.Places[i]
		code := rows.Code.RT(p.Place)
		if !x.code.Contains(code) {
			continue
		}
		sum := tally.Sum{AsOf: rows.AsOf, Figures: tally.Figures{Provisional: p.Provisional, Verified: p.Verified, Collection: p.Collection}}
		if n, ok := sumTargets(code, rows.Targets); ok {
			sum.Targeted, sum.HasTarget = int64(n), true
		}
		out = append(out, figured{subject: subject{code: code, name: p.Place.Label(), rows: rows}, sum: sum})
	}
	if len(out) == 0 && x.code.Level() > area.Village {
		return nil, errNotFound
	}
	return out, nil
}
