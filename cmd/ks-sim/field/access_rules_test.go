package field

import (
	"slices"
	"strings"
)

// outcome is how a call ends.
type outcome string

const (
	// isAllowed: answered, or refused for what it asks, such as a state that has
	// changed.
	isAllowed outcome = "allowed"
	// isHidden: answered as if there were no such thing.
	isHidden outcome = "hidden"
	// isUnknown: not found, byte for byte as what does not exist.
	isUnknown outcome = "not found"
	// isForbidden: the role gives no such right, whatever is asked about.
	isForbidden outcome = "forbidden"
	// isSignedOut: nobody who is known.
	isSignedOut outcome = "unauthenticated"
)

// accessCaller is who asks.
type accessCaller struct {
	name  string
	roles []role
	// area of an office: "", "32", "32.04"; else the Puskesmas.
	area, puskesmas string
	// assigned are a surveyor's areas.
	assigned []string
	// unregistered: the registration form was not accepted.
	unregistered bool
	token        string
	// broken is what every call ends with that needs an account; "": nothing.
	broken outcome
	// feedOf is the owner of a feed token; nil: the token is an account's.
	feedOf *accessCaller
	// covered are the places whose families are the caller's to see.
	covered []*accessWorld
}

func (c *accessCaller) is(r role) bool { return slices.Contains(c.roles, r) }

func (c *accessCaller) has(line right) bool {
	return slices.ContainsFunc(c.roles, func(r role) bool { return section6[line][r] == 'y' })
}

// by is the caller with those roles alone that fit, and what these cover.
func (c *accessCaller) by(fits func(role) bool) *accessCaller {
	some := *c
	some.roles = slices.DeleteFunc(slices.Clone(c.roles), func(r role) bool { return !fits(r) })
	some.covered = slices.DeleteFunc(slices.Clone(c.covered), func(w *accessWorld) bool { return !some.covers(w) })
	return &some
}

// as is the caller in one role.
func (c *accessCaller) as(r role) *accessCaller {
	return c.by(func(other role) bool { return other == r })
}

// leads tells whether some role reaches over the whole Puskesmas.
func (c *accessCaller) leads() bool {
	return c.is(asAdministrator) || c.is(asHead) || c.is(asSupervisor)
}

// within tells whether a code lies in an area: the same, or below it.
func within(outer, code string) bool {
	return outer == "" || code == outer || strings.HasPrefix(code, outer) && strings.ContainsAny(code[len(outer):len(outer)+1], "./")
}

// assignedWithin tells whether some assignment touches the area.
func (c *accessCaller) assignedWithin(code string) bool {
	return slices.ContainsFunc(c.assigned, func(a string) bool { return within(code, a) || within(a, code) })
}

// covers: the families of a place.
func (c *accessCaller) covers(w *accessWorld) bool {
	if w.puskesmas == "" || c.puskesmas != w.puskesmas {
		return false
	}
	return c.is(asHead) || c.is(asSupervisor) || c.is(asSurveyor) && slices.ContainsFunc(c.assigned, func(a string) bool { return within(a, w.rt()) })
}

// hasIn tells whether some family of the caller's lies in the area, or in its
// village.
func (c *accessCaller) hasIn(area string) bool {
	return slices.ContainsFunc(c.covered, func(w *accessWorld) bool {
		return area == "id" || within(area, w.village) || within(w.rt(), area) || within(area, w.rt())
	})
}

// office tells whether the place lies in the caller's office's area.
func (c *accessCaller) office(r role, w *accessWorld) bool {
	return c.is(r) && !w.none && (r == asNational || c.area != "" && within(c.area, w.district))
}

// expect is what the call ends with.
func expect(row *accessRow, c *accessCaller, x *accessTarget) outcome {
	switch {
	case row.subject == "feed" || row.subject == "feed of puskesmas":
		return ofFeed(row, c, x)
	case row.how&needsNobody != 0:
		return or(isSignedOut, !strings.HasPrefix(row.subject, "wrong "))
	case c.broken != "":
		return c.broken
	case !c.has(row.right):
		return isForbidden
	}
	if rule := subjectRules[row.subject]; rule != nil {
		// Where a right holds is for the roles to say that give it.
		return rule(c.by(func(r role) bool { return section6[row.right][r] == 'y' }), x)
	}
	return ""
}

// or is the outcome of a condition.
func or(otherwise outcome, holds bool) outcome {
	if holds {
		return isAllowed
	}
	return otherwise
}

