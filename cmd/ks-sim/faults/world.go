package faults

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/keluarga-sehat/sync/cmd/ks-sim/field"
	"github.com/keluarga-sehat/sync/internal/pgtest"
	"github.com/keluarga-sehat/sync/internal/planted"
	"github.com/keluarga-sehat/sync/internal/record"
	"github.com/keluarga-sehat/sync/internal/wire"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server"
	"github.com/keluarga-sehat/sync/server/sample"
	"github.com/keluarga-sehat/sync/server/store"
)

// Options of a run.
type Options struct {
	Seed uint64
	// Cycles of killing; every HealEvery of them everything heals and is judged.
	Cycles, HealEvery int
	Devices           int
	// Postgres runs two servers on one PostgreSQL, otherwise one on SQLite.
	Postgres bool
	// Dir is an empty folder for everybody's files.
	Dir string
	// Record gets the history, a JSON line an operation; nil: nobody.
	Record io.Writer
	Log    io.Writer
}

// Report is what a run met and what was verified.
type Report struct {
	Cycles, Kills, Steps int
	// What PostgreSQL went through: connections ended, crashes, times of refusing
	// writes, and times without a connection to give.
	Backends, Crashes, ReadOnly, Crowded int
	Syncs, FailedSyncs                   int
	// Verified are saves found in the server's history, each counted once;
	// Unknown those that died before they could tell.
	Verified, Unknown int
	Violations        []string
}

// String is the run's line.
func (r *Report) String() string {
	return fmt.Sprintf("%d cycles: %d kills at random instants, %d at named steps, %s; %d syncs, %d broken off; %d saves verified, %d of unknown outcome; %d violations",
		r.Cycles, r.Kills, r.Steps, r.database(), r.Syncs, r.FailedSyncs, r.Verified, r.Unknown, len(r.Violations))
}

func (r *Report) database() string {
	return fmt.Sprintf("PostgreSQL: %d connections ended, %d crashes, %d times read-only, %d times out of connections", r.Backends, r.Crashes, r.ReadOnly, r.Crowded)
}

type world struct {
	Options
	rng       *mathrand.Rand
	store     string
	ring      *record.Ring
	cluster   *pgtest.Cluster
	password  string
	processes []*process
	history   history
	report    Report
	verified  map[string]bool
}

const (
	puskesmasCode = "P3204050101"
	surveyorName  = "surveyor"
	headName      = "head"
)

// Run kills and heals, and reports. The error tells what kept it from running;
// broken promises are in the report.
func Run(ctx context.Context, o Options) (report *Report, err error) {
	w := &world{Options: o, rng: mathrand.New(mathrand.NewPCG(o.Seed, 0x6b73)), verified: map[string]bool{}}
	w.history = history{tried: map[string]bool{}, saved: map[string]bool{}}
	if o.Record != nil {
		w.history.record = json.NewEncoder(o.Record)
	}
	defer func() {
		for _, p := range w.processes {
			p.kill(&w.history)
		}
		if w.cluster != nil {
			err = errors.Join(err, w.cluster.Stop())
		}
	}()
	if err := w.setUp(ctx); err != nil {
		return nil, err
	}
	for n := 1; n <= o.Cycles; n++ {
		if err := w.cycle(ctx); err != nil {
			return nil, err
		}
		w.report.Cycles++
		if n%o.HealEvery == 0 || n == o.Cycles {
			if err := w.healAndJudge(ctx); err != nil {
				return nil, err
			}
			fmt.Fprintln(o.Log, &w.report)
		}
	}
	return &w.report, nil
}

