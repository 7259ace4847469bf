package bench

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/keluarga-sehat/sync/internal/pgtest"
)

// looks are how the nation looks at its dashboards, every viewer with a session of
// its own. In paced, which is what is promised, 50 people look: each asks about once
// a second, which is as fast as pages refresh by themselves, and what it takes is
// what they wait; it goes on until about a hundred questions of each kind were asked, of
// which a 99th percentile can be told. In alone nobody queues behind anybody: it is the service time. In
// flood 50 ask again as soon as they were answered; on the few cores that they share
// with server, database and devices, they wait for each other.
var looks = []look{
	{name: "dashboards_paced", viewers: viewers, pause: time.Second, time: 3 * time.Minute},
	{name: "dashboards_alone", viewers: 1, time: 30 * time.Second},
	{name: "dashboards_flood", viewers: viewers, time: 30 * time.Second},
}

type look struct {
	name    string
	viewers int
	// pause is the mean of what a viewer waits before asking again.
	pause time.Duration
	// time is how long it is looked, after warmUpTime.
	time time.Duration
}

const (
	viewers    = 50
	warmUpTime = 10 * time.Second
)

// dashboards measures questions for figures at the nation's scale.
func (r *run) dashboards(ctx context.Context) (err error) {
	cluster, err := pgtest.StartWith("max_connections=100", "max_wal_size=8GB", "shared_buffers=512MB")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, cluster.Stop()) }()
	address, err := cluster.CreateDatabase(ctx)
	if err != nil {
		return err
	}
	r.log("dashboards: fill the nation")
	begin := time.Now()
	p, err := start(ctx, child{Store: address + " pool_max_conns=16", Nation: r.Areas, Profile: r.Profile})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	r.log("dashboards: filled in %.0f s", time.Since(begin).Seconds())
	if err := r.waitForClosing(ctx, address); err != nil {
		return err
	}
	// What follows is what the server itself takes.
	if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", p.pid()), []byte("5"), 0); err != nil {
		return fmt.Errorf("begin to measure memory: %w", err)
	}
	v, err := newView(ctx, p, address)
	if err != nil {
		return err
	}
	defer v.close()
	ingest, stop := context.WithCancel(ctx)
	sent := make(chan error, 1)
	go func() { sent <- sendSteadily(ingest, p) }()
	err = r.firstLook(ctx, v)
	for _, l := range looks {
		err = errors.Join(err, r.look(ctx, v, l))
	}
	err = errors.Join(err, r.freshness(ctx, p, v))
	stop()
	if err := errors.Join(err, <-sent); err != nil {
		return err
	}
	peak, err := peakMiB(p.pid())
	if err != nil {
		return err
	}
	if err := r.report.add(Figure{Name: "dashboards_memory", Value: peak, Unit: "MiB", PeakMiB: peak, Note: "the server's peak while all of this was asked; under 1,024 asked"}); err != nil {
		return err
	}
	return r.groupBy(ctx, address)
}

// waitForClosing waits until the days that are over have been added up.
func (r *run) waitForClosing(ctx context.Context, address string) (err error) {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	defer func() { err = closing(ctx, conn, err) }()
	begin := time.Now()
	for {
		var last int64
		if err := conn.QueryRow(ctx, `SELECT coalesce(max(day), 0) FROM area_day WHERE area = ''`).Scan(&last); err != nil {
			return err
		}
		if last > 0 {
			break
		}
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return r.report.add(Figure{Name: "dashboards_days", Value: time.Since(begin).Seconds(), Unit: "s", Note: "two months of all villages' days and movements added up for 553 areas, once"})
}

// firstViewers ask every question once, of which nothing is known yet.
const firstViewers = 4

func (r *run) firstLook(ctx context.Context, v *view) error {
	var paths []string
	for _, q := range v.questions {
		paths = append(paths, q.paths...)
	}
	rand.New(rand.NewPCG(1, 9)).Shuffle(len(paths), func(i, j int) { paths[i], paths[j] = paths[j], paths[i] })
	r.log("dashboards_first: %d questions", len(paths))
	took := make([]time.Duration, len(paths))
	errs := make([]error, firstViewers)
	var wait sync.WaitGroup
	for n := range firstViewers {
		wait.Go(func() {
			for i := n; i < len(paths) && errs[n] == nil; i += firstViewers {
				begin := time.Now()
				_, errs[n] = v.viewers[n].ask(ctx, paths[i])
				took[i] = time.Since(begin)
			}
		})
	}
	wait.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	slowest := paths[slices.Index(took, slices.Max(took))]
	return r.report.add(Figure{Name: "dashboards_first", Value: quantileMS(took, 0.99), Unit: "ms p99", Note: fmt.Sprintf(
		"every question of %d areas for the first time, %d at a time, p50 %.2f ms, at most %.0f ms (%s)", len(paths)/pathsEach, firstViewers, quantileMS(took, 0.5), quantileMS(took, 1), slowest)})
}

// look lets the viewers ask for a while and reports by question.
func (r *run) look(ctx context.Context, v *view, l look) error {
	r.log("%s: %d viewers", l.name, l.viewers)
	took := make([]map[string][]time.Duration, l.viewers)
	errs := make([]error, l.viewers)
	var wait sync.WaitGroup
	begin := time.Now()
	for n := range l.viewers {
		wait.Go(func() { took[n], errs[n] = v.watch(ctx, n, begin, l) })
	}
	wait.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	var all []time.Duration
	by := map[string][]time.Duration{}
	for _, one := range took {
		for question, list := range one {
			by[question] = append(by[question], list...)
			all = append(all, list...)
		}
	}
	var slow []string
	for _, q := range v.questions {
		list := by[q.name]
		if len(list) == 0 {
			continue
		}
		if err := r.report.add(Figure{Name: l.name + ": " + q.name, Value: quantileMS(list, 0.99), Unit: "ms p99", Note: samplesNote(list)}); err != nil {
			return err
		}
		if quantileMS(list, 0.99) > 10 {
			slow = append(slow, q.name)
		}
	}
	return r.report.add(Figure{Name: l.name, Value: quantileMS(all, 0.99), Unit: "ms p99", Note: fmt.Sprintf(
		"%d viewers with a mean pause of %s, %.0f questions a second, p50 %.2f ms; over 10 ms: %s; 10 asked", l.viewers, l.pause, float64(len(all))/l.time.Seconds(), quantileMS(all, 0.5), strings.Join(slow, ", "))})
}

// samplesNote tells of how many answers a 99th percentile is; of fewer than a hundred it
// is the longest that anybody waited.
func samplesNote(list []time.Duration) string {
	note := fmt.Sprintf("p50 %.2f ms of %d", quantileMS(list, 0.5), len(list))
	if len(list) < 100 {
		note += ", p99 the longest of them"
	}
	return note
}
