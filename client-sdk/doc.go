// Package clientsdk is what an app embeds to collect families offline and sync
// them: sign in once with network, then open, list, interview, save, see the
// index, submit and look at the outbox without it; Sync when there is signal.
//
//	client, err := clientsdk.Open(clientsdk.Config{Dir: dir, Server: "sync.example.go.id:8443"})
//	user, err := client.SignIn(ctx, "siti.aminah", password) // with network the first time
//	defer user.Close()
//	id, outside, err := user.StartFamily(ctx, village, "003/007", family)
//	findings, err := user.Save(ctx, id, edit)
//	result, err := user.Sync(ctx, nil)
//
// Each task has an example that runs as a test: setting up and signing in
// (Client.SignIn), searching (User.Families), asking (User.Questions), visits
// (User.RecordVisit), who died or left (User.RemoveMember, User.SplitFamily), what
// waits and syncing (User.Outbox), filling from a family card (User.FillFromCard),
// review (User.Return), conflicts (User.KeepValue), doubles (User.DismissDuplicate,
// User.AnswerDuplicate), backup (User.Carry), a forgotten password
// (Client.Deposit), a device that changes hands (Client.BeginHandover).
//
// A save is durable when it returns. Nothing saved is ever dropped silently:
// what the server could not take is shown by Outbox with a reason, stays on the
// device and can be corrected by saving the family again.
//
// All methods are safe for concurrent use and honour their context. There is no
// global state; one Config.Dir is used by one process at a time.
package clientsdk
