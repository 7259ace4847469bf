package field

import (
	"fmt"
	"testing"
	"time"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
)

// Families that devices off line made one in a ring end as one; on those that stay removed
// nothing is left to settle but what came unseen.
func TestARingOfMergesLeavesNoIdleConflicts(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		u := signIn(t, f, "surveyor1")
		mustSync(t, u)
		var families []clientsdk.ID
		g := NewGenerator(6, 320405, time.Now())
		for range 3 {
			id, err := Interview(t.Context(), u, village(t, u), "001/001", g.FamilyOfFour())
			if err != nil {
				t.Fatal(err)
			}
			families = append(families, id)
		}
		mustSync(t, u)
		var devices []*clientsdk.User
		for i := range families {
			devices = append(devices, spareDevice(t, f, fmt.Sprint("device", i)))
		}
		for i, d := range devices {
			if err := d.MergeFamily(t.Context(), families[i], families[(i+1)%len(families)], "sama"); err != nil {
				t.Fatal(err)
			}
		}
		for _, d := range devices {
			mustSync(t, d)
		}
		var told string
		settled := func() bool {
			mustSync(t, devices[0])
			standing, members, conflicts := 0, 0, 0
			for _, id := range families {
				h, err := devices[0].Family(t.Context(), id)
				if err != nil {
					t.Fatal(err)
				}
				found, err := devices[0].Conflicts(t.Context(), id)
				if err != nil {
					t.Fatal(err)
				}
				if conflicts += len(found); h.GetFamily().GetRemoval() == nil {
					standing, members = standing+1, members+len(h.GetMembers())
				}
			}
			told = fmt.Sprintf("%d stand, of %d members, %d conflicts", standing, members, conflicts)
			return standing > 0
		}
		eventually(t, "one stands", settled)
		if told != "1 stand, of 12 members, 0 conflicts" {
			t.Error(told)
		}
	})
}
