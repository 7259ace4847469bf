package usage

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
)

// narrow takes so many writes.
type narrow struct{ left int }

func (n *narrow) Write(p []byte) (int, error) {
	if n.left--; n.left < 0 {
		return 0, fmt.Errorf("no space for %s", p)
	}
	return len(p), nil
}

func TestTheFirstWriteThatFailedIsTold(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	well := NewOutput(&out)
	if n, err := fmt.Fprint(well, "a"); n != 1 || err != nil || well.Err() != nil || out.String() != "a" {
		t.Errorf("%d, %v, %v", n, err, well.Err())
	}
	o, failed := NewOutput(&narrow{left: 1}), error(nil)
	for _, text := range []string{"a", "b", "c"} {
		_, err := fmt.Fprint(o, text)
		failed = errors.Join(failed, err)
	}
	if err := o.Err(); err == nil || err.Error() != "write output: no space for b" || failed == nil {
		t.Errorf("%v", err)
	}
}
