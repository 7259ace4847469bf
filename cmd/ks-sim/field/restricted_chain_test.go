package field

import (
	"slices"
	"testing"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/server"
	"github.com/keluarga-sehat/sync/server/person"
	"github.com/keluarga-sehat/sync/server/store"
)

// restrictChain is a supervisor's device with a family that gets restricted, of which two are
// named, and two others.
type restrictChain struct {
	t              *testing.T
	device         *clientsdk.User
	of, kept, last clientsdk.ID
	first, second  string
}

// split splits those named off a family.
func (c *restrictChain) split(of clientsdk.ID, names ...string) clientsdk.ID {
	c.t.Helper()
	h, err := c.device.Family(c.t.Context(), of)
	if err != nil {
		c.t.Fatal(err)
	}
	var members []clientsdk.ID
	for _, m := range h.GetMembers() {
		if slices.Contains(names, m.GetMember().GetName()) && m.GetMember().GetRemoval() == nil {
			members = append(members, mustID(c.t, m.GetMemberId()))
		}
	}
	if len(members) != len(names) {
		c.t.Fatalf("%d of %v are in family %s", len(members), names, of)
	}
	return split(c.t, c.device, of, members...)
}

func (c *restrictChain) merge(other, kept clientsdk.ID) {
	c.t.Helper()
	if err := c.device.MergeFamily(c.t.Context(), other, kept, "sama"); err != nil {
		c.t.Fatal(err)
	}
}

// Splits and unions that come in one upload bring a restricted family's people from one family
// into the next; all of them are restricted.
func TestWhoIsRestrictedIsNotShownByAChainOfSplitsAndMerges(t *testing.T) {
	t.Parallel()
	for name, chain := range map[string]func(c *restrictChain) (reached []clientsdk.ID){
		"merge, merge": func(c *restrictChain) []clientsdk.ID {
			c.merge(c.of, c.kept)
			c.merge(c.kept, c.last)
			return []clientsdk.ID{c.kept, c.last}
		},
		"split, merge": func(c *restrictChain) []clientsdk.ID {
			made := c.split(c.of, c.first, c.second)
			c.merge(made, c.last)
			return []clientsdk.ID{made, c.last}
		},
		"split, split": func(c *restrictChain) []clientsdk.ID {
			made := c.split(c.of, c.first, c.second)
			return []clientsdk.ID{made, c.split(made, c.first)}
		},
		"merge, split": func(c *restrictChain) []clientsdk.ID {
			c.merge(c.of, c.kept)
			return []clientsdk.ID{c.kept, c.split(c.kept, c.first)}
		},
		"split, merge, split": func(c *restrictChain) []clientsdk.ID {
			made := c.split(c.of, c.first, c.second)
			c.merge(made, c.last)
			return []clientsdk.ID{made, c.last, c.split(c.last, c.first)}
		},
	} {
		t.Run(name, func(t *testing.T) {
			onEachEngine(t, 1, func(t *testing.T, f *Field) { restrictedChainIsNotShown(t, f, chain) })
		})
	}
}

func restrictedChainIsNotShown(t *testing.T, f *Field, chain func(c *restrictChain) []clientsdk.ID) {
	u, s := signIn(t, f, "surveyor1"), signIn(t, f, "supervisor")
	mustSync(t, u)
	of, _ := household(t, u)
	kept, last := twoFamilies(t, u)
	mustSync(t, u)
	mustSync(t, s)
	names := people(t, s, of)
	reached := chain(&restrictChain{t: t, device: s, of: of, kept: kept, last: last, first: names[3], second: names[2]})
	ps, ctx := personService(t, f), store.AsOperator(t.Context())
	restrict := func(id clientsdk.ID, restricted bool) {
		t.Helper()
		found, err := ps.Find(ctx, person.Selector{Family: id})
		if err == nil {
			err = ps.Restrict(ctx, found, restricted)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	restrict(of, true)
	for range 2 {
		mustSync(t, s)
		mustSync(t, u)
	}
	token := restToken(t, f, "supervisor")
	for n, id := range reached {
		if status, body := rest(t, f, "GET", token, "/v1/families/"+id.String(), ""); status != 404 {
			t.Errorf("family %d of the chain is shown: %d %s", n, status, clip(body))
		}
		for _, device := range []*clientsdk.User{u, s} {
			if _, ok := device.Summary(id); ok {
				t.Errorf("a device holds family %d of the chain", n)
			}
		}
	}
	restrict(of, false)
	found, err := ps.Find(ctx, person.Selector{Family: of})
	if err != nil {
		t.Fatal(err)
	}
	along, err := ps.RestrictedAlong(ctx, found)
	told := map[clientsdk.ID]bool{}
	for _, f := range along {
		told[f.Row.ID] = true
	}
	if err != nil || len(along) != len(reached) || slices.ContainsFunc(reached, func(id clientsdk.ID) bool { return !told[id] }) {
		t.Errorf("lifted, of the chain %v the rest is told as %v: %v", reached, told, err)
	}
	for n, id := range reached {
		restrict(id, false)
		if status, body := rest(t, f, "GET", token, "/v1/families/"+id.String(), ""); status != 200 {
			t.Errorf("lifted, family %d of the chain is not shown: %d %s", n, status, clip(body))
		}
	}
	if untouched := slices.DeleteFunc([]clientsdk.ID{kept, last}, func(id clientsdk.ID) bool { return slices.Contains(reached, id) }); len(untouched) > 0 {
		if status, body := rest(t, f, "GET", token, "/v1/families/"+untouched[0].String(), ""); status != 200 {
			t.Errorf("a family that the chain does not reach is not shown: %d %s", status, clip(body))
		}
	}
	if found, err := server.Verify(t.Context(), f.Store, f.Ring, nil); err != nil || len(found.Differences) > 0 {
		t.Errorf("%v, %v", found, err)
	}
}
