package main

import (
	"strings"
	"testing"
)

// One family that does not open, which no server has indexed yet, keeps nobody else from
// being found by a number; that not all could be looked at is said however often is asked, by
// the index of those alone who are not found.
func TestAPersonIsFoundBesideAFamilyThatDoesNotOpen(t *testing.T) {
	t.Parallel()
	dir := twoFamilies(t)
	const damaged, other = "3204050302800001", "3204055001700007"
	spoil(t, dir, `UPDATE family SET payload = zeroblob(99) WHERE revision = 1`) // of K1
	spoil(t, dir, `UPDATE history SET payload = zeroblob(99) WHERE revision = 1`)
	for n, nik := range []string{other, damaged, damaged, other} {
		for _, how := range []string{"", " --everywhere"} {
			said := runCommand(t, dir, "person trail", "--nik "+nik+how+personArgs)
			unread, found := strings.Contains(said, "not everybody could be looked at"), strings.Contains(said, "AUDIT_KIND_PERSON_RIGHT")
			if found != (nik == other) || unread != (nik == damaged || how != "") {
				t.Errorf("question %d%s: %s", n+1, how, said)
			}
		}
	}
}
