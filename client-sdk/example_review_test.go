package clientsdk_test

import (
	"context"
	"fmt"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// A supervisor returns a family without network; the surveyor finds it with the
// note after the next sync. Each has a device of their own.
func ExampleUser_Return() {
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
	_, err = surveyor.Submit(ctx, []clientsdk.ID{family}, "hari ini")
	must(err)
	_, err = surveyor.Sync(ctx, nil)
	must(err)

	laptop, supervisor := openDevice(ctx, puskesmas, dir, "laptop", "supervisor")
	defer laptop.Close()
	defer supervisor.Close()
	queue, waiting := supervisor.ReviewQueue(clientsdk.Query{})
	fmt.Println("waiting:", waiting)
	view, err := supervisor.ReviewFamily(ctx, queue[0].ID)
	must(err)
	fmt.Println("may judge:", view.MayJudge)
	_, err = supervisor.Return(ctx, queue[0].ID, clientsdk.Return{Note: "Anggota keluarga belum dicatat", DueDate: "2099-01-15"})
	must(err)
	_, err = supervisor.Sync(ctx, nil)
	must(err)

	_, err = surveyor.Sync(ctx, nil)
	must(err)
	returned, _ := surveyor.Returned(clientsdk.Query{})
	review, err := surveyor.Review(ctx, returned[0].ID)
	must(err)
	fmt.Println(returned[0].HeadName, "is due", returned[0].DueDate, "-", review.GetNote())
	// Output:
	// waiting: 1
	// may judge: true
	// Asep is due 2099-01-15 - Anggota keluarga belum dicatat
}
