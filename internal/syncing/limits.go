package syncing

// Limits of a session, sent to the device in the welcome.
const (
	// ProtocolVersion is the version that both machines speak.
	ProtocolVersion = 1
	// WindowBytes bounds the chunk bytes (before compression) under way unacked
	// in one direction: what a broken link costs at most.
	WindowBytes = 256 << 10
	// ChunkBytes bounds one chunk before compression: small enough that a slow
	// link acks often, large enough for compression to pay.
	ChunkBytes = 64 << 10
	// UploadBytes bounds an upload's chunk before compression, in a session that has carried
	// twice as much; see Device.uploadBytes. A server commits it at once: a larger one would
	// spare it little more.
	UploadBytes = 128 << 10
	// PageBytes bounds a feed page before compression, in a session that has carried
	// twice as much; see Server.pageBytes.
	PageBytes = 192 << 10
	// ChangeBytes bounds one change; a save of a family of twenty with long
	// notes has a tenth of it.
	ChangeBytes = 128 << 10
	// PageFamilies bounds the families that one feed page may hold, so that a
	// device's transaction stays short.
	PageFamilies = 200
	// RepairRounds is how often in one session differing RT are asked for
	// again; a difference that survives is a fault to be reported, not looped
	// over.
	RepairRounds = 1
)

// window counts the bytes of chunks sent and not yet acked, in order.
type window struct {
	sizes []chunkSize
	bytes int
	// carried are the bytes that were acked.
	carried int
}

type chunkSize struct {
	number uint64
	bytes  int
}

// open tells whether another chunk may be sent. One chunk may always be under
// way, so that a chunk larger than the window still goes.
func (w *window) open() bool { return w.bytes < WindowBytes }

func (w *window) sent(number uint64, bytes int) {
	w.sizes = append(w.sizes, chunkSize{number, bytes})
	w.bytes += bytes
}

// acked takes out every chunk up to number; false where number was never sent.
func (w *window) acked(number uint64) bool {
	found := false
	for len(w.sizes) > 0 && w.sizes[0].number <= number {
		found = found || w.sizes[0].number == number
		w.bytes -= w.sizes[0].bytes
		w.carried += w.sizes[0].bytes
		w.sizes = w.sizes[1:]
	}
	return found
}
