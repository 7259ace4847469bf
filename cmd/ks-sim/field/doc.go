// Package field is a simulated Puskesmas on the real parts: a real server on a
// real port, and surveyors with real devices of the SDK and realistic families.
// The demo and the end-to-end tests stand on it.
package field
