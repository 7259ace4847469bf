package peers

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/keluarga-sehat/sync/cmd/ks-sim/bench"
)

// place is where a server and its clients live, and what they need.
type place struct {
	// dir is theirs alone; data, below it, holds what the server stores.
	dir, data string
	// node is the folder of the npm packages, pocketBase the built server.
	node, pocketBase string
	// clients upload at once, in batches of so many families.
	clients, batch int
}

// loneClient and freshClient are clients beside those that upload at once: one
// that is watched, and one that pulls.
const (
	loneClient  = 1000
	freshClient = 1001
)

// uploaders are the clients of one server.
type uploaders interface {
	// prepare makes a client's next families, before time is taken.
	prepare(ctx context.Context, client, families int) error
	// send has clients send what was prepared, families each, at once; it returns
	// when all is acknowledged.
	send(ctx context.Context, clients []int, families int) error
	// pull brings all families to a fresh client.
	pull(ctx context.Context, families int) (seconds float64, err error)
}

// contestant is one server under measurement, and what was measured.
type contestant struct {
	place
	kind
	pid, clientPID int
	proxy          *proxy
	clients        uploaders
	closers        []func() error

	upload, pulled     use
	batches, synced    int // watched, and of these synced to disk before the answer
	whyUnwatched       string
	peakMiB, storedPer float64
}

// use is what a phase took. Bytes are of both directions.
type use struct {
	families                   int
	seconds, server, clientCPU float64
	bytes                      int64
}

func (u use) rate() float64 { return float64(u.families) / u.seconds }

func (u use) perThousand(x float64) float64 { return x / float64(u.families) * 1000 }

func (u use) bytesPer() float64 { return float64(u.bytes) / float64(u.families) }

// closing adds what close does, before what was added earlier.
func (c *contestant) closing(do func() error) { c.closers = append(c.closers, do) }

func (c *contestant) close() error {
	var errs []error
	for _, do := range slices.Backward(c.closers) {
		errs = append(errs, do())
	}
	c.closers = nil
	return errors.Join(errs...)
}

// listen puts the proxy before the server.
func (c *contestant) listen(address string) (err error) {
	if c.proxy, err = newProxy(address); err == nil {
		c.closing(c.proxy.close)
	}
	return err
}

// all are the clients that upload at once.
func (c *contestant) all() []int {
	out := make([]int, c.place.clients)
	for i := range out {
		out[i] = i
	}
	return out
}

// block uploads families, an equal part by each client.
func (c *contestant) block(ctx context.Context, families int) error {
	each := families / c.place.clients
	for _, client := range c.all() {
		if err := c.clients.prepare(ctx, client, each); err != nil {
			return err
		}
	}
	return c.measured(&c.upload, families, func() (float64, error) {
		begin := time.Now()
		err := c.clients.send(ctx, c.all(), each)
		return time.Since(begin).Seconds(), err
	})
}

func (c *contestant) pull(ctx context.Context) error {
	n := c.upload.families
	return c.measured(&c.pulled, n, func() (float64, error) { return c.clients.pull(ctx, n) })
}

// measured adds to what a phase took.
func (c *contestant) measured(u *use, families int, do func() (seconds float64, err error)) error {
	server, client, err := c.times()
	if err != nil {
		return err
	}
	bytes := c.proxy.up.Load() + c.proxy.down.Load()
	seconds, err := do()
	if err != nil {
		return err
	}
	server2, client2, err := c.times()
	u.families += families
	u.seconds += seconds
	u.bytes += c.proxy.up.Load() + c.proxy.down.Load() - bytes
	u.server += server2 - server
	u.clientCPU += client2 - client
	return err
}

// times are the processor seconds of server and clients.
func (c *contestant) times() (server, clients float64, err error) {
	server, err1 := bench.CPUSeconds(c.pid)
	clients, err2 := bench.CPUSeconds(c.clientPID)
	return server, clients, errors.Join(err1, err2)
}

// watch has one client send batches one after another, while sync calls of the
// server are written down.
func (c *contestant) watch(ctx context.Context, batches int) error {
	if batches == 0 {
		c.whyUnwatched = "not asked for"
		return nil
	}
	w, err := startWatch(ctx, c.pid, filepath.Join(c.dir, "syncs.txt"))
	if err != nil {
		c.whyUnwatched = err.Error()
	}
	var all []exchange
	for range batches {
		err := c.clients.prepare(ctx, loneClient, c.batch)
		e := exchange{sent: time.Now()}
		if err == nil {
			err = c.clients.send(ctx, []int{loneClient}, c.batch)
		}
		if err != nil {
			if w != nil {
				err = errors.Join(err, w.end())
			}
			return err
		}
		e.answered = time.Now()
		all = append(all, e)
	}
	if w == nil {
		return nil
	}
	syncs, err := w.syncs()
	c.batches, c.synced = len(all), syncedExchanges(all, syncs)
	return err
}

// finish stops the server and weighs what it stored.
// It holds so many families beside those of the measured upload.
func (c *contestant) finish(extra int) (err error) {
	if c.peakMiB, err = bench.PeakMiB(c.pid); err != nil {
		return err
	}
	if err := c.close(); err != nil {
		return err
	}
	size, err := treeSize(c.data)
	c.storedPer = float64(size) / float64(c.upload.families+extra)
	return err
}

// treeSize is the bytes of all files below a folder. Files may vanish meanwhile.
func treeSize(dir string) (total int64, err error) {
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("size of %s: %w", path, err)
		}
		total += info.Size()
		return nil
	})
	return total, err
}

// atOnce does n things at once.
func atOnce(n int, do func(i int) error) error {
	errs := make([]error, n)
	var wait sync.WaitGroup
	for i := range n {
		wait.Go(func() { errs[i] = do(i) })
	}
	wait.Wait()
	return errors.Join(errs...)
}
