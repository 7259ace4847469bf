package main

import (
	"strings"
	"testing"
)

// Who has an account that nobody activated is not known to be who it is made out to.
func TestAnAccountThatWaitsForItsActivationAsksForNothing(t *testing.T) {
	t.Parallel()
	dir := twoFamilies(t)
	const example = "../../server/registration/example/"
	for _, c := range []commandTry{
		{path: "import areas", args: example + "areas.csv"},
		{path: "import puskesmas", args: example + "puskesmas.csv"},
		{path: "registration receive", args: "--form " + example + "formulir.csv --letter " + example + "surat.pdf --via post --as pusdatin"},
		{path: "registration verify", args: "1 --as pusdatin"},
		{path: "registration accept", args: "1 --as pusdatin"},
	} {
		runCommand(t, dir, c.path, c.args)
	}
	if said := runCommand(t, dir, "registration issue", "1 --as pusdatin"); !strings.Contains(said, "ani.suryani") {
		t.Fatal(said)
	}
	said := runCommand(t, dir, "person export", "--nik 3204050302800001 --reason surat --ground request --by ani.suryani --approved-by sari")
	if !strings.Contains(said, "both accounts must be in use") || strings.Contains(said, "Asep") {
		t.Error(said)
	}
}
