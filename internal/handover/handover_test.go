package handover

import (
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

func request() *ksv1.HandoverRequest {
	return &ksv1.HandoverRequest{Device: 12, Outgoing: 34, IncomingUserName: "budi", Incarnation: 7, Nonce: []byte("12345678")}
}

func grant() *ksv1.HandoverGrant {
	return &ksv1.HandoverGrant{
		Device: 12, Outgoing: 34, Incoming: 35, IncomingUserName: "budi", IncomingFullName: "Budi Santoso", Incarnation: 7,
		Nonce: []byte("12345678"), IssuedAtMs: 1, Signer: 36, SignerDevice: 13,
	}
}

func TestACodeIsReadAsItIsTyped(t *testing.T) {
	t.Parallel()
	code, err := EncodeRequest(request())
	if err != nil {
		t.Fatal(err)
	}
	for name, typed := range map[string]string{
		"as shown": code, "in lower case": strings.ToLower(code), "without blanks": strings.ReplaceAll(code, " ", ""),
		"with dashes and lines": strings.ReplaceAll(code, " ", "-\r\n"), "with letters for digits": strings.NewReplacer("0", "o", "1", "l").Replace(code),
	} {
		if got, err := DecodeRequest(typed); err != nil || !proto.Equal(got, request()) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

func TestASlipIsTold(t *testing.T) {
	t.Parallel()
	code, err := EncodeRequest(request())
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(code, " ", "")
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.IntRange(0, len(text)-1).Draw(t, "at")
		wrong := rapid.SampledFrom([]byte("0123456789ABCDEFGHJKMNPQRSTVWXYZ")).Draw(t, "wrong")
		if wrong == text[at] {
			return
		}
		_, err := DecodeRequest(text[:at] + string(wrong) + text[at+1:])
		// The last character may hold bits that are in no byte; they say nothing.
		if err == nil && at != len(text)-1 {
			t.Errorf("a slip at %d passes", at)
		}
	})
	answer, err := EncodeAnswer(&ksv1.HandoverAnswer{Grant: []byte("x")})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		code string
		want error
	}{
		"empty": {"", ErrNoCode}, "words": {"selamat pagi!", ErrNoCode}, "cut": {text[:len(text)-8], ErrMistyped},
		"the other kind": {answer, ErrOtherKind}, "endless": {strings.Repeat("A", MaxCodeChars+1), ErrNoCode},
	} {
		if _, err := DecodeRequest(c.code); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	code, err := EncodeRequest(request())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(code)
	f.Fuzz(func(t *testing.T, code string) {
		if r, err := DecodeRequest(code); err == nil && CheckRequest(r) == nil {
			if _, err := EncodeRequest(r); err != nil {
				t.Error(err)
			}
		}
		if a, err := DecodeAnswer(code); err == nil {
			_, _ = ReadGrant(a.GetGrant())
		}
	})
}

func TestAGrantHoldsForWhatWasSigned(t *testing.T) {
	t.Parallel()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	a, err := Sign(private, grant())
	if err != nil {
		t.Fatal(err)
	}
	if !Proved(public, a.GetGrant(), a.GetSignature()) {
		t.Error("the signer's own grant is not proved")
	}
	for i := range a.Grant {
		altered := append([]byte{}, a.Grant...)
		altered[i] ^= 1
		if Proved(public, altered, a.GetSignature()) {
			t.Fatalf("altered at %d and proved", i)
		}
	}
	if other, _, err := ed25519.GenerateKey(rand.Reader); err != nil || Proved(other, a.GetGrant(), a.GetSignature()) || Proved(nil, a.GetGrant(), a.GetSignature()) {
		t.Errorf("proved by another key, or none: %v", err)
	}
	if ed25519.Verify(public, a.GetGrant(), a.GetSignature()) {
		t.Error("the signature is good for the bare grant: it is not bound to its use")
	}
}

func TestAGrantAnswersOneRequest(t *testing.T) {
	t.Parallel()
	if err := Answers(grant(), request()); err != nil {
		t.Error(err)
	}
	for name, alter := range map[string]func(*ksv1.HandoverRequest){
		"device": func(r *ksv1.HandoverRequest) { r.Device++ }, "outgoing": func(r *ksv1.HandoverRequest) { r.Outgoing++ },
		"incoming": func(r *ksv1.HandoverRequest) { r.IncomingUserName = "siti" }, "incarnation": func(r *ksv1.HandoverRequest) { r.Incarnation++ },
		"unsent work": func(r *ksv1.HandoverRequest) { r.Unsent = make([]byte, 32) }, "answer key": func(r *ksv1.HandoverRequest) { r.AnswerKey = make([]byte, 32) },
		"nonce": func(r *ksv1.HandoverRequest) { r.Nonce = []byte("87654321") },
	} {
		r := request()
		alter(r)
		if err := Answers(grant(), r); !errors.Is(err, ErrOtherRequest) {
			t.Errorf("another %s: %v", name, err)
		}
	}
}

func TestNobodySignsForThemselves(t *testing.T) {
	t.Parallel()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		alter func(*ksv1.HandoverGrant)
		want  error
	}{
		"the signer takes over": {func(g *ksv1.HandoverGrant) { g.Signer = g.Incoming }, ErrOwnSigner},
		"to the same account":   {func(g *ksv1.HandoverGrant) { g.Outgoing = g.Incoming }, ErrMalformed},
		"without a nonce":       {func(g *ksv1.HandoverGrant) { g.Nonce = nil }, ErrMalformed},
		"of no device":          {func(g *ksv1.HandoverGrant) { g.Device = 0 }, ErrMalformed},
		"a name without end":    {func(g *ksv1.HandoverGrant) { g.IncomingFullName = strings.Repeat("x", 201) }, ErrMalformed},
		"a long name":           {func(g *ksv1.HandoverGrant) { g.IncomingFullName = strings.Repeat("é", 200) }, nil},
	} {
		g := grant()
		c.alter(g)
		if _, err := Sign(private, g); !errors.Is(err, c.want) {
			t.Errorf("%s: signed with %v, want %v", name, err, c.want)
		}
		plain, err := proto.Marshal(g)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ReadGrant(plain); !errors.Is(err, c.want) {
			t.Errorf("%s: read with %v, want %v", name, err, c.want)
		}
	}
}

func TestAGrantVouchesForThePartsOfItsRequest(t *testing.T) {
	t.Parallel()
	hashes := PartHashes([][]byte{[]byte("a"), []byte("b")})
	unsent := VouchFor(hashes)
	foreign := PartHashes([][]byte{[]byte("c")})
	for name, c := range map[string]struct {
		unsent []byte
		hashes [][]byte
		part   string
		want   bool
	}{
		"a part":                     {unsent, hashes, "a", true},
		"another part":               {unsent, hashes, "b", true},
		"a foreign part":             {unsent, hashes, "c", false},
		"a foreign part, its hash":   {unsent, append(foreign, hashes...), "c", false},
		"a foreign part alone":       {unsent, foreign, "c", false},
		"parts in another order":     {unsent, [][]byte{hashes[1], hashes[0]}, "a", false},
		"a grant that vouches not":   {nil, foreign, "c", false},
		"nothing vouched and hashed": {nil, nil, "c", false},
	} {
		if got := Vouched(c.unsent, c.hashes, []byte(c.part)); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
