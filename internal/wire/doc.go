// Package wire is what client and server share of the network: limits, TLS,
// the split of one port between gRPC and HTTP, and the compression of sync
// chunks. It knows nothing of what the chunks say.
package wire
