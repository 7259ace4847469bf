// Package api is the service layer: it decodes, authenticates, decides access
// by each RPC's rule in the contract, calls, and maps errors to statuses with
// details. gRPC types stop here.
//
// Which cells of figures are withheld is asked of package veil; days that are over are added
// up, and remembered, by package past; how often somebody may call is counted by package rates.
package api
