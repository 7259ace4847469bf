package main

import (
	"bytes"
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
)

// TestAssignedAreasAreASurveyorsAndOfThePuskesmas: what else is typed is refused, and
// changes nothing; areas are kept in the form in which the server compares them.
func TestAssignedAreasAreASurveyorsAndOfThePuskesmas(t *testing.T) {
	t.Parallel()
	dir := twoFamilies(t)
	write(t, filepath.Join(dir, "others.csv"), "code,name\n32.04.05.2002,Cileunyi Wetan\n")
	runCommand(t, dir, "import areas", "{dir}/others.csv")
	const before = "32.04.05.2001/003/007"
	for _, c := range []struct {
		args string
		says string // "": it is done
		want string // areas afterwards
	}{
		{"add siti --role surveyor --puskesmas P3204050101 --assign 32.04.05.2009", `"32.04.05.2009" bukan wilayah`, "none"},
		{"add siti --role surveyor --puskesmas P3204050101 --assign 32.04.05.2002", `"32.04.05.2002" bukan wilayah`, "none"},
		{"add siti --role supervisor --puskesmas P3204050101 --assign 32.04.05.2001", "to surveyors alone", "none"},
		{"add siti --role surveyor --puskesmas P3204050101 --assign 3204052001/3/7", "", before},
		{"assign --user siti 32.04.05.2002", `"32.04.05.2002" bukan wilayah`, before},
		{"assign --user siti 32.04.05", "bukan desa, RW, atau RT", before},
		{"assign --user siti 32.04.05.2001/1 3204052001/001", "tertulis dua kali", before},
		{"assign --user siti", "or --none to take away all", before},
		{"assign --user siti --none 32.04.05.2001", "or --none to take away all", before},
		{"assign --user sari 32.04.05.2001", "to surveyors alone", before},
		{"assign --user siti 3204052001/01 32.04.05.2001/2", "", "32.04.05.2001/001 32.04.05.2001/002"},
		{"assign --user siti --none", "", ""},
	} {
		var out bytes.Buffer
		code := Run(t.Context(), append([]string{"account", "--dir", filepath.Join(dir, "d")}, strings.Fields(c.args)...), strings.NewReader("kata sandi yang panjang sekali\n"), &out, &out)
		if (c.says == "") != (code == exitOK) || c.says != "" && code != exitMisused || !strings.Contains(out.String(), c.says) {
			t.Errorf("account %s: exit code %d, %s", c.args, code, out.String())
		}
		if got := assignedTo(t, filepath.Join(dir, "d", "server.db"), "siti"); got != c.want {
			t.Errorf("account %s: %q is assigned, want %q", c.args, got, c.want)
		}
	}
}

// assignedTo are the areas of a user as they are stored; "none": there is no such user.
func assignedTo(t *testing.T, file, user string) string {
	t.Helper()
	s, err := sqlite.Open(t.Context(), file, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	assigned := "none"
	err = s.Read(store.AsOperator(t.Context()), func(ctx context.Context, snap store.Snapshot) error {
		list, err := snap.ListAccounts(ctx, store.AccountQuery{Below: true, Limit: 10})
		if i := slices.IndexFunc(list, func(a store.Account) bool { return a.UserName == user }); i >= 0 {
			assigned = strings.Join(list[i].Assigned, " ")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return assigned
}
