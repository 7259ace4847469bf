package field

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/store"
)

// sampled is every how manieth request of the matrix a wall is tried with.
const sampled = 24

// unwalled is a store whose second wall is passed by: all of its transactions are
// an operator's.
type unwalled struct{ store.Store }

func (u unwalled) Write(ctx context.Context, fn func(ctx context.Context, tx store.Tx) error) error {
	return u.Store.Write(store.AsOperator(ctx), fn)
}

func (u unwalled) Read(ctx context.Context, fn func(ctx context.Context, snap store.Snapshot) error) error {
	return u.Store.Read(store.AsOperator(ctx), fn)
}

// Row-level security off: what the server decides is enough alone.
func TestTheDecisionAloneGivesEachRoleWhatItMaySee(t *testing.T) {
	t.Parallel()
	m := newAccessMatrix(t, unwalled{postgresStore(t)})
	j := newJudgement()
	m.try(t, j, sampled)
	m.tryStreams(t, false)
	m.finish(t, j)
}

// credulous is a store that lies to the server's own decision: once the matrix has
// been built every account of a Puskesmas seems to lead one that serves every
// village, and every office to be the national one. Transactions still declare the
// true caller's reach, so that row-level security alone decides.
type credulous struct {
	store.Store
	// reach by account; nil: it does not lie yet.
	reach map[uint32]store.Scope
}

const everyVillage = "P0000000000"

func (c *credulous) scoped(ctx context.Context) context.Context {
	declared, operator := store.ScopeOf(ctx)
	if operator || declared.Account == 0 {
		return ctx
	}
	reach, known := c.reach[declared.Account]
	if !known {
		return ctx
	}
	return store.WithScope(ctx, reach)
}

func (c *credulous) Write(ctx context.Context, fn func(ctx context.Context, tx store.Tx) error) error {
	return c.Store.Write(c.scoped(ctx), fn)
}

func (c *credulous) Read(ctx context.Context, fn func(ctx context.Context, snap store.Snapshot) error) error {
	return c.Store.Read(c.scoped(ctx), func(ctx context.Context, snap store.Snapshot) error {
		return fn(ctx, lyingSnapshot{snap, c})
	})
}

type lyingSnapshot struct {
	store.Snapshot
	about *credulous
}

// FindAccount gives an account more than it has.
func (s lyingSnapshot) FindAccount(ctx context.Context, number uint32) (store.Account, error) {
	a, err := s.Snapshot.FindAccount(ctx, number)
	if _, lie := s.about.reach[number]; !lie || err != nil {
		return a, err
	}
	if a.Puskesmas == "" {
		a.Roles, a.Area = []int32{int32(ksv1.Role_ROLE_NATIONAL)}, ""
		return a, nil
	}
	a.Puskesmas = everyVillage
	a.Roles = []int32{int32(ksv1.Role_ROLE_SUPERVISOR), int32(ksv1.Role_ROLE_PUSKESMAS_HEAD), int32(ksv1.Role_ROLE_SURVEYOR)}
	return a, nil
}

// callerAs is an account with the villages of its Puskesmas, and the supervisor's
// role while it acts as one.
func callerAs(ctx context.Context, snap store.Snapshot, a store.Account) (*access.Caller, error) {
	c := &access.Caller{Account: a}
	if access.Acts(&a, time.Now()) {
		c.Account.Roles = append(slices.Clone(a.Roles), int32(ksv1.Role_ROLE_SUPERVISOR))
	}
	if a.Puskesmas == "" {
		return c, nil
	}
	p, err := snap.FindPuskesmas(ctx, a.Puskesmas)
	if err != nil {
		return nil, err
	}
	for _, code := range p.Villages {
		v, err := snap.VillagesUnder(ctx, code)
		if err != nil {
			return nil, err
		}
		c.Work = append(c.Work, v...)
	}
	return c, nil
}

