package main

import (
	"strings"
	"testing"
)

// One family that does not open, which no server has indexed yet, keeps nobody else from
// being found by a number; of who is not found it is said that not all could be looked at,
// however often is asked.
func TestAPersonIsFoundBesideAFamilyThatDoesNotOpen(t *testing.T) {
	t.Parallel()
	dir := twoFamilies(t)
	const damaged, other = "3204050302800001", "3204055001700007"
	spoil(t, dir, `UPDATE family SET payload = zeroblob(99) WHERE revision = 1`) // of K1
	spoil(t, dir, `UPDATE history SET payload = zeroblob(99) WHERE revision = 1`)
	for n, nik := range []string{other, damaged, damaged, other} {
		said := runCommand(t, dir, "person trail", "--nik "+nik+personArgs)
		if unread := strings.Contains(said, "not everybody could be looked at"); unread != (nik == damaged) || !unread && !strings.Contains(said, "AUDIT_KIND_PERSON_RIGHT") {
			t.Errorf("question %d: %s", n+1, said)
		}
	}
}
