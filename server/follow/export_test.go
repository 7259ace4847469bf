package follow

// ReadFamilies is how many families one reading of a village takes.
const ReadFamilies = readFamilies
