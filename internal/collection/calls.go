package collection

import (
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Calls is the visits to one house in one non-negative 64-bit integer, as stores
// keep it beside the sealed record, so that the status of collection can be
// proved in SQL. Zero is "never visited".
//
//	bits  0-47  how many visits had outcome 1 to 6 (ksv1.VisitOutcome), eight bits
//	            each, 255 for that many or more
//	bits 48-50  outcome of the last visit
//
// In SQL, with c the column: the last outcome (c >> 48) & 7, visits of outcome i
// (c >> (8*(i-1))) & 255.
type Calls int64

// Outcomes is how many outcomes a visit can have.
const Outcomes = 6

const (
	callBits      = 8
	callsMax      = 1<<callBits - 1
	lastCallShift = Outcomes * callBits
)

// CallsOf packs a household's visits, which stand as they were made. Visits
// without a known outcome are left out, and all of a family that was entered twice:
// they are the kept one's.
func CallsOf(h *ksv1.Household) Calls {
	var c Calls
	if h.GetFamily().GetRemoval().GetReason() == ksv1.RemovalReason_REMOVAL_REASON_ENTERED_TWICE {
		return c
	}
	for _, v := range h.GetVisits() {
		c = c.with(v.GetVisit().GetOutcome())
	}
	return c
}

// with adds the visit that was the last.
func (c Calls) with(outcome ksv1.VisitOutcome) Calls {
	if outcome < 1 || outcome > Outcomes {
		return c
	}
	if c.Made(outcome) < callsMax {
		c += 1 << (callBits * (outcome - 1))
	}
	return c&(1<<lastCallShift-1) | Calls(outcome)<<lastCallShift
}

// Made is how many visits had an outcome.
func (c Calls) Made(outcome ksv1.VisitOutcome) int64 {
	return int64(c >> (callBits * (outcome - 1)) & callsMax)
}

// Last is the outcome of the last visit; UNSPECIFIED where there was none.
func (c Calls) Last() ksv1.VisitOutcome { return ksv1.VisitOutcome(c >> lastCallShift & 7) }
