package peers

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/cmd/ks-sim/bench"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

func TestSyncsAreReadFromStrace(t *testing.T) {
	t.Parallel()
	syncs, err := parseSyncs(`101 1764000000.500000 fdatasync(7)           = 0
101 1764000001.000000 fsync(8 <unfinished ...>
102 1764000001.200000 fsync(9) = -1 EIO (Input/output error)
101 1764000001.250000 <... fsync resumed>) = 0
101 1764000002.000000 +++ exited with 0 +++
`)
	if err != nil {
		t.Fatal(err)
	}
	if len(syncs) != 2 || syncs[0].Sub(time.Unix(1764000000, 0)).Round(time.Millisecond) != 500*time.Millisecond ||
		syncs[1].Sub(time.Unix(1764000001, 0)).Round(time.Millisecond) != 250*time.Millisecond {
		t.Fatalf("%v", syncs)
	}
	if _, err := parseSyncs("101 tomorrow fsync(7) = 0\n"); err == nil {
		t.Error("a time that is none was read")
	}
}

func TestOnlyASyncBetweenSendingAndAnswerCounts(t *testing.T) {
	t.Parallel()
	at := func(seconds float64) time.Time { return time.Unix(0, int64(seconds*1e9)) }
	all := []exchange{{at(1), at(2)}, {at(2.5), at(3)}, {at(4), at(5)}}
	syncs := []time.Time{at(0.5), at(1.2), at(1.3), at(2.2), at(3.5), at(4.9)}
	if n := syncedExchanges(all, syncs); n != 2 {
		t.Fatalf("%d of 3, want the first and the third", n)
	}
}

func TestAnAnswersMeaningTellsSettingAndObservation(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		durable         bool
		batches, synced int
		want            string
	}{
		{true, 20, 20, "durable (set so; seen: synced before 20 of 20 answers)"},
		{false, 20, 3, "not durable (set so; seen: synced before 3 of 20 answers)"},
		{true, 20, 19, "durable (set so; CONTRADICTED: seen: synced before 19 of 20 answers)"},
		{false, 20, 20, "not durable (set so; CONTRADICTED: seen: synced before 20 of 20 answers)"},
		{true, 0, 0, "durable (set so; not watched: no strace)"},
	} {
		c := &contestant{kind: kind{durable: x.durable, setting: "set so"}, batches: x.batches, synced: x.synced, whyUnwatched: "no strace"}
		if got := c.acknowledges(); got != x.want {
			t.Errorf("%q, want %q", got, x.want)
		}
	}
}

// TestPeersGetTheFamiliesThatOursGets reads a peer's document back.
func TestPeersGetTheFamiliesThatOursGets(t *testing.T) {
	t.Parallel()
	const client = 3
	s, same, ids := newSource(client), bench.FamiliesOf(client), map[string]bool{}
	for range 50 {
		f, err := s.next()
		if err != nil {
			t.Fatal(err)
		}
		want := same.FamilyOfFour()
		var family ksv1.Family
		if err := protojson.Unmarshal(f.Family, &family); err != nil || !proto.Equal(&family, want.Family) {
			t.Fatalf("%v: %v, want %v", err, &family, want.Family)
		}
		ids[f.ID] = true
		for i, m := range f.Members {
			var person ksv1.Member
			err := protojson.Unmarshal(m.Member, &person)
			if nik := want.People[i].Member.GetNik(); err != nil || nik == 0 || person.GetNik() != nik {
				t.Fatalf("%v: %v, want NIK %d", err, &person, nik)
			}
			ids[m.ID] = true
		}
		if mother := f.Members[1].ID; len(f.Members) != 4 || !bytes.Contains(f.Members[2].Member, []byte(mother)) {
			t.Fatalf("%s does not name its mother %s", f.Members[2].Member, mother)
		}
	}
	if len(ids) != 250 {
		t.Fatalf("%d ids of 50 families of four", len(ids))
	}
}

