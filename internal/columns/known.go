package columns

// Limits of what a session keeps, on both ends alike: beyond them the new is
// told anew each time it occurs.
const (
	maxKnownShapes = 2048
	maxKnownWords  = 4096
	// maxKnownWord is the longest word kept, in bytes.
	maxKnownWord = 24
	// maxShape bounds the fields of a message.
	maxShape = 4096
	// maxWords of a text, and recentTexts before that, leave one value of a byte
	// for what is no text.
	maxWords    = 64
	recentTexts = 4
	textRaw     = 255
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
	shapes [][]string
	words  []string
}

func newMemory(s *Schema) memory { return memory{shapes: make([][]string, s.schemas)} }

func (k *memory) learnShape(m *schema, tags string) {
	if len(k.shapes[m.number]) < maxKnownShapes {
		k.shapes[m.number] = append(k.shapes[m.number], tags)
	}
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
	texts               [recentTexts]string
	next                int
}

func newLast(s *Schema) last {
	return last{number: make([]uint64, s.columns), date: make([]day, s.columns)}
}

// find is the place of a text among the last few; -1: it is not there, or is
// empty.
func (l *last) find(text []byte) int {
	for i := range l.texts {
		if l.texts[i] == string(text) && len(text) > 0 {
			return i
		}
	}
	return -1
}

func (l *last) remember(text string) {
	l.texts[l.next] = text
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
