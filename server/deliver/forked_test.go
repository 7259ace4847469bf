package deliver

import (
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/ingest"
)

// made is a change that makes a family, by a save that drew the family's id right before.
func made(t *testing.T, device, incarnation uint32, counter uint64) *ksv1.Change {
	t.Helper()
	family, id := merge.NewID(device, incarnation, counter-1), merge.NewID(device, incarnation, counter)
	return written(t, family, id, merge.Stamp{TimeMS: 1000 + counter, Device: device, Incarnation: incarnation})
}

func written(t *testing.T, family, id merge.ID, stamp merge.Stamp) *ksv1.Change {
	t.Helper()
	c, _, err := merge.NewChange(&merge.State{Family: family}, stamp, []merge.RecordEdit{
		{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{Place: proto.String("001/001"), HeadName: proto.String("Siti")}}})
	if err != nil {
		t.Fatal(err)
	}
	c.Id, c.Village, c.Author = id[:], 7, 4
	return c
}

// forked are the changes as a part's fork names them.
func forked(t *testing.T, file string, changes []*ksv1.Change, statuses ...ksv1.ReceiptStatus) []*ksv1.Change {
	t.Helper()
	receipts := make([]*ksv1.Receipt, len(changes))
	for i, s := range statuses {
		receipts[i] = &ksv1.Receipt{Status: s}
	}
	f := newFork([]byte(file), 1)
	f.find(changes, receipts)
	if err := f.rename(f.ids()); err != nil {
		t.Fatal(err)
	}
	return f.changes
}

const another = ksv1.ReceiptStatus_RECEIPT_STATUS_FORKED

func TestOtherNamesFollowFromWhatIsSaid(t *testing.T) {
	t.Parallel()
	list := func() []*ksv1.Change { return []*ksv1.Change{made(t, 3, 9, 60), made(t, 3, 8, 60)} }
	first, again, elsewhere := forked(t, "a", list(), another, another), forked(t, "a", list(), another, another), forked(t, "b", list(), another, another)
	for i := range first {
		if !proto.Equal(first[i], again[i]) {
			t.Errorf("another name the second time: %v, %v", first[i], again[i])
		}
		if string(first[i].GetId()) != string(elsewhere[i].GetId()) {
			t.Errorf("from another file change %d is %x, not %x", i, elsewhere[i].GetId(), first[i].GetId())
		}
		if was := list()[i]; string(first[i].GetFamilyId()) == string(was.GetFamilyId()) || first[i].GetStamp().GetIncarnation() == was.GetStamp().GetIncarnation() {
			t.Errorf("keeps its name or source: %v", first[i])
		}
	}
	// Two incarnations of one device stay two.
	if string(first[0].GetFamilyId()) == string(first[1].GetFamilyId()) || first[0].GetStamp().GetIncarnation() == first[1].GetStamp().GetIncarnation() {
		t.Errorf("two families are one: %v", first)
	}
}

// A later change of the family that was taken, or refused for what is wrong in it, does not
// make the family's name the server's.
func TestAForkedFamilyIsRenamedWhateverElseOfItWas(t *testing.T) {
	t.Parallel()
	creation := made(t, 3, 9, 60)
	next := written(t, merge.ID(creation.GetFamilyId()), merge.NewID(3, 9, 70), merge.Stamp{TimeMS: 1070, Device: 3, Incarnation: 9})
	for _, status := range []ksv1.ReceiptStatus{
		ksv1.ReceiptStatus_RECEIPT_STATUS_INVALID, ksv1.ReceiptStatus_RECEIPT_STATUS_TOO_LARGE, ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED,
	} {
		out := forked(t, "a", []*ksv1.Change{creation, next}, another, status)
		if len(out) != 1 || string(out[0].GetFamilyId()) == string(creation.GetFamilyId()) {
			t.Errorf("beside a change that was %s: %v", status, out)
		}
	}
	// One that waits for a decision under its own name keeps it, and what follows of it.
	other := made(t, 3, 9, 80)
	edit := written(t, merge.ID(other.GetFamilyId()), merge.NewID(3, 9, 90), merge.Stamp{TimeMS: 1090, Device: 3, Incarnation: 9})
	out := forked(t, "a", []*ksv1.Change{creation, other, edit}, another, ksv1.ReceiptStatus_RECEIPT_STATUS_QUARANTINED, another)
	if len(out) != 2 || string(out[1].GetFamilyId()) != string(other.GetFamilyId()) {
		t.Errorf("beside a family that waits: %v", out)
	}
	if keepsItsName(&ksv1.Receipt{Status: ksv1.ReceiptStatus_RECEIPT_STATUS_QUARANTINED, Reason: ingest.ReasonDeposited}) {
		t.Error("a deposit is the server's by its name")
	}
	// A family that was made before is the server's by its name.
	old := written(t, merge.NewID(3, 9, 5), merge.NewID(3, 9, 71), merge.Stamp{TimeMS: 1071, Device: 3, Incarnation: 9})
	if out := forked(t, "a", []*ksv1.Change{old}, another); string(out[0].GetFamilyId()) != string(old.GetFamilyId()) {
		t.Errorf("an old family is %x", out[0].GetFamilyId())
	}
}

