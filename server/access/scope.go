package access

import (
	"cmp"
	"slices"

	"github.com/keluarga-sehat/sync/internal/area"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// Roles don't add up: where a right holds, and how much of a number is shown, is
// for the role to say that gives it. A head who is a surveyor too reads in the
// whole Puskesmas and collects in the assigned areas.

// roleSet are some of the roles.
type roleSet func(ksv1.Role) bool

func giving(right ksv1.Right) roleSet {
	return func(role ksv1.Role) bool { return slices.Contains(rights[role], right) }
}

// shownWhole are the roles that are shown all of a family's numbers.
func shownWhole(role ksv1.Role) bool { return views[FamilyNumber][role] == Full }

// everywhere tells whether one of the roles is the caller's and reaches over the
// whole work area with its families.
func (c *Caller) everywhere(of roleSet) bool {
	return slices.ContainsFunc([]ksv1.Role{ksv1.Role_ROLE_SUPERVISOR, ksv1.Role_ROLE_PUSKESMAS_HEAD}, func(role ksv1.Role) bool {
		return c.is(role) && of(role)
	})
}

// whereAssigned tells whether one of the roles is the caller's and reaches over the
// assigned areas.
func (c *Caller) whereAssigned(of roleSet) bool {
	return c.is(ksv1.Role_ROLE_SURVEYOR) && of(ksv1.Role_ROLE_SURVEYOR)
}

// reach tells whether one of the roles is the caller's and reaches to an RT.
func (c *Caller) reach(of roleSet, village uint32, place area.Place) bool {
	i := slices.IndexFunc(c.Work, func(v store.Village) bool { return v.Number == village })
	if i < 0 || c.everywhere(of) {
		return i >= 0
	}
	code, err := area.Parse(c.Work[i].Code)
	if err != nil || !c.whereAssigned(of) {
		return false
	}
	rt := code.RT(place)
	return slices.ContainsFunc(c.Account.Assigned, func(path string) bool {
		assigned, err := area.Parse(path)
		return err == nil && assigned.Contains(rt)
	})
}

// CoversFor tells whether the caller has the right over the families of an RT of a
// village. Nobody above the Puskesmas has any.
func (c *Caller) CoversFor(right ksv1.Right, village uint32, place area.Place) bool {
	return c.Has(right) && c.reach(giving(right), village, place)
}

// Span are RT of a village, from one to another.
type Span struct {
	Village  uint32
	From, To area.Place
}

// SpansFor are the RT over whose families the caller has the right, in the order of villages and
// RT, none twice; all: those of VillagesFor whole.
func (c *Caller) SpansFor(right ksv1.Right) (spans []Span, all bool) {
	of := giving(right)
	if !c.Has(right) || c.everywhere(of) {
		return nil, c.Has(right)
	}
	if !c.whereAssigned(of) {
		return nil, false
	}
	for _, v := range c.Work {
		code, err := area.Parse(v.Code)
		if err != nil {
			continue
		}
		for _, path := range c.Account.Assigned {
			assigned, err := area.Parse(path)
			if err != nil || !assigned.Contains(code) && !code.Contains(assigned) {
				continue
			}
			from, to := assigned.Places()
			spans = append(spans, Span{v.Number, from, to})
		}
	}
	slices.SortFunc(spans, func(a, b Span) int {
		return cmp.Or(cmp.Compare(a.Village, b.Village), cmp.Compare(a.From, b.From), cmp.Compare(b.To, a.To))
	})
	// Areas lie within one another, or apart.
	out := spans[:0]
	for _, s := range spans {
		if n := len(out); n == 0 || out[n-1].Village != s.Village || s.From > out[n-1].To {
			out = append(out, s)
		}
	}
	return out, false
}

// Covers tells whether the caller may see the families of an RT identified.
func (c *Caller) Covers(village uint32, place area.Place) bool {
	return c.CoversFor(ksv1.Right_RIGHT_SEE_FAMILIES, village, place)
}

// Collects tells whether the caller may write to the families of an RT: what an
// ingest.Sender covers.
func (c *Caller) Collects(village uint32, place area.Place) bool {
	return c.CoversFor(ksv1.Right_RIGHT_COLLECT, village, place)
}

// FamilyNumbers is how much of NIK and No. KK the caller is shown of the families
// of an RT.
func (c *Caller) FamilyNumbers(village uint32, place area.Place) View {
	most := Nothing
	for role, view := range views[FamilyNumber] {
		if view > most && c.Has(ksv1.Right_RIGHT_SEE_FAMILIES) && c.reach(func(r ksv1.Role) bool { return r == role }, village, place) {
			most = view
		}
	}
	return most
}

// Villages are the numbers of the villages in which the caller may see
// families at all.
func (c *Caller) Villages() []uint32 { return c.VillagesFor(ksv1.Right_RIGHT_SEE_FAMILIES) }

// VillagesFor are the numbers of the villages in which the caller has the right
// over some families.
func (c *Caller) VillagesFor(right ksv1.Right) []uint32 {
	if !c.Has(right) {
		return nil
	}
	return c.villages(giving(right))
}

func (c *Caller) villages(of roleSet) (out []uint32) {
	for _, v := range c.Work {
		code, err := area.Parse(v.Code)
		if err == nil && (c.everywhere(of) || c.whereAssigned(of) && c.assignedIn(code)) {
			out = append(out, v.Number)
		}
	}
	return out
}

// HeldVillages are the numbers of the villages of which the caller's device may
// hold something.
func (c *Caller) HeldVillages() []uint32 {
	if !c.Has(ksv1.Right_RIGHT_SEE_FAMILIES) {
		return nil
	}
	return c.villages(shownWhole)
}

// VillageScope is a part of a village.
type VillageScope struct {
	Village store.Village
	// All: the whole village; otherwise Places, ascending.
	All    bool
	Places []area.Place
}

// Scope is the part of a village whose families the caller may see; known are the RT
// that the village has, for assignments of an RW. ok is false where the caller sees
// none.
func (c *Caller) Scope(v store.Village, known []area.Place) (scope VillageScope, ok bool) {
	return c.scope(giving(ksv1.Right_RIGHT_SEE_FAMILIES), v, known)
}

// HeldScope is the part of a village that the caller's device may hold, as Scope.
// Records go down whole, so whoever is shown less of a number than all of it reads
// on line, where it is masked.
func (c *Caller) HeldScope(v store.Village, known []area.Place) (scope VillageScope, ok bool) {
	return c.scope(shownWhole, v, known)
}

func (c *Caller) scope(of roleSet, v store.Village, known []area.Place) (scope VillageScope, ok bool) {
	scope = VillageScope{Village: v}
	if !c.Has(ksv1.Right_RIGHT_SEE_FAMILIES) || !slices.ContainsFunc(c.Work, func(w store.Village) bool { return w.Number == v.Number }) {
		return scope, false
	}
	if c.everywhere(of) {
		scope.All = true
		return scope, true
	}
	code, err := area.Parse(v.Code)
	if err != nil || !c.whereAssigned(of) {
		return scope, false
	}
	for _, path := range c.Account.Assigned {
		assigned, err := area.Parse(path)
		if err != nil || !code.Contains(assigned) {
			continue
		}
		switch assigned.Level() {
		case area.Village:
			return VillageScope{Village: v, All: true}, true
		case area.RT:
			scope.Places = append(scope.Places, assigned.Place())
		case area.RW:
			for _, place := range known {
				if assigned.Contains(code.RT(place)) {
					scope.Places = append(scope.Places, place)
				}
			}
		}
		ok = true
	}
	slices.Sort(scope.Places)
	scope.Places = slices.Compact(scope.Places)
	return scope, ok
}
