package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/keluarga-sehat/sync/internal/pgtest"
	"github.com/keluarga-sehat/sync/server/follow"
)

// blockFamilies is how many families one side takes before it is the other's
// turn: some seconds, so that what a server does behind its acks falls into them, and
// that devices begin and end at once weighs little.
const blockFamilies = 50_000

// side is one server with its devices.
type side struct {
	process   *process
	uploaders []uploader
	seconds   float64
	families  int
	// cpu of the server at the start of its first measured block, and what it
	// has used in measured blocks; the same of the database.
	server, database float64
	clients          float64 // processor time of the devices
	postmaster       int
}

// ingest measures uploads: the product's server beside the bare one, on one
// engine.
func (r *run) ingest(ctx context.Context, dir string, name string, postgres bool) (err error) {
	ours, bare := filepath.Join(dir, "ours.db"), filepath.Join(dir, "bare.db")
	postmasters := [2]int{}
	if postgres {
		for i, address := range []*string{&ours, &bare} {
			cluster, err := pgtest.StartWith("max_connections=100")
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, cluster.Stop()) }()
			if *address, err = cluster.CreateDatabase(ctx); err != nil {
				return err
			}
			postmasters[i] = cluster.PID()
		}
	}
	a, err := startSide(ctx, child{Store: ours, Profile: r.Profile}, postmasters[0])
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.close()) }()
	b, err := startSide(ctx, child{Bare: true, Store: bare, Payload: payloads[postgres]}, postmasters[1])
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	var ratios []float64 // of each block
	for done := 0; done < r.Families; {
		n := min(blockFamilies, r.Families-done)
		before, bareBefore := *a, *b
		if err := errors.Join(a.block(ctx, n), a.settle(ctx), b.block(ctx, n)); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		done += n
		oursNow, bareNow := a.rateSince(&before), b.rateSince(&bareBefore)
		ratios = append(ratios, oursNow/bareNow)
		r.log("%s: %d families, of the last %d ours %.0f/s, bare %.0f/s; server CPU %.3f, database %.3f", name, done, n, oursNow, bareNow,
			(a.server-before.server)/float64(n)*1000, (a.database-before.database)/float64(n)*1000)
	}
	sizes := [2]float64{}
	for i, address := range []string{ours, bare} {
		if sizes[i], err = storedSize(ctx, address); err != nil {
			return err
		}
	}
	peak, err := peakMiB(a.process.pid())
	if err != nil {
		return err
	}
	f := Figure{Name: name, Value: a.rate(), Unit: "families/s", PeakMiB: peak,
		ServerCPU: a.server / float64(a.families) * 1000, DatabaseCPU: a.database / float64(a.families) * 1000,
		Note: fmt.Sprintf("%d families, %d devices, ratio of the first block %.2f, of the last %.2f, %.0f bytes stored a family (bare %.0f), clients' CPU %.3f (bare %.3f), bare server CPU %.3f, database %.3f", a.families, devices,
			ratios[0], ratios[len(ratios)-1], sizes[0]/float64(a.families), sizes[1]/float64(b.families), a.clients/float64(a.families)*1000, b.clients/float64(b.families)*1000, b.server/float64(b.families)*1000, b.database/float64(b.families)*1000)}
	return r.report.add(f.beside(b.rate(), true))
}

// payloads are the baseline's, in bytes, by whether the engine is PostgreSQL:
// such that both take about the same room on disk. The report gives what they took.
// On SQLite two rows of these bytes share a page; of a few less three would, and the
// baseline would take a quarter less than ours. On PostgreSQL three do, whether of 2,000 or
// of 2,600 bytes; these are as many as ours have without such a rest.
var payloads = map[bool]int{false: 1350, true: 2150}

