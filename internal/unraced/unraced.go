// Package unraced marks tests that take long and race with nothing. The race
// detector makes such a test take ten times as long, so `make test` runs them
// without it, and all others of their package with it, by -short.
package unraced

import "testing"

// Test skips a test where -short says that the race detector looks on.
func Test(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("it takes long and races with nothing: run it without -short and the race detector")
	}
}
