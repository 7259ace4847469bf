package account

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/keluarga-sehat/sync/internal/area"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/store"
)

// Assignment gives a surveyor areas in place of those before.
type Assignment struct {
	Account uint32
	Areas   []string
}

// Effect is what an assignment does to a surveyor, and to each device.
type Effect struct {
	Account  store.Account // before
	FullName string
	// After are the areas afterwards.
	After []string
	// PlacesAdded and PlacesRemoved are known RT, as paths; FamiliesAdded and
	// FamiliesRemoved the records in them.
	PlacesAdded, PlacesRemoved     []string
	FamiliesAdded, FamiliesRemoved int64
	Devices                        []DeviceEffect
}

// DeviceEffect is one device of the surveyor that is not revoked.
type DeviceEffect struct {
	store.Device
	// AtRisk: areas leave while the device may hold unsent work on them. What was saved
	// since its last sync it alone knows, so that it may wherever areas leave.
	AtRisk bool
}

// places are the known RT of a Puskesmas by path, with their families.
type places struct {
	villages []store.Village
	known    map[uint32][]area.Place
	families map[string]int64
}

func readPlaces(ctx context.Context, snap store.Snapshot, villages []store.Village) (*places, error) {
	p := &places{villages: villages, known: map[uint32][]area.Place{}, families: map[string]int64{}}
	for _, v := range villages {
		code, err := area.Parse(v.Code)
		if err != nil {
			return nil, fmt.Errorf("village %d: %w", v.Number, err)
		}
		rows, err := snap.PlacesOf(ctx, v.Number)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			p.known[v.Number] = append(p.known[v.Number], r.Place)
			p.families[code.RT(r.Place).String()] = r.Families
		}
	}
	return p, nil
}

// scopeOf are the known RT that an account with such areas may hold on a device.
func (p *places) scopeOf(a store.Account, areas []string) map[string]bool {
	a.Assigned, a.Disabled = areas, false
	c := &access.Caller{Account: a, Work: p.villages}
	out := map[string]bool{}
	for _, v := range p.villages {
		scope, ok := c.HeldScope(v, p.known[v.Number])
		code, err := area.Parse(v.Code)
		if !ok || err != nil {
			continue
		}
		for _, place := range p.known[v.Number] {
			if scope.All || slices.Contains(scope.Places, place) {
				out[code.RT(place).String()] = true
			}
		}
	}
	return out
}

func (p *places) sum(paths []string) (families int64) {
	for _, path := range paths {
		families += p.families[path]
	}
	return families
}

// Assign replaces the areas of surveyors of the caller's Puskesmas, all or none,
// and tells what it does; a dry run only tells. without is how many known RT
// have no surveyor afterwards. Errors: store.ErrNotFound, ErrForbidden,
// *InvalidError.
func (s *Service) Assign(ctx context.Context, c *access.Caller, list []Assignment, dryRun bool) (effects []Effect, without int, err error) {
	err = s.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		effects = nil
		p, err := readPlaces(ctx, tx.Snapshot(), c.Work)
		if err != nil {
			return err
		}
		after := map[uint32][]string{}
		for i, x := range list {
			if _, twice := after[x.Account]; twice {
				return &InvalidError{fmt.Sprintf("assignments[%d].account", i), "Akun ini tertulis dua kali."}
			}
			after[x.Account] = x.Areas
			e, err := s.assignOne(ctx, tx, c, p, x, dryRun)
			if invalid, ok := err.(*InvalidError); ok {
				return &InvalidError{fmt.Sprintf("assignments[%d].%s", i, invalid.Field), invalid.Problem}
			}
			if err != nil {
				return err
			}
			effects = append(effects, e)
		}
		without, err = placesWithout(ctx, tx.Snapshot(), c, p, after)
		return err
	})
	return effects, without, err
}

func (s *Service) assignOne(ctx context.Context, tx store.Tx, c *access.Caller, p *places, x Assignment, dryRun bool) (Effect, error) {
	row, err := s.lockOther(ctx, tx, c, x.Account, mayManage)
	if err != nil {
		return Effect{}, err
	}
	if !slices.Contains(row.Roles, int32(ksv1.Role_ROLE_SURVEYOR)) {
		return Effect{}, &InvalidError{"account", "Akun ini bukan akun Pembina Keluarga."}
	}
	if x.Areas, err = assignable(x.Areas, true, c.Work); err != nil {
		return Effect{}, &InvalidError{"areas", err.(*InvalidError).Problem}
	}
	e, err := s.effect(ctx, tx.Snapshot(), p, row, x.Areas)
	if err != nil || dryRun {
		return e, err
	}
	row.Assigned = x.Areas
	row.ScopeRevision++
	_, err = tx.Directory().PutAccount(ctx, row)
	return e, err
}

