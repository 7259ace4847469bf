package handover

import (
	"encoding/binary"
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/record"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// matchRange is one more than the largest match: twelve figures. Whoever relays a
// request and wants another one to show the same tries 10^12 on average, each at the
// price of a password's hash: thousands of years of a processor, and a request is void
// after Validity.
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
	sum := record.Argon2id(plain, []byte("keluarga-sehat/handover/match"), record.MinPasswordCost)
	text := fmt.Sprintf("%012d", binary.BigEndian.Uint64(sum[:8])%matchRange)
	return text[:3] + " " + text[3:6] + " " + text[6:9] + " " + text[9:], nil
}
