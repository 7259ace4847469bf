package sqlite

import "time"

// Trouble, such as that there is no space, is tried again after troubleRest, and then
// after twice as long each time, since each try may write much.
const (
	troubleRest    = time.Second
	troubleRestMax = time.Minute
)

// troubles are those that came one after the other without a success between.
type troubles struct {
	rest  time.Duration // after the last one
	until time.Time
}

func (t *troubles) isOver() bool { return !time.Now().Before(t.until) }

// tell tells of one more.
func (b *writeBack) tell(t *troubles, err error) {
	t.rest = min(max(2*t.rest, troubleRest), troubleRestMax)
	t.until = time.Now().Add(t.rest)
	select {
	case <-b.trouble: // is older
	default:
	}
	select {
	case b.trouble <- err:
	default: // another has just been told
	}
}
