package attack

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"text/tabwriter"
	"time"

	"github.com/keluarga-sehat/sync/internal/wire"
)

// Options of an attack.
type Options struct {
	// Server is the ks-server program; "": it is built.
	Server string
	// Dir gets the server's and the honest devices' files.
	Dir string
	// Duration of the attack, and Connections that are half open.
	Duration    time.Duration
	Connections int
}

// Bounds that a run holds the server to.
const (
	// MaxRise is by how much its memory may rise over what honest work alone takes: what is
	// held for strangers of one address, 16 MiB of streams that were not asked yet and 10 MiB of
	// messages, thousands of connections, and as much as all that which is not collected yet.
	// With what honest work takes it stays below the 380 MiB that README states for a process.
	MaxRise = 256 << 20
	// MaxHonest is how long 99 of 100 honest saves with their sync may take while
	// the attack and the server share the machine's cores. Of fewer than 100, as in a short run,
	// the worst would stand for all, and a machine with other work would break the bound: they
	// need only get through (honestTimeout).
	MaxHonest = 10 * time.Second
	// MaxSignIn is what the server may hold while 100 sign in at once: four hashes of
	// 64 MiB at a time, as much that is not collected yet, and what README states for
	// a process at all.
	MaxSignIn = 512 << 20
)

// slowConnections is how many senders are slow at one time.
const slowConnections = 500

// signIns at once.
const signIns = 100

// attackerAddress is the loopback address that attacks come from, so that the
// server can tell them from honest users but for neighbours, as it could in the field.
const attackerAddress = "127.0.0.66"

// attackersDialer dials from there, where the system can.
func attackersDialer() net.Dialer {
	d := net.Dialer{Timeout: 2 * time.Second}
	if runtime.GOOS == "linux" {
		d.LocalAddr = &net.TCPAddr{IP: net.ParseIP(attackerAddress)}
	}
	return d
}

// attacker is a hostile client of one kind.
type attacker struct {
	kind
	address     string
	tls         *tls.Config
	rest        *http.Client
	dialer      net.Dialer
	connections int
	made        []byte
	token       string
	device      uint32

	tried, refused atomic.Int64
}

func (a *attacker) triedOne()   { a.tried.Add(1) }
func (a *attacker) refusedOne() { a.refused.Add(1) }

// Result is what a run measured.
type Result struct {
	// Before is the memory under honest work alone, Peak the most under attack,
	// SignIn the most while many sign in.
	Before, Peak, SignIn int64
	// Quiet and Attacked are honest latencies without and with the attack; Newcomers
	// those of first connections during it.
	Quiet, Attacked, Newcomers Latency
	// SignInTook is until all of them had an answer; SignedIn of them got in.
	SignInTook time.Duration
	SignedIn   int
	lines      []string
}

// Run attacks a server of its own and writes a table. The error names every bound
// that was broken.
func Run(ctx context.Context, o Options, out io.Writer) (r *Result, err error) {
	t, err := start(ctx, o.Server, o.Dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, t.stop()) }()
	crowd, err := gather(ctx, t, o.Dir)
	defer func() { err = errors.Join(err, crowd.close()) }()
	if err != nil {
		return nil, fmt.Errorf("honest devices: %w", err)
	}
	attackers, err := enlist(ctx, t, o)
	if err != nil {
		return nil, fmt.Errorf("attackers: %w", err)
	}
	r = &Result{}
	quiet, cancel := context.WithTimeout(ctx, max(o.Duration/6, 3*time.Second))
	defer cancel()
	if r.Before, err = t.watch(quiet, crowd.work); err != nil {
		return nil, err
	}
	r.Quiet = crowd.latency()
	hostile, cancel := context.WithTimeout(ctx, o.Duration)
	defer cancel()
	broken := errors.Join()
	r.Peak, err = t.watch(hostile, crowd.work, func(ctx context.Context) { r.Newcomers = newcomers(ctx, t) }, func(ctx context.Context) {
		broken = assault(ctx, attackers)
	})
	if err != nil {
		return nil, err
	}
	r.Attacked = crowd.latency()
	for _, a := range attackers {
		r.lines = append(r.lines, fmt.Sprintf("%s\t%d tried\t%d refused or cut off", a.name, a.tried.Load(), a.refused.Load()))
	}
	if err := r.signInAtOnce(ctx, t); err != nil {
		return nil, err
	}
	r.write(out)
	return r, errors.Join(broken, r.judge())
}

