// Package api is the service layer: it decodes, authenticates, decides access
// by each RPC's rule in the contract, calls, and maps errors to statuses with
// details. gRPC types stop here.
package api
