package exchange

import (
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// What a family and its members are belongs to all rounds, so that each year's file has a word
// on it, and the latest year's that says something is shown. The words that are not shown are
// kept beside (ksv1.SourceYears): a newer correction of a year takes back that year's word
// alone, and what another year's file said holds again. Where nothing is kept of a round, its
// word is what is shown. So what is shown follows from each year's newest file, in whatever
// order they came, but for what was entered here since, which stands.

// shared are the fields that all rounds share, by kind of record; one cell of a file decides
// those that stand together. How somebody left is not among them (plan_removal.go), nor an age
// that was stated, which is of its year (plan_ages.go).
var shared = map[merge.Kind][][]protowire.Number{
	merge.KindFamily: {{fieldPlace}, {2}, {3}, {4}, fieldsNKK, {8}, {9}, {13}},
	merge.KindMember: {{1}, fieldsNIK, {5}, {6}, {8}, {10}, {12}},
}

// Fields of numbers: whole, provisional, status.
var (
	fieldsNKK = []protowire.Number{5, 6, 7}
	fieldsNIK = []protowire.Number{2, 3, 4}
)

// isShared tells whether a field is one of these, or of the ages stated of a member.
func isShared(kind merge.Kind, field protowire.Number) bool {
	if merge.IsStatedAge(kind, field) {
		return true
	}
	return slices.ContainsFunc(shared[kind], func(cell []protowire.Number) bool { return slices.Contains(cell, field) })
}

// maxYearsBytes bounds what is kept of a record's years, well below what a register takes
// (merge.MaxElementBytes). Beyond it the oldest years' words give way to what is shown.
const maxYearsBytes = 32 << 10

// words are what the files of all years say of a family or a member, the one that comes in
// among them.
type words struct {
	plan *plan
	edit *merge.RecordEdit
	// record is what is stored; shown is what it shows.
	record *merge.Record
	shown  proto.Message
	// years are the rounds that tell of the record, in the order of their surveys.
	years []yearWord
}

// yearWord is one year's.
type yearWord struct {
	round []byte
	// own: it is the file's that comes in.
	own bool
	// said and silent are kept of it: what it says otherwise than is shown, and the fields
	// of which it says nothing although something is shown.
	said   proto.Message
	silent []uint32
}

// settle makes of what the file says of a family or a member what all files together say.
func (p *plan) settle(e *merge.RecordEdit, record *merge.Record) {
	e.Set = proto.Clone(e.Set)
	w := &words{plan: p, edit: e, record: record, shown: merge.NewRecord(e.Key.Kind)}
	if record == nil {
		w.first()
		return
	}
	if member := p.storedMember(e.Key); member != nil {
		w.shown = member
	} else if e.Key.Kind == merge.KindFamily && p.view.GetFamily() != nil {
		w.shown = p.view.GetFamily()
	}
	w.readYears()
	after := make([]yearWord, len(w.years))
	for i, y := range w.years {
		after[i] = yearWord{round: y.round, own: y.own, said: merge.NewRecord(e.Key.Kind)}
	}
	for _, cell := range shared[e.Key.Kind] {
		w.settleCell(cell, after)
	}
	w.keep(after)
	if e.Key.Kind == merge.KindMember {
		p.settleAges(e, record)
	}
}

// first: nothing is stored of the record. A place of which the file says nothing is filled in
// all the same, and is no word.
func (w *words) first() {
	if w.edit.Key.Kind != merge.KindFamily || w.tells([]protowire.Number{fieldPlace}) {
		return
	}
	if id, err := merge.ParseID(w.plan.in.household.GetRounds()[0].GetRoundId()); err == nil {
		w.keep([]yearWord{{round: id[:], silent: []uint32{fieldPlace}}})
	}
}

// readYears reads the years' words that are kept.
func (w *words) readYears() {
	kept := merge.SourceYearsOf(w.plan.stored, w.edit.Key)
	for _, r := range w.plan.roundsWithOwn() {
		own := r.GetRoundId() == w.plan.in.household.GetRounds()[0].GetRoundId()
		id, err := merge.ParseID(r.GetRoundId())
		if err != nil || !own && w.edit.Key.Kind == merge.KindMember && partOf(r, w.edit.Key.Member.String()) == nil {
			continue
		}
		y := yearWord{round: id[:], own: own, said: merge.NewRecord(w.edit.Key.Kind)}
		for _, k := range kept.GetYears() {
			if string(k.GetRoundId()) == string(y.round) && proto.Unmarshal(k.GetSaid(), y.said) == nil {
				y.silent = k.GetSilent()
			}
		}
		w.years = append(w.years, y)
	}
}

// roundsWithOwn are the stored rounds in the order of their surveys, and the file's where it
// opens one.
func (p *plan) roundsWithOwn() []*ksv1.HouseholdRound {
	rounds := p.view.GetRounds()
	if !p.opens {
		return rounds
	}
	own := p.in.household.GetRounds()[0]
	at := slices.IndexFunc(rounds, func(r *ksv1.HouseholdRound) bool { return dateOf(r).After(dateOf(own)) })
	if at < 0 {
		at = len(rounds)
	}
	return slices.Insert(slices.Clone(rounds), at, own)
}

// settleCell settles one cell: what is shown of it, and what is kept of each year.
func (w *words) settleCell(cell []protowire.Number, after []yearWord) {
	shown, own := part(w.shown, cell), w.own(cell)
	holds, byFile := w.holds(cell, shown, own)
	if at := w.entered(cell); at != nil && (!byFile || w.plan.enteredLater(*at)) {
		if byFile {
			if !sameWord(cell, own, shown) {
				w.plan.kept++
			}
			own = shown // it is told when it comes again, and no more
		}
		holds, byFile = shown, false
	}
	if cell[0] == fieldPlace && w.edit.Key.Kind == merge.KindFamily && says(shown) && !says(holds) {
		holds = shown // never cleared
	}
	w.show(cell, shown, holds, byFile)
	for i, y := range w.years {
		word := own
		if !y.own {
			word = w.word(y, cell)
		}
		switch {
		case sameWord(cell, word, holds):
		case says(word):
			proto.Merge(after[i].said, word)
		default:
			after[i].silent = append(after[i].silent, uint32(cell[0]))
		}
	}
}

// word is what a year's file said before this one came.
func (w *words) word(y yearWord, cell []protowire.Number) proto.Message {
	if slices.Contains(y.silent, uint32(cell[0])) {
		return merge.NewRecord(w.edit.Key.Kind)
	}
	if said := part(y.said, cell); says(said) {
		return said
	}
	return part(w.shown, cell)
}

// own is what the file says. Where its year is stored, a column that it lacks says what the
// year's earlier file said, and so does an empty one of a file that is no newer.
func (w *words) own(cell []protowire.Number) proto.Message {
	told, was := part(w.edit.Set, cell), merge.NewRecord(w.edit.Key.Kind)
	if at := slices.IndexFunc(w.years, func(y yearWord) bool { return y.own }); at >= 0 && !w.plan.opens {
		was = w.word(w.years[at], cell)
	}
	tells := w.tells(cell)
	switch {
	case isNumber(w.edit.Key.Kind, cell) && w.plan.inOrder:
		return was
	case isCarried(w.edit.Key.Kind, cell):
		told = withColumns(told, w.plan.carryOn(columnsOf(told), columnsOf(was)))
		tells = true
	case !tells:
		told = merge.NewRecord(w.edit.Key.Kind)
	}
	switch {
	case !says(told) && (!w.plan.newer || !tells), cutOf(was, told):
		told = was
	case !w.plan.opens && !says(was) && isNoPlace(told):
		told = was // as our own file writes what its year's file had no column of
	}
	if shown := part(w.shown, cell); sameWord(cell, told, shown) {
		return shown
	}
	return told
}

// tells: the file has a column of the cell. Some fields are filled in without one, such as RW
// and RT with none.
func (w *words) tells(cell []protowire.Number) bool {
	return slices.ContainsFunc(cell, func(n protowire.Number) bool { return w.plan.in.columns.Tell(w.edit.Key.Kind, int32(n)) })
}

// holds is the word of the latest year that says something, and whether that is the file's. What
// no year said comes first.
func (w *words) holds(cell []protowire.Number, shown, own proto.Message) (holds proto.Message, byFile bool) {
	holds = shown
	for _, y := range w.years {
		if (!y.own || !w.plan.opens) && proto.Equal(w.word(y, cell), shown) {
			holds = merge.NewRecord(w.edit.Key.Kind)
		}
	}
	for _, y := range w.years {
		word := own
		if !y.own {
			word = w.word(y, cell)
		}
		if says(word) && !cutOf(holds, word) {
			holds, byFile = word, y.own
		}
	}
	return holds, byFile
}

// entered is the stamp of what was entered here in a cell later than any import wrote; nil
// where an import wrote what is shown.
func (w *words) entered(cell []protowire.Number) *merge.Value {
	var last *merge.Value
	for _, n := range cell {
		if g := w.record.Register(n); g != nil {
			if v := g.Shown(); last == nil || v.Stamp.Compare(last.Stamp) > 0 {
				last = &v
			}
		}
	}
	if last == nil || last.Stamp.Device == w.plan.importer {
		return nil
	}
	return last
}

// show has the edit show what holds; byFile: what the file says itself, which is said again so
// that it settles what stands against it.
func (w *words) show(cell []protowire.Number, shown, holds proto.Message, byFile bool) {
	set := w.edit.Set.ProtoReflect()
	differs := !proto.Equal(shown, holds)
	for _, n := range cell {
		fd := set.Descriptor().Fields().ByNumber(n)
		set.Clear(fd)
		switch {
		case holds.ProtoReflect().Has(fd):
			if byFile || differs {
				set.Set(fd, holds.ProtoReflect().Get(fd))
			}
		case shown.ProtoReflect().Has(fd):
			w.edit.Clear = append(w.edit.Clear, n)
		}
	}
}

// keep has the edit keep what years say otherwise than is shown.
func (w *words) keep(after []yearWord) {
	years := &ksv1.SourceYears{}
	for _, y := range after {
		kept := &ksv1.SourceYear{RoundId: y.round, Silent: y.silent}
		if y.said != nil {
			var err error
			if kept.Said, err = (proto.MarshalOptions{Deterministic: true}).Marshal(y.said); err != nil {
				continue // of text that is no UTF-8, which the reader lets nothing of pass
			}
		}
		if len(kept.GetSaid()) > 0 || len(kept.GetSilent()) > 0 {
			years.Years = append(years.Years, kept)
		}
	}
	for proto.Size(years) > maxYearsBytes {
		years.Years = years.Years[1:]
	}
	switch {
	case len(years.GetYears()) > 0:
		merge.SetSourceYears(w.edit.Set, years)
	case merge.SourceYearsOf(w.plan.stored, w.edit.Key) != nil:
		w.edit.Clear = append(w.edit.Clear, merge.SourceYearsField(w.edit.Key.Kind))
	}
}