// subjectRules tell where a right holds, by what is asked about.
var subjectRules = map[string]func(c *accessCaller, x *accessTarget) outcome{
	"nothing":           func(*accessCaller, *accessTarget) outcome { return isAllowed },
	"wrong proof":       func(*accessCaller, *accessTarget) outcome { return isSignedOut },
	"wrong deposit":     func(*accessCaller, *accessTarget) outcome { return isSignedOut },
	"place":             func(*accessCaller, *accessTarget) outcome { return "" }, // public: whatever, but nothing of anybody
	"family":            func(c *accessCaller, x *accessTarget) outcome { return or(isUnknown, c.covers(x.world)) },
	"change":            func(c *accessCaller, x *accessTarget) outcome { return or(isUnknown, c.covers(x.world)) },
	"backup":            func(c *accessCaller, x *accessTarget) outcome { return or(isUnknown, c.puskesmas == x.world.puskesmas) },
	"backup of others":  func(*accessCaller, *accessTarget) outcome { return isUnknown }, // of a device that was not handed over to them
	"batch":             func(c *accessCaller, x *accessTarget) outcome { return or(isUnknown, c.covers(x.world)) },
	"families":          func(c *accessCaller, x *accessTarget) outcome { return or(isHidden, c.hasIn(x.values["area"])) },
	"name":              func(c *accessCaller, x *accessTarget) outcome { return or(isHidden, c.covers(x.world)) },
	"area":              ofArea,
	"nothing of it":     func(*accessCaller, *accessTarget) outcome { return isUnknown },
	"village":           func(c *accessCaller, x *accessTarget) outcome { return ofCode(c, x, x.values["village"]) },
	"feed":              func(*accessCaller, *accessTarget) outcome { return isSignedOut }, // see ofFeed
	"feed of puskesmas": func(*accessCaller, *accessTarget) outcome { return isSignedOut },
	"past of area":      ofPastArea,
	"puskesmas":         ofPuskesmas,
	"workers":           workers,
	"account r":         func(c *accessCaller, x *accessTarget) outcome { return overAccount(c, x, "r") },
	"account i":         func(c *accessCaller, x *accessTarget) outcome { return overAccount(c, x, "i") },
	"account m":         func(c *accessCaller, x *accessTarget) outcome { return overAccount(c, x, "m") },
	"staff": func(c *accessCaller, x *accessTarget) outcome {
		return or(isUnknown, x.world.puskesmas != "" && c.puskesmas == x.world.puskesmas)
	},
	"own staff": func(c *accessCaller, _ *accessTarget) outcome { return or(isForbidden, c.is(asAdministrator)) },
	"office area": func(c *accessCaller, x *accessTarget) outcome {
		return or(isUnknown, c.is(asNational) || c.area == x.values["district"])
	},
	"device":       func(c *accessCaller, x *accessTarget) outcome { return overAccount(c, x, "r") },
	"victim":       func(c *accessCaller, x *accessTarget) outcome { return overAccount(c, x, "m") },
	"registration": ofRegistration,
	"nominee":      ofRegistration,
	"package": func(c *accessCaller, x *accessTarget) outcome {
		return secondly(ofRegistration(c, x), c.is(asDistrict) || c.is(asNational))
	},
	"look-up": func(c *accessCaller, x *accessTarget) outcome {
		return or(isForbidden, !c.unregistered && c.covers(x.world))
	},
	"desk": func(c *accessCaller, x *accessTarget) outcome {
		return or(isForbidden, c.is(asDistrict) && c.area == x.values["district"])
	},
	"nation's desk": func(c *accessCaller, _ *accessTarget) outcome { return or(isForbidden, c.is(asNational)) },
	"new family": func(c *accessCaller, x *accessTarget) outcome { // outside the assignment it is saved, for a supervisor to decide
		return or(isForbidden, x.world.puskesmas != "" && c.puskesmas == x.world.puskesmas)
	},
	"foreign family":        func(c *accessCaller, x *accessTarget) outcome { return or(isUnknown, c.covers(x.world)) },
	"families to approve":   func(c *accessCaller, x *accessTarget) outcome { return or(isHidden, c.covers(x.world)) },
	"trail of family":       func(c *accessCaller, x *accessTarget) outcome { return or(isUnknown, c.covers(x.world)) },
	"registrations of area": func(c *accessCaller, x *accessTarget) outcome { return or(isHidden, ofRegistration(c, x) == isAllowed) },
	"letter":                func(c *accessCaller, x *accessTarget) outcome { return or(isHidden, ofRegistration(c, x) == isAllowed) },
	"nominee's number":      func(c *accessCaller, x *accessTarget) outcome { return or(isHidden, ofRegistration(c, x) == isAllowed) },
	"list of nominees": func(c *accessCaller, x *accessTarget) outcome {
		if c.is(asAdministrator) {
			return isHidden // those of the own Puskesmas, once accepted
		}
		return ofRegistration(c, x)
	},
	// A district replaces administrators; surveyors are their administrator's, who
	// sees the list when it was accepted.
	"surveyor nominee": func(c *accessCaller, x *accessTarget) outcome { return secondly(ofRegistration(c, x), false) },
	// Nobody is waiting to be refused.
	"nominee to refuse": func(c *accessCaller, x *accessTarget) outcome { return secondly(ofRegistration(c, x), false) },
}

