// Package auth signs accounts in: passwords, access tokens, refresh tokens with
// idempotent rotation, device registration.
//
// An access token is a JWT of fixed algorithm (HS256 under the ring's token
// key), audience and type, good for AccessLifetime. A refresh token is opaque,
// stored hashed, single use; rotating it twice with the same nonce gives the
// same successor, so that a lost reply signs nobody out, and presenting an old
// one with another nonce revokes the whole session.
package auth
