package merge

import "slices"

// OwnAsTheyStand is a state as its device's user saw it, with the stamps that the device has
// given since: where the register of the family as it stands knows none of the device's
// stamps seen, for they were given anew, it takes that register's place.
func OwnAsTheyStand(seen, now *State, device uint32) State {
	out := State{Family: seen.Family, Records: slices.Clone(seen.Records)}
	for i := range out.Records {
		record := &out.Records[i]
		present := now.Record(record.Key)
		for j := range record.Registers {
			register := present.find(record.Registers[j].Field)
			if register != nil && record.Registers[j].namesOtherwise(register, device) {
				record.Registers = slices.Clone(record.Registers) // the caller's stay as they are
				record.Registers[j] = *register
			}
		}
	}
	return out
}

// namesOtherwise tells whether a register names a stamp of a device that the other does not
// know.
func (r *Register) namesOtherwise(other *Register, device uint32) bool {
	return slices.ContainsFunc(r.Context, func(s Stamp) bool { return s.Device == device && !other.Context.Covers(s) })
}
