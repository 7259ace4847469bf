package handover

import (
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"strings"

	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Errors of reading a code, in the words of those who type it.
var (
	// ErrNoCode: the text is no code of a hand-over at all.
	ErrNoCode = errors.New("ini bukan kode serah terima")
	// ErrMistyped: it looks like one, and its check digits don't fit.
	ErrMistyped = errors.New("kode salah ketik atau terpotong; periksa kembali, atau pindai kode QR")
	// ErrOtherKind: a request where an answer is due, or the other way round.
	ErrOtherKind = errors.New("ini kode yang lain: perangkat yang diserahkan menampilkan kode permintaan, perangkat supervisor kode jawaban")
)

// kind is the first byte of a code.
type kind byte

const (
	kindRequest kind = 'P' // permintaan
	kindAnswer  kind = 'J' // jawaban
)

const (
	// MaxCodeChars bounds a code as text, blanks included: twice the largest one.
	MaxCodeChars = 4096
	// checkBytes of CRC-32 end a code, against slips of the pen.
	checkBytes = 3
	// groupChars stand together, so that one finds the place again when typing.
	groupChars = 5
)

// alphabet is Crockford's: no letters that are taken for digits.
var alphabet = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// EncodeRequest gives the code of a request.
func EncodeRequest(r *ksv1.HandoverRequest) (string, error) { return encode(kindRequest, r) }

// EncodeAnswer gives the code of an answer.
func EncodeAnswer(a *ksv1.HandoverAnswer) (string, error) { return encode(kindAnswer, a) }

// DecodeRequest reads the code of a request. Errors: ErrNoCode, ErrMistyped,
// ErrOtherKind.
func DecodeRequest(code string) (*ksv1.HandoverRequest, error) {
	r := &ksv1.HandoverRequest{}
	return r, decode(kindRequest, code, r)
}

// DecodeAnswer reads the code of an answer. Errors: as DecodeRequest.
func DecodeAnswer(code string) (*ksv1.HandoverAnswer, error) {
	a := &ksv1.HandoverAnswer{}
	return a, decode(kindAnswer, code, a)
}

func encode(k kind, m proto.Message) (string, error) {
	body, err := proto.MarshalOptions{Deterministic: true}.MarshalAppend([]byte{byte(k)}, m)
	if err != nil {
		return "", fmt.Errorf("encode code: %w", err)
	}
	text := alphabet.EncodeToString(append(body, check(body)...))
	var out strings.Builder
	for i, r := range text {
		if i > 0 && i%groupChars == 0 {
			out.WriteByte(' ')
		}
		out.WriteRune(r)
	}
	return out.String(), nil
}

func check(body []byte) []byte {
	return binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(body))[4-checkBytes:]
}

// tidy takes out what stands between groups, and reads letters that are taken for
// digits as these.
var tidy = strings.NewReplacer(" ", "", "-", "", "\n", "", "\r", "", "\t", "", "O", "0", "I", "1", "L", "1")

func decode(want kind, code string, into proto.Message) error {
	text := tidy.Replace(strings.ToUpper(code))
	if text == "" || len(code) > MaxCodeChars {
		return ErrNoCode
	}
	all, err := alphabet.DecodeString(text)
	if err != nil || len(all) <= checkBytes+1 {
		return ErrNoCode
	}
	body, sum := all[:len(all)-checkBytes], all[len(all)-checkBytes:]
	if string(check(body)) != string(sum) {
		return ErrMistyped
	}
	switch got := kind(body[0]); {
	case got != want && (got == kindRequest || got == kindAnswer):
		return ErrOtherKind
	case got != want:
		return ErrNoCode
	}
	if proto.Unmarshal(body[1:], into) != nil {
		return ErrNoCode
	}
	return nil
}
