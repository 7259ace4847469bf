package bench

import (
	"testing"
	"time"
)

func TestQuantileOfNothingIsNothing(t *testing.T) {
	t.Parallel()
	if got := quantileMS(nil, 0.99); got != 0 {
		t.Errorf("got %v", got)
	}
	if got := quantileMS([]time.Duration{3 * time.Millisecond, time.Millisecond, 2 * time.Millisecond}, 0.5); got != 2 {
		t.Errorf("the median is %v ms", got)
	}
}
