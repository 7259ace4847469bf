package handover

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

const (
	// Validity is how long a request can be answered, by the clock of the device
	// that shows it.
	Validity = 24 * time.Hour
	// MaxAttempts are answers that a request takes before it is void. A signature
	// can't be guessed; this ends what is not typing any more.
	MaxAttempts = 10
	// NonceBytes of a request.
	NonceBytes = 8
	// maxName bounds names in a grant, characters, as those of accounts are.
	maxName = 200
)

// Errors of a grant, in the words of those who stand before the device.
var (
	// ErrForged: the signature is not that of a supervisor whom the device knows.
	ErrForged = errors.New("tanda tangan kode tidak sah, atau supervisor ini tidak dikenal perangkat; minta supervisor Puskesmas Anda yang masih bertugas")
	// ErrOtherRequest: the answer is for another request, or was used before.
	ErrOtherRequest = errors.New("kode jawaban ini untuk permintaan lain atau sudah pernah dipakai; minta supervisor menjawab permintaan yang tampil sekarang")
	// ErrExpired: the request is too old.
	ErrExpired = errors.New("permintaan serah terima sudah kedaluwarsa (24 jam); buat permintaan baru")
	// ErrOwnSigner: supervisors hand nothing over to themselves.
	ErrOwnSigner = errors.New("supervisor tidak dapat menyerahkan perangkat kepada dirinya sendiri; minta supervisor lain")
	// ErrMalformed: a grant or request lacks what it must have.
	ErrMalformed = errors.New("kode serah terima tidak lengkap")
)

// domain separates these signatures from the key's others.
const domain = "keluarga-sehat/handover"

func message(grant []byte) []byte { return append([]byte(domain), grant...) }

// Sign makes an answer of a grant.
func Sign(key ed25519.PrivateKey, g *ksv1.HandoverGrant) (*ksv1.HandoverAnswer, error) {
	if err := checkGrant(g); err != nil {
		return nil, err
	}
	plain, err := proto.MarshalOptions{Deterministic: true}.Marshal(g)
	if err != nil {
		return nil, fmt.Errorf("encode grant: %w", err)
	}
	return &ksv1.HandoverAnswer{Grant: plain, Signature: ed25519.Sign(key, message(plain))}, nil
}

// ReadGrant reads a grant whose signature has not been proved: it names whose it
// must be. Errors: ErrMalformed, ErrOwnSigner.
func ReadGrant(grant []byte) (*ksv1.HandoverGrant, error) {
	g := &ksv1.HandoverGrant{}
	if proto.Unmarshal(grant, g) != nil {
		return nil, ErrMalformed
	}
	return g, checkGrant(g)
}

// Proved tells whether a key signed the grant.
func Proved(publicKey, grant, signature []byte) bool {
	return len(publicKey) == ed25519.PublicKeySize && ed25519.Verify(publicKey, message(grant), signature)
}

func checkGrant(g *ksv1.HandoverGrant) error {
	switch {
	case g.GetDevice() == 0, g.GetOutgoing() == 0, g.GetIncoming() == 0, g.GetIncomingUserName() == "", g.GetSigner() == 0, g.GetSignerDevice() == 0,
		g.GetIssuedAtMs() == 0, len(g.GetNonce()) != NonceBytes, tooLong(g.GetIncomingUserName()), tooLong(g.GetIncomingFullName()),
		!soundSum(g.GetUnsent()), !soundSum(g.GetAnswerKey()):
		return ErrMalformed
	case g.GetOutgoing() == g.GetIncoming():
		return ErrMalformed
	case g.GetSigner() == g.GetIncoming():
		return ErrOwnSigner
	}
	return nil
}

func tooLong(name string) bool { return utf8.RuneCountInString(name) > maxName }

// CheckRequest tells whether a request is whole. Errors: ErrMalformed.
func CheckRequest(r *ksv1.HandoverRequest) error {
	if r.GetDevice() == 0 || r.GetOutgoing() == 0 || r.GetIncomingUserName() == "" || tooLong(r.GetIncomingUserName()) || len(r.GetNonce()) != NonceBytes ||
		!soundSum(r.GetUnsent()) || !soundSum(r.GetAnswerKey()) {
		return ErrMalformed
	}
	return nil
}

// Answers tells whether a grant is for the request. Errors: ErrOtherRequest.
func Answers(g *ksv1.HandoverGrant, r *ksv1.HandoverRequest) error {
	if g.GetDevice() != r.GetDevice() || g.GetOutgoing() != r.GetOutgoing() || g.GetIncarnation() != r.GetIncarnation() ||
		g.GetIncomingUserName() != r.GetIncomingUserName() || !bytes.Equal(g.GetNonce(), r.GetNonce()) ||
		!bytes.Equal(g.GetUnsent(), r.GetUnsent()) || !bytes.Equal(g.GetAnswerKey(), r.GetAnswerKey()) {
		return ErrOtherRequest
	}
	return nil
}
