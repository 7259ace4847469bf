package handover

import "time"

const (
	// Holds is how long after it was signed the server first hears of a hand-over at
	// the latest, and how long after that work under it is taken: a supervisor's device
	// may tell it long before the colleague's finds a signal. Later, such work waits for
	// a decision.
	Holds = 90 * 24 * time.Hour
	// ahead is how far a supervisor's clock may go ahead of the server's.
	ahead = 24 * time.Hour
)

// Fresh tells whether a grant that was signed then may still be recorded.
func Fresh(issuedMS int64, now time.Time) bool {
	issued := time.UnixMilli(issuedMS)
	return now.Sub(issued) <= Holds && issued.Sub(now) <= ahead
}
