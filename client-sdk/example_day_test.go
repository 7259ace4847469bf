package clientsdk_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/client-sdk/app"
	"github.com/keluarga-sehat/sync/client-sdk/device"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Setting a device up: the administrator's link says where the server is and
// whom to trust. After the first sign-in the password opens the data without any
// network; a wrong one does not.
func ExampleClient_SignIn() {
	ctx := context.Background()
	puskesmas, dir, done := startPuskesmas(ctx)
	defer done()
	link := app.Setup{Server: puskesmas.Address, Pin: pinOf(puskesmas).String(), DeviceName: "Tablet 7"}.Link()

	setup, err := app.ParseLink(link)
	must(err)
	pin, err := clientsdk.ParsePin(setup.Pin)
	must(err)
	client, err := clientsdk.Open(clientsdk.Config{Dir: dir + "/tablet", Server: setup.Server, Pin: &pin, DeviceName: setup.DeviceName})
	must(err)
	defer client.Close()
	user, err := client.SignIn(ctx, "surveyor1", puskesmas.Password)
	must(err)
	must(user.Close())

	must(puskesmas.Stop()) // no signal from here on
	_, err = client.SignIn(ctx, "surveyor1", "bukan kata sandinya")
	fmt.Println(errors.Is(err, clientsdk.ErrWrongPassword))
	user, err = client.SignIn(ctx, "surveyor1", puskesmas.Password)
	must(err)
	defer user.Close()
	_, err = user.Sync(ctx, nil)
	fmt.Println(user.Account().GetUserName(), errors.Is(err, clientsdk.ErrOffline))
	// Output:
	// true
	// surveyor1 true
}

// Finding families: by words of names, No. KK or house number, within an area, or
// by anything else that a line of the list says.
func ExampleUser_Families() {
	ctx := context.Background()
	user, village, done := surveyorAtWork(ctx)
	defer done()
	for i, head := range []string{"Asep Hidayat", "Siti Aminah", "Budi Hidayat"} {
		_, _, err := user.StartFamily(ctx, village, "003/007", &ksv1.Family{HeadName: proto.String(head), BuildingNumber: proto.String(fmt.Sprint(i + 9))})
		must(err)
	}

	found, total := user.Families(clientsdk.Query{Village: village, Text: "hidayat", Limit: 1})
	fmt.Println(found[0].HeadName, "in house", found[0].BuildingNumber, "and", total-1, "more")
	_, unvisited := user.Families(clientsdk.Query{Keep: func(s *clientsdk.Summary) bool { return s.SurveyDate == "" && s.LastVisit == 0 }})
	fmt.Println("not visited:", unvisited)
	// Output:
	// Asep Hidayat in house 9 and 1 more
	// not visited: 3
}

// A call at a house where nobody opens, with the day on which to come again.
func ExampleUser_RecordVisit() {
	ctx := context.Background()
	user, village, done := surveyorAtWork(ctx)
	defer done()
	family, _, err := user.StartFamily(ctx, village, "003/007", &ksv1.Family{HeadName: proto.String("Asep")})
	must(err)
	today := time.Now()
	_, err = user.RecordVisit(ctx, family, &ksv1.Visit{
		Date: proto.String(today.Format(time.DateOnly)), Outcome: ksv1.VisitOutcome_VISIT_OUTCOME_NOT_AT_HOME.Enum(),
		NextVisitDate: proto.String(today.AddDate(0, 0, 2).Format(time.DateOnly)),
	})
	must(err)
	summary, _ := user.Summary(family)
	fmt.Println(summary.LastVisit, summary.NextVisit > today.Format(time.DateOnly))
	// Output:
	// VISIT_OUTCOME_NOT_AT_HOME true
}

