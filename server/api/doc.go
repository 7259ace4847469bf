// Package api is the service layer: it decodes, authenticates, decides access
// by each RPC's rule in the contract, calls, and maps errors to statuses with
// details. gRPC types stop here.
//
// Which cells of figures are withheld is decided by package disclosure; here are read
// the figures that it decides of, and kept what it decided, until they move (veil*.go).
package api