// storedSize is what a store takes on disk, its log included.
func storedSize(ctx context.Context, address string) (float64, error) {
	if strings.HasPrefix(address, "host=") {
		conn, err := pgx.Connect(ctx, address)
		if err != nil {
			return 0, err
		}
		var n int64
		err = conn.QueryRow(ctx, `SELECT pg_database_size(current_database())`).Scan(&n)
		return float64(n), errors.Join(err, conn.Close(ctx))
	}
	info, err := os.Stat(address)
	if err != nil {
		return 0, err
	}
	return float64(info.Size()), nil
}

func startSide(ctx context.Context, c child, postmaster int) (s *side, err error) {
	s = &side{postmaster: postmaster}
	if s.process, err = start(ctx, c); err != nil {
		return nil, err
	}
	for n := range devices {
		var u uploader
		if c.Bare {
			u, err = newBareClient(ctx, s.process, n, c.Payload)
		} else {
			u, err = newDevice(ctx, s.process, n)
		}
		if err != nil {
			return nil, errors.Join(fmt.Errorf("device %d: %w", n, err), s.close())
		}
		s.uploaders = append(s.uploaders, u)
	}
	return s, nil
}

func (s *side) rate() float64 { return s.rateSince(&side{}) }

// rateSince is the rate behind an earlier state of the side.
func (s *side) rateSince(before *side) float64 {
	return float64(s.families-before.families) / (s.seconds - before.seconds)
}

// block has all devices send their part of n families at once.
func (s *side) block(ctx context.Context, n int) error {
	for _, u := range s.uploaders {
		if err := u.prepare(n / len(s.uploaders)); err != nil {
			return err
		}
	}
	server, database, err := s.used()
	if err != nil {
		return err
	}
	clients, err := cpuSeconds(os.Getpid())
	if err != nil {
		return err
	}
	errs := make([]error, len(s.uploaders))
	var wait sync.WaitGroup
	begin := time.Now()
	for i, u := range s.uploaders {
		wait.Go(func() { errs[i] = u.send(ctx) })
	}
	wait.Wait()
	s.seconds += time.Since(begin).Seconds()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	s.families += n / len(s.uploaders) * len(s.uploaders)
	clients2, err := cpuSeconds(os.Getpid())
	if err != nil {
		return err
	}
	s.clients += clients2 - clients
	server2, database2, err := s.used()
	s.server += server2 - server
	s.database += database2 - database
	return err
}

// Settling: the server has caught up when it has been at rest for longer than
// its followers sleep.
const (
	settleStep   = 100 * time.Millisecond
	settledAfter = follow.RestMax + 3*settleStep
	settleMax    = time.Minute
	// restCPU is the processor time of a step that counts as rest.
	restCPU = 0.02
	// cores that all share.
	cores = 2
)

// settle waits until the server has done what it had put off, so that it does
// not slow the other side down. It counts as time of this side's, as much as it
// would have taken of both cores.
func (s *side) settle(ctx context.Context) error {
	server, database, err := s.used()
	if err != nil {
		return err
	}
	rest, last := time.Duration(0), server+database
	for waited := time.Duration(0); rest < settledAfter && waited < settleMax; waited += settleStep {
		select {
		case <-time.After(settleStep):
		case <-ctx.Done():
			return ctx.Err()
		}
		now, nowDatabase, err := s.used()
		if err != nil {
			return err
		}
		if rest += settleStep; now+nowDatabase-last > restCPU {
			rest = 0
		}
		last = now + nowDatabase
	}
	server2, database2, err := s.used()
	s.server, s.database = s.server+server2-server, s.database+database2-database
	s.seconds += (server2 - server + database2 - database) / cores
	return err
}

func (s *side) used() (server, database float64, err error) {
	if server, err = cpuSeconds(s.process.pid()); err != nil || s.postmaster == 0 {
		return server, 0, err
	}
	database, err = familyCPU(s.postmaster)
	return server, database, err
}

func (s *side) close() error {
	var errs []error
	for _, u := range s.uploaders {
		errs = append(errs, u.close())
	}
	return errors.Join(append(errs, s.process.stop())...)
}
