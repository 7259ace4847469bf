package clientsdk_test

import (
	"context"
	"fmt"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
)

// A surveyor falls ill. Beside the tablet stand a colleague and a supervisor, without
// network: the colleague goes on, under the own name.
func ExampleClient_BeginHandover() {
	ctx := context.Background()
	puskesmas, dir, done := startPuskesmas(ctx)
	defer done()
	phone, err := clientsdk.Open(clientsdk.Config{Dir: dir + "/telepon", Server: puskesmas.Address, Pin: pinOf(puskesmas)})
	must(err)
	defer phone.Close()
	tablet, err := clientsdk.Open(clientsdk.Config{Dir: dir + "/tablet", Server: puskesmas.Address, Pin: pinOf(puskesmas)})
	must(err)
	defer tablet.Close()

	// What was before: each has synced, and the surveyor has unsent work.
	supervisor, err := phone.SignIn(ctx, puskesmas.Supervisor, puskesmas.Password)
	must(err)
	defer supervisor.Close()
	_, err = supervisor.Sync(ctx, nil)
	must(err)
	surveyor, err := tablet.SignIn(ctx, "surveyor1", puskesmas.Password)
	must(err)
	_, err = surveyor.Sync(ctx, nil)
	must(err)
	villages, err := surveyor.Villages(ctx)
	must(err)
	_, _, err = surveyor.StartFamily(ctx, villages[0].GetVillage(), "003/007", nil)
	must(err)
	must(surveyor.Close())
	must(puskesmas.Stop())

	// On the tablet, then the phone, then the tablet: codes are typed or scanned.
	handover, err := tablet.BeginHandover(ctx, clientsdk.HandoverParties{Outgoing: "surveyor1", Incoming: "surveyor2", Supervisor: puskesmas.Supervisor})
	must(err)
	asked, err := supervisor.ReadHandover(ctx, handover.Code())
	must(err)
	fmt.Printf("%s takes over from %s, families opened: %t\n", asked.IncomingUserName, asked.OutgoingUserName, asked.Families)
	answer, err := supervisor.SignHandover(ctx, handover.Code())
	must(err)
	colleague, err := handover.Accept(ctx, answer, puskesmas.Password)
	must(err)
	defer colleague.Close()
	_, total := colleague.Families(clientsdk.Query{})
	fmt.Println("families seen:", total)
	_, _, err = colleague.StartFamily(ctx, villages[0].GetVillage(), "003/007", nil)
	must(err)

	// With a signal again the server asks for the colleague's own password once.
	must(puskesmas.Start(ctx, puskesmas.Address))
	must(colleague.SignInAgain(ctx, puskesmas.Password))
	_, err = colleague.Sync(ctx, nil)
	must(err)
	carried, err := colleague.CarriedFiles(ctx)
	must(err)
	counts, err := colleague.Counts(ctx)
	must(err)
	fmt.Printf("applied: %d of the surveyor's, %d of the colleague's\n", carried[0].Applied, counts.Applied)
	// Output:
	// surveyor2 takes over from surveyor1, families opened: true
	// families seen: 1
	// applied: 1 of the surveyor's, 1 of the colleague's
}
