package wire

import "testing"

func TestLimitsFitIntoEachOther(t *testing.T) {
	t.Parallel()
	const besidesChunkBytes = 64 << 10 // What goes with a chunk in its message.
	if MaxChunkBytes+besidesChunkBytes > MaxMessageBytes {
		t.Error("a chunk that does not compress is too large for a message")
	}
	if keepaliveTime <= keepaliveMin {
		t.Error("our own clients ask more often than the server allows")
	}
	if maxHandshakesPerAddress >= maxHandshakes {
		t.Error("one address can take every handshake")
	}
	if connectionGrace <= idleTimeout || connectionAge <= connectionGrace {
		t.Error("a session can be cut before its grace")
	}
}
