// Package collection counts how far a survey has come: what a family's visits,
// its round and its review add to the status of its RT, its village, its
// surveyor.
//
//	var c collection.Counts
//	c.Add(collection.Of(family))       // as it is
//	c.Sub(collection.Of(before))       // as it was
//
// Counts are sums, so the status of an area is the sum of those below, and that
// of a period the difference of two days. The package is pure: it knows neither
// stores nor clocks.
package collection
