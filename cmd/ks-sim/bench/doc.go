// Package bench measures the product beside a bare baseline in the same run:
// what is left of the speed of a naked gRPC server that inserts the same bytes
// with the same durability, when everything is validated, merged, sealed,
// counted and kept in history. Machines differ and are noisy; ratios carry over.
//
// Servers run as processes of their own, so that their processor time and
// memory can be told from the clients'. Client, server and store share the
// machine's cores. Blocks of ours and of the baseline alternate.
package bench
