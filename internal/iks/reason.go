package iks

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/keluarga-sehat/sync/internal/prokesga"
)

// HouseholdQuestion stands for the member of a reason that is an answer of
// Blok II, given for the whole household.
const HouseholdQuestion = -1

// Reason is one answer that made an indicator T or ?.
type Reason struct {
	Indicator     int             // 1 to 12
	Member        int             // position in Household.Members, or HouseholdQuestion
	Question      prokesga.Number // as on paper, such as "V.7"
	Answer        Answer          // NoAnswer where a missing answer made the ?
	SystolicMmhg  uint16          // V.10b only; 0: not measured
	DiastolicMmhg uint16          // V.10b only; 0: not measured
}

// AnswerText is the answer as results write it: "Y", "T", for V.10b the two
// numbers as "150/95" with "-" for a missing one; ok is false where there is
// no answer.
func (r Reason) AnswerText() (text string, ok bool) {
	switch {
	case r.Answer == Ya:
		return "Y", true
	case r.Answer == Tidak:
		return "T", true
	case r.SystolicMmhg > 0 || r.DiastolicMmhg > 0:
		return mmhg(r.SystolicMmhg) + "/" + mmhg(r.DiastolicMmhg), true
	}
	return "", false
}

// Reasons lists, for each indicator that is T or ?, the answers that made it:
// those that alone would give that value. In order of indicator, then member
// (household questions first), each once.
func (h *Household) Reasons(basis Basis) []Reason {
	t := trace{}
	values := h.traceInto(&t, basis)
	return t.reasons(values)
}

// trace gathers what a computation met.
type trace struct {
	met []metReason
	// own is what each member adds; nil where nobody asks.
	own []Values
}

type metReason struct {
	value  Value
	reason Reason
}

func (t *trace) note(indicator int, value Value, r Reason) {
	if t.own != nil && r.Member != HouseholdQuestion {
		own := &t.own[r.Member][indicator-1]
		*own = max(*own, value)
	}
	if value == T || value == Unknown {
		r.Indicator = indicator
		t.met = append(t.met, metReason{value, r})
	}
}

func (t *trace) reasons(values Values) []Reason {
	var list []Reason
	for _, met := range t.met {
		if met.value == values[met.reason.Indicator-1] {
			list = append(list, met.reason)
		}
	}
	slices.SortStableFunc(list, func(a, b Reason) int {
		return cmp.Or(cmp.Compare(a.Indicator, b.Indicator), cmp.Compare(a.Member, b.Member))
	})
	return slices.Compact(list)
}

func mmhg(number uint16) string {
	if number == 0 {
		return "-"
	}
	return strconv.Itoa(int(number))
}
