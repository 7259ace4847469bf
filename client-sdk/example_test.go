package clientsdk_test

import (
	"context"
	"fmt"
	"os"
	"time"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/cmd/ks-sim/field"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// One interview, from signing in to the server's receipt. The examples run
// against a real server; an app has its address and the pin of its certificate
// from the administrator.
func Example() {
	ctx := context.Background()
	puskesmas, dir, done := startPuskesmas(ctx)
	defer done()

	client, err := clientsdk.Open(clientsdk.Config{Dir: dir, Server: puskesmas.Address, Pin: pinOf(puskesmas), DeviceName: "tablet 1"})
	must(err)
	defer client.Close()

	// The first sign-in needs the server, later ones nothing but the password.
	user, err := client.SignIn(ctx, "surveyor1", puskesmas.Password)
	must(err)
	defer user.Close()
	_, err = user.Sync(ctx, nil)
	must(err)

	// From here on there may be no network for days.
	villages, err := user.Villages(ctx)
	must(err)
	family, outside, err := user.StartFamily(ctx, villages[0].GetVillage(), "003/007", &ksv1.Family{HeadName: proto.String("Asep")})
	must(err)
	fmt.Println("outside the assignment:", outside)

	asep, round := user.NewID(), user.NewID()
	_, err = user.Save(ctx, family, clientsdk.Edit{
		Key: clientsdk.Key{Kind: clientsdk.KindMember, Member: asep},
		Set: &ksv1.Member{Name: proto.String("Asep"), Sex: ksv1.Sex_SEX_MALE.Enum(), BirthDate: proto.String("1980-02-03")},
	})
	must(err)
	ya, tidak := ksv1.Answer_ANSWER_YA.Enum(), ksv1.Answer_ANSWER_TIDAK.Enum()
	_, err = user.SaveRound(ctx, family, round,
		&ksv1.Round{
			SurveyDate: proto.String(time.Now().Format(time.DateOnly)), CleanWater: ya, ProtectedWater: ya, Toilet: ya, SanitaryToilet: ya,
			MentalDisorder: tidak, Restrained: tidak,
		},
		map[clientsdk.ID]*ksv1.Individual{asep: {
			Relation: ksv1.Relation_RELATION_HEAD.Enum(), MaritalStatus: ksv1.MaritalStatus_MARITAL_STATUS_SINGLE.Enum(),
			HealthInsurance: ya, Smokes: ya, UsesToilet: ya, UsesCleanWater: ya, Tuberculosis: tidak, TuberculosisSymptoms: tidak,
			Hypertension: tidak, BloodPressureMeasured: tidak,
		}})
	must(err)

	index, err := user.Index(ctx, family)
	must(err)
	fmt.Println("IKS", index.Inti.IKS, index.Inti.Category)
	for _, r := range index.Inti.Reasons {
		answer, _ := r.AnswerText()
		fmt.Printf("indicator %d: %s = %s\n", r.Indicator, r.Question, answer)
	}

	_, err = user.Submit(ctx, []clientsdk.ID{family}, "")
	must(err)
	result, err := user.Sync(ctx, func(p clientsdk.Progress) { /* show p.Sent of p.Pending */ })
	must(err)
	fmt.Println("sent", result.Sent, "- equal to the server:", result.Differing == 0)
	// Output:
	// outside the assignment: false
	// IKS 0.750 pra-sehat
	// indicator 9: V.2 = Y
	// sent 4 - equal to the server: true
}

// What a check finds wrong is refused, with the question and a sentence for the
// surveyor; nothing of the save is kept.
func ExampleUser_Save_refused() {
	ctx := context.Background()
	puskesmas, dir, done := startPuskesmas(ctx)
	defer done()
	client, err := clientsdk.Open(clientsdk.Config{Dir: dir, Server: puskesmas.Address, Pin: pinOf(puskesmas)})
	must(err)
	defer client.Close()
	user, err := client.SignIn(ctx, "surveyor1", puskesmas.Password)
	must(err)
	defer user.Close()
	_, err = user.Sync(ctx, nil)
	must(err)
	villages, err := user.Villages(ctx)
	must(err)
	family, _, err := user.StartFamily(ctx, villages[0].GetVillage(), "003/007", nil)
	must(err)

	_, err = user.Save(ctx, family, clientsdk.Edit{
		Key: clientsdk.Key{Kind: clientsdk.KindMember, Member: user.NewID()},
		Set: &ksv1.Member{Name: proto.String("Bayi"), BirthDate: proto.String("2999-01-01")},
	})
	fmt.Println(err)
	// Output:
	// Tanggal lahir sesudah hari ini. Perbaiki tanggal lahir.
}

// Work that is unsent when a password is forgotten can be delivered all the
// same: it was sealed for the server when it was saved.
func ExampleClient_Deposit() {
	ctx := context.Background()
	puskesmas, dir, done := startPuskesmas(ctx)
	defer done()
	client, err := clientsdk.Open(clientsdk.Config{Dir: dir, Server: puskesmas.Address, Pin: pinOf(puskesmas)})
	must(err)
	defer client.Close()
	user, err := client.SignIn(ctx, "surveyor1", puskesmas.Password)
	must(err)
	_, err = user.Sync(ctx, nil)
	must(err)
	villages, err := user.Villages(ctx)
	must(err)
	_, _, err = user.StartFamily(ctx, villages[0].GetVillage(), "003/007", nil)
	must(err)
	must(user.Close())

	deposited, err := client.Deposit(ctx, "surveyor1")
	must(err)
	fmt.Printf("%d unsent, %d with the supervisor\n", deposited.Changes, deposited.Received)
	// Output:
	// 1 unsent, 1 with the supervisor
}

// startPuskesmas starts a throwaway server with a sample kecamatan.
func startPuskesmas(ctx context.Context) (f *field.Field, dir string, done func()) {
	dir, err := os.MkdirTemp("", "ks-example-")
	must(err)
	f, err = field.New(ctx, field.Options{Dir: dir, Surveyors: 2})
	must(err)
	return f, dir, func() {
		must(f.Close())
		must(os.RemoveAll(dir))
	}
}

func pinOf(f *field.Field) *clientsdk.Pin {
	pin, err := f.Pin()
	must(err)
	return &pin
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
