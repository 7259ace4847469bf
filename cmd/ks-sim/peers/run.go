package peers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Options of a run.
type Options struct {
	// Families go to each server; Clients upload at once, in batches of Batch.
	Families, Clients, Batch int
	// Watched batches are sent one after another under strace; 0: none.
	Watched int
	// Only names what is measured; empty: all.
	Only []string
	// Limit of the whole run.
	Limit time.Duration
	// Dir gets bench-peers.jsonl; Tools keeps what was fetched, for the next run.
	Dir, Tools string
	// Out gets the table, Log the progress.
	Out, Log io.Writer
}

// blockBatches is how many batches each client sends before it is another
// server's turn.
const blockBatches = 2

// kind is a server that can be measured.
type kind struct {
	name, title string
	// needsNode and needsPocketBase tell what must be fetched.
	needsNode, needsPocketBase bool
	// durable tells, by its setting, whether an answer means synced to disk.
	durable bool
	setting string
	start   func(context.Context, place) (*contestant, error)
}

// kinds are all of them. The settings were read in the versions that
// package.json and internal/tools/pocketbase name.
func kinds() []kind {
	return []kind{
		{
			name: "ours", title: "ks-server, SQLite", durable: true, start: startOurs,
			setting: "WAL, synchronous=FULL, asserted at open; a receipt for each change after its commit",
		},
		{
			name: "pouchdb", title: "pouchdb-server 4.2.0, LevelDB", needsNode: true,
			start:   func(ctx context.Context, p place) (*contestant, error) { return startPouchDB(ctx, p, false) },
			setting: "its LevelDB adapter writes without the option `sync`, which is off by default",
		},
		{
			name: "pouchdb-synced", title: "pouchdb-server 4.2.0, LevelDB synced", needsNode: true, durable: true,
			start:   func(ctx context.Context, p place) (*contestant, error) { return startPouchDB(ctx, p, true) },
			setting: "our `--level-backend`, which sets `sync` for every write",
		},
		{
			name: "pocketbase", title: "PocketBase 0.36.9, SQLite", needsPocketBase: true,
			start:   func(ctx context.Context, p place) (*contestant, error) { return startPocketBase(ctx, p, false) },
			setting: "core.DefaultDBConnect: WAL, synchronous=NORMAL, which syncs at checkpoints only",
		},
		{
			name: "pocketbase-synced", title: "PocketBase 0.36.9, SQLite synced", needsPocketBase: true, durable: true,
			start:   func(ctx context.Context, p place) (*contestant, error) { return startPocketBase(ctx, p, true) },
			setting: "our DBConnect: WAL, synchronous=FULL",
		},
	}
}

// Names of what can be measured.
func Names() []string {
	var names []string
	for _, k := range kinds() {
		names = append(names, k.name)
	}
	return names
}

// Check tells what is wrong with options.
func (o Options) Check() error {
	for _, name := range o.Only {
		if !slices.Contains(Names(), name) {
			return fmt.Errorf("no server %q: choose from %s", name, strings.Join(Names(), ", "))
		}
	}
	if o.Clients < 1 || o.Clients > 100 || o.Batch < 1 || o.Batch > 1000 || o.Watched < 0 {
		return errors.New("clients are from 1 to 100, a batch from 1 to 1000 families, watched batches not negative")
	}
	if block := o.Clients * o.Batch * blockBatches; o.Families < block || o.Families%block != 0 {
		return fmt.Errorf("families must be a multiple of %d: clients × batch × %d", block, blockBatches)
	}
	return nil
}

// Run fetches, measures and reports. Errors: wrong options, what can't be
// fetched, a server that fails, the time limit.
func Run(ctx context.Context, o Options) (err error) {
	if err := o.Check(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, o.Limit, fmt.Errorf("the limit of %s is over", o.Limit))
	defer cancel()
	dir, err := os.MkdirTemp("", "ks-peers-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	r := &run{Options: o, dir: dir}
	defer func() {
		var closing error
		for _, c := range r.contestants {
			closing = errors.Join(closing, c.close())
		}
		if err != nil && ctx.Err() != nil {
			err = fmt.Errorf("%w: %w", context.Cause(ctx), err) // which killed all processes, and closing says only that
			return
		}
		err = errors.Join(err, closing)
	}()
	if err := r.startAll(ctx); err != nil {
		return err
	}
	if err := r.measure(ctx); err != nil {
		return err
	}
	cost, err := syncCost(dir)
	if err != nil {
		return err
	}
	return report(o, r.contestants, cost)
}

// syncCost is how long this machine takes to sync a page to disk: where that is
// little, durability costs little.
func syncCost(dir string) (took time.Duration, err error) {
	const times, page = 100, 4096
	file, err := os.Create(filepath.Join(dir, "sync"))
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	begin := time.Now()
	for range times {
		if _, err := file.Write(make([]byte, page)); err != nil {
			return 0, err
		}
		if err := file.Sync(); err != nil {
			return 0, err
		}
	}
	return time.Since(begin) / times, nil
}

type run struct {
	Options
	dir         string
	contestants []*contestant
}

func (r *run) log(format string, args ...any) {
	fmt.Fprintf(r.Log, "%s "+format+"\n", append([]any{time.Now().Format(time.TimeOnly)}, args...)...)
}

func (r *run) startAll(ctx context.Context) error {
	tools, err := filepath.Abs(r.Tools)
	if err != nil {
		return err
	}
	p := place{node: filepath.Join(tools, "node"), pocketBase: filepath.Join(tools, "pocketbase"), clients: r.Clients, batch: r.Batch}
	chosen := slices.DeleteFunc(kinds(), func(k kind) bool { return len(r.Only) > 0 && !slices.Contains(r.Only, k.name) })
	if slices.ContainsFunc(chosen, func(k kind) bool { return k.needsNode }) {
		r.log("npm packages of pouchdb-server")
		if err := installNode(ctx, p.node); err != nil {
			return err
		}
	}
	if slices.ContainsFunc(chosen, func(k kind) bool { return k.needsPocketBase }) {
		r.log("building PocketBase")
		if err := buildPocketBase(ctx, p.pocketBase); err != nil {
			return err
		}
	}
	for _, k := range chosen {
		p.dir = filepath.Join(r.dir, k.name)
		p.data = filepath.Join(p.dir, "data")
		if err := os.MkdirAll(p.data, 0o755); err != nil {
			return err
		}
		c, err := k.start(ctx, p)
		if err != nil {
			return fmt.Errorf("%s: %w", k.name, err)
		}
		c.kind = k
		r.contestants = append(r.contestants, c)
	}
	return nil
}

func (r *run) measure(ctx context.Context) error {
	block := r.Clients * r.Batch * blockBatches
	for done := 0; done < r.Families; done += block {
		if err := r.each("upload", func(c *contestant) error { return c.block(ctx, block) }); err != nil {
			return err
		}
		for _, c := range r.contestants {
			r.log("%s: %d families, %.0f/s", c.name, c.upload.families, c.upload.rate())
		}
	}
	if err := r.each("pull", func(c *contestant) error { return c.pull(ctx) }); err != nil {
		return err
	}
	if err := r.each("watch", func(c *contestant) error { return c.watch(ctx, r.Watched) }); err != nil {
		return err
	}
	return r.each("finish", func(c *contestant) error { return c.finish(r.Watched * r.Batch) })
}

func (r *run) each(phase string, do func(*contestant) error) error {
	for _, c := range r.contestants {
		if err := do(c); err != nil {
			return fmt.Errorf("%s: %s: %w", c.name, phase, err)
		}
	}
	return nil
}
