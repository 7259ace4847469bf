package api

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// A packed body with another as-of time is what it would be had that time been
// there when it was compressed: the same bytes, and a checksum that holds.
func TestAPackedBodyIsTheBodyAtAnyTime(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(5, 6))
	for round := range 60 {
		pieces := make([][]byte, 1+random.IntN(1+round))
		for i := range pieces {
			var b strings.Builder
			for range random.IntN(40) {
				fmt.Fprintf(&b, `"area":"32/%02d","day":"2026-%02d-11","asOf":"2026-11-26T18:00:%02d`, random.IntN(99), random.IntN(12), random.IntN(60))
			}
			pieces[i] = []byte(b.String()) // some are empty
		}
		p, err := pack(pieces)
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range []time.Time{time.Unix(1795700000, 0), time.Unix(1795700001, 123456789), time.Unix(0, 1)} {
			asOf := asOfBytes(at)
			if len(asOf) != asOfLength {
				t.Fatalf("%q takes %d bytes", asOf, len(asOf))
			}
			want := bytes.Join(pieces, []byte(asOf))
			r, err := gzip.NewReader(bytes.NewReader(p.gzip(asOf)))
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(r) // fails where checksum or length are others
			if err != nil || !bytes.Equal(got, want) {
				t.Fatalf("round %d, %d pieces: %v, %d bytes of %d", round, len(pieces), err, len(got), len(want))
			}
			if plain, err := p.plain(asOf); err != nil || !bytes.Equal(plain, want) {
				t.Fatalf("round %d: plain: %v", round, err)
			}
		}
	}
}
