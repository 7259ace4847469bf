//go:build !planted

package planted

// Active tells whether this build can hold bugs.
const Active = false

// Is tells whether a bug is active: never, in this build.
func Is(Bug) bool { return false }

// Step marks an instant; it does nothing in this build.
func Step(string) {}
