package caught

import (
	"errors"
	"strings"
	"testing"
)

func TestAPanicIsAnErrorThatTellsWhere(t *testing.T) {
	t.Parallel()
	failed := errors.New("failed")
	for _, want := range []error{nil, failed} {
		if err := Panic(func() error { return want }); !errors.Is(err, want) {
			t.Errorf("%v, want %v", err, want)
		}
	}
	err := Panic(func() error { panic("spoiled") })
	if err == nil || !strings.HasPrefix(err.Error(), "panic: spoiled\n") || !strings.Contains(err.Error(), "caught_test.go") {
		t.Error(err)
	}
}
