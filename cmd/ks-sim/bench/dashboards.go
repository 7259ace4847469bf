package bench

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
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
// what they wait. In alone nobody queues behind anybody: it is the service time. In
// flood 50 ask again as soon as they were answered; on the few cores that they share
// with server, database and devices, they wait for each other.
var looks = []look{
	{name: "dashboards_paced", viewers: viewers, pause: time.Second},
	{name: "dashboards_alone", viewers: 1},
	{name: "dashboards_flood", viewers: viewers},
}

type look struct {
	name    string
	viewers int
	// pause is the mean of what a viewer waits before asking again.
	pause time.Duration
}

const (
	viewers    = 50
	viewTime   = 30 * time.Second
	warmUpTime = 10 * time.Second
)

// Devices that send meanwhile: with a million changes a day in two evening hours,
// the nation sends 140 families a second.
const (
	viewedDevices = 10
	viewedRate    = 140 // families a second
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

// view is what the viewers ask.
type view struct {
	base      string
	password  string
	roots     *x509.CertPool
	viewers   []*viewer
	questions []asked
}

// viewer is one of those who look.
type viewer struct {
	*view
	client *http.Client
	token  string
}

// asked is one kind of question, at the areas of one level.
type asked struct {
	name  string
	paths []string
}

func newView(ctx context.Context, p *process, address string) (*view, error) {
	v := &view{base: "https://" + p.Address, password: p.Password, roots: x509.NewCertPool()}
	v.roots.AppendCertsFromPEM(p.CertPEM)
	for range viewers { // one after the other, as the server asks of one user
		one, err := v.signIn(ctx)
		if err != nil {
			return nil, err
		}
		v.viewers = append(v.viewers, one)
	}
	return v, v.gather(ctx, address)
}

func (v *view) close() {
	for _, one := range v.viewers {
		one.client.CloseIdleConnections()
	}
}

// signIn begins a viewer's session.
func (v *view) signIn(ctx context.Context) (*viewer, error) {
	body, err := json.Marshal(map[string]string{"userName": nationUser, "password": v.password})
	if err != nil {
		return nil, err
	}
	one := &viewer{view: v, client: &http.Client{Timeout: time.Minute, Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: v.roots, MinVersion: tls.VersionTLS13}, MaxIdleConnsPerHost: 1,
	}}}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, v.base+"/v1/auth:signIn", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := one.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	var grant struct{ AccessToken string }
	if err := json.NewDecoder(response.Body).Decode(&grant); err != nil || grant.AccessToken == "" {
		return nil, fmt.Errorf("sign in: %s (%w)", response.Status, err)
	}
	one.token = grant.AccessToken
	return one, nil
}

// gather picks the areas that are asked about.
func (v *view) gather(ctx context.Context, address string) (err error) {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	defer func() { err = closing(ctx, conn, err) }()
	levels := []struct{ name, query string }{
		{"nation", `SELECT '/v1/areas/id'`},
		{"province", `SELECT '/v1/areas/' || code FROM area WHERE length(code) = 2`},
		{"district", `SELECT '/v1/areas/' || code FROM area WHERE length(code) = 5 ORDER BY md5(code) LIMIT 100`},
		{"kecamatan", `SELECT '/v1/areas/' || code FROM area WHERE length(code) = 8 AND code LIKE '32.%' ORDER BY md5(code) LIMIT 100`},
		{"Puskesmas", `SELECT '/v1/puskesmas/' || code FROM puskesmas WHERE code LIKE 'P32%' ORDER BY md5(code) LIMIT 100`},
		{"village", `SELECT '/v1/areas/' || code FROM village WHERE code LIKE '32.%' ORDER BY md5(code) LIMIT 100`},
	}
	for _, level := range levels {
		rows, err := conn.Query(ctx, level.query)
		if err != nil {
			return err
		}
		bases, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return err
		}
		for _, question := range []string{"index", "indexes", "trend", "change", "priorities", "progress", "progress/parts", "progress/days"} {
			q := asked{name: level.name + " " + question}
			byYear := asked{name: q.name + " of a survey year"}
			for _, base := range bases {
				q.paths = append(q.paths, base+"/"+question)
				if !strings.HasPrefix(question, "progress") {
					q.paths = append(q.paths, base+"/"+question+"?membership=MEMBERSHIP_BESAR&basis=BASIS_VERIFIED")
				}
			}
			v.questions = append(v.questions, q)
			if slices.Contains(yearQuestions, question) {
				for _, base := range bases {
					byYear.paths = append(byYear.paths, fmt.Sprintf("%s/%s?surveyYear=%d", base, question, nationYears[1]))
				}
				v.questions = append(v.questions, byYear)
			}
		}
	}
	return nil
}

// yearQuestions are asked by the rounds of one survey year, too.
var yearQuestions = []string{"index", "indexes", "trend", "change", "priorities"}

// pathsEach is how many questions there are about each area.
const pathsEach = 16

