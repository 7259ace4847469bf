package field

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server"
	"github.com/keluarga-sehat/sync/server/person"
	"github.com/keluarga-sehat/sync/server/store"
)

// people are the names of a family's members as a device has them.
func people(t *testing.T, u *clientsdk.User, id clientsdk.ID) (names []string) {
	t.Helper()
	h, err := u.Family(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range h.GetMembers() {
		names = append(names, m.GetMember().GetName())
	}
	return names
}

// keptOf is all that the server keeps of a family: its state, its history and what waits, as
// text; "" where it has nothing.
func keptOf(t *testing.T, f *Field, id clientsdk.ID) string {
	t.Helper()
	vault := personService(t, f).Core.Vault
	var kept bytes.Buffer
	err := f.Store.Read(store.AsOperator(t.Context()), func(ctx context.Context, snap store.Snapshot) error {
		kept.Reset()
		for village := uint32(1); village <= 2; village++ {
			waiting, err := snap.QuarantineOf(ctx, village, id)
			if err != nil {
				return err
			}
			for i := range waiting {
				plain, err := vault.OpenQuarantine(&waiting[i])
				if err != nil {
					return err
				}
				kept.Write(plain)
			}
			row, err := snap.FindFamily(ctx, []uint32{village}, id)
			if err != nil {
				continue
			}
			_, canonical, _, err := vault.OpenFamily(&row)
			if err != nil {
				return err
			}
			kept.Write(canonical)
			err = vault.EachChange(ctx, snap, &row, func(_ *store.Entry, c *ksv1.Change, err error) error {
				if err == nil && c != nil {
					for _, w := range c.GetWrites() {
						kept.Write(w.GetFields())
					}
				}
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return kept.String()
}

// saysNobodyOf holds what the server keeps of a family, and devices show of it, against names.
func saysNobodyOf(t *testing.T, f *Field, id clientsdk.ID, names []string, devices ...*clientsdk.User) {
	t.Helper()
	kept := keptOf(t, f, id)
	for _, name := range names {
		if strings.Contains(kept, name) {
			t.Errorf("the server keeps erased %q in family %s", name, id)
		}
		for _, u := range devices {
			h, err := u.Family(t.Context(), id)
			if err == nil && strings.Contains(h.String(), name) {
				t.Errorf("a device shows erased %q in family %s", name, id)
			}
			entries, err := u.Outbox(t.Context(), 1000)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range entries {
				if e.FamilyID == id && strings.Contains(e.Change.String(), name) {
					t.Errorf("a device keeps erased %q in its own change of family %s", name, id)
				}
			}
		}
	}
	if found, err := server.Verify(t.Context(), f.Store, f.Ring, nil); err != nil || len(found.Differences) > 0 {
		t.Errorf("%v, %v", found, err)
	}
}

// Who was erased, or whose family was, does not come back by a split that was saved before its
// device learned of it; who is in the new family besides stays.
func TestWhoWasErasedDoesNotComeBackByASplit(t *testing.T) {
	for name, whole := range map[string]bool{"a member": false, "the family": true} {
		t.Run(name, func(t *testing.T) {
			onEachEngine(t, 1, func(t *testing.T, f *Field) {
				u := signIn(t, f, "surveyor1")
				mustSync(t, u)
				old, members := household(t, u)
				names := people(t, u, old)
				made := split(t, u, old, members[3], members[2])
				wed := addSpouse(t, u, made)
				gone := person.Selector{Family: old}
				if !whole {
					gone.Member = members[3]
				}
				erase(t, f, gone)
				for range 3 {
					mustSync(t, u)
				}
				if whole {
					saysNobodyOf(t, f, made, names, u)
				} else {
					saysNobodyOf(t, f, made, names[3:], u)
				}
				kept := keptOf(t, f, made)
				if !strings.Contains(kept, wed) || !whole && !strings.Contains(kept, names[2]) {
					t.Error("who was not erased is gone from the new family")
				}
				if whole && strings.Contains(kept, old.String()) {
					t.Error("the new family still names the erased one")
				}
			})
		})
	}
}

// addSpouse enters somebody in a family who comes from none.
func addSpouse(t *testing.T, u *clientsdk.User, id clientsdk.ID) (name string) {
	t.Helper()
	name = "Menantu Baru"
	_, err := u.Save(t.Context(), id, clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindMember, Member: u.NewID()}, Set: &ksv1.Member{
		Name: proto.String(name), Sex: ksv1.Sex_SEX_FEMALE.Enum(), BirthDate: proto.String("1999-03-04"),
	}})
	if err != nil {
		t.Fatal(err)
	}
	return name
}

// Nor by a union of two families.
func TestWhoWasErasedDoesNotComeBackByAMerge(t *testing.T) {
	for name, whole := range map[string]bool{"a member": false, "the family": true} {
		t.Run(name, func(t *testing.T) {
			onEachEngine(t, 1, func(t *testing.T, f *Field) {
				u, s := signIn(t, f, "surveyor1"), signIn(t, f, "supervisor")
				mustSync(t, u)
				kept, other := twoFamilies(t, u)
				mustSync(t, u)
				mustSync(t, s)
				names := people(t, s, other)
				own := people(t, s, kept)
				if err := s.MergeFamily(t.Context(), other, kept, "sama"); err != nil {
					t.Fatal(err)
				}
				gone := person.Selector{Family: other}
				if !whole {
					gone.Member = membersOf(t, s, other, true)[3]
					names = names[3:]
				}
				erase(t, f, gone)
				for range 2 {
					mustSync(t, s)
					mustSync(t, u)
				}
				saysNobodyOf(t, f, kept, names, s, u)
				if text := keptOf(t, f, kept); !strings.Contains(text, own[0]) {
					t.Error("the kept family lost its own")
				}
			})
		})
	}
}

// What waits for a decision on the new family is stripped with the erasure, and what is let in
// later with its decision.
func TestWhatWaitsOnANewFamilyIsErasedToo(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		u := signIn(t, f, "surveyor1")
		mustSync(t, u)
		old, members := household(t, u)
		names := people(t, u, old)
		made := split(t, u, old, members[3])
		assign(t, f, f.Surveyors[0].Account, "32.04.05.2001/002/001")
		mustSync(t, u)
		if !strings.Contains(keptOf(t, f, made), names[3]) {
			t.Fatal("nothing waits")
		}
		erase(t, f, person.Selector{Family: old, Member: members[3]})
		saysNobodyOf(t, f, made, names[3:])
		decideAll(t, f, true)
		saysNobodyOf(t, f, made, names[3:])
	})
}

// What was kept out of a new family is kept, and is stripped likewise, also on its device; by
// its links alone it is known who comes of the erased in what is let in later.
func TestWhatWasKeptOutOfANewFamilyIsErasedToo(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		u := signIn(t, f, "surveyor1")
		mustSync(t, u)
		old, members := household(t, u)
		names := people(t, u, old)[3:]
		made := split(t, u, old, members[3])
		assign(t, f, f.Surveyors[0].Account, "32.04.05.2001/002/001")
		mustSync(t, u)
		decideAll(t, f, false)
		saveName(t, u, made, "Nama Sesudah")
		mustSync(t, u)
		if kept := keptOf(t, f, made); !strings.Contains(kept, names[0]) || !strings.Contains(kept, "Nama Sesudah") {
			t.Fatal("nothing is kept")
		}
		names = append(names, "Nama Sesudah")
		erase(t, f, person.Selector{Family: old})
		mustSync(t, u)
		saysNobodyOf(t, f, made, names, u)
		decideAll(t, f, true)
		mustSync(t, u)
		saysNobodyOf(t, f, made, names, u)
	})
}

