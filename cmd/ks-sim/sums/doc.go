// Package sums proves, at every level, that each figure equals a recompute in plain
// SQL over families (values.sql), which is written from the definitions of the
// twelve indicators and knows nothing of package iks: what families answered is
// opened into tables, by the test alone.
//
//	go test ./cmd/ks-sim/sums                          # 3,000 random families
//	KS_SUMS_FAMILIES=200000 go test -timeout 2h ./cmd/ks-sim/sums
package sums
