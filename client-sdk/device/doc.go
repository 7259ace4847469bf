// Package device is what a surveyor's device keeps: the SQLite store of one
// user, and the driver of the device's end of a sync session.
//
// What is known of a family is two things laid over each other: the confirmed
// state, joined from what the server sent, and the user's own changes that the
// confirmed state does not hold yet. A save writes one change and nothing
// else, so it is small, durable when it returns, and can be sent as it is.
//
// Invariants, each held by one transaction and tested:
//
//   - A change leaves the state "pending" only in the transaction that stores
//     its receipt, and its row stays for KeepAppliedFor after that, so that a
//     server restored from a backup of that age gets it again.
//   - A cursor moves in the transaction that stores the page it passes.
//   - Changes form a gap-free hash chain; a mark outside the file remembers its
//     end. What the chain or the mark misses is reported as a Loss, never
//     passed over, and a database that lost something takes a new incarnation.
//   - Everything personal is sealed under the user's data key; unsent changes
//     are also sealed to the server's public key.
//
// A Store is safe for concurrent use: one mutex guards its only connection, and
// transactions are short. The package knows no gRPC; clientsdk wires it to the
// network, the simulator drives it directly.
package device
