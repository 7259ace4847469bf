package field

import (
	"bytes"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"google.golang.org/grpc/codes"
)

// judgement collects what is wrong with answers. Safe for concurrent use.
type judgement struct {
	mu sync.Mutex
	// wrong, by what is wrong, with one example of each; guarded by mu.
	wrong map[string]string
	times map[string]int
	// hiddenAs are the answers about what is not the caller's, by caller, row and
	// route: all must be alike. Guarded by mu.
	hiddenAs map[string]string
	sent     int
	routes   map[string]int
	outcomes map[outcome]int
}

func newJudgement() *judgement {
	return &judgement{wrong: map[string]string{}, times: map[string]int{}, hiddenAs: map[string]string{}, routes: map[string]int{}, outcomes: map[outcome]int{}}
}

// asked is one request with its answer.
type asked struct {
	row    *accessRow
	number int // of the row
	route  *route
	caller *accessCaller
	target *accessTarget
	answer reply
}

func (a *asked) what() string {
	return fmt.Sprintf("%s (%s) as %s about %s of %s", a.row.method, a.route, a.caller.name, a.row.subject+" "+a.target.kind, a.target.world.name)
}

func (j *judgement) fault(a *asked, kind, format string, args ...any) {
	key := fmt.Sprintf("%s %s: %s", a.row.method, a.caller.roleName(), kind)
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.times[key]++; j.times[key] == 1 {
		text := a.answer.text
		j.wrong[key] = fmt.Sprintf("%s: %s: %s: %s", a.what(), kind, fmt.Sprintf(format, args...), text[:min(len(text), 300)])
	}
}

func (c *accessCaller) roleName() string { return strings.SplitN(c.name, "-", 2)[0] }

// judge holds an answer against the table.
func (j *judgement) judge(a *asked, worlds []*accessWorld) {
	want, got := expect(a.row, a.caller, a.target), a.answer.outcome()
	j.mu.Lock()
	j.sent++
	j.routes[a.row.method+" "+a.route.String()]++
	j.outcomes[want]++
	j.mu.Unlock()
	switch {
	case want == "": // public
	case a.row.how&changesOthers != 0 && want == isAllowed && got == isUnknown: // another way has done it before
	case want == isHidden && got != isAllowed, want != isHidden && got != want:
		j.fault(a, "outcome", "is %s (%s), want %s", got, a.answer.code, want)
	case (want == isHidden || want == isAllowed && a.row.how&mustAnswer != 0) && a.answer.code != codes.OK:
		j.fault(a, "refused", "%s", a.answer.code)
	}
	if got == outcome(codes.Internal.String()) || got == outcome(codes.ResourceExhausted.String()) && a.row.how&sentOnce == 0 {
		j.fault(a, "failed", "%s", a.answer.code)
	}
	j.alike(a, want)
	for _, w := range worlds {
		for i := range w.canaries {
			j.scan(a, &w.canaries[i])
		}
	}
}

var instants = regexp.MustCompile(`"(\w+Ms|asOf|time|nextPageToken)":\s?"[^"]*"`)

// alike holds that what exists elsewhere is answered as what exists nowhere.
func (j *judgement) alike(a *asked, want outcome) {
	if want != isUnknown && want != isHidden {
		return
	}
	text := a.answer.text
	for _, k := range slices.Sorted(maps.Keys(a.target.values)) {
		if v := a.target.values[k]; len(v) >= 8 {
			text = strings.ReplaceAll(text, v, "<asked>")
		}
	}
	text = instants.ReplaceAllString(text, "")
	key := fmt.Sprintf("%d %s %s %s", a.number, a.route, a.caller.name, want)
	j.mu.Lock()
	before, ok := j.hiddenAs[key]
	if !ok {
		j.hiddenAs[key] = text
	}
	j.mu.Unlock()
	if ok && before != text {
		j.fault(a, "existence hint", "another answer was %.200s", before)
	}
}

// scan looks for a planted text that the caller may not see.
func (j *judgement) scan(a *asked, c *canary) {
	if !slices.ContainsFunc(c.forms, func(form []byte) bool {
		return strings.Contains(a.answer.text, string(form)) || bytes.Contains(a.answer.raw, form)
	}) {
		return
	}
	for _, v := range a.target.values {
		if v == c.text { // it was asked for by name
			return
		}
	}
	exported := a.row.how&exact != 0 && c.kind == "family number" && a.caller.covers(c.world)
	if exported || a.caller.mayRead(c) || c.id && strings.HasPrefix(a.row.method, "AuditService.") {
		return
	}
	j.fault(a, "tells "+c.kind, "%q of %s", c.text, c.world.name)
}

// mayRead tells by table shownTo whether the caller may see all of a canary.
func (c *accessCaller) mayRead(x *canary) bool {
	if c.broken != "" {
		return false
	}
	for _, r := range c.roles {
		if shownTo[x.kind][r] == 'f' && c.near(r, x) {
			return true
		}
	}
	return false
}

// near tells whether a canary is of the caller's own place, by what it is.
func (c *accessCaller) near(r role, x *canary) bool {
	w := x.world
	switch x.kind {
	case "family", "family number", "quarantined":
		return c.as(r).covers(w)
	case "staff", "staff NIK", "staff contact", "session":
		return c.puskesmas == w.puskesmas && r != asSurveyor
	}
	return c.office(r, w) || c.puskesmas == w.puskesmas
}

// clip is the beginning of an answer.
func clip(data []byte) []byte { return data[:min(len(data), 200)] }
