package area

import (
	"errors"
	"fmt"
)

// ErrRenumbering is returned for a mapping that cannot be one decree's.
var ErrRenumbering = errors.New("not a mapping of old to new area codes")

// Renumbering maps old codes to new ones, as one decree does. Codes inside a
// renumbered area follow it. It is applied once, not over and over, so that
// two areas may change places. The zero value changes nothing.
type Renumbering struct {
	newCode map[Code]Code
	taken   map[Code]Code // new code -> the old one that took it
}

// Add maps one area, province to village, to its new code of the same level.
// Two areas never get one code: villages that merge are a move of families,
// not a renumbering.
func (r *Renumbering) Add(old, renumbered Code) error {
	if old.Level() != renumbered.Level() || old.Level() < Province || old.Level() > Village {
		return fmt.Errorf("%s to %s: %w: levels differ or have no code of their own", old, renumbered, ErrRenumbering)
	}
	if known, ok := r.newCode[old]; ok && known != renumbered {
		return fmt.Errorf("%s to %s: %w: it already becomes %s", old, renumbered, ErrRenumbering, known)
	}
	if from, ok := r.taken[renumbered]; ok && from != old {
		return fmt.Errorf("%s to %s: %w: %s becomes that already", old, renumbered, ErrRenumbering, from)
	}
	if r.newCode == nil {
		r.newCode, r.taken = map[Code]Code{}, map[Code]Code{}
	}
	r.newCode[old], r.taken[renumbered] = renumbered, old
	return nil
}

// Apply is the code that an area has after the decree: its own entry decides,
// else that of the nearest area above it; RW and RT stay. A code that nothing
// concerns comes back as it was.
func (r *Renumbering) Apply(code Code) Code {
	for level := min(code.Level(), Village); level >= Province; level-- {
		above, _ := code.At(level)
		renumbered, ok := r.newCode[above]
		if !ok {
			continue
		}
		code.number = renumbered.number + code.number%unitAt[level]
		return code
	}
	return code
}
