package merge

// Room is how large a family may become by a change, in bytes of its canonical form and in
// records: far above any that lives, low enough that it opens wherever it goes. With its
// review it has to fit a chunk of a sync (wire.MaxChunkBytes), and every limit of Decode
// lies above.
type Room struct{ Bytes, Records int }

// Rooms, by what changes a family: one that is full can still be edited, what came before a
// backup was restored be admitted, and whatever is there be put right.
var (
	RoomForRecords    = Room{512 << 10, 5_000} // whatever adds records
	RoomForEdits      = Room{576 << 10, 5_500} // what adds none
	RoomForAdmitted   = Room{608 << 10, 5_250} // what a supervisor admits from quarantine
	RoomForCorrection = Room{640 << 10, 5_500}
)

// RoomFor is that of a change by anybody that turns one state into another.
func RoomFor(before, after *State) Room {
	if len(after.Records) > len(before.Records) {
		return RoomForRecords
	}
	return RoomForEdits
}

// What parts take in the canonical form at most, beside the elements: heads, ids and
// numbers of a record, of a value alone and of what stands beside one, and of a stamp's entry
// in the table.
const (
	recordMost = 50
	valueMost  = 3
	extraMost  = 16
	stampMost  = 40
)

// Takes tells whether a family may turn from one state into another by a change: there is
// room, or it becomes no larger.
func (r Room) Takes(before, after *State) bool {
	if len(after.Records) > max(r.Records, len(before.Records)) {
		return false
	}
	if after.MostBytes() <= r.Bytes {
		return true
	}
	size := len(after.Encode(nil))
	return size <= r.Bytes || size <= len(before.Encode(nil))
}

// Fits tells whether a state is no larger than that.
func (s *State) Fits(r Room) bool {
	return len(s.Records) <= r.Records && (s.MostBytes() <= r.Bytes || len(s.Encode(nil)) <= r.Bytes)
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
