// Package wire is what client and server share of the network: limits, TLS,
// the split of one port between gRPC and HTTP, and the compression of sync
// chunks. It knows nothing of what the chunks say.
//
// Whatever the other end does, memory and time stay bounded: every limit is a
// named constant, a chunk's size is known before a byte of it is decoded, and a
// decoder never waits. A Compressor and a Decompressor belong to one session
// and direction, and to one goroutine at a time. A Split's goroutines end with
// its Close; the connections it gave out belong to the servers that took them.
package wire
