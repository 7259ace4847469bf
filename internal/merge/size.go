package merge

// Limits of a family: far above any that lives, low enough that it opens wherever it goes.
// With its review it has to fit a chunk of a sync (wire.MaxChunkBytes), and every limit of
// Decode lies above.
const (
	// MaxFamilyBytes bounds the canonical form.
	MaxFamilyBytes = 512 << 10
	// MaxFamilyRecords bounds the records.
	MaxFamilyRecords = 5_000
)

// What parts take in the canonical form at most, beside the elements: heads, ids and
// numbers of a record, of a value alone and of what stands beside one, and of a stamp's entry
// in the table.
const (
	recordMost = 50
	valueMost  = 3
	extraMost  = 16
	stampMost  = 40
)

// Fits tells whether a family may become this state.
func (s *State) Fits() bool {
	return len(s.Records) <= MaxFamilyRecords && (s.MostBytes() <= MaxFamilyBytes || len(s.Encode(nil)) <= MaxFamilyBytes)
}

// MostBytes is what the canonical form takes at most; where many stamps take turns, several
// times what it takes.
func (s *State) MostBytes() int {
	most := extraMost
	var last Stamp
	name := func(stamp Stamp) {
		if stamp != last {
			most, last = most+stampMost, stamp
		}
	}
	for i := range s.Records {
		most += recordMost
		for j := range s.Records[i].Registers {
			r := &s.Records[i].Registers[j]
			for k := range r.Values {
				most += valueMost + len(r.Values[k].Element)
				name(r.Values[k].Stamp)
			}
			for _, stamp := range r.Context {
				name(stamp)
			}
			if len(r.Values)+len(r.Context) > 2 || r.Values[0].Element == nil {
				most += extraMost * (1 + len(r.Values) + len(r.Context))
			}
		}
	}
	return most
}
