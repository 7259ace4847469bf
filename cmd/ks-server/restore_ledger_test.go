package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/keluarga-sehat/sync/internal/pgtest"
	"github.com/keluarga-sehat/sync/server/auth"
)

// turnedBack is a server whose store goes back to a backup.
type turnedBack struct {
	t   *testing.T
	dir string
	// database is PostgreSQL's; "": SQLite.
	database string
}

func TestWhoWasShutOutAfterTheBackupIsSoAfterItsRestore(t *testing.T) {
	t.Parallel()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		whoWasShutOutAfterTheBackup(&turnedBack{t: t}, func() string { return "" })
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		cluster := pgtest.ForTest(t)
		x := &turnedBack{t: t, database: cluster.NewDatabase(t)}
		// Put back by PostgreSQL's own means: a copy of the database as it is now.
		whoWasShutOutAfterTheBackup(x, func() string {
			kept, err := pgx.ParseConfig(x.database)
			if err != nil {
				t.Fatal(err)
			}
			conn, err := pgx.Connect(t.Context(), cluster.NewDatabase(t))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := conn.Exec(t.Context(), fmt.Sprintf("CREATE DATABASE %s_kept TEMPLATE %[1]s", kept.Database)); err != nil {
				t.Fatal(err)
			}
			if err := conn.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			return strings.Replace(x.database, kept.Database, kept.Database+"_kept", 1)
		})
	})
}

// whoWasShutOutAfterTheBackup has a family restricted, an account disabled, one disabled and
// enabled again, and a device revoked after a backup; copied is the database at that time.
func whoWasShutOutAfterTheBackup(x *turnedBack, copied func() string) {
	t := x.t
	x.dir = t.TempDir()
	for name, text := range commandFiles {
		write(t, filepath.Join(x.dir, name), text)
	}
	for _, c := range []string{"init", "import areas {dir}/areas.csv", "import puskesmas {dir}/puskesmas.csv", "import families {dir}/families.csv",
		"account add sari --role supervisor --puskesmas P3204050101", "account add wati --role administrator --puskesmas P3204050101",
		"account add siti --role surveyor --puskesmas P3204050101", "account add budi --role surveyor --puskesmas P3204050101",
		"account add tono --role surveyor --puskesmas P3204050101"} {
		x.run(c)
	}
	const siti, budi, tono = 4, 5, 6 // behind pusdatin, sari and wati
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	var device struct{ Devices []struct{ Device uint32 } }
	x.serving("d", func(s *spoken) {
		if status, said := s.signIn("budi", key); status != http.StatusOK {
			t.Fatal(said)
		}
		s.as("wati").answers("GET", fmt.Sprintf("/v1/accounts/%d/devices", budi), "", &device)
	})
	x.run("backup {dir}/b.tar")
	database := copied()
	x.run("person restrict --nik 3204050302800001 --reason surat --ground request --by pusdatin --approved-by sari")
	x.serving("d", func(s *spoken) {
		admin := s.as("wati")
		for _, path := range []string{fmt.Sprintf("accounts/%d:disable", siti), fmt.Sprintf("accounts/%d:disable", tono), fmt.Sprintf("accounts/%d:enable", tono),
			fmt.Sprintf("devices/%d:revoke", device.Devices[0].Device)} {
			admin.answers("POST", "/v1/"+path, "{}", nil)
		}
	})
	if x.database == "" {
		if said := x.run("restore {dir}/b.tar --dir {dir}/without"); !strings.Contains(said, "without a ledger (--erasures)") || !strings.Contains(said, "in no ledger") {
			t.Errorf("without a ledger: %s", said)
		}
	}
	x.database = database
	said := x.run("restore {dir}/b.tar --dir {dir}/r --erasures {dir}/d/erasures.jsonl")
	if !strings.Contains(said, "1 families were restricted again and 0 no longer, 1 accounts disabled, 1 devices revoked") || strings.Contains(said, "PASSED OVER") ||
		strings.Contains(said, "without a ledger") || !strings.Contains(said, "0 erasures of the ledger") {
		t.Errorf("with the ledger: %s", said)
	}
	if families := x.run("export families --dir {dir}/r"); strings.Contains(families, "Asep") || !strings.Contains(families, "Dewi") {
		t.Errorf("who was restricted is shown: %s", families)
	}
	x.serving("r", func(s *spoken) {
		for name, want := range map[string]int{"siti": http.StatusUnauthorized, "tono": http.StatusOK} {
			if status, said := s.signIn(name, nil); status != want {
				t.Errorf("%s signs in: %d, %s", name, status, said)
			}
		}
		if status, said := s.signIn("budi", key); status == http.StatusOK || !strings.Contains(said, "DEVICE_REVOKED") {
			t.Errorf("on the revoked device: %d, %s", status, said)
		}
	})
}

