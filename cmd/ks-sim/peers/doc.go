// Package peers measures other people's servers beside ours, in one run, on one
// machine, with the same generated families: pouchdb-server, to which PouchDBs
// replicate by the protocol that the Community Health Toolkit uses, and
// PocketBase, which takes batches of records. Blocks of all of them alternate.
//
// They do not do the same work. Ours validates, merges, seals, indexes, counts
// and keeps history, over TLS, and syncs to disk before it answers; so each peer
// is measured as it comes and once more synced to disk. What each acknowledges is
// observed, where strace is installed: the sync calls of the server while one
// client sends batch after batch.
//
// The peers are optional: they are fetched from npm and the Go module proxy when
// the comparison is run, and nothing else depends on them.
package peers