func TestTheProxyCountsBothDirections(t *testing.T) {
	t.Parallel()
	server, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	go func() {
		c, err := server.Accept()
		if err != nil {
			return
		}
		_, _ = io.ReadFull(c, make([]byte, 5000))
		_, _ = c.Write(make([]byte, 70))
	}()
	p, err := newProxy(server.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	client, err := net.Dial("tcp", p.Address())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Write(make([]byte, 5000)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(client, make([]byte, 70)); err != nil {
		t.Fatal(err)
	}
	if up, down := p.up.Load(), p.down.Load(); up != 5000 || down != 70 {
		t.Errorf("%d up, %d down", up, down)
	}
	if err := p.close(); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Read(make([]byte, 1)); err == nil {
		t.Error("a closed proxy still has the connection open")
	}
}

func TestWrongSizesAreRefused(t *testing.T) {
	t.Parallel()
	good := Options{Families: 4000, Clients: 10, Batch: 100, Watched: 1}
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for _, change := range []func(*Options){
		func(o *Options) { o.Families = 4100 }, func(o *Options) { o.Families = 0 }, func(o *Options) { o.Clients = 0 },
		func(o *Options) { o.Clients = 101 }, func(o *Options) { o.Batch = 0 }, func(o *Options) { o.Watched = -1 },
		func(o *Options) { o.Only = []string{"ours", "couch"} },
	} {
		o := good
		change(&o)
		if o.Check() == nil {
			t.Errorf("%+v was taken", o)
		}
	}
}

// TestTitlesNameThePinnedVersions keeps the report from naming other versions
// than those that are fetched.
func TestTitlesNameThePinnedVersions(t *testing.T) {
	t.Parallel()
	var packages struct {
		Dependencies map[string]string `json:"dependencies"`
	}
	text, err := scripts.ReadFile("package.json")
	if err == nil {
		err = json.Unmarshal(text, &packages)
	}
	if err != nil {
		t.Fatal(err)
	}
	module, err := os.ReadFile(filepath.Join("../../..", pocketBaseModule, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range kinds() {
		if name := "pouchdb-server " + packages.Dependencies["pouchdb-server"] + ","; k.needsNode && !strings.HasPrefix(k.title, name) {
			t.Errorf("%q, want %s", k.title, name)
		}
		if version := strings.TrimSuffix(strings.Fields(k.title)[1], ","); k.needsPocketBase &&
			!bytes.Contains(module, []byte("pocketbase/pocketbase v"+version+"\n")) {
			t.Errorf("go.mod does not name %q", version)
		}
	}
}

func TestWithoutItsToolsTheComparisonSaysThatItIsOptional(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	err := installNode(context.Background(), filepath.Join(t.TempDir(), "node"))
	if !errors.Is(err, errOptional) || !strings.Contains(err.Error(), "npm") {
		t.Errorf("%v", err)
	}
	t.Chdir("../../..")
	if err := buildPocketBase(context.Background(), filepath.Join(t.TempDir(), "pocketbase")); !errors.Is(err, errOptional) {
		t.Errorf("%v", err)
	}
}

func TestTheTableHasAllCells(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	o := Options{Families: 2000, Clients: 10, Batch: 100, Out: &out, Dir: t.TempDir()}
	u := use{families: 2000, seconds: 4, server: 1, clientCPU: 2, bytes: 6_000_000}
	var all []*contestant
	for _, k := range kinds() {
		all = append(all, &contestant{kind: k, upload: u, pulled: u, storedPer: 1234, batches: 20, synced: 20, peakMiB: 99})
	}
	if err := report(o, all, 200*time.Microsecond); err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(out.String(), "\n")[:2+len(all)]
	for _, row := range rows {
		if strings.Count(row, "|") != strings.Count(rows[0], "|") {
			t.Errorf("%q", row)
		}
	}
	want := "| ks-server, SQLite | 500 | 500 | 3000 | 3000 | 1234 | 0.500 | 1.000 | 0.500 | 99 | durable"
	if !strings.HasPrefix(rows[2], want) {
		t.Errorf("%q, want %q", rows[2], want)
	}
	lines, err := os.ReadFile(filepath.Join(o.Dir, "bench-peers.jsonl"))
	if err != nil || bytes.Count(lines, []byte("\n")) != 5*len(all) {
		t.Fatalf("%v\n%s", err, lines)
	}
	var first bench.Figure
	err = json.Unmarshal(bytes.SplitN(lines, []byte("\n"), 2)[0], &first)
	if err != nil || first.Name != "peers_upload_ours" || first.Value != 500 {
		t.Errorf("%v, %+v", err, first)
	}
}
