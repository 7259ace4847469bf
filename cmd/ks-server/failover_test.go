package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/pgtest"
	"github.com/keluarga-sehat/sync/internal/wire"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// TestWhatALaggingStandbyLacksComesBack: a promoted standby has the server's keys and epoch,
// and lacks the last commits. Of work in quarantine no hash tells that it is gone.
func TestWhatALaggingStandbyLacksComesBack(t *testing.T) {
	t.Parallel()
	first := pgtest.ForTest(t)
	x := &turnedBack{t: t, dir: t.TempDir(), database: first.NewDatabase(t)}
	for name, text := range commandFiles {
		write(t, filepath.Join(x.dir, name), text)
	}
	for _, c := range []string{"init", "import areas {dir}/areas.csv", "import puskesmas {dir}/puskesmas.csv", "import rt {dir}/rt.csv", "import families {dir}/families.csv",
		"account add sari --role supervisor --puskesmas P3204050101",
		"account add budi --role surveyor --puskesmas P3204050101 --assign 32.04.05.2001/003/007"} {
		x.run(c)
	}
	server := x.start()
	user := server.device()
	if err := errors.Join(user.Close(), server.stop()); err != nil {
		t.Fatal(err)
	}
	standby := first.Standby(t)
	x.database = first.AddressOr(standby, x.database)
	server = x.start()
	user = server.device()
	villages, err := user.Villages(t.Context())
	if err != nil || len(villages) != 1 {
		t.Fatalf("%v, %v", villages, err)
	}
	// Of another RT than is assigned, which waits for a supervisor.
	if _, _, err := user.StartFamily(t.Context(), villages[0].GetVillage(), "009/009", &ksv1.Family{HeadName: proto.String("Gani")}); err != nil {
		t.Fatal(err)
	}
	server.sync(user)
	if n := inQuarantine(t, x.database); n == 0 {
		t.Fatal("nothing went to quarantine")
	}
	x.run("person restrict --nik 3204050302800001 --reason surat --ground request --by pusdatin --approved-by sari")
	if err := errors.Join(first.Kill(), standby.Promote(t.Context())); err != nil {
		t.Fatal(err)
	}
	if n := inQuarantine(t, x.database); n != 0 {
		t.Fatalf("the standby has %d in quarantine: it does not lag", n)
	}
	select {
	case code := <-server.ended:
		if said := server.errs.String(); code != exitFailed || !strings.Contains(said, "its database went over to a standby that was promoted") {
			t.Errorf("the server ended with %d, %s", code, said)
		}
	case <-time.After(2 * time.Minute):
		t.Fatal("the server goes on with what it remembers")
	}
	if err := user.Close(); err != nil {
		t.Fatal(err)
	}
	server = x.start()
	user = server.device()
	if c, err := user.Counts(t.Context()); err != nil || c.Pending != 0 {
		t.Errorf("%+v, %v", c, err)
	}
	if n := inQuarantine(t, x.database); n == 0 {
		t.Error("work that was acknowledged is lost")
	}
	if err := errors.Join(user.Close(), server.stop()); err != nil {
		t.Fatal(err)
	}
	if said := server.errs.String(); !strings.Contains(said, "a new epoch has begun") || !strings.Contains(said, `"shut_out_again":{"restrict":1}`) {
		t.Errorf("the log: %s", said)
	}
	if families := x.run("export families"); strings.Contains(families, "Asep") {
		t.Errorf("who was restricted is shown: %s", families)
	}
	x.run("audit verify")
	server = x.start()
	if err := server.stop(); err != nil {
		t.Fatal(err)
	}
	if said := server.errs.String(); strings.Contains(said, "a new epoch has begun") {
		t.Errorf("once more: %s", said)
	}
}

// Two standbys of one server come to timelines of one number. What a folder has carried out
// again on the first is not done on the second.
func TestTheLedgerIsCarriedOutOnEachStandbyThatIsPromoted(t *testing.T) {
	t.Parallel()
	first := pgtest.ForTest(t)
	x := &turnedBack{t: t, dir: t.TempDir(), database: first.NewDatabase(t)}
	before := x.database
	for name, text := range commandFiles {
		write(t, filepath.Join(x.dir, name), text)
	}
	for _, c := range []string{"init", "import areas {dir}/areas.csv", "import puskesmas {dir}/puskesmas.csv", "import rt {dir}/rt.csv", "import families {dir}/families.csv",
		"account add sari --role supervisor --puskesmas P3204050101"} {
		x.run(c)
	}
	standbys := []*pgtest.Cluster{first.Standby(t), first.Standby(t)}
	x.run("person restrict --nik 3204050302800001 --reason surat --ground request --by pusdatin --approved-by sari")
	former := first
	for n, standby := range standbys {
		if err := errors.Join(former.Kill(), standby.Promote(t.Context())); err != nil {
			t.Fatal(err)
		}
		former, x.database = standby, standby.AddressOf(first, before)
		if families := x.run("export families"); strings.Contains(families, "Asep") {
			t.Errorf("standby %d shows who was restricted: %s", n, families)
		}
	}
}

func inQuarantine(t *testing.T, database string) (n int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	err = conn.QueryRow(t.Context(), "SELECT count(*) FROM quarantine").Scan(&n)
	if err := errors.Join(err, conn.Close(t.Context())); err != nil {
		t.Fatal(err)
	}
	return n
}

// served is a server that was started.
type served struct {
	*turnedBack
	address string
	cancel  context.CancelFunc
	ended   chan int
	errs    *bytes.Buffer // read it when it has ended
}

func (x *turnedBack) start() *served {
	x.t.Helper()
	s := &served{turnedBack: x, ended: make(chan int, 1), errs: &bytes.Buffer{}}
	ctx, cancel := context.WithCancel(x.t.Context())
	s.cancel = cancel
	in, out := io.Pipe()
	words := []string{"serve", "--listen", "127.0.0.1:0", "--dir", filepath.Join(x.dir, "d"), "--database", x.database}
	go func() { s.ended <- Run(ctx, words, strings.NewReader(""), out, s.errs); out.Close() }()
	line, err := bufio.NewReader(in).ReadString('\n')
	address, found := strings.CutPrefix(strings.TrimSpace(line), "serving on https://")
	if err != nil || !found {
		cancel()
		<-s.ended
		x.t.Fatalf("%q: %v\n%s", line, err, s.errs)
	}
	s.address = address
	return s
}

func (s *served) stop() error {
	s.cancel()
	if code := <-s.ended; code != exitOK {
		return errors.New(s.errs.String())
	}
	return nil
}

// device is budi's, on its first day or a later one, and syncs.
func (s *served) device() *clientsdk.User {
	s.t.Helper()
	certificate, err := os.ReadFile(filepath.Join(s.dir, "d", "server.pem"))
	if err != nil {
		s.t.Fatal(err)
	}
	pin, err := wire.PinOf(certificate)
	if err != nil {
		s.t.Fatal(err)
	}
	client, err := clientsdk.Open(clientsdk.Config{Dir: filepath.Join(s.dir, "tablet"), Server: s.address, Pin: &pin})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		if err := client.Close(); err != nil {
			s.t.Error(err)
		}
	})
	user, err := client.SignIn(s.t.Context(), "budi", "rahasia milik sari 77")
	if err != nil {
		s.t.Fatal(err)
	}
	s.sync(user)
	return user
}

func (s *served) sync(user *clientsdk.User) {
	s.t.Helper()
	for range 2 { // what a sync learns to be lost the next may have to offer
		if _, err := user.Sync(s.t.Context(), nil); err != nil {
			s.t.Fatal(err)
		}
	}
}
