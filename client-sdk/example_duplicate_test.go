package clientsdk_test

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/cmd/ks-sim/field"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// A surveyor has recorded a family twice, as the shared No. KK tells: the
// supervisor dismisses it by mistake, takes that back, and makes the two one, all
// without network.
func ExampleUser_DismissDuplicate() {
	ctx := context.Background()
	puskesmas, dir, done := startPuskesmas(ctx)
	defer done()
	tablet, surveyor := openDevice(ctx, puskesmas, dir, "tablet", "surveyor1")
	defer tablet.Close()
	defer surveyor.Close()
	villages, err := surveyor.Villages(ctx)
	must(err)
	var twice []clientsdk.ID
	for range 2 {
		family, _, err := surveyor.StartFamily(ctx, villages[0].GetVillage(), "003/007", &ksv1.Family{HeadName: proto.String("Asep"), Nkk: proto.Uint64(3204051111110001)})
		must(err)
		twice = append(twice, family)
	}
	_, err = surveyor.Sync(ctx, nil)
	must(err)

	laptop, supervisor := openDevice(ctx, puskesmas, dir, "laptop", "supervisor")
	defer laptop.Close()
	defer supervisor.Close()
	doubles := func() []clientsdk.Duplicate {
		list, err := supervisor.Duplicates(ctx, clientsdk.Query{})
		must(err)
		return list
	}
	// The server finds them within seconds.
	for begun := time.Now(); len(doubles()) == 0 && time.Since(begun) < time.Minute; {
		_, err = supervisor.Sync(ctx, nil)
		must(err)
	}
	fmt.Println(len(doubles()), doubles()[0].State)
	_, err = supervisor.DismissDuplicate(ctx, twice[0], twice[1], "dua keluarga serumah")
	must(err)
	fmt.Println(doubles()[0].State, "-", doubles()[0].History[0].GetNote())
	_, err = supervisor.UndoDismissal(ctx, twice[0], twice[1])
	must(err)
	must(supervisor.MergeFamily(ctx, twice[1], twice[0], "terdata dua kali"))
	_, err = supervisor.Sync(ctx, nil)
	must(err)
	gone, err := supervisor.Family(ctx, twice[1])
	must(err)
	fmt.Println(gone.GetFamily().GetRemoval().GetReason())
	// Output:
	// 1 DUPLICATE_STATE_OPEN
	// DUPLICATE_STATE_DISMISSED - dua keluarga serumah
	// REMOVAL_REASON_ENTERED_TWICE
}

// A family that came here is still recorded where it lived before: each supervisor
// answers for the own family, without seeing the other; who says that it has moved
// closes theirs.
func ExampleUser_AnswerDuplicate() {
	ctx := context.Background()
	puskesmas, dir, done := startPuskesmas(ctx)
	defer done()
	must(puskesmas.AddPuskesmas(ctx, store.Puskesmas{Code: "P3205010101", Name: "Puskesmas Lain", District: "32.05", Villages: []string{"32.05.01.2001"}},
		[]store.Area{{Code: "32.05", Name: "Garut"}, {Code: "32.05.01", Name: "Lain"}, {Code: "32.05.01.2001", Name: "Desa Lain"}}))
	var family clientsdk.ID
	for _, name := range []string{"surveyor1", "surveyor-p3205010101"} {
		tablet, surveyor := openDevice(ctx, puskesmas, dir, "tablet-"+name, name)
		villages, err := surveyor.Villages(ctx)
		must(err)
		family, _, err = surveyor.StartFamily(ctx, villages[0].GetVillage(), "001/001", &ksv1.Family{HeadName: proto.String("Asep"), Nkk: proto.Uint64(3204051111110001)})
		must(err)
		_, err = surveyor.Sync(ctx, nil)
		must(err)
		must(surveyor.Close())
		must(tablet.Close())
	}
	laptop, supervisor := openDevice(ctx, puskesmas, dir, "laptop", "supervisor-p3205010101")
	defer laptop.Close()
	defer supervisor.Close()
	doubles, err := supervisor.Duplicates(ctx, clientsdk.Query{})
	must(err)
	// The server finds them within seconds.
	for begun := time.Now(); len(doubles) == 0 && time.Since(begun) < time.Minute; {
		_, err = supervisor.Sync(ctx, nil)
		must(err)
		doubles, err = supervisor.Duplicates(ctx, clientsdk.Query{})
		must(err)
	}
	fmt.Println("recorded elsewhere too:", doubles[0].Elsewhere, "- closes the family:", doubles[0].ClosesFamily)
	_, err = supervisor.AnswerDuplicate(ctx, family, clientsdk.MovedAway, "pindah bulan lalu")
	must(err)
	_, err = supervisor.Sync(ctx, nil)
	must(err)
	closed, err := supervisor.Family(ctx, family)
	must(err)
	fmt.Println(closed.GetFamily().GetRemoval().GetReason())
	// Output:
	// recorded elsewhere too: 1 - closes the family: true
	// REMOVAL_REASON_MOVED
}

