package merge

import (
	"google.golang.org/protobuf/encoding/protowire"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// A register's context names one stamp for each source, a device incarnation, and that
// stamp stands for all earlier ones of it: a join would take a value for superseded that
// the author of the later one never saw. So all that is written under one source must
// come from one database, which has seen its own earlier writes. A database that was
// copied, put back, or lost sight of families takes a new incarnation; where one did not
// hear of it in time, MissesOwn and MissedBy find out before its changes are joined.

// MissesOwn compares what a change says to have seen of its own source with what a state
// holds of that, in the registers that the change writes. missed: an earlier write of the
// source is there that the change has not seen, so the two are of two databases. unclear:
// somebody has seen the change itself, or later ones of the source, so that the state does
// not tell of those before: MissedBy does. Of a malformed change both are false.
func MissesOwn(held *State, c *ksv1.Change) (missed, unclear bool) {
	own := StampOf(c.GetStamp())
	eachOwn(c, func(key Key, field protowire.Number, seen Stamp) bool {
		record := held.Record(key)
		if record == nil {
			return true
		}
		register := record.Register(field)
		if register == nil {
			return true
		}
		last := register.Context.of(own)
		missed = missed || last.Compare(own) < 0 && last.Compare(seen) > 0
		unclear = unclear || last.Compare(own) >= 0
		return !missed
	})
	return missed, unclear
}

// MissedBy tells whether a later change of the same source writes a register that c
// writes and has not seen it.
func MissedBy(c, later *ksv1.Change) bool {
	own, behind := StampOf(c.GetStamp()), StampOf(later.GetStamp())
	if !own.sameSource(behind) || behind.Compare(own) <= 0 {
		return false
	}
	wrote := map[Key]map[protowire.Number]bool{}
	eachOwn(c, func(key Key, field protowire.Number, _ Stamp) bool {
		if wrote[key] == nil {
			wrote[key] = map[protowire.Number]bool{}
		}
		wrote[key][field] = true
		return true
	})
	missed := false
	eachOwn(later, func(key Key, field protowire.Number, seen Stamp) bool {
		missed = wrote[key][field] && seen.Compare(own) < 0
		return !missed
	})
	return missed
}

// eachOwn hands over the registers that a change writes or clears, each with the stamp of
// the change's own source that it has seen there (zero: none), until visit says to stop.
func eachOwn(c *ksv1.Change, visit func(key Key, field protowire.Number, seen Stamp) bool) {
	own := StampOf(c.GetStamp())
	for _, w := range c.GetWrites() {
		key, err := KeyOfWrite(w)
		if err != nil {
			return
		}
		var seen map[protowire.Number]Stamp
		for _, fc := range w.GetContexts() {
			for _, s := range fc.GetSeen() {
				stamp, field := StampOf(s), protowire.Number(fc.GetField())
				if !stamp.sameSource(own) || stamp.Compare(seen[field]) <= 0 {
					continue
				}
				if seen == nil {
					seen = map[protowire.Number]Stamp{}
				}
				seen[field] = stamp
			}
		}
		goOn := true
		err = eachField(w.GetFields(), func(e Element) { goOn = goOn && visit(key, e.Field, seen[e.Field]) })
		for _, field := range w.GetCleared() {
			goOn = goOn && visit(key, protowire.Number(field), seen[protowire.Number(field)])
		}
		if err != nil || !goOn {
			return
		}
	}
}

// of is the stamp that the context names of a stamp's source; zero: none.
func (c Context) of(s Stamp) Stamp {
	for i := range c {
		if c[i].sameSource(s) {
			return c[i]
		}
	}
	return Stamp{}
}
