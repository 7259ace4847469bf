// Package merge joins what many devices wrote about one family without losing
// any of it.
//
// Every field of a family, a member, a round, a member's part in a round and a
// visit is a register: its values with their stamps, and a context that says
// for each device incarnation the highest stamp that the register holds or has
// superseded. A join keeps a value if both sides hold it or if the other
// side's context does not cover its stamp, and takes the maximum of the
// contexts. One value is agreed; several are a conflict, shown by the highest
// stamp until somebody who has seen them all writes once more.
//
// The join is commutative, associative and idempotent, so any order, batching,
// repetition or route of the same changes gives the same State, and Encode
// gives the same bytes. A Change is a small State of its own (see FromChange);
// receiving is always joining.
//
// Soundness rests on one fact: a device has always seen its own earlier writes
// to a register. Whoever builds a Change must therefore put the register's
// present context into it (NewChange does).
//
// The package works on the wire form, field number and bytes: fields that this
// version does not know are merged like all others, and a new question needs
// no code here. It is pure: no clock, no randomness, no I/O. A State is not
// safe for concurrent use; its byte slices may share memory with the bytes
// that it was decoded from, which nobody may change afterwards.
package merge