// enlist makes an attacker of each kind; those that need an account are
// surveyors of the same Puskesmas.
func enlist(ctx context.Context, t *target, o Options) ([]*attacker, error) {
	conf, err := wire.ClientTLS(nil, &t.pin)
	if err != nil {
		return nil, err
	}
	var out []*attacker
	surveyor := honestDevices
	for _, k := range kinds {
		a := &attacker{kind: k, address: t.address, tls: conf, connections: o.Connections, dialer: attackersDialer()}
		one := conf.Clone()
		one.NextProtos = []string{"http/1.1"}
		a.rest = &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{TLSClientConfig: one, DialContext: a.dialer.DialContext, DisableKeepAlives: true}}
		if k.prepare != nil {
			a.made = k.prepare()
		}
		if k.account {
			surveyor++
			if err := a.signIn(ctx, fmt.Sprint("surveyor", surveyor), t.password); err != nil {
				return nil, err
			}
		}
		out = append(out, a)
	}
	return out, nil
}

// assault lets all attack until the context ends.
func assault(ctx context.Context, attackers []*attacker) error {
	failed := make([]error, len(attackers))
	var wait sync.WaitGroup
	for i, a := range attackers {
		wait.Go(func() {
			if err := a.run(ctx, a); err != nil && ctx.Err() == nil {
				failed[i] = fmt.Errorf("%s: %w", a.name, err)
			}
		})
	}
	wait.Wait()
	return errors.Join(failed...)
}

// watchEvery is how often memory is looked at.
const watchEvery = 50 * time.Millisecond

// watch runs work beside each other and gives the most that the server held.
func (t *target) watch(ctx context.Context, work ...func(context.Context)) (peak int64, err error) {
	var wait sync.WaitGroup
	for _, w := range work {
		wait.Go(func() { w(ctx) })
	}
	done := make(chan struct{})
	go func() {
		wait.Wait()
		close(done)
	}()
	ticker := time.NewTicker(watchEvery)
	defer ticker.Stop()
	for {
		now, err := t.memory()
		if err != nil {
			return 0, fmt.Errorf("the server is gone: %w", err)
		}
		peak = max(peak, now)
		select {
		case <-done:
			return peak, nil
		case <-ticker.C:
		}
	}
}

// write writes the table.
func (r *Result) write(out io.Writer) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, line := range r.lines {
		fmt.Fprintln(w, line)
	}
	fmt.Fprintf(w, "memory under honest work alone\t%s\n", mib(r.Before))
	fmt.Fprintf(w, "memory under attack, at most\t%s\tbound +%s\n", mib(r.Peak), mib(MaxRise))
	for _, x := range []struct {
		name string
		l    Latency
	}{{"honest save and sync, quiet", r.Quiet}, {"honest save and sync, under attack", r.Attacked}, {"first connection of newcomers, under attack", r.Newcomers}} {
		fmt.Fprintf(w, "%s\tmedian %s, 99%% %s, worst %s\t%d, %d failed\n", x.name, ms(x.l.Median), ms(x.l.High), ms(x.l.Worst), x.l.Calls, x.l.Failed)
	}
	fmt.Fprintf(w, "memory while %d sign in at once\t%s\tbound %s\n", signIns, mib(r.SignIn), mib(MaxSignIn))
	fmt.Fprintf(w, "until the last had an answer\t%s\t%d got in\n", ms(r.SignInTook), r.SignedIn)
	if w.Flush() != nil {
		return // nobody reads
	}
}

func mib(n int64) string        { return fmt.Sprintf("%d MiB", n>>20) }
func ms(d time.Duration) string { return d.Round(time.Millisecond).String() }

// judge names the bounds that were broken.
func (r *Result) judge() error {
	var broken []error
	if rise := r.Peak - r.Before; rise >= MaxRise {
		broken = append(broken, fmt.Errorf("memory rose by %s under attack", mib(rise)))
	}
	for name, l := range map[string]Latency{"honest work": r.Attacked, "newcomers": r.Newcomers} {
		if l.Calls == 0 || l.Failed > 0 {
			broken = append(broken, fmt.Errorf("%s: %d of %d failed: %w", name, l.Failed, l.Calls, errors.Join(errNone, l.First)))
		}
		if l.Calls >= 100 && l.High > MaxHonest {
			broken = append(broken, fmt.Errorf("%s took %s", name, ms(l.High)))
		}
	}
	if r.SignIn >= MaxSignIn {
		broken = append(broken, fmt.Errorf("memory was %s while %d signed in", mib(r.SignIn), signIns))
	}
	if r.SignedIn != signIns {
		broken = append(broken, fmt.Errorf("of %d who signed in at once %d got in", signIns, r.SignedIn))
	}
	return errors.Join(broken...)
}

// errNone begins a list of failures that may hold none.
var errNone = errors.New("under attack")
