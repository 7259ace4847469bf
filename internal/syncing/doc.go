// Package syncing is the sync protocol: both ends of one session as state
// machines that take events and return effects.
//
// A Device and a Server machine know the order of messages, windows, what may
// be sent when, and when a session is over. They do no I/O and know no clock:
// whoever drives them carries out each effect in the order given (send a
// message, store a page, commit a chunk) and tells the outcome as an event.
// The SDK and the gRPC server drive them over a stream; the simulator drives
// both on one goroutine and may crash between any two effects.
//
// What they promise to each other:
//
//   - The device never forgets a change before StoreReceipts has carried an
//     APPLIED or DUPLICATE receipt to its disk.
//   - The server never acks a chunk before its driver reported the commit.
//   - A cursor moves only in the transaction that stores what it passes.
//   - Upload and download never wait for each other; each has a window of
//     unacked bytes.
//   - When everything was sent and received, digests are compared; RT that
//     differ are asked for again whole, once, and what still differs is
//     reported.
//
// Machines are not safe for concurrent use. A session that breaks off is
// thrown away; the next one starts from what the stores hold.
package syncing
