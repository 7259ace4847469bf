package clientsdk_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/cmd/ks-sim/field"
	"github.com/keluarga-sehat/sync/cmd/ks-sim/registry"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/dukcapil"
	"github.com/keluarga-sehat/sync/server/store"
)

// A family card fills in who lives here, from the civil registry (here a stand-in)
// through the server. Where that does not go, the outcome says why, and the
// surveyor enters the members by hand.
func ExampleUser_FillFromCard() {
	ctx := context.Background()
	civil, card := startRegistry()
	defer func() {
		civil.client.Close()
		must(civil.server.Close())
	}()
	dir, err := os.MkdirTemp("", "ks-example-")
	must(err)
	defer os.RemoveAll(dir)
	puskesmas, err := field.New(ctx, field.Options{Dir: dir, Surveyors: 1, Registry: civil.client, LookUpsPerUser: 10, LookUpsInAll: 10})
	must(err)
	defer func() { must(puskesmas.Close()) }()
	tablet, user := openDevice(ctx, puskesmas, dir, "tablet", "surveyor1")
	defer tablet.Close()
	defer user.Close()
	villages, err := user.Villages(ctx)
	must(err)
	family, _, err := user.StartFamily(ctx, villages[0].GetVillage(), "003/007", &ksv1.Family{HeadName: proto.String("Contoh")})
	must(err)

	filled, err := user.FillFromCard(ctx, family, card[0].NKK.Text())
	must(err)
	fmt.Println("before the user's registration form is in force:", filled.Message)
	acceptForm(ctx, puskesmas, "surveyor1")
	filled, err = user.FillFromCard(ctx, family, card[0].NKK.Text())
	must(err)
	fmt.Println("then:", len(filled.Members) == len(card), filled.Members[0].Part.GetRelation())
	// Output:
	// before the user's registration form is in force: Pencarian data kependudukan hanya untuk pengguna yang formulir registrasinya telah diterima Pusdatin. Isilah anggota keluarga secara manual.
	// then: true RELATION_HEAD
}

// civilRegistry is a stand-in for the civil registry, and the server's way to it.
type civilRegistry struct {
	server *registry.Server
	client *dukcapil.Client
}

// startRegistry starts one that knows a card of several persons.
func startRegistry() (*civilRegistry, []registry.Person) {
	dir, err := os.MkdirTemp("", "ks-example-")
	must(err)
	defer os.RemoveAll(dir)
	s, err := registry.Start(registry.Options{Dir: dir})
	must(err)
	config, err := dukcapil.LoadConfig(filepath.Join(dir, registry.ConfigFile))
	must(err)
	client, err := dukcapil.NewClient(config)
	must(err)
	card := registry.Card(7, 320405)
	s.Put(card...)
	return &civilRegistry{s, client}, card
}

// acceptForm is what the ministry does with a user's registration form.
func acceptForm(ctx context.Context, puskesmas *field.Field, name string) {
	must(puskesmas.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		a, err := tx.Snapshot().FindAccountByName(ctx, name)
		if err != nil {
			return err
		}
		a.Registered = true
		_, err = tx.Directory().PutAccount(ctx, a)
		return err
	}))
}