func (w *world) setUp(ctx context.Context) (err error) {
	w.store = filepath.Join(w.Dir, "server.db")
	if w.Postgres {
		if w.cluster, err = pgtest.StartWith("max_connections=100"); err != nil {
			return err
		}
		if w.store, err = w.cluster.CreateDatabase(ctx); err != nil {
			return err
		}
	}
	if w.ring, err = record.NewRing(rand.Reader); err != nil {
		return err
	}
	ring, err := w.ring.Marshal()
	if err != nil {
		return err
	}
	cert, key, err := wire.SelfSigned(rand.Reader, []string{"127.0.0.1"}, time.Now(), 24*time.Hour)
	if err != nil {
		return err
	}
	w.password = rand.Text()
	err = errors.Join(os.WriteFile(filepath.Join(w.Dir, ringFile), ring, 0o600), os.WriteFile(filepath.Join(w.Dir, certFile), append(cert, key...), 0o600), w.provision(ctx))
	if err != nil {
		return err
	}
	servers := 1
	if w.Postgres {
		servers = 2
	}
	for range servers {
		address, err := freeAddress()
		if err != nil {
			return err
		}
		if err := w.add(ctx, child{Server: true, Dir: w.Dir, Store: w.store, Address: address}); err != nil {
			return err
		}
	}
	for i := range w.Devices {
		c := child{Dir: w.Dir, Address: w.processes[i%servers].Address, Device: fmt.Sprint("d", i), User: surveyorName, Password: w.password, Seed: w.rng.Uint64()}
		if err := w.add(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) add(ctx context.Context, c child) error {
	p, err := start(ctx, c, &w.history, "")
	if err != nil {
		return err
	}
	w.processes = append(w.processes, p)
	p.waitReady(ctx)
	return nil
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// provision makes two villages and one surveyor, under whom every device works,
// so that all see and edit the same families, and the head, who looks at figures.
func (w *world) provision(ctx context.Context) (err error) {
	s, err := field.OpenStore(ctx, w.store)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := server.InitStore(ctx, s, rand.Reader); err != nil {
		return err
	}
	villages := []string{"32.04.05.2001", "32.04.05.2002"}
	err = s.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		areas := []store.Area{{Code: "32", Name: "Jawa Barat"}, {Code: "32.04", Name: "Bandung"}, {Code: "32.04.05", Name: "Cileunyi"}}
		for _, code := range villages {
			areas = append(areas, store.Area{Code: code, Name: "Desa " + code})
		}
		return errors.Join(tx.Directory().PutAreas(ctx, areas),
			tx.Directory().PutPuskesmas(ctx, []store.Puskesmas{{Code: puskesmasCode, Name: "Puskesmas", District: "32.04", Villages: villages}}))
	})
	if err != nil {
		return err
	}
	for _, a := range []server.NewAccount{
		{UserName: surveyorName, Roles: []ksv1.Role{ksv1.Role_ROLE_SURVEYOR}, Assigned: villages},
		{UserName: headName, Roles: []ksv1.Role{ksv1.Role_ROLE_PUSKESMAS_HEAD}},
	} {
		a.FullName, a.Password, a.Puskesmas, a.PasswordCost = a.UserName, w.password, puskesmasCode, sample.CheapPassword
		if _, err := server.AddAccount(ctx, s, w.ring, rand.Reader, a); err != nil {
			return err
		}
	}
	return nil
}

// cycle kills one process, at a random instant or at a named step, and starts it
// again.
func (w *world) cycle(ctx context.Context) error {
	i := w.rng.IntN(len(w.processes))
	wait := time.Duration(w.rng.IntN(250)) * time.Millisecond
	if w.Postgres && w.rng.IntN(4) == 0 {
		if err := w.spoilDatabase(ctx); err != nil {
			return err
		}
	}
	if planted.Active && w.rng.IntN(2) == 0 {
		return w.dieAtStep(ctx, i)
	}
	if err := pause(ctx, wait); err != nil {
		return err
	}
	w.report.Kills++
	w.processes[i].kill(&w.history)
	return w.restart(ctx, i, "")
}

// stepPatience is how long a step may take to come.
const stepPatience = 1500 * time.Millisecond

// dieAtStep starts a process anew that kills itself when it reaches a step for
// the n-th time.
func (w *world) dieAtStep(ctx context.Context, i int) error {
	steps := planted.DeviceSteps[:]
	if w.processes[i].Server {
		steps = planted.ServerSteps[:]
	}
	w.processes[i].kill(&w.history)
	if err := w.restart(ctx, i, fmt.Sprintf("%s:%d", steps[w.rng.IntN(len(steps))], 1+w.rng.IntN(8))); err != nil {
		return err
	}
	patience, cancel := context.WithTimeout(ctx, stepPatience)
	defer cancel()
	select {
	case <-w.processes[i].ended:
		w.report.Steps++
	case <-patience.Done():
		w.report.Kills++
		w.processes[i].kill(&w.history)
	}
	return w.restart(ctx, i, "")
}

func (w *world) restart(ctx context.Context, i int, dieAt string) error {
	c := w.processes[i].child
	c.Seed = w.rng.Uint64()
	p, err := start(ctx, c, &w.history, dieAt)
	if err != nil {
		return err
	}
	w.processes[i] = p
	p.waitReady(ctx)
	return nil
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
