package handover

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// matchRange is one more than the largest match: twelve figures. Whoever relays a
// request and wants another one to show the same tries some hundred thousand million.
const matchRange = 1_000_000_000_000

// Match is twelve figures that stand for a request, in groups of three: the device shows
// them beside its code, the supervisor's beside what it read, and people compare. Where
// they differ the code was altered on its way, so that the answer might open the families
// for somebody else.
func Match(r *ksv1.HandoverRequest) (string, error) {
	plain, err := proto.MarshalOptions{Deterministic: true}.Marshal(r)
	if err != nil {
		return "", fmt.Errorf("encode request: %w", err)
	}
	sum := sha256.Sum256(append([]byte("keluarga-sehat/handover/match"), plain...))
	text := fmt.Sprintf("%012d", binary.BigEndian.Uint64(sum[:8])%matchRange)
	return text[:3] + " " + text[3:6] + " " + text[6:9] + " " + text[9:], nil
}
