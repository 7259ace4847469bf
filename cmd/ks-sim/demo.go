package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/cmd/ks-sim/field"
	"github.com/keluarga-sehat/sync/internal/iks"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/auth"
	"github.com/keluarga-sehat/sync/server/sample"
)

// demoSurveyors is how many devices the demo has.
const demoSurveyors = 10

func demoCommand() *cobra.Command {
	var once bool
	var families int
	var listen string
	c := &cobra.Command{
		Use:   "demo [--once]",
		Short: "Show the main job: ten devices collect offline, disagree, lose their link, and sync",
		Long: `demo starts a real server on the embedded store with a real kecamatan, and ten
surveyors' devices on the real SDK. They collect offline, two of each village
disagree about the same families, some lose their link in the middle of a sync,
and all sync. It prints the index by village and indicator, what conflicted and
how it was merged, and addresses to try with curl. It stays open until it is
interrupted; with --once it ends by itself, with code 1 if any promise failed.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if families < 1 || families > 10_000 {
				return misused("--families %d: from 1 to 10000", families)
			}
			dir, err := os.MkdirTemp("", "ks-demo-")
			if err != nil {
				return err
			}
			d := &demo{families: families, crew: crew{out: cmd.OutOrStdout(), errs: cmd.ErrOrStderr()}}
			err = d.run(cmd.Context(), dir, listen, once)
			return errors.Join(err, os.RemoveAll(dir))
		},
	}
	c.Flags().BoolVar(&once, "once", false, "end by itself")
	c.Flags().IntVar(&families, "families", 12, "`number` of families that each surveyor collects")
	c.Flags().StringVar(&listen, "listen", "127.0.0.1:0", "`address` of the server")
	return c
}

// demo is one run.
type demo struct {
	crew
	families int
}

func (d *demo) run(ctx context.Context, dir, listen string, once bool) (err error) {
	start := time.Now()
	if d.field, err = field.New(ctx, field.Options{Dir: dir, Surveyors: demoSurveyors, Staff: true, Listen: listen, PasswordCost: auth.DefaultPasswordCost}); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	if err := os.WriteFile(filepath.Join(dir, "server.pem"), d.field.CertPEM, 0o600); err != nil {
		return err
	}
	fmt.Fprintf(d.out, "Server on %s with Kecamatan Cileunyi, %d surveyors. Signing the devices in once ...\n", d.field.Address, demoSurveyors)
	for _, step := range []func(context.Context) error{d.signIn, d.collect, d.firstSync, d.disagree, d.lastSync, d.report} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	fmt.Fprintf(d.out, "\nAll of this took %s.\n", time.Since(start).Round(100*time.Millisecond))
	if once {
		return nil
	}
	if err := d.addresses(ctx, dir); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

// collect lets every surveyor work offline.
func (d *demo) collect(ctx context.Context) error {
	bar := d.bar(demoSurveyors*d.families, "collecting offline")
	err := d.each(func(i int, u *clientsdk.User) error {
		villages, err := u.Villages(ctx)
		if err != nil {
			return err
		}
		g := field.NewGenerator(uint64(i+1), 320405, time.Now())
		var batch []clientsdk.ID
		for n := range d.families {
			place := fmt.Sprintf("%03d/%03d", 1+i%2, 1+n%3)
			id, err := field.Interview(ctx, u, villages[0].GetVillage(), place, g.Family())
			if err != nil {
				return err
			}
			batch = append(batch, id)
			if err := bar.Add(1); err != nil {
				return err
			}
		}
		_, err = u.Submit(ctx, batch, "")
		return err
	})
	return errors.Join(err, bar.Finish())
}

// firstSync syncs all devices; every third loses its link on the way and comes
// again.
func (d *demo) firstSync(ctx context.Context) error {
	var lost, sent int
	var mu sync.Mutex
	err := d.each(func(i int, u *clientsdk.User) error {
		if i%3 == 0 {
			cut, cancel := context.WithCancel(ctx)
			if _, err := u.Sync(cut, func(p clientsdk.Progress) {
				if p.Sent > 0 {
					cancel()
				}
			}); err != nil {
				mu.Lock()
				lost++
				mu.Unlock()
			}
			cancel()
		}
		r, err := d.proved(ctx, u)
		if err != nil {
			return err
		}
		mu.Lock()
		sent += r.Sent
		mu.Unlock()
		return nil
	})
	fmt.Fprintf(d.out, "First sync: %d devices lost their link in the middle and went on where acks ended; %d changes sent after that.\n", lost, sent)
	return err
}

// disagree lets the two surveyors of each village edit the same families
// offline: each another field, and both the address.
func (d *demo) disagree(ctx context.Context) error {
	for i, u := range d.users {
		if _, err := d.proved(ctx, u); err != nil {
			return fmt.Errorf("surveyor %d: %w", i+1, err)
		}
	}
	for i, u := range d.users {
		list, _ := u.Families(clientsdk.Query{Limit: 3})
		for n, s := range list {
			f := &ksv1.Family{Address: proto.String(fmt.Sprintf("Gg. Mawar %d (dicatat surveyor%d)", n+1, i+1))}
			if i%2 == 0 {
				f.BuildingNumber = proto.String(strconv.Itoa(n + 1))
			} else {
				f.FamilyNumber = proto.String("1")
			}
			if _, err := u.Save(ctx, s.ID, clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: f}); err != nil {
				return err
			}
		}
	}
	return nil
}

// lastSync syncs everybody twice, so that all have what the others sent.
func (d *demo) lastSync(ctx context.Context) error {
	for range 2 {
		for _, u := range d.users {
			if _, err := d.proved(ctx, u); err != nil {
				return err
			}
		}
	}
	return nil
}

// report prints the figures and checks the promises.
func (d *demo) report(ctx context.Context) error {
	stored, err := d.settled(ctx, demoSurveyors*d.families)
	if err != nil {
		return err
	}
	d.table()
	fmt.Fprintf(d.out, "\n%d families, %d changes in the history: every state joined anew from its changes, every value recomputed from answers,\nevery tally from families; every device proved by digests that it holds what the server holds.\n",
		stored.Families, stored.Changes)
	return d.conflicts(ctx)
}

func (d *demo) table() {
	fmt.Fprintf(d.out, "\nIKS by village (inti, provisional), coverage of the twelve indicators in %%:\n%-16s %8s %8s %6s", "", "terdata", "lengkap", "IKS")
	for n := 1; n <= iks.Indicators; n++ {
		fmt.Fprintf(d.out, " %5d", n)
	}
	fmt.Fprintln(d.out)
	for _, a := range sample.Villages() {
		t := d.field.Server.Board().Area(a.Code).Provisional
		d.row(a.Name, t.Of(iks.Inti))
	}
	whole := d.field.Server.Board().Area("32.04.05").Provisional
	d.row("Kecamatan", whole.Of(iks.Inti))
}

func (d *demo) row(name string, s iks.Summary) {
	fmt.Fprintf(d.out, "%-16s %8d %8d %6s", name, s.Surveyed(), s.Complete(), s.IKS().Decimals(3))
	for n := 1; n <= iks.Indicators; n++ {
		fmt.Fprintf(d.out, " %5s", s.Coverage(n).Percent(1))
	}
	fmt.Fprintln(d.out)
}

// conflicts shows some conflicts and how they were merged.
func (d *demo) conflicts(ctx context.Context) error {
	found := map[clientsdk.ID]int{}
	for _, u := range d.users {
		list, _ := u.Families(clientsdk.Query{Limit: 10_000})
		for _, s := range list {
			found[s.ID] = s.Conflicts
		}
	}
	n := 0
	for _, c := range found {
		n += c
	}
	fmt.Fprintf(d.out, "%d registers hold two values none of whose authors had seen the other. Both are kept; the newer shows:\n", n)
	if n == 0 {
		return fmt.Errorf("%w: two surveyors wrote one field unseen, and no conflict is kept", errBroken)
	}
	shown := 0
	for _, u := range d.users {
		list, _ := u.Families(clientsdk.Query{})
		for _, s := range list {
			if s.Conflicts == 0 || shown == 3 {
				continue
			}
			h, err := u.Family(ctx, s.ID)
			if err != nil {
				return err
			}
			c, err := u.Conflicts(ctx, s.ID)
			if err != nil {
				return err
			}
			fmt.Fprintf(d.out, "  family %s: shows %q (account %d); kept: %d more value(s), by account %d; No. rumah %q and No. keluarga %q, written by different devices, are both there\n",
				s.ID, h.GetFamily().GetAddress(), c[0].Values[0].Author, len(c[0].Values)-1, c[0].Values[1].Author,
				h.GetFamily().GetBuildingNumber(), h.GetFamily().GetFamilyNumber())
			shown++
		}
		if shown == 3 {
			return nil
		}
	}
	return nil
}

// desks are what to look at in a browser, by the account to sign in with.
var desks = []struct{ user, deed string }{
	{sample.Supervisor, "Tinjauan: approve or return what the devices sent; Konflik: both addresses side by side"},
	{sample.Head, "Dasbor of the Puskesmas; Pengumpulan: how far collection is, by village and surveyor"},
	{sample.Administrator, "the Puskesmas without its families: figures alone"},
	{sample.DistrictStaff, "Kabupaten Bandung down to the RT; few families behind a figure show as < 5"},
	{sample.ProvinceStaff, "Jawa Barat"},
	{sample.NationalStaff, "Indonesia: the tile map, then click down to an RT"},
	{"surveyor1", "the own village"},
}

// addresses prints what to try.
func (d *demo) addresses(ctx context.Context, dir string) error {
	grant, err := d.field.Server.Services().Auth.SignIn(ctx, d.field.Supervisor, d.field.Password, auth.Origin{}, nil)
	if err != nil {
		return err
	}
	base, pem := "https://"+d.field.Address, filepath.Join(dir, "server.pem")
	fmt.Fprintf(d.out, "\nPages: open %s/ (the certificate is the demo's own: let the browser go on) and sign in, password %s:\n", base, d.field.Password)
	for _, one := range desks {
		fmt.Fprintf(d.out, "  %-14s %s\n", one.user, one.deed)
	}
	fmt.Fprintf(d.out, `
REST (user %q, password %q); all of it at %s/#/api:
  export CA=%s
  export TOKEN=%s
  curl --cacert $CA -H "Authorization: Bearer $TOKEN" %s/v1/puskesmas/%s/index
  curl --cacert $CA -H "Authorization: Bearer $TOKEN" "%s/v1/areas/32.04.05.2001/indexes"
  curl --cacert $CA -H "Authorization: Bearer $TOKEN" "%s/v1/families?pageSize=3"
  curl --cacert $CA -H "Authorization: Bearer $TOKEN" "%s/v1/conflicts?pageSize=3"
  curl --cacert $CA %s/openapi.json
The token ends in 15 minutes; a new one:
  curl --cacert $CA -d '{"userName":"%s","password":"%s"}' %s/v1/auth:signIn
Interrupt (Ctrl-C) to end.
`, d.field.Supervisor, d.field.Password, base, pem, grant.AccessToken, base, field.PuskesmasCode, base, base, base, base,
		d.field.Supervisor, d.field.Password, base)
	return nil
}