func (s *Service) effect(ctx context.Context, snap store.Snapshot, p *places, row store.Account, areas []string) (Effect, error) {
	e := Effect{Account: row, After: areas}
	var err error
	if e.FullName, err = OpenFullName(s.Vault, &row); err != nil {
		return e, err
	}
	before, after := p.scopeOf(row, row.Assigned), p.scopeOf(row, areas)
	for path := range after {
		if !before[path] {
			e.PlacesAdded = append(e.PlacesAdded, path)
		}
	}
	for path := range before {
		if !after[path] {
			e.PlacesRemoved = append(e.PlacesRemoved, path)
		}
	}
	slices.Sort(e.PlacesAdded)
	slices.Sort(e.PlacesRemoved)
	e.FamiliesAdded, e.FamiliesRemoved = p.sum(e.PlacesAdded), p.sum(e.PlacesRemoved)
	devices, err := snap.DevicesOf(ctx, row.Number)
	if err != nil {
		return e, err
	}
	// RT that nobody knows yet may leave as well: what was collected there is
	// unsent.
	leaves := len(e.PlacesRemoved) > 0 || slices.ContainsFunc(row.Assigned, func(path string) bool { return !covered(areas, path) })
	for _, d := range devices {
		if !d.Revoked {
			e.Devices = append(e.Devices, DeviceEffect{Device: d, AtRisk: leaves})
		}
	}
	return e, nil
}

// covered tells whether one of the areas contains the path.
func covered(areas []string, path string) bool {
	inner, err := area.Parse(path)
	return err == nil && slices.ContainsFunc(areas, func(a string) bool {
		outer, err := area.Parse(a)
		return err == nil && outer.Contains(inner)
	})
}

// surveyors reads the accounts of the caller's Puskesmas that are a surveyor's
// and not disabled.
func surveyors(ctx context.Context, snap store.Snapshot, c *access.Caller) ([]store.Account, error) {
	var out []store.Account
	for after := uint32(0); ; {
		page, err := snap.ListAccounts(ctx, store.AccountQuery{Puskesmas: c.Account.Puskesmas, After: after, Limit: pageRows})
		if err != nil {
			return nil, err
		}
		for _, a := range page {
			after = a.Number
			if !a.Disabled && slices.Contains(a.Roles, int32(ksv1.Role_ROLE_SURVEYOR)) {
				out = append(out, a)
			}
		}
		if len(page) < pageRows {
			return out, nil
		}
	}
}

func placesWithout(ctx context.Context, snap store.Snapshot, c *access.Caller, p *places, changed map[uint32][]string) (int, error) {
	list, err := surveyors(ctx, snap, c)
	if err != nil {
		return 0, err
	}
	n := 0
	for path := range p.families {
		has := slices.ContainsFunc(list, func(a store.Account) bool {
			areas, ok := changed[a.Number]
			if !ok {
				areas = a.Assigned
			}
			return covered(areas, path)
		})
		if !has {
			n++
		}
	}
	return n, nil
}

// Gaps are what nobody has, and who has what.
type Gaps struct {
	// Places are known RT without a surveyor, ascending by path.
	Places []PlaceFamilies
	// Surveyors are all who are not disabled, those with nothing first.
	Surveyors []SurveyorFamilies
}

// PlaceFamilies is an RT with its families.
type PlaceFamilies struct {
	Path     string
	Families int64
}

// SurveyorFamilies is a surveyor with what the assigned areas hold.
type SurveyorFamilies struct {
	Account  store.Account
	FullName string
	Places   int
	Families int64
}

// Gaps looks over the caller's Puskesmas.
func (s *Service) Gaps(ctx context.Context, c *access.Caller) (g Gaps, err error) {
	err = s.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		g = Gaps{}
		p, err := readPlaces(ctx, snap, c.Work)
		if err != nil {
			return err
		}
		list, err := surveyors(ctx, snap, c)
		if err != nil {
			return err
		}
		has := map[string]bool{}
		for _, a := range list {
			one := SurveyorFamilies{Account: a}
			if one.FullName, err = OpenFullName(s.Vault, &a); err != nil {
				return err
			}
			for path, families := range p.families {
				if covered(a.Assigned, path) {
					has[path] = true
					one.Places++
					one.Families += families
				}
			}
			g.Surveyors = append(g.Surveyors, one)
		}
		for path, families := range p.families {
			if !has[path] {
				g.Places = append(g.Places, PlaceFamilies{path, families})
			}
		}
		slices.SortFunc(g.Places, func(a, b PlaceFamilies) int { return strings.Compare(a.Path, b.Path) })
		slices.SortStableFunc(g.Surveyors, func(a, b SurveyorFamilies) int { return min(a.Places, 1) - min(b.Places, 1) })
		return nil
	})
	return g, err
}
