package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/keluarga-sehat/sync/server/ledger"
)

// What the ledger can't hold is not said to be in it: nobody is erased, and of an account that is
// disabled all the same the administrator hears that it is, and whose the rest is to do.
func TestALedgerThatCannotBeWrittenIsTold(t *testing.T) {
	t.Parallel()
	dir := twoFamilies(t)
	x := &turnedBack{t: t, dir: dir}
	x.run("account add wati --role administrator --puskesmas P3204050101")
	const sari = 2
	file := (&options{dir: filepath.Join(dir, "d")}).ledger()
	if err := os.Mkdir(file, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, deed := range []string{"erase --i-have-considered-restriction", "restrict"} {
		said := runCommand(t, dir, "person "+deed, "--nik 3204050302800001"+personArgs)
		if strings.Contains(said, "erased in") || !strings.Contains(said, "nothing was "+strings.TrimSuffix(strings.Fields(deed)[0], "e")) {
			t.Errorf("%s: %s", deed, said)
		}
	}
	x.serving("d", func(s *spoken) {
		admin := s.as("wati")
		const path = "/v1/accounts/2:disable"
		status, said := admin.call("POST", path, "{}")
		if status != http.StatusInternalServerError || !strings.Contains(said, `"NOT_IN_LEDGER"`) || !strings.Contains(said, "Perubahan ini sudah berlaku") {
			t.Errorf("disable: %d, %s", status, said)
		}
		if status, said := s.signIn("sari", nil); status != http.StatusUnauthorized {
			t.Errorf("who is disabled signs in: %d, %s", status, said)
		}
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
		admin.answers("POST", path, "{}", nil)
	})
	lines, _, err := ledger.Read(file)
	if err != nil || len(lines) != 1 || lines[0].Deed != ledger.Disable || lines[0].Account != sari {
		t.Errorf("the ledger, mended: %+v, %v", lines, err)
	}
}
