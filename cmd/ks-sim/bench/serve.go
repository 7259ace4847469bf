package bench

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"runtime/pprof"
	"time"

	"golang.org/x/time/rate"

	"github.com/keluarga-sehat/sync/cmd/ks-sim/field"
	"github.com/keluarga-sehat/sync/internal/record"
	"github.com/keluarga-sehat/sync/internal/wire"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server"
	"github.com/keluarga-sehat/sync/server/rates"
	"github.com/keluarga-sehat/sync/server/sample"
	"github.com/keluarga-sehat/sync/server/store"
)

// villages of the measured Puskesmas, and devices that write to them.
const (
	villages = 25
	devices  = 50
)

// benchUser is the account to which a device signs in.
func benchUser(accounts, device int) string { return fmt.Sprintf("surveyor%d", device%accounts) }

// Serve is the child process: it runs a server until its standard input ends.
func Serve(ctx context.Context, config string, stdin io.Reader, stdout io.Writer) error {
	var c child
	if err := json.Unmarshal([]byte(config), &c); err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	c.Address = listener.Addr().String()
	if c.Bare {
		return serveBare(ctx, &c, listener, stdin, stdout)
	}
	return serveOurs(ctx, &c, listener, stdin, stdout)
}

func serveOurs(ctx context.Context, c *child, listener net.Listener, stdin io.Reader, stdout io.Writer) (err error) {
	s, err := field.OpenStore(ctx, c.Store)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	ring, err := record.NewRing(rand.Reader)
	if err != nil {
		return err
	}
	if !c.Stocked {
		if err := provision(ctx, s, ring, c); err != nil {
			return err
		}
	}
	if c.Country {
		if err := addCountry(ctx, s); err != nil {
			return err
		}
	}
	if c.Nation != "" {
		if err := provisionNation(ctx, s, ring, c); err != nil {
			return err
		}
	}
	certPEM, keyPEM, err := wire.SelfSigned(rand.Reader, []string{"127.0.0.1"}, time.Now(), 24*time.Hour)
	if err != nil {
		return err
	}
	c.CertPEM = certPEM
	cert, err := tls.X509KeyPair(certPEM, keyPEM)
	if err != nil {
		return fmt.Errorf("certificate: %w", err)
	}
	server.TuneMemory()
	srv, err := server.New(server.Config{Store: s, Ring: ring, Certificate: cert, Listener: listener, Now: time.Now, Rand: rand.Reader, Rates: rates.Bounds{Address: rate.Inf, Caller: rate.Inf}})
	if err != nil {
		return err
	}
	return tellAndRun(ctx, c, stdin, stdout, func(ctx context.Context) error { return profiled(c.Profile, func() error { return srv.Run(ctx) }) })
}

// profiled runs with a processor profile, if a file is named.
func profiled(path string, run func() error) (err error) {
	if path == "" {
		return run()
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := pprof.StartCPUProfile(f); err != nil {
		return err
	}
	defer pprof.StopCPUProfile()
	return run()
}

// tellAndRun tells what the server has become, and runs it until standard input
// ends.
func tellAndRun(ctx context.Context, c *child, stdin io.Reader, stdout io.Writer, run func(context.Context) error) error {
	line, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("encode: %w", err)
	}
	if _, err := fmt.Fprintf(stdout, "%s\n", line); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		_, _ = io.Copy(io.Discard, stdin) // ended or broken, who started us is gone
		cancel()
	}()
	return run(ctx)
}

func provision(ctx context.Context, s store.Store, ring *record.Ring, c *child) error {
	if err := server.InitStore(ctx, s, rand.Reader); err != nil {
		return err
	}
	areas := []store.Area{{Code: "32", Name: "Jawa Barat"}, {Code: "32.04", Name: "Kabupaten Bandung"}, {Code: "32.04.05", Name: "Cileunyi"}}
	var codes []string
	for i := range villages {
		code := fmt.Sprintf("32.04.05.2%03d", i+1)
		codes = append(codes, code)
		areas = append(areas, store.Area{Code: code, Name: fmt.Sprintf("Desa %d", i+1)})
	}
	err := s.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		c.Villages = nil
		if err := tx.Directory().PutAreas(ctx, areas); err != nil {
			return err
		}
		if err := tx.Directory().PutPuskesmas(ctx, []store.Puskesmas{{Code: "P3204050101", Name: "Puskesmas", District: "32.04", Villages: codes}}); err != nil {
			return err
		}
		list, err := tx.Snapshot().VillagesUnder(ctx, "32.04.05")
		for _, v := range list {
			c.Villages = append(c.Villages, v.Number)
		}
		return err
	})
	if err != nil {
		return err
	}
	c.Password, c.Accounts = rand.Text(), cmp.Or(c.Accounts, devices)
	for n := range c.Accounts {
		name := benchUser(c.Accounts, n)
		_, err := server.AddAccount(ctx, s, ring, rand.Reader, server.NewAccount{
			UserName: name, FullName: name, Password: c.Password, PasswordCost: sample.CheapPassword,
			Roles: []ksv1.Role{ksv1.Role_ROLE_SURVEYOR}, Puskesmas: "P3204050101", Assigned: codes,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// addCountry adds areas below a province that has no others, until there are as
// many villages as the country has.
func addCountry(ctx context.Context, s store.Store) error {
	areas := []store.Area{{Code: "99", Name: "Negeri"}}
	for i := villages; i < countryVillages; i++ {
		district, subdistrict, village := i/2000, i/20%100, i%20
		if i%2000 == 0 || i == villages {
			areas = append(areas, store.Area{Code: fmt.Sprintf("99.%02d", district), Name: fmt.Sprintf("Kabupaten %d", district)})
		}
		if i%20 == 0 || i == villages {
			areas = append(areas, store.Area{Code: fmt.Sprintf("99.%02d.%02d", district, subdistrict), Name: fmt.Sprintf("Kecamatan %d", i/20)})
		}
		areas = append(areas, store.Area{Code: fmt.Sprintf("99.%02d.%02d.2%03d", district, subdistrict, village+1), Name: fmt.Sprintf("Desa %d", i)})
	}
	return s.Write(ctx, func(ctx context.Context, tx store.Tx) error { return tx.Directory().PutAreas(ctx, areas) })
}
