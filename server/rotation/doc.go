// Package rotation gives a server new keys, offline: every sealed value is sealed
// anew under a new master key, every keyed hash made anew, and the old keys are
// retired when nothing refers to them any more.
//
// The order is such that a crash at any moment loses nothing, and that running it
// again goes on: first the store says that its keys are being rotated, so that
// nobody else opens it; then the key file holds old and new keys together; then
// rows are sealed anew, a page a transaction, and those already done are passed
// over; the index of NIK and NKK is built anew; then every value is opened by the
// new keys alone; and only then the key file loses the old ones. What does not
// open is left as it is and named, and the old keys stay.
//
// Digest keys stay as they are: devices compare by them what they hold, and what
// they protect lies within payloads. So does what numbers are named by inside the
// names of doubles, on which hangs what people decided of them. Former escrow keys
// stay, for what devices sealed to the server and have not sent yet.
package rotation
