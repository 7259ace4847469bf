package clientsdk_test

import (
	"bytes"
	"context"
	"fmt"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
)

// A phone that will not see a network: its unsent work goes to a file, and a
// supervisor carries that to the server.
func ExampleUser_Carry() {
	ctx := context.Background()
	puskesmas, dir, done := startPuskesmas(ctx)
	defer done()
	open := func(name, folder string) (*clientsdk.User, func()) {
		client, err := clientsdk.Open(clientsdk.Config{Dir: dir + folder, Server: puskesmas.Address, Pin: pinOf(puskesmas)})
		must(err)
		user, err := client.SignIn(ctx, name, puskesmas.Password)
		must(err)
		_, err = user.Sync(ctx, nil)
		must(err)
		return user, func() {
			must(user.Close())
			must(client.Close())
		}
	}
	surveyor, closeSurveyor := open("surveyor1", "/telepon")
	defer closeSurveyor()
	villages, err := surveyor.Villages(ctx)
	must(err)
	_, _, err = surveyor.StartFamily(ctx, villages[0].GetVillage(), "003/007", nil)
	must(err)
	var file bytes.Buffer
	written, err := surveyor.Backup(ctx, &file)
	must(err)
	fmt.Println("in the file:", written.Changes)

	supervisor, closeSupervisor := open(puskesmas.Supervisor, "/tablet")
	defer closeSupervisor()
	_, err = supervisor.Carry(ctx, &file)
	must(err)
	report := func() {
		files, err := supervisor.CarriedFiles(ctx)
		must(err)
		fmt.Printf("received %d, applied %d\n", files[0].Items, files[0].Applied)
	}
	report()
	_, err = supervisor.Sync(ctx, nil)
	must(err)
	report()
	use, err := supervisor.DataUse(ctx)
	must(err)
	fmt.Println("the data plan is counted:", use.Up > 0 && use.Down > 0)
	// Output:
	// in the file: 1
	// received 1, applied 0
	// received 1, applied 1
	// the data plan is counted: true
}
