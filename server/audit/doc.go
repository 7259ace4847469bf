// Package audit is the trail of who did or saw what: every sign-in, change,
// review, look-up and export, and every read of identified data.
//
// Each process writes a chain of its own: an entry's hash covers the entry and
// the hash before, so that no entry can be altered, taken out or moved. Every
// few seconds the chains that have grown are joined by a checkpoint, which is
// chained itself and signed by a key that is not in the store. Heads leave the
// server, in acks to devices and in a file beside the keys, as witnesses of what
// the store held. Entries hold numbers, ids and codes, and nothing personal.
//
// A call is answered when its entry is durable; calls that wait at the same time
// share one transaction. What can't be recorded is not shown.
package audit