// What a form shows next: the questions that apply to who lives here, with why
// each is asked.
func ExampleUser_Questions() {
	ctx := context.Background()
	user, village, done := surveyorAtWork(ctx)
	defer done()
	family, _, err := user.StartFamily(ctx, village, "003/007", &ksv1.Family{HeadName: proto.String("Asep")})
	must(err)
	baby, round := user.NewID(), user.NewID()
	today := time.Now()
	_, err = user.Save(ctx, family, clientsdk.Edit{
		Key: clientsdk.Key{Kind: clientsdk.KindMember, Member: baby},
		Set: &ksv1.Member{Name: proto.String("Dewi"), Sex: ksv1.Sex_SEX_FEMALE.Enum(), BirthDate: proto.String(today.AddDate(0, -8, -5).Format(time.DateOnly))},
	})
	must(err)
	_, err = user.SaveRound(ctx, family, round, &ksv1.Round{SurveyDate: proto.String(today.Format(time.DateOnly))},
		map[clientsdk.ID]*ksv1.Individual{baby: {Relation: ksv1.Relation_RELATION_CHILD.Enum(), MaritalStatus: ksv1.MaritalStatus_MARITAL_STATUS_SINGLE.Enum()}})
	must(err)
	questions, err := user.Questions(ctx, family, round)
	must(err)
	for _, q := range questions {
		if q.MemberID == baby.String() && q.Question.Block() == "V" {
			fmt.Println(q.Question.Number, q.Answered)
		}
	}
	// Output:
	// V.1 false
	// V.2 false
	// V.13 false
	// V.15 false
}

// Somebody died since: the person stays in the history, and is not counted by
// surveys after that day.
func ExampleUser_RemoveMember() {
	ctx := context.Background()
	user, village, done := surveyorAtWork(ctx)
	defer done()
	asep, oma := user.NewID(), user.NewID()
	family, _, err := user.StartFamily(ctx, village, "003/007", nil,
		clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindMember, Member: asep}, Set: &ksv1.Member{Name: proto.String("Asep")}},
		clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindMember, Member: oma}, Set: &ksv1.Member{Name: proto.String("Oma")}})
	must(err)
	must(user.RemoveMember(ctx, family, oma, &ksv1.Removal{Reason: ksv1.RemovalReason_REMOVAL_REASON_DIED, Date: "2025-03-01"}))
	household, err := user.Family(ctx, family)
	must(err)
	for _, m := range household.GetMembers() {
		fmt.Println(m.GetMember().GetName(), "left:", m.GetMember().GetRemoval() != nil)
	}
	// Output:
	// Asep left: false
	// Oma left: true
}

// An app that redraws its list hears of every change; its outbox tells where each
// piece of work stands; a sync that the user breaks off goes on where it was.
func ExampleUser_Outbox() {
	ctx := context.Background()
	user, village, done := surveyorAtWork(ctx)
	defer done()
	changed := make(chan struct{}, 16)
	user.OnChange(func() {
		select {
		case changed <- struct{}{}:
		default: // it is being redrawn already
		}
	})
	_, _, err := user.StartFamily(ctx, village, "003/007", &ksv1.Family{HeadName: proto.String("Asep")})
	must(err)
	<-changed
	line, err := user.DayLine(ctx)
	must(err)
	fmt.Println(line)

	stopped, cancel := context.WithCancel(ctx)
	cancel()
	_, err = user.Sync(stopped, nil)
	fmt.Println("broken off:", err != nil)
	_, err = user.Sync(ctx, nil)
	must(err)
	entries, err := user.Outbox(ctx, 10)
	must(err)
	fmt.Println(len(entries), "change, applied:", entries[0].Status == device.StatusApplied)
	// Output:
	// 1 keluarga tersimpan, 1 belum terkirim, aman di perangkat
	// broken off: true
	// 1 change, applied: true
}

// surveyorAtWork is a surveyor with a device that has synced once, and a village.
func surveyorAtWork(ctx context.Context) (user *clientsdk.User, village uint32, done func()) {
	puskesmas, dir, end := startPuskesmas(ctx)
	tablet, user := openDevice(ctx, puskesmas, dir, "tablet", "surveyor1")
	villages, err := user.Villages(ctx)
	must(err)
	return user, villages[0].GetVillage(), func() {
		must(user.Close())
		must(tablet.Close())
		end()
	}
}
