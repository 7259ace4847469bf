// Package attack lets hostile clients at a real ks-server process while honest
// ones go on, and measures both: by how much the server's memory rises, and how
// long honest calls take. Every attack is of its own kind (kinds.go) and runs at the
// same time as the others; a bound that is broken fails the run.
//
// It attacks only the server that it starts itself, on loopback.
package attack
