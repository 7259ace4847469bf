package handover

import (
	"regexp"
	"testing"

	"google.golang.org/protobuf/proto"
)

func TestWhatWasAlteredOnItsWayShowsOtherFigures(t *testing.T) {
	t.Parallel()
	r := request()
	r.AnswerKey = make([]byte, 32)
	code, err := EncodeRequest(r)
	if err != nil {
		t.Fatal(err)
	}
	read, err := DecodeRequest(code)
	if err != nil {
		t.Fatal(err)
	}
	shown, err1 := Match(r)
	compared, err2 := Match(read)
	if err1 != nil || err2 != nil || shown != compared || !regexp.MustCompile(`^\d{3}( \d{3}){3}$`).MatchString(shown) {
		t.Errorf("shown %q, %v, and compared with %q, %v", shown, err1, compared, err2)
	}
	altered := proto.CloneOf(r)
	altered.AnswerKey[31] = 1
	if other, err := Match(altered); err != nil || other == shown {
		t.Errorf("with another key: %q, %v", other, err)
	}
}
