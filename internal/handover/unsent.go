package handover

import (
	"bytes"
	"crypto/sha256"
	"slices"
)

// The seed that signs parts of a backup file lies in the clear on the device, so that
// a part proves nothing against whoever holds the device. A request therefore names
// the parts as they were when it was made, the grant repeats it, and the server takes
// those alone as the former user's.

// PartHashes are the SHA-256 of each part, in order.
func PartHashes(parts [][]byte) [][]byte {
	out := make([][]byte, len(parts))
	for i, part := range parts {
		sum := sha256.Sum256(part)
		out[i] = sum[:]
	}
	return out
}

// VouchFor is what a request and its grant say of parts; nil for none.
func VouchFor(hashes [][]byte) []byte {
	if len(hashes) == 0 {
		return nil
	}
	sum := sha256.Sum256(bytes.Join(hashes, nil))
	return sum[:]
}

// Vouched tells whether a grant that says unsent vouches for a part, by the hashes of
// all of them.
func Vouched(unsent []byte, hashes [][]byte, part []byte) bool {
	sum := sha256.Sum256(part)
	return len(unsent) == sha256.Size && bytes.Equal(unsent, VouchFor(hashes)) &&
		slices.ContainsFunc(hashes, func(h []byte) bool { return bytes.Equal(h, sum[:]) })
}

// soundSum tells whether it is a hash or key of 32 bytes, or absent.
func soundSum(b []byte) bool { return len(b) == 0 || len(b) == sha256.Size }
