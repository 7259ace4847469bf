package device

import (
	"crypto/sha256"
	"encoding/binary"
	"os"
)

// markFile remembers outside the database where the chain of changes ended, so
// that a database that was cut or rolled back is noticed. It is written after
// each commit and not synced: after a power cut it may lag behind, never lead.
// Two slots are written in turn, in place, because renaming a new file takes
// twenty times as long; a slot that was torn fails its checksum, and the other
// counts.
type markFile struct {
	path string
	file *os.File // nil until the first store
	mark mark     // the last one written
}

// markSuffix of a mark's file, behind the database's name.
const markSuffix = ".mark"

// mark is one slot: which writing it was, and the chain's end under an
// incarnation.
type mark struct {
	generation  uint64
	incarnation uint32
	seq         int64
	hash        [32]byte
}

// misses is how many changes are missing of a database that was marked so, at
// least. Under another incarnation the chain was built anew, and may end at the
// same place with another hash.
func (m mark) misses(i *identity) int64 {
	if m.seq == i.lastSeq && m.incarnation == i.incarnation && m.hash != i.lastHash {
		return 1
	}
	return max(m.seq-i.lastSeq, 0)
}

const (
	markSlots     = 2
	markBytes     = 8 + 4 + 8 + 32
	markSlotBytes = markBytes + 8 // and a checksum
)

func (m mark) encode() []byte {
	b := binary.BigEndian.AppendUint64(make([]byte, 0, markSlotBytes), m.generation)
	b = binary.BigEndian.AppendUint32(b, m.incarnation)
	b = binary.BigEndian.AppendUint64(b, uint64(m.seq))
	b = append(b, m.hash[:]...)
	sum := sha256.Sum256(b)
	return append(b, sum[:markSlotBytes-markBytes]...)
}

func decodeMark(slot []byte) (m mark, ok bool) {
	m.generation = binary.BigEndian.Uint64(slot)
	m.incarnation = binary.BigEndian.Uint32(slot[8:])
	m.seq = int64(binary.BigEndian.Uint64(slot[12:]))
	copy(m.hash[:], slot[20:])
	return m, string(m.encode()) == string(slot)
}

// store writes the end of the chain. A mark that can't be written costs the
// proof, not the work: the next one will do.
func (m *markFile) store(i *identity) {
	if m.file == nil {
		if m.mark.generation == 0 {
			m.mark, _ = m.load() // none: the first is of generation 1
		}
		file, err := os.OpenFile(m.path, os.O_WRONLY|os.O_CREATE, 0o600)
		if err != nil {
			return
		}
		m.file = file
	}
	m.mark = mark{generation: m.mark.generation + 1, incarnation: i.incarnation, seq: i.lastSeq, hash: i.lastHash}
	// A slot that failed is torn, and the other one counts; the caller's work is
	// committed, and must not look as if it were not.
	_, _ = m.file.WriteAt(m.mark.encode(), int64(m.mark.generation%markSlots*markSlotBytes))
}

// sync makes the mark last.
func (m *markFile) sync() {
	if m.file != nil {
		// A mark that is not on disk lags behind at worst: a loss that was told is
		// told again.
		_ = m.file.Sync()
	}
}

// load reads the newest mark; ok is false where there is none.
func (m *markFile) load() (newest mark, ok bool) {
	b, err := os.ReadFile(m.path)
	if err != nil {
		return mark{}, false
	}
	for ; len(b) >= markSlotBytes; b = b[markSlotBytes:] {
		if found, valid := decodeMark(b[:markSlotBytes]); valid && (!ok || found.generation > newest.generation) {
			newest, ok = found, true
		}
	}
	return newest, ok
}

func (m *markFile) close() error {
	if m.file == nil {
		return nil
	}
	err := m.file.Close()
	m.file = nil
	return err
}
