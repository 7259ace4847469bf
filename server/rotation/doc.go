// Package rotation gives a server new keys, offline: every sealed value is sealed
// anew under a new master key, every keyed hash made anew, and the old keys are
// retired when nothing refers to them any more.
//
// The order is such that a crash at any moment loses nothing, and that running it
// again goes on: first the store says that its keys are being rotated, so that
// nobody else opens it; then the key file holds old and new keys together; then
// rows are sealed anew, a page a transaction, and those already done are passed
// over; the index of NIK and NKK is built anew; then every value is opened by the
// new keys alone; and only then are the old ones retired. What does not open is left
// as it is and named.
//
// Retired keys stay in the key file, disabled: a program opens nothing by them. For the
// store may turn back behind the key file, when a standby that lagged is promoted, or the
// database put back to a moment before the rotation or within it. No program uses the store
// then (Check), and running the rotation takes the retired keys up, seals anew what is under
// them, verifies everything and retires them again; no keys are made for that. So no run
// trusts what an earlier one has found: each opens everything.
//
// They are destroyed only when somebody says so (record.Ring.Drop), and no row of the store
// opens by them; damaged rows under them are named (Dropping). What they seal in standbys,
// archives and backups is lost then, on purpose.
//
// Digest keys stay as they are: devices compare by them what they hold, and what
// they protect lies within payloads. So does what numbers are named by inside the
// names of doubles, on which hangs what people decided of them. Former escrow keys
// stay, for what devices sealed to the server and have not sent yet.
package rotation
