package store

import "context"

// Handover is a device that a supervisor handed over to another account without
// network.
type Handover struct {
	// Device was registered for Outgoing; Incoming collects on it under Incarnation
	// until the first sign-in on line.
	Device, Incarnation, Outgoing, Incoming uint32
	// Signer is the supervisor, SignerDevice the one whose key signed.
	Signer, SignerDevice uint32
	// IssuedMS is when it was signed, by the signer's device; RecordedMS when the
	// server learnt of it.
	IssuedMS, RecordedMS int64
	// Unsent vouches for the parts that are Outgoing's; empty: for none.
	Unsent []byte
}

// HandoverReader reads hand-overs.
type HandoverReader interface {
	// FindHandover reads one. Errors: ErrNotFound.
	FindHandover(ctx context.Context, device, incarnation uint32) (Handover, error)
	// HandoversTo lists what an account took over, by device and incarnation.
	HandoversTo(ctx context.Context, incoming uint32) ([]Handover, error)
}

// HandoverWriter writes hand-overs.
type HandoverWriter interface {
	// PutHandover adds one; what is there already stays.
	PutHandover(ctx context.Context, h Handover) error
	// PutHandoverKey keeps by which key the user of a device signs hand-overs.
	PutHandoverKey(ctx context.Context, device uint32, publicKey []byte) error
}
