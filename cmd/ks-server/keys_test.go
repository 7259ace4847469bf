package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// ksServer is a process of the program; output is both of its streams.
func ksServer(t *testing.T, args ...string) (c *exec.Cmd, output *bytes.Buffer) {
	t.Helper()
	output = &bytes.Buffer{}
	c = exec.CommandContext(t.Context(), os.Args[0], args...)
	c.Env = append(os.Environ(), runVariable+"=1")
	c.Stdout, c.Stderr = output, output
	return c, output
}

func mustRun(t *testing.T, args ...string) string {
	t.Helper()
	c, output := ksServer(t, args...)
	if err := c.Run(); err != nil {
		t.Fatalf("ks-server %s: %v\n%s", strings.Join(args, " "), err, output)
	}
	return output.String()
}

// families is an export of the national application with so many families.
func families(n int) string {
	var b strings.Builder
	b.WriteString("survei_survei_id,survei_tanggal,survei_kelurahan_id,survei_no_kk,survei_rt_survei_rt_id,survei_individu_survei_individu_detail_id,survei_individu_hub_kel_id,survei_individu_jk_id,survei_individu_stmarital_id,survei_individu_tanggal_lahir,survei_individu_nama\n")
	for i := range n {
		fmt.Fprintf(&b, "K%d,2024-05-17,3204052001,320405010120%04d,R%d,M%d,1,1,2,1980-02-03,Asep %d\n", i, i+1, i, i, i)
	}
	return b.String()
}

func TestARotationThatIsKilledAgainAndAgainGoesOn(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	dir, csv := filepath.Join(root, "d"), filepath.Join(root, "families.csv")
	mustRun(t, "init", "--dir", dir)
	if err := os.WriteFile(csv, []byte("code,name\n32,Jawa Barat\n32.04,Bandung\n32.04.05,Cileunyi\n32.04.05.2001,Kulon\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	mustRun(t, "import", "areas", "--dir", dir, csv)
	if err := os.WriteFile(csv, []byte(families(3000)), 0o600); err != nil {
		t.Fatal(err)
	}
	mustRun(t, "import", "families", "--dir", dir, csv)
	before := mustRun(t, "export", "families", "--dir", dir)
	killed := 0
	for delay := 40 * time.Millisecond; ; delay += delay / 3 {
		c, output := ksServer(t, "keys", "rotate", "--dir", dir)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		kill := time.AfterFunc(delay, func() {
			if err := c.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
				t.Error(err)
			}
		})
		err := c.Wait()
		kill.Stop()
		if err == nil {
			if !strings.Contains(output.String(), "make a backup now") {
				t.Fatalf("the end: %s", output)
			}
			break
		}
		if c.ProcessState.Exited() {
			t.Fatalf("after %d kills: %v\n%s", killed, err, output)
		}
		killed++
	}
	if killed == 0 {
		t.Error("no rotation was killed")
	}
	if after := mustRun(t, "export", "families", "--dir", dir); after != before {
		t.Errorf("families read otherwise after %d kills", killed)
	}
	if out := mustRun(t, "verify", "--dir", dir); !strings.Contains(out, "3000 families, 3000 changes verified, 0 differences") {
		t.Errorf("verify: %s", out)
	}
	if out := mustRun(t, "audit", "verify", "--dir", dir); !strings.Contains(out, ": 0 problems") {
		t.Errorf("audit verify: %s", out)
	}
	if out := mustRun(t, "keys", "status", "--dir", dir); strings.Contains(out, "not retired") || !strings.Contains(out, "were rotated at") {
		t.Errorf("status: %s", out)
	}
	t.Logf("killed %d times", killed)
}
