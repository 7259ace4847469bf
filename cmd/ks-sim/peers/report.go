package peers

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/keluarga-sehat/sync/cmd/ks-sim/bench"
)

// report prints the table and writes bench-peers.jsonl.
func report(o Options, all []*contestant, syncCost time.Duration) (err error) {
	if err := os.MkdirAll(o.Dir, 0o755); err != nil {
		return err
	}
	file, err := os.Create(filepath.Join(o.Dir, "bench-peers.jsonl"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	lines := json.NewEncoder(file)
	for _, c := range all {
		for _, f := range c.figures() {
			if err := lines.Encode(f); err != nil {
				return err
			}
		}
	}
	return table(o, all, syncCost)
}

// figures are lines in the form of bench.jsonl; a name ends with the server's.
func (c *contestant) figures() []bench.Figure {
	note := fmt.Sprintf("%s; %d families, %d clients, batches of %d, clients' CPU %.3f s/1000; an answer means: %s", c.title,
		c.upload.families, c.place.clients, c.batch, c.upload.perThousand(c.upload.clientCPU), c.acknowledges())
	const wire = "TCP payload, both directions"
	return []bench.Figure{
		{
			Name: "peers_upload_" + c.name, Value: c.upload.rate(), Unit: "families/s",
			ServerCPU: c.upload.perThousand(c.upload.server), PeakMiB: c.peakMiB, Note: note,
		},
		{
			Name: "peers_pull_" + c.name, Value: c.pulled.rate(), Unit: "families/s",
			ServerCPU: c.pulled.perThousand(c.pulled.server), Note: c.title,
		},
		{Name: "peers_wire_upload_" + c.name, Value: c.upload.bytesPer(), Unit: "bytes/family", Note: wire},
		{Name: "peers_wire_pull_" + c.name, Value: c.pulled.bytesPer(), Unit: "bytes/family", Note: wire},
		{Name: "peers_stored_" + c.name, Value: c.storedPer, Unit: "bytes/family", Note: "all files of the server, after its end"},
	}
}

// acknowledges says in words what an answer means, by the setting and by what
// was seen. Where the two contradict each other, both are told.
func (c *contestant) acknowledges() string {
	seen := fmt.Sprintf("seen: synced before %d of %d answers", c.synced, c.batches)
	switch {
	case c.batches == 0:
		seen = "not watched: " + c.whyUnwatched
	case c.durable != (c.synced == c.batches):
		seen = "CONTRADICTED: " + seen
	}
	word := "not durable"
	if c.durable {
		word = "durable"
	}
	return fmt.Sprintf("%s (%s; %s)", word, c.setting, seen)
}

// explained stands below the table.
const explained = `
%d families of four by %d clients at once, in batches of %d, in turns of %d; then one fresh client pulls them all. Servers
and clients share the machine, which syncs a page to disk in %.2f ms. Bytes: TCP payload of both directions, counted by a
proxy through which all go. Stored: all files of the server after its end, divided by families.

Ours is what "ks-server serve" runs. It works over TLS, checks, merges, seals, computes indexes and tallies, keeps history,
and proves by digests what was pulled. Its uploading devices keep a session open and no database, so their part is less than
the PouchDBs'; the fresh device is one of the SDK and stores sealed and durably, its sign-in not timed. Our server's garbage
collector may take 420 MiB before it works harder. PouchDBs keep LevelDB files, in one Node process, and each turn is a
replication with its checkpoints; there is no TLS, sign-in or validation. CouchDB itself, which the Community Health Toolkit
runs, comes neither by npm nor as a Go module. PocketBase is asked by a superuser: no TLS, no access rules.

\* read page by page and not stored: PocketBase has no protocol by which a copy is kept up to date.
`

func table(o Options, all []*contestant, syncCost time.Duration) error {
	w := &printer{out: o.Out}
	w.print("| server | upload, families/s | pull, families/s | bytes a family, upload | pull | stored | server CPU s/1000, upload | " +
		"clients' | server, pull | peak MiB | an answer means |\n")
	w.print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n")
	for _, c := range all {
		w.print("| %s | %.0f | %.0f%s | %.0f | %.0f | %.0f | %.3f | %.3f | %.3f | %.0f | %s |\n", c.title,
			c.upload.rate(), c.pulled.rate(), c.mark(), c.upload.bytesPer(), c.pulled.bytesPer(), c.storedPer,
			c.upload.perThousand(c.upload.server), c.upload.perThousand(c.upload.clientCPU),
			c.pulled.perThousand(c.pulled.server), c.peakMiB, c.acknowledges())
	}
	w.print(explained, o.Families, o.Clients, o.Batch, o.Clients*o.Batch*blockBatches, syncCost.Seconds()*1000)
	return w.err
}

// mark is put behind a pull that is none.
func (c *contestant) mark() string {
	if c.needsPocketBase {
		return ` \*`
	}
	return ""
}

// printer keeps the first error.
type printer struct {
	out io.Writer
	err error
}

func (p *printer) print(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.out, format, args...)
	}
}
