package faults

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"time"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/cmd/ks-sim/field"
	"github.com/keluarga-sehat/sync/internal/record"
	"github.com/keluarga-sehat/sync/internal/wire"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server"
)

// ChildCommand is the hidden command of ks-sim that runs one process.
const ChildCommand = "faults-process"

// child says what a process is to be.
type child struct {
	// Server runs a server on Store at Address, otherwise a device.
	Server  bool   `json:"server"`
	Dir     string `json:"dir"`
	Store   string `json:"store,omitempty"`
	Address string `json:"address"`
	// Device is the device's name, User and Password its surveyor's.
	Device   string `json:"device,omitempty"`
	User     string `json:"user,omitempty"`
	Password string `json:"password,omitempty"`
	Seed     uint64 `json:"seed,omitempty"`
}

// Files of the world's folder that processes share.
const (
	ringFile = "ring.json"
	certFile = "cert.pem"
)

// Serve is the child process; it runs until it is killed.
func Serve(ctx context.Context, config string, stdout io.Writer) error {
	var c child
	if err := json.Unmarshal([]byte(config), &c); err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	if c.Server {
		return c.serve(ctx, stdout)
	}
	return c.work(ctx, stdout)
}

func readRing(dir string) (*record.Ring, error) {
	data, err := os.ReadFile(filepath.Join(dir, ringFile))
	if err != nil {
		return nil, err
	}
	return record.UnmarshalRing(data)
}

func (c *child) serve(ctx context.Context, stdout io.Writer) (err error) {
	ring, err := readRing(c.Dir)
	if err != nil {
		return err
	}
	cert, err := tls.LoadX509KeyPair(filepath.Join(c.Dir, certFile), filepath.Join(c.Dir, certFile))
	if err != nil {
		return fmt.Errorf("certificate: %w", err)
	}
	s, err := field.OpenStore(ctx, c.Store)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	listener, err := net.Listen("tcp", c.Address)
	if err != nil {
		return err
	}
	srv, err := server.New(server.Config{Store: s, Ring: ring, Certificate: cert, Listener: listener, Now: time.Now, Rand: rand.Reader})
	if err != nil {
		return err
	}
	fmt.Fprintln(stdout, wordReady)
	return srv.Run(ctx)
}

// What a process tells, a line each: the word and, of saves, the token written.
const (
	wordReady  = "ready"
	wordTry    = "try"
	wordSaved  = "saved"
	wordSynced = "synced"
	wordFailed = "failed"
)

// tokenPrefix precedes the token in a family's address.
const tokenPrefix = "Jl. "

func openDevice(ctx context.Context, c *child) (*clientsdk.Client, *clientsdk.User, error) {
	certPEM, err := os.ReadFile(filepath.Join(c.Dir, certFile))
	if err != nil {
		return nil, nil, err
	}
	pin, err := wire.PinOf(certPEM)
	if err != nil {
		return nil, nil, err
	}
	client, err := clientsdk.Open(clientsdk.Config{Dir: filepath.Join(c.Dir, "device-"+c.Device), Server: c.Address, Pin: &pin, DeviceName: c.Device})
	if err != nil {
		return nil, nil, err
	}
	user, err := client.SignIn(ctx, c.User, c.Password)
	if err != nil {
		return nil, nil, errors.Join(err, client.Close())
	}
	return client, user, nil
}

// work saves and syncs as a device, on and on.
func (c *child) work(ctx context.Context, stdout io.Writer) error {
	client, user, err := openDevice(ctx, c)
	if err != nil {
		return err
	}
	defer client.Close()
	if l := user.Loss(); l != nil {
		return fmt.Errorf("device %s reports a loss: %+v", c.Device, *l)
	}
	fmt.Fprintln(stdout, wordReady)
	rng := mathrand.New(mathrand.NewPCG(c.Seed, 1))
	families := field.NewGenerator(c.Seed, 320405, time.Now())
	for n := 0; ctx.Err() == nil; n++ {
		if villages, err := user.Villages(ctx); err != nil {
			return err
		} else if len(villages) > 0 && rng.IntN(4) > 0 {
			token := fmt.Sprintf("%s-%x-%d", c.Device, c.Seed, n)
			fmt.Fprintln(stdout, wordTry, token)
			if err := saveToken(ctx, user, rng, families, villages[rng.IntN(len(villages))].GetVillage(), token); err != nil {
				return fmt.Errorf("save %s: %w", token, err)
			}
			fmt.Fprintln(stdout, wordSaved, token)
			continue
		}
		if result, err := user.Sync(ctx, nil); err != nil {
			// Servers die here; the next sync goes on.
			fmt.Fprintln(stdout, wordFailed, err)
			time.Sleep(20 * time.Millisecond)
		} else {
			fmt.Fprintln(stdout, wordSynced, result.Sent, result.Received)
		}
	}
	return user.Close()
}

// saveToken writes the token into a family's address: a new family's, or one's
// that others edit too.
func saveToken(ctx context.Context, user *clientsdk.User, rng *mathrand.Rand, families *field.Generator, village uint32, token string) error {
	address := proto.String(tokenPrefix + token)
	known, _ := user.Families(clientsdk.Query{Limit: 50})
	if len(known) > 0 && rng.IntN(2) == 0 {
		_, err := user.Save(ctx, known[rng.IntN(len(known))].ID, clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: &ksv1.Family{Address: address}})
		return err
	}
	g := families.Family()
	g.Family.Address = address
	var edits []clientsdk.Edit
	round := user.NewID()
	edits = append(edits, clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindRound, Record: round}, Set: g.Round})
	for _, p := range g.People {
		id := user.NewID()
		edits = append(edits,
			clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindMember, Member: id}, Set: p.Member},
			clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindIndividual, Record: round, Member: id}, Set: p.Individual})
	}
	_, _, err := user.StartFamily(ctx, village, fmt.Sprintf("00%d/001", 1+rng.IntN(3)), g.Family, edits...)
	return err
}
