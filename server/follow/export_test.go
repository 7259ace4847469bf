package follow

// ReadFamilies is how many families one reading of a village takes.
var ReadFamilies = usualBounds.readFamilies

// Narrow has a follower read and write few families at a time, so that a handful of them
// takes many transactions.
func Narrow(f *Identifiers) {
	f.narrow = &bounds{readFamilies: 3, gatherFamilies: 6, writeEntries: 4, writeBatches: 2}
}