// reach is what transactions of each caller may reach, drawn from the accounts as
// they are.
func (m *accessMatrix) reach(t *testing.T) map[uint32]store.Scope {
	t.Helper()
	reach := map[uint32]store.Scope{}
	err := m.Store.Read(t.Context(), func(ctx context.Context, snap store.Snapshot) error {
		for _, x := range m.callers {
			if x.broken != "" {
				continue
			}
			a, err := snap.FindAccountByName(ctx, x.name)
			if err != nil {
				return err
			}
			caller, err := callerAs(ctx, snap, a)
			if err != nil {
				return err
			}
			reach[a.Number] = caller.StoreScope()
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return reach
}

// behindTheWall are the methods whose answers row-level security bounds: those
// about families, figures and registrations. What is kept of accounts, their
// devices and sessions, of areas and of the trail has no village; there the
// decision is the one wall.
func behindTheWall(row *accessRow) bool {
	return slices.Contains([]string{"family", "families", "name", "change", "batch", "foreign family", "families to approve", "trail of family",
		"registration", "registrations of area", "letter", "nominee", "list of nominees", "nominee's number", "surveyor nominee", "nominee to refuse",
		"package"}, row.subject)
}

// The server's own decision off: row-level security alone keeps every row of a
// family or registration that is not the caller's from every answer.
func TestTheWallAloneKeepsForeignRowsFromEveryAnswer(t *testing.T) {
	t.Parallel()
	lying := &credulous{Store: postgresStore(t)}
	m := newAccessMatrix(t, lying)
	reach := m.reach(t)
	var villages []string
	for _, w := range m.worlds[:5] {
		villages = append(villages, w.village)
	}
	err := lying.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
		return tx.Directory().PutPuskesmas(ctx, []store.Puskesmas{{Code: everyVillage, Name: "Seluruh Desa", District: "32.04", Villages: villages}})
	})
	if err != nil {
		t.Fatal(err)
	}
	lying.reach = reach
	believed := m.believed(t, lying)
	j := newJudgement()
	client, all := newAccessClient(t, m.Field), contract()
	const everyThird = 3
	sent, count := 0, 0
	for i := range accessTable {
		row := &accessTable[i]
		if !behindTheWall(row) || row.how&(changesOthers|triedElsewhere) != 0 {
			continue
		}
		for _, c := range m.callers {
			for _, x := range targetsOf(row, m.worlds) {
				if count++; c.broken != "" || count%everyThird != 0 {
					continue
				}
				a := &asked{row: row, number: i, route: all[row.method][0], caller: c, target: x}
				m.ask(t, client, a)
				sent++
				j.foreignRows(a, m.worlds)
			}
		}
	}
	m.tell(t, j)
	m.tryStreams(t, true)
	if believed == 0 {
		t.Error("the decision was not off: nobody was shown anything that is not theirs by right")
	}
	t.Logf("%d requests; %d accounts are believed to lead everything", sent, believed)
}

// believed counts the callers to whom the decision would give what is not theirs.
func (m *accessMatrix) believed(t *testing.T, lying *credulous) (n int) {
	t.Helper()
	err := lying.Read(t.Context(), func(ctx context.Context, snap store.Snapshot) error {
		for _, c := range m.callers {
			if c.broken != "" || c.puskesmas == "" {
				continue
			}
			a, err := snap.FindAccountByName(ctx, c.name)
			if err != nil {
				return err
			}
			if a, err = snap.FindAccount(ctx, a.Number); err != nil {
				return err
			}
			caller, err := callerAs(ctx, snap, a)
			if err != nil {
				return err
			}
			if len(caller.Villages()) == 5 && !strings.Contains(fmt.Sprint(lying.reach[a.Number].Villages), fmt.Sprint(caller.Villages())) {
				n++
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// foreignRows finds canaries of families and registrations that are of a place
// which the transaction could not reach.
func (j *judgement) foreignRows(a *asked, worlds []*accessWorld) {
	for _, w := range worlds {
		for i := range w.canaries {
			c := &w.canaries[i]
			if !strings.Contains(a.answer.text, c.text) || slices.Contains(valuesOf(a.target), c.text) {
				continue
			}
			switch c.kind {
			case "family", "family number", "quarantined":
				// Within a village the RT are the decision's alone.
				if !a.caller.reaches(w) {
					j.fault(a, "a row of another village", "%q of %s", c.text, w.name)
				}
			case "nominee", "nominee NIK", "nominee phone", "draft nominee", "letter":
				if !a.caller.office(asNational, w) && !a.caller.office(asProvince, w) && !a.caller.office(asDistrict, w) && a.caller.puskesmas != w.puskesmas {
					j.fault(a, "a row of another office's registration", "%q of %s", c.text, w.name)
				}
			}
		}
	}
}

func valuesOf(x *accessTarget) (out []string) {
	for _, v := range x.values {
		out = append(out, v)
	}
	return out
}

// reaches tells whether the caller may see families of the village at all.
func (c *accessCaller) reaches(w *accessWorld) bool {
	return c.covers(w) || c.puskesmas == w.puskesmas && c.is(asSurveyor) && c.assignedWithin(w.village)
}