// A family that such a life has drawn, and of which no change could be taken, is not the
// server's of that name: a submission may list it.
func TestAFamilyThatNoChangeNamesIsRenamedToo(t *testing.T) {
	t.Parallel()
	f := newFork([]byte("a"), 1)
	f.find([]*ksv1.Change{made(t, 3, 9, 60)}, []*ksv1.Receipt{{Status: another}})
	if err := f.rename(f.ids()); err != nil {
		t.Fatal(err)
	}
	drawn, before := merge.NewID(3, 9, 64), merge.NewID(3, 9, 5)
	page := &ksv1.UploadPage{Submissions: []*ksv1.BatchSubmission{{FamilyIds: [][]byte{drawn[:], before[:]}}}}
	families := page.GetSubmissions()[0].GetFamilyIds
	if !f.renameIn(page, 0) || merge.ID(families()[0]) == drawn || merge.ID(families()[1]) != before {
		t.Errorf("families %x", families())
	}
}

// What gives away names its other parts as they are called by the file's fork, or as they are
// where they keep their names.
func TestAForkedChangeNamesItsOtherPartsAsTheyAre(t *testing.T) {
	t.Parallel()
	for _, parts := range []uint32{1, 2} {
		part, kept, gives := made(t, 3, 9, 60), made(t, 3, 9, 70), made(t, 3, 9, 80)
		gives.OtherParts = [][]byte{part.GetId(), kept.GetId()}
		f := newFork([]byte("a"), parts)
		f.find([]*ksv1.Change{part, kept, gives}, []*ksv1.Receipt{{Status: another}, {Status: ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED}, {Status: another}})
		if err := f.rename(f.ids()); err != nil {
			t.Fatal(err)
		}
		named := f.changes[1].GetOtherParts()
		if merge.ID(named[0]) != merge.ID(f.changes[0].GetId()) || merge.ID(named[1]) != merge.ID(kept.GetId()) {
			t.Errorf("of a file of %d parts it names %x; they are %x, %x", parts, named, f.changes[0].GetId(), kept.GetId())
		}
	}
}

// Ids that no device of ours has drawn, and a stamp of another number than the id's.
func TestAnyIDGetsAnother(t *testing.T) {
	t.Parallel()
	strange := written(t, merge.ID{1, 2, 3}, merge.ID{4, 5, 6}, merge.Stamp{TimeMS: 5, Device: 3, Incarnation: 9})
	two := written(t, merge.ID{1, 2, 3}, merge.ID{4, 5, 7}, merge.Stamp{TimeMS: 6, Device: 3, Incarnation: 9})
	former := written(t, merge.NewID(3, 9, 5), merge.NewID(3, 9, 71), merge.Stamp{TimeMS: 7, Device: 8, Incarnation: 2})
	out := forked(t, "a", []*ksv1.Change{strange, two, former, {Id: make([]byte, 16)}}, another, another, another, another)
	if string(out[0].GetId()) == string(strange.GetId()) || string(out[0].GetId()) == string(out[1].GetId()) {
		t.Errorf("ids %x, %x", out[0].GetId(), out[1].GetId())
	}
	if out[2].GetStamp().GetIncarnation() == 2 {
		t.Errorf("a stamp of another number keeps its source: %v", out[2].GetStamp())
	}
}
