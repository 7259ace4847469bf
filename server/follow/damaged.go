package follow

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/keluarga-sehat/sync/server/store"
)

// damage is a village that can't be read.
type damage struct {
	tried  time.Time
	untold error
}

// passVillage notes that a village can't be read: it is left alone for retryAfter, and then
// followed from where it was, whatever the cursor is.
func (f *Identifiers) passVillage(number uint32, err error) {
	if f.damaged == nil {
		f.damaged = map[uint32]damage{}
	}
	f.damaged[number] = damage{time.Now(), fmt.Errorf("village %d is not followed: %w", number, err)}
}

// due are the villages to be read: those that changed, and those that could not be read, but
// for as long as they are left alone.
func (f *Identifiers) due(changed []store.Village) (numbers []uint32) {
	for _, v := range changed {
		if _, passed := f.damaged[v.Number]; v.Revision > 0 && !passed {
			numbers = append(numbers, v.Number)
		}
	}
	for _, number := range slices.Sorted(maps.Keys(f.damaged)) {
		if time.Since(f.damaged[number].tried) >= retryAfter {
			numbers = append(numbers, number)
		}
	}
	return numbers
}

// tellDamaged gives what passVillage noted, once.
func (f *Identifiers) tellDamaged() error {
	var errs []error
	for _, number := range slices.Sorted(maps.Keys(f.damaged)) {
		d := f.damaged[number]
		errs = append(errs, d.untold)
		f.damaged[number] = damage{tried: d.tried}
	}
	return errors.Join(errs...)
}