// saveName gives the first member of a family another name.
func saveName(t *testing.T, u *clientsdk.User, id clientsdk.ID, name string) {
	t.Helper()
	member := membersOf(t, u, id, true)[0]
	_, err := u.Save(t.Context(), id, clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindMember, Member: member}, Set: &ksv1.Member{Name: proto.String(name)}})
	if err != nil {
		t.Fatal(err)
	}
}

// decideAll admits all that waits, or keeps it out.
func decideAll(t *testing.T, f *Field, admit bool) {
	t.Helper()
	token := restToken(t, f, "supervisor")
	var list struct {
		Changes []struct {
			ChangeID string `json:"changeId"`
		}
	}
	restGet(t, f, token, "/v1/quarantine", &list)
	for _, c := range list.Changes {
		restPost(t, f, token, "/v1/quarantine/"+c.ChangeID+":decide", fmt.Sprintf(`{"admit":%t,"note":"ok"}`, admit))
	}
}

// Who moved on to a family of their own lives there though the family that they left is erased:
// later work brings them anywhere.
func TestWhoHadSplitOffLivesOn(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		u, s := signIn(t, f, "surveyor1"), signIn(t, f, "supervisor")
		mustSync(t, u)
		old, members := household(t, u)
		name := people(t, u, old)[3]
		made := split(t, u, old, members[3])
		mustSync(t, u)
		erase(t, f, person.Selector{Family: old})
		mustSync(t, u)
		kept, _ := twoFamilies(t, u)
		mustSync(t, u)
		mustSync(t, s)
		if err := s.MergeFamily(t.Context(), made, kept, "sama"); err != nil {
			t.Fatal(err)
		}
		mustSync(t, s)
		if !strings.Contains(keptOf(t, f, kept), name) {
			t.Error("who had split off before the erasure is gone")
		}
	})
}

