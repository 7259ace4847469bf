package merge

import ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"

// source is a device incarnation.
type source struct{ device, incarnation uint32 }

// Drawn tells which ids a database has drawn since it made some changes.
type Drawn struct{ since map[source]uint64 }

// DrawnSince takes in changes of one database. A save draws the ids of what it creates,
// then the change's own: what was drawn since begins with what the first of them names
// right before its own id, source by source, for counters go on.
func DrawnSince(changes []*ksv1.Change) Drawn {
	d := Drawn{since: map[source]uint64{}}
	for _, c := range changes {
		id, err := IDFromBytes(c.GetId())
		device, incarnation, low, ok := id.Source()
		if err != nil || !ok {
			continue
		}
		named := map[ID]bool{}
		for _, other := range NamedIn(c) {
			named[other] = true
		}
		for low > 0 && named[NewID(device, incarnation, low-1)] {
			low--
		}
		from := source{device, incarnation}
		if since, met := d.since[from]; !met || low < since {
			d.since[from] = low
		}
	}
	return d
}

// Has tells whether an id was drawn since.
func (d Drawn) Has(id ID) bool {
	device, incarnation, counter, ok := id.Source()
	since, met := d.since[source{device, incarnation}]
	return ok && met && counter >= since
}

// NamedIn are the ids of the family, members, rounds and visits that a change names as
// what it writes, some of them more than once. What is no id is left out.
func NamedIn(c *ksv1.Change) []ID {
	var out []ID
	add := func(b []byte) {
		if id, err := IDFromBytes(b); err == nil && !id.IsZero() {
			out = append(out, id)
		}
	}
	add(c.GetFamilyId())
	for _, w := range c.GetWrites() {
		add(w.GetRecordId())
		add(w.GetMemberId())
	}
	return out
}
