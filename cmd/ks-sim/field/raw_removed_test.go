package field

import (
	"testing"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// removingFiles are those of the months after m1 and m2 were imported, each of which removes
// m2 or the family.
func removingFiles() map[string]func(updated string, head rawMember) string {
	later := func(updated string) rawFamily {
		f := k1("2026-02-03")
		f.updated = updated
		return f
	}
	return map[string]func(string, rawMember) string{
		"a member": func(updated string, head rawMember) string { return later(updated).of(head, m2.removed()) },
		"a family": func(updated string, head rawMember) string {
			f := later(updated)
			f.deleted = "1"
			return f.of(head, m2)
		},
		"a family that moved": func(updated string, head rawMember) string {
			f := later(updated)
			f.moved = "1"
			return f.of(head, m2)
		},
	}
}

// A device, off line, corrects a member and visits the family; meanwhile a national file
// removes the member, or the family. What the device sends then is told, also after the files
// of later months.
func TestAFileThatRemovesWhatADeviceHasNotSentIsTold(t *testing.T) {
	for name, file := range removingFiles() {
		t.Run(name, func(t *testing.T) {
			onEachEngine(t, 1, func(t *testing.T, f *Field) {
				bring(t, f, k1("2026-02-03").of(m1, m2))
				u, id := whoseFamily(t, f)
				member := membersOf(t, u, id, true)[1]
				edit := clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindMember, Member: member}, Set: &ksv1.Member{Name: proto.String("Nama Dibetulkan")}}
				if _, err := u.Save(t.Context(), id, edit); err != nil {
					t.Fatal(err)
				}
				bring(t, f, file("2026-03-03 23:00:00", m1))
				mustSync(t, u)
				told := func(when string) {
					t.Helper()
					list, err := u.Conflicts(t.Context(), id)
					if err != nil || len(list) != 1 || list[0].Key.Member != member || list[0].Removal == nil {
						t.Errorf("%s %+v, %v", when, list, err)
					}
				}
				told("sent")
				if again, _ := bring(t, f, file("2026-03-03 23:00:00", m1)); again.Unchanged != 1 {
					t.Errorf("the same file again %+v", again)
				}
				head := m1
				head.smokes = "Y"
				bring(t, f, file("2026-04-03 23:00:00", head))
				mustSync(t, u)
				told("after a later file")
			})
		})
	}
}

// What a device had sent before, and what later files write, is no conflict with a removal by
// a file: it was seen.
func TestAFileThatRemovesWhatItHasSeenMakesNoConflict(t *testing.T) {
	for name, file := range removingFiles() {
		t.Run(name, func(t *testing.T) {
			onEachEngine(t, 1, func(t *testing.T, f *Field) {
				bring(t, f, k1("2026-02-03").of(m1, m2))
				addressMended(t, f)
				head := m1
				for _, updated := range []string{"2026-03-03 23:00:00", "2026-04-03 23:00:00"} {
					bring(t, f, file(updated, head))
					head.smokes, head.birth = "Y", "1980-02-04"
				}
				// A file of an earlier year, which tells more of both.
				bring(t, f, k1("2025-02-03").of(m1, m2))
				s := signIn(t, f, "supervisor")
				mustSync(t, s)
				found, _ := s.Families(clientsdk.Query{IncludeRemoved: true})
				if len(found) != 1 {
					t.Fatalf("%d families", len(found))
				}
				list, err := s.Conflicts(t.Context(), found[0].ID)
				if err != nil || len(list) != 0 {
					t.Errorf("conflicts %+v, %v", list, err)
				}
				if again, _ := bring(t, f, file("2026-04-03 23:00:00", head), k1("2025-02-03").of(m1, m2)); again.Unchanged+again.Older != 2 {
					t.Errorf("the same files again %+v", again)
				}
			})
		})
	}
}