// Two surveyors disagree about an address; the supervisor keeps one of the two,
// and approves the family with it.
func ExampleUser_KeepValue() {
	ctx := context.Background()
	puskesmas, dir, done := startPuskesmas(ctx)
	defer done()
	tablet, surveyor := openDevice(ctx, puskesmas, dir, "tablet", "surveyor1")
	defer tablet.Close()
	defer surveyor.Close()
	villages, err := surveyor.Villages(ctx)
	must(err)
	family, _, err := surveyor.StartFamily(ctx, villages[0].GetVillage(), "003/007", &ksv1.Family{HeadName: proto.String("Asep")})
	must(err)
	_, err = surveyor.Submit(ctx, []clientsdk.ID{family}, "")
	must(err)
	_, err = surveyor.Sync(ctx, nil)
	must(err)
	phone, other := openDevice(ctx, puskesmas, dir, "phone", "surveyor1")
	defer phone.Close()
	defer other.Close()
	for user, address := range map[*clientsdk.User]string{surveyor: "Jl. Satu", other: "Jl. Dua"} {
		_, err = user.Save(ctx, family, clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: &ksv1.Family{Address: proto.String(address)}})
		must(err)
	}
	for _, user := range []*clientsdk.User{surveyor, other} {
		_, err = user.Sync(ctx, nil)
		must(err)
	}

	laptop, supervisor := openDevice(ctx, puskesmas, dir, "laptop", "supervisor")
	defer laptop.Close()
	defer supervisor.Close()
	conflicts, err := supervisor.Conflicts(ctx, family)
	must(err)
	fmt.Println(len(conflicts), "conflict of", len(conflicts[0].Values), "values")
	must(supervisor.KeepValue(ctx, family, conflicts[0], 1))
	_, err = supervisor.Sync(ctx, nil)
	must(err)
	conflicts, err = supervisor.Conflicts(ctx, family)
	must(err)
	refused, err := supervisor.ApproveAll(ctx, []clientsdk.ID{family})
	must(err)
	fmt.Println(len(conflicts), "left,", len(refused), "refused")
	// Output:
	// 1 conflict of 2 values
	// 0 left, 0 refused
}

// openDevice signs a user in on a device of their own, and syncs.
func openDevice(ctx context.Context, puskesmas *field.Field, dir, device, name string) (*clientsdk.Client, *clientsdk.User) {
	client, err := clientsdk.Open(clientsdk.Config{Dir: dir + "/" + device, Server: puskesmas.Address, Pin: pinOf(puskesmas), DeviceName: device})
	must(err)
	user, err := client.SignIn(ctx, name, puskesmas.Password)
	must(err)
	_, err = user.Sync(ctx, nil)
	must(err)
	return client, user
}
