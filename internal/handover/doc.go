// Package handover is what the three sides of a hand-over share: the device that
// changes hands without network, the supervisor's device that signs, and the
// server that learns of it later.
//
// The device shows a request as a code; the supervisor's device reads who takes it
// over from whom, and signs a grant that names both, the device, and an incarnation
// drawn for this request; the device takes the answer for that request alone, once.
// The grant holds no secret, so that codes may be photographed: it lets one
// colleague, who still must sign in with the own password before anything is sent
// under the own name, collect on one device until then. What opens families goes
// along sealed, from the device to the supervisor's key and from there to a key that
// the device drew for the request (key.go).
//
// Codes are text that can be typed, and what a QR code holds (code.go). The package
// is pure: randomness comes in, time is the caller's to compare.
package handover