// secondly is isForbidden where the thing may be seen, but not this be done.
func secondly(seen outcome, may bool) outcome {
	if seen == isAllowed {
		return or(isForbidden, may)
	}
	return seen
}

// ofArea: figures of the own area and what lies in it; a surveyor's are the villages
// with an assignment. What is not there is not found.
func ofArea(c *accessCaller, x *accessTarget) outcome { return ofCode(c, x, x.values["area"]) }

func ofCode(c *accessCaller, x *accessTarget, code string) outcome {
	if x.world.none {
		return isUnknown
	}
	switch {
	case c.is(asNational):
		return isAllowed
	case c.is(asProvince) || c.is(asDistrict):
		return or(isUnknown, code != "id" && within(c.area, code))
	}
	return or(isUnknown, c.puskesmas == x.world.puskesmas && within(x.world.village, code) && (c.leads() || c.assignedWithin(x.world.village)))
}

// ofFeed: a feed token reaches what its owner sees, and is taken for nothing else;
// no account's own token opens a feed.
func ofFeed(row *accessRow, c *accessCaller, x *accessTarget) outcome {
	if c.feedOf == nil {
		return isSignedOut
	}
	if row.subject == "feed" {
		return ofArea(c.feedOf, x)
	}
	return ofPuskesmas(c.feedOf, x)
}

// ofPastArea are kept for villages and above; that something is not is said
// before it is looked for.
func ofPastArea(c *accessCaller, x *accessTarget) outcome {
	if x.world.none && c.is(asNational) {
		return ""
	}
	return ofArea(c, x)
}

func ofPuskesmas(c *accessCaller, x *accessTarget) outcome {
	if c.puskesmas != "" {
		return or(isUnknown, c.puskesmas == x.world.puskesmas && c.leads())
	}
	return or(isUnknown, c.office(asNational, x.world) || c.office(asProvince, x.world) || c.office(asDistrict, x.world))
}

// workers: how those of the own Puskesmas get on, within it.
func workers(c *accessCaller, x *accessTarget) outcome {
	if c.puskesmas == "" {
		return isForbidden
	}
	return or(isUnknown, c.puskesmas == x.world.puskesmas && (c.leads() || c.assignedWithin(x.world.village)))
}

// overAccount holds the account's kind against accountRights.
func overAccount(c *accessCaller, x *accessTarget, need string) outcome {
	best := ""
	for _, r := range c.roles {
		own := x.world.puskesmas != "" && c.puskesmas == x.world.puskesmas
		switch {
		case r == asNational:
			own = !x.world.none
		case r == asProvince:
			own = x.kind == "province office" && c.area == x.world.province
		case r == asDistrict:
			own = (x.kind == "district office" || x.kind == "administrator") && c.area == x.world.district
		case x.kind == "district office" || x.kind == "province office":
			own = false
		}
		if may := accountRights[x.kind][r]; own && len(may) > len(best) {
			best = may
		}
	}
	switch {
	case !strings.Contains(best, "r"):
		return isUnknown
	default:
		return or(isForbidden, strings.Contains(best, need))
	}
}

// ofRegistration: all that were submitted, those of which the province has its
// copy, those of the own district.
func ofRegistration(c *accessCaller, x *accessTarget) outcome {
	if x.kind == "draft" {
		return or(isUnknown, c.office(asDistrict, x.world))
	}
	return or(isUnknown, c.office(asNational, x.world) || c.office(asProvince, x.world) || c.office(asDistrict, x.world))
}
