package syncing

import (
	"crypto/sha256"
	"encoding/binary"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// DepositMessage is what a device signs of a deposit: a digest of everything in
// it but the signature.
func DepositMessage(r *ksv1.DepositRequest) []byte {
	h := sha256.New()
	number := func(n int) {
		var b [8]byte
		binary.BigEndian.PutUint64(b[:], uint64(n))
		h.Write(b[:])
	}
	text := func(b []byte) {
		number(len(b))
		h.Write(b)
	}
	text([]byte("keluarga-sehat/deposit/1"))
	number(int(r.GetDevice()))
	number(len(r.GetEscrowKeys()))
	for _, key := range r.GetEscrowKeys() {
		text(key)
	}
	number(len(r.GetChanges()))
	for _, c := range r.GetChanges() {
		text(c.GetId())
		number(int(c.GetEscrowKey()))
		text(c.GetSealed())
	}
	if len(r.GetSubmissions()) == 0 { // as earlier versions sign
		return h.Sum(nil)
	}
	number(len(r.GetSubmissions()))
	for _, b := range r.GetSubmissions() {
		text(b.GetId())
		number(int(b.GetEscrowKey()))
		text(b.GetSealed())
	}
	return h.Sum(nil)
}
