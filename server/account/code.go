package account

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"io"
	"strings"
)

// One-time codes are read from paper and typed on phones: capital consonants
// without those that look like digits or each other's neighbours, no words.
const (
	codeAlphabet = "BCDFGHJKMNPQRSTVWXYZ"
	codeLength   = 16 // 69 bits
	codeGroup    = 4
)

// newCode draws a code such as "BCDF-GHJK-MNPQ-RSTV".
func newCode(rand io.Reader) (string, error) {
	var b strings.Builder
	one := make([]byte, 1)
	// Bytes past the last whole round of the alphabet would favour its beginning.
	const bound = 256 / len(codeAlphabet) * len(codeAlphabet)
	for n := 0; n < codeLength; {
		if _, err := io.ReadFull(rand, one); err != nil {
			return "", fmt.Errorf("draw code: %w", err)
		}
		if int(one[0]) >= bound {
			continue
		}
		if n > 0 && n%codeGroup == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(codeAlphabet[int(one[0])%len(codeAlphabet)])
		n++
	}
	return b.String(), nil
}

// hashCode is what is stored of a code. Case and what separates groups don't
// matter. 69 random bits need no salt against guessing; the user name keeps
// equal codes apart.
func hashCode(userName, code string) []byte {
	normal := strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' {
			return -1
		}
		return r
	}, strings.ToUpper(code))
	h := sha256.Sum256([]byte("keluarga-sehat/code\x00" + userName + "\x00" + normal))
	return h[:]
}

// codeMatches tells whether a code has the hash; no code has an empty one, which
// takes as long.
func codeMatches(userName, code string, hash []byte) bool {
	return subtle.ConstantTimeCompare(hashCode(userName, code), hash) == 1
}
