package columns

import "google.golang.org/protobuf/encoding/protowire"

// Limits of what a session keeps, on both ends alike: beyond them the new is
// told anew each time it occurs.
const (
	maxKnownShapes = 2048
	maxKnownWords  = 4096
	// maxKnownWord is the longest word kept, in bytes.
	maxKnownWord = 24
	// maxShape bounds the fields of a message.
	maxShape = 4096
	// keptElements of a known shape are kept beside its tags, which take a sixteenth of
	// the memory.
	keptElements = 64
	// maxWords of a text, and recentTexts before that, leave one value of a byte
	// for what is no text.
	maxWords    = 64
	recentTexts = 4
	textRaw     = 255
	// keptText is the longest text, in bytes, whose memory is used again for the next
	// page.
	keptText = 4096
)

// knowledge is what one end has met in a session; the other end has met the
// same.
type knowledge struct {
	shapes []map[string]int // by schema
	words  map[string]int
}

func newKnowledge(s *Schema) knowledge {
	k := knowledge{shapes: make([]map[string]int, s.schemas), words: map[string]int{}}
	for i := range k.shapes {
		k.shapes[i] = map[string]int{}
	}
	return k
}

// shape numbers tags; 0 is new.
func (k *knowledge) shape(m *schema, tags []byte) (number int, isNew bool) {
	known := k.shapes[m.number]
	if n, ok := known[string(tags)]; ok {
		return n, false
	}
	if len(known) < maxKnownShapes {
		known[string(tags)] = len(known) + 1
	}
	return 0, true
}

// word numbers a word; 0 is new.
func (k *knowledge) word(word []byte) (number int, isNew bool) {
	if n, ok := k.words[string(word)]; ok {
		return n, false
	}
	if len(k.words) < maxKnownWords && len(word) <= maxKnownWord {
		k.words[string(word)] = len(k.words) + 1
	}
	return 0, true
}

// memory is knowledge on the reading end: the same, by number.
type memory struct {
	shapes [][]knownShape
	words  []string
}

// knownShape is a message's tags; elements are what they say, nil where there are more
// than keptElements.
type knownShape struct {
	tags     string
	elements []shapeElement
}

// shapeElement is a field of a message of a known shape.
type shapeElement struct {
	tag   uint32
	field *field
}

func newMemory(s *Schema) memory { return memory{shapes: make([][]knownShape, s.schemas)} }

// learnShape keeps valid tags.
func (k *memory) learnShape(m *schema, tags string, elements []shapeElement) {
	if len(k.shapes[m.number]) >= maxKnownShapes {
		return
	}
	if len(elements) > keptElements {
		elements = nil
	}
	k.shapes[m.number] = append(k.shapes[m.number], knownShape{tags, elements})
}

// elementsOf reads valid tags.
func elementsOf(m *schema, tags string) []shapeElement {
	elements := make([]shapeElement, 0, len(tags))
	for rest := []byte(tags); len(rest) > 0; {
		tag, n := protowire.ConsumeVarint(rest)
		elements = append(elements, shapeElement{uint32(tag), m.field(protowire.Number(tag >> 3))})
		rest = rest[n:]
	}
	return elements
}

func (k *memory) learnWord(word string) {
	if len(k.words) < maxKnownWords && len(word) <= maxKnownWord {
		k.words = append(k.words, word)
	}
}

// last is what came before in the page.
type last struct {
	number              []uint64 // by column
	date                []day    // by column
	district            uint64
	device, incarnation uint32
	counter             uint64
	texts               [recentTexts][]byte
	next                int
}

// reset is before the first value of a page.
func (l *last) reset(s *Schema) {
	if l.number == nil {
		l.number, l.date = make([]uint64, s.columns), make([]day, s.columns)
	}
	clear(l.number)
	clear(l.date)
	l.district, l.device, l.incarnation, l.counter, l.next = 0, 0, 0, 0, 0
	for i := range l.texts {
		if l.texts[i] = l.texts[i][:0]; cap(l.texts[i]) > keptText {
			l.texts[i] = nil
		}
	}
}

// find is the place of a text among the last few; -1: it is not there, or is
// empty.
func (l *last) find(text []byte) int {
	for i := range l.texts {
		if len(text) == len(l.texts[i]) && len(text) > 0 && string(l.texts[i]) == string(text) {
			return i
		}
	}
	return -1
}

func (l *last) remember(text []byte) {
	l.texts[l.next] = append(l.texts[l.next][:0], text...)
	l.next = (l.next + 1) % recentTexts
}

func printable(b []byte) bool {
	for _, c := range b {
		if c < ' ' {
			return false
		}
	}
	return true
}