// ask asks once and gives the body.
func (v *viewer) ask(ctx context.Context, path string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, v.base+path, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+v.token)
	response, err := v.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s %s", path, response.Status, body)
	}
	return body, err
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
		wait.Go(func() { took[n], errs[n] = v.watch(ctx, n, begin, l.pause) })
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
		if err := r.report.add(Figure{Name: l.name + ": " + q.name, Value: quantileMS(list, 0.99), Unit: "ms p99", Note: fmt.Sprintf("p50 %.2f ms of %d", quantileMS(list, 0.5), len(list))}); err != nil {
			return err
		}
		if quantileMS(list, 0.99) > 10 {
			slow = append(slow, q.name)
		}
	}
	return r.report.add(Figure{Name: l.name, Value: quantileMS(all, 0.99), Unit: "ms p99", Note: fmt.Sprintf(
		"%d viewers with a mean pause of %s, %.0f questions a second, p50 %.2f ms; over 10 ms: %s; 10 asked", l.viewers, l.pause, float64(len(all))/viewTime.Seconds(), quantileMS(all, 0.5), strings.Join(slow, ", "))})
}

// watch is one viewer; what is asked in the first seconds warms up.
func (v *view) watch(ctx context.Context, n int, begin time.Time, pause time.Duration) (map[string][]time.Duration, error) {
	out := map[string][]time.Duration{}
	random := rand.New(rand.NewPCG(uint64(n), 9))
	for time.Since(begin) < warmUpTime+viewTime {
		q := v.questions[random.IntN(len(v.questions))]
		start := time.Now()
		if _, err := v.viewers[n].ask(ctx, q.paths[random.IntN(len(q.paths))]); err != nil {
			return out, err
		}
		if start.Sub(begin) > warmUpTime {
			out[q.name] = append(out[q.name], time.Since(start))
		}
		time.Sleep(pause/2 + time.Duration(random.Int64N(int64(pause)+1)))
	}
	return out, nil
}

func quantileMS(list []time.Duration, quantile float64) float64 {
	slices.Sort(list)
	return float64(list[min(int(float64(len(list))*quantile), len(list)-1)].Microseconds()) / 1000
}

// sendSteadily sends families at the nation's rate until the context ends.
func sendSteadily(ctx context.Context, p *process) error {
	list := make([]*device, viewedDevices)
	for n := range list {
		var err error
		if list[n], err = newDevice(context.WithoutCancel(ctx), p, n); err != nil {
			return err
		}
	}
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for ctx.Err() == nil {
		for _, d := range list {
			if err := d.prepare(viewedRate / viewedDevices); err != nil {
				return err
			}
			if err := d.send(ctx); err != nil {
				return err
			}
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
		}
	}
	var errs []error
	for _, d := range list {
		errs = append(errs, d.close())
	}
	return errors.Join(errs...)
}

// freshness measures how far the nation's figure is behind a commit.
func (r *run) freshness(ctx context.Context, p *process, v *view) (err error) {
	// A device of its own; whatever others send, the figure holds at least as many as
	// were known before, and its own.
	d, err := newDevice(ctx, p, viewedDevices+1)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	var waits []time.Duration
	for range 20 {
		if err := d.prepare(1); err != nil {
			return err
		}
		if err := d.send(ctx); err != nil {
			return err
		}
		committed := time.Now()
		for {
			body, err := v.viewers[0].ask(ctx, "/v1/areas/id/index")
			if err != nil {
				return err
			}
			var answer struct{ Index struct{ AsOf time.Time } }
			if err := json.Unmarshal(body, &answer); err != nil {
				return fmt.Errorf("read answer: %w", err)
			}
			if !answer.Index.AsOf.Before(committed) {
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
		waits = append(waits, time.Since(committed))
	}
	return r.report.add(Figure{Name: "dashboards_freshness", Value: quantileMS(waits, 1) / 1000, Unit: "s at most", Note: fmt.Sprintf(
		"from a commit to the nation's figure that holds it, %d times, median %.2f s; 2 s asked", len(waits), quantileMS(waits, 0.5)/1000)})
}

// groupBy measures what PostgreSQL alone takes to add the villages up by province.
func (r *run) groupBy(ctx context.Context, address string) (err error) {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	defer func() { err = closing(ctx, conn, err) }()
	var took []time.Duration
	for range 10 {
		begin := time.Now()
		// Positions count from 1 in SQL: inti follows besar, so complete is 45, sehat 46.
		if _, err := conn.Exec(ctx, `SELECT left(code, 2), sum(provisional[45]), sum(provisional[46]) FROM village GROUP BY 1`); err != nil {
			return err
		}
		took = append(took, time.Since(begin))
	}
	return r.report.add(Figure{Name: "dashboards_group_by", Value: quantileMS(took, 0.5), Unit: "ms p50", Note: "bare SELECT … GROUP BY province over the villages' tallies, two counters of 172, one client"})
}

// nationUser is the ministry's account, where the nation is measured.
const nationUser = "pusat"
