package ingest

import (
	"github.com/keluarga-sehat/sync/internal/collection"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// familyWork is a family while changes are joined into it.
type familyWork struct {
	row    store.Family
	before store.Family
	content
	digest merge.Digest
	isNew  bool
	dirty  bool
	// shares are its parts in the status of collection as it was, taken before the
	// first change is joined.
	shares collection.Shares
	// closeLooks counts the changes for which its size was looked at closely.
	closeLooks int
	// splits: members left for a family of their own.
	splits bool
	// removal is why the family does not count, where it does not.
	removal ksv1.RemovalReason
	// review is nil where it was never submitted; reviewed: it has moved.
	review   *ksv1.FamilyReview
	reviewed bool
	// withheld: it gets restricted by this commit.
	withheld bool
	// creation is what was computed ahead; nil where it does not hold (any
	// more). applied counts those of its changes that have been applied.
	creation *creation
	applied  int
	// quarantined: its creation waits for a decision, so what follows waits
	// with it.
	quarantined bool
}

// content is a family with the changes so far.
type content struct {
	state merge.State
	// only is the change that alone made a new family, and can be read without making
	// registers, as most can; state is then still to be made (joined).
	only *Incoming
	// size is what the state took when that was last looked at, 0: it was not; added is what
	// changes since may have added beside longer indices of what was there.
	size, added int
}

// most is what the state takes at most: new stamps may make the indices of what was there
// longer, by a byte each, and no index is shorter than one.
func (c *content) most() int { return 2*c.size + c.added }

// joined is the state with all changes so far.
func (c *content) joined() *merge.State {
	if c.only != nil {
		c.state, c.only = *c.only.state(), nil
	}
	return &c.state
}

// household is what the state shows.
func (c *content) household() (*ksv1.Household, error) {
	if c.only != nil {
		return c.only.household, nil
	}
	return merge.View(&c.state)
}

// conflicts counts the registers in conflict.
func (c *content) conflicts() int {
	if c.only != nil {
		return 0
	}
	return len(merge.Conflicts(&c.state))
}

// with is the family's content once a change is joined.
func (f *familyWork) with(in *Incoming) content {
	if f.isNew && f.only == nil && len(f.state.Records) == 0 && in.plain != nil {
		return content{only: in}
	}
	after := content{state: merge.Join(*f.joined(), *in.state()), size: f.size, added: f.added + in.state().MostBytes()}
	if f.most() == 0 {
		after.added = after.state.MostBytes()
	}
	return after
}

// become joins a change; after is what with gave.
func (f *familyWork) become(in *Incoming, after content) {
	f.splits = f.splits || after.only == nil && merge.LeavesFamily(in.Change)
	f.content = after
}

// roomFor is how large the family may become by a change; after is what it becomes.
func (f *familyWork) roomFor(in *Incoming, after *merge.State) merge.Room {
	switch {
	case in.Sender.Trusted:
		return merge.RoomForCorrection
	case in.Sender.Admitted:
		return merge.RoomForAdmitted
	}
	return merge.RoomFor(f.joined(), after)
}

// closeLooks is how many changes of a family that is half full or more one commit looks at
// closely, which takes some milliseconds each; more of them wait.
const closeLooks = 200

// fits tells whether the family may become what it is with the change (merge.Room.Takes);
// after is what with gave.
func (f *familyWork) fits(in *Incoming, after *content) bool {
	if after.only != nil {
		return len(in.Change.GetWrites()) <= merge.RoomForRecords.Records
	}
	room := f.roomFor(in, &after.state)
	if len(after.state.Records) > max(room.Records, len(f.joined().Records)) {
		return false
	}
	if after.most() <= room.Bytes {
		return true
	}
	if f.closeLooks == closeLooks && !in.Sender.Trusted && !in.Sender.Admitted {
		return false
	}
	f.closeLooks++
	after.size, after.added = len(after.state.Encode(nil)), 0
	if after.size <= room.Bytes {
		return true
	}
	f.size, f.added = len(f.joined().Encode(nil)), 0
	return after.size <= f.size
}

// encode gives the digest of a family, and what is sealed of it: the digest, then
// the state's canonical form, in memory that the next call uses again.
func (w *work) encode(f *familyWork) (digest merge.Digest, plain []byte) {
	plain = append(w.plain[:0], digest[:]...)
	if f.only != nil {
		plain = f.only.plain.Encode(plain)
	} else {
		plain = f.state.Encode(plain)
	}
	w.plain = plain
	digest = w.digester.Family(plain[len(digest):])
	copy(plain, digest[:])
	return digest, plain
}

// withDigest is what is sealed of a family.
func withDigest(d merge.Digest, canonical []byte) []byte { return append(d[:], canonical...) }

// anticipated tells whether the family is what was computed ahead.
func (f *familyWork) anticipated() bool {
	return f.isNew && f.creation != nil && f.applied == len(f.creation.changes)
}