// Work on a restricted family that was under way restricts where it leads.
func TestWhoIsRestrictedIsNotShownByASplitOrAMerge(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		u, s := signIn(t, f, "surveyor1"), signIn(t, f, "supervisor")
		mustSync(t, u)
		old, members := household(t, u)
		kept, other := twoFamilies(t, u)
		mustSync(t, u)
		mustSync(t, s)
		made := split(t, u, old, members[3])
		if err := s.MergeFamily(t.Context(), other, kept, "sama"); err != nil {
			t.Fatal(err)
		}
		ps, ctx := personService(t, f), store.AsOperator(t.Context())
		for _, id := range []merge.ID{old, other} {
			found, err := ps.Find(ctx, person.Selector{Family: id})
			if err != nil {
				t.Fatal(err)
			}
			if err := ps.Restrict(ctx, found, true); err != nil {
				t.Fatal(err)
			}
		}
		for range 2 {
			mustSync(t, u)
			mustSync(t, s)
		}
		token := restToken(t, f, "supervisor")
		for what, id := range map[string]clientsdk.ID{"split off": made, "merged into": kept} {
			if status, body := rest(t, f, "GET", token, "/v1/families/"+id.String(), ""); status != 404 {
				t.Errorf("the family %s is shown: %d %s", what, status, clip(body))
			}
			for _, device := range []*clientsdk.User{u, s} {
				if _, ok := device.Summary(id); ok {
					t.Errorf("a device holds the family %s", what)
				}
			}
			found, err := ps.Find(ctx, person.Selector{Family: id})
			if err != nil {
				t.Fatal(err)
			}
			if err := ps.Restrict(ctx, found, false); err != nil {
				t.Fatal(err)
			}
			if status, body := rest(t, f, "GET", token, "/v1/families/"+id.String(), ""); status != 200 {
				t.Errorf("lifted, the family %s is not shown: %d %s", what, status, clip(body))
			}
		}
		if found, err := server.Verify(t.Context(), f.Store, f.Ring, nil); err != nil || len(found.Differences) > 0 {
			t.Errorf("%v, %v", found, err)
		}
	})
}