// run runs a command that must go well.
func (x *turnedBack) run(command string) string {
	x.t.Helper()
	words := strings.Fields(strings.ReplaceAll(command, "{dir}", x.dir))
	if !strings.Contains(command, "--dir ") {
		words = append(words, "--dir", filepath.Join(x.dir, "d"))
	}
	if x.database != "" {
		words = append(words, "--database", x.database)
	}
	var out, errs bytes.Buffer
	if code := Run(x.t.Context(), words, strings.NewReader("rahasia milik sari 77\n"), &out, &errs); code != 0 {
		x.t.Fatalf("%s: %d\n%s", command, code, errs.String())
	}
	return out.String()
}

// serving serves a folder while do speaks with it.
func (x *turnedBack) serving(dir string, do func(s *spoken)) {
	x.t.Helper()
	ctx, stop := context.WithCancel(x.t.Context())
	defer stop()
	words := []string{"serve", "--listen", "127.0.0.1:0", "--dir", filepath.Join(x.dir, dir)}
	if x.database != "" {
		words = append(words, "--database", x.database)
	}
	in, out := io.Pipe()
	var errs bytes.Buffer
	ended := make(chan int, 1)
	go func() { ended <- Run(ctx, words, strings.NewReader(""), out, &errs); out.Close() }()
	line, err := bufio.NewReader(in).ReadString('\n')
	address, found := strings.CutPrefix(strings.TrimSpace(line), "serving on ")
	if err != nil || !found {
		stop()
		<-ended
		x.t.Fatalf("%q: %v\n%s", line, err, errs.String())
	}
	do(&spoken{x.t, address, ""})
	stop()
	if code := <-ended; code != 0 {
		x.t.Errorf("the server: %d\n%s", code, errs.String())
	}
}

// spoken is a caller of a server.
type spoken struct {
	t              *testing.T
	address, token string
}

var trusting = &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12}, DisableKeepAlives: true}}

func (s *spoken) call(method, path, body string) (status int, said string) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.address+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+s.token)
	answer, err := trusting.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(answer.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer.StatusCode, string(data)
}

// answers calls what must go well.
func (s *spoken) answers(method, path, body string, into any) {
	s.t.Helper()
	status, said := s.call(method, path, body)
	if status != http.StatusOK {
		s.t.Fatalf("%s %s: %d, %s", method, path, status, said)
	}
	if into != nil {
		if err := json.Unmarshal([]byte(said), into); err != nil {
			s.t.Fatal(err)
		}
	}
}

// signIn signs in, from a device where there is a key.
func (s *spoken) signIn(name string, key ed25519.PrivateKey) (status int, said string) {
	s.t.Helper()
	asked := map[string]any{"userName": name, "password": "rahasia milik sari 77"}
	if key != nil {
		now := uint64(time.Now().UnixMilli())
		public, _ := key.Public().(ed25519.PublicKey)
		asked["device"] = map[string]any{
			"publicKey": base64.StdEncoding.EncodeToString(public), "clockMs": fmt.Sprint(now), "name": "tablet",
			"signature": base64.StdEncoding.EncodeToString(ed25519.Sign(key, auth.DeviceMessage(name, now))),
		}
	}
	body, err := json.Marshal(asked)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.call("POST", "/v1/auth:signIn", string(body))
}

// as is somebody who has signed in.
func (s *spoken) as(name string) *spoken {
	s.t.Helper()
	status, said := s.signIn(name, nil)
	var grant struct{ AccessToken string }
	if err := json.Unmarshal([]byte(said), &grant); err != nil || status != http.StatusOK {
		s.t.Fatalf("%s: %d, %s, %v", name, status, said, err)
	}
	return &spoken{s.t, s.address, grant.AccessToken}
}
