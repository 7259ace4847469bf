package follow

import "time"

// ReadFamilies is how many families one reading of a village takes.
var ReadFamilies = usualBounds.readFamilies

// SharersMax is how many families with a number are told of each other, and NarrowSharers
// how many by a follower that is narrow.
const (
	SharersMax    = sharersMax
	NarrowSharers = 3
)

// Narrow has a follower read, write and tell few families at a time, so that a handful of them
// takes many transactions.
func Narrow(f *Identifiers) {
	f.narrow = &bounds{readFamilies: 3, gatherFamilies: 6, writeEntries: 4, writeBatches: 2, sharers: NarrowSharers, stale: 1}
}

// Rested lets the time pass for which what can't be read is left alone.
func Rested(f *Identifiers) {
	f.retried = time.Time{}
	for number, d := range f.damaged {
		f.damaged[number] = damage{untold: d.untold}
	}
}
