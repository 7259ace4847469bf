// Package api is the service layer: it decodes, authenticates, decides access
// by each RPC's rule in the contract, calls, and maps errors to statuses with
// details. gRPC types stop here.
//
// Which cells of figures are withheld is decided by package disclosure; here is kept what
// it decided, until figures move (veil*.go). Days that are over are added up, and
// remembered, by package past.
package api
