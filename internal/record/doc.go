// Package record is a record's form at rest: compressed, sealed, and bound to
// the place where it lies.
//
// A sealed record begins with a version byte, so that cipher and compression
// can change, and the id of the key that its own key was derived from, so that
// keys can be rotated; then nonce and ciphertext. The table, the row's id and
// an extra number are authenticated with it: a payload that was moved to
// another row or table does not open.
//
// On the server a Ring holds the master keys (tink keysets with key ids). The
// key of a family's records is derived from the master key and a random salt
// of the family, so that destroying the salt erases state and history at once.
// On a device the password opens, through Argon2id, the key that wraps a random
// data key; unsent changes are sealed a second time under an escrow key that
// only the server can open.
//
// The package is pure: randomness is handed in where a nonce or key is drawn,
// except inside tink and crypto/hpke, which bring their own.
package record
