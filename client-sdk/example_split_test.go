package clientsdk_test

import (
	"context"
	"fmt"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// A daughter and her husband keep house by themselves since January: without
// network they become a family of their own, of which she is the head, and each
// family leads to the other.
func ExampleUser_SplitFamily() {
	ctx := context.Background()
	puskesmas, dir, done := startPuskesmas(ctx)
	defer done()
	tablet, user := openDevice(ctx, puskesmas, dir, "tablet", "surveyor1")
	defer tablet.Close()
	defer user.Close()
	villages, err := user.Villages(ctx)
	must(err)
	parents, daughter, husband := user.NewID(), user.NewID(), user.NewID()
	person := func(id clientsdk.ID, name string) clientsdk.Edit {
		return clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindMember, Member: id}, Set: &ksv1.Member{Name: proto.String(name)}}
	}
	old, _, err := user.StartFamily(ctx, villages[0].GetVillage(), "003/007", &ksv1.Family{HeadName: proto.String("Asep")},
		person(parents, "Asep"), person(daughter, "Dewi"), person(husband, "Joko"))
	must(err)

	split, err := user.SplitFamily(ctx, old, clientsdk.Split{Members: []clientsdk.ID{daughter, husband}, Since: "2025-01-01", FamilyNumber: "2"})
	must(err)
	family, err := user.Family(ctx, split)
	must(err)
	fmt.Println(family.GetFamily().GetHeadName(), "and", len(family.GetMembers())-1, "more, from the old family:", family.GetFamily().GetSplitFromId() == old.String())
	rest, err := user.Family(ctx, old)
	must(err)
	for _, m := range rest.GetMembers() {
		fmt.Println(m.GetMember().GetName(), "went to the new family:", m.GetMember().GetMovedToFamilyId() == split.String())
	}
	// Output:
	// Dewi and 1 more, from the old family: true
	// Asep went to the new family: false
	// Dewi went to the new family: true
	// Joko went to the new family: true
}
