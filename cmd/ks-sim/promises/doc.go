// Package promises is the simulator of the promises in the README: real device
// stores, the real ingest core and real SQLite on one goroutine, with the
// link, crashes, clocks and randomness injected. A seed replays exactly.
//
// A World has one server and a few devices. Each simulated hour something
// happens: a save, a sync over a link that may be cut at any message, a crash
// between two effects, a clock set wrong, an assignment moved, a village that
// leaves the Puskesmas, a database copied to a second device, the server put back
// to yesterday's backup, an old upload replayed. At the end everything is healed, every queue must drain in a
// bounded number of syncs, and the promises are checked one by one.
package promises
