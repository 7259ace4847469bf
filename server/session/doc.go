// Package session is the server's end of a sync session: it carries out the
// effects of the server's machine on the store. It knows no gRPC; the service
// layer drives it over a stream, the simulator on one goroutine.
//
// Reads happen on one snapshot each, bounded by the caller's scope, and every
// page says up to which revision it brings the device. A page is cut where it
// reaches the chunk's size; the cursor then stands at its last family, and past
// everything that was filtered out.
package session
