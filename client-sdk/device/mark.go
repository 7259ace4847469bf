package device

import (
	"encoding/binary"
	"os"
)

// markFile remembers outside the database where the chain of changes ended, so
// that a database that was cut or rolled back is noticed. It is written after
// each commit and not synced: after a power cut it may lag behind, never lead.
type markFile struct{ path string }

const markBytes = 8 + 32

// store writes the end of the chain. A mark that can't be written costs the
// proof, not the work: the next one will do.
func (m markFile) store(s *Store) {
	s.mu.Lock()
	b := binary.BigEndian.AppendUint64(make([]byte, 0, markBytes), uint64(s.identity.lastSeq))
	b = append(b, s.identity.lastHash[:]...)
	s.mu.Unlock()
	if err := os.WriteFile(m.path+".new", b, 0o600); err == nil {
		if os.Rename(m.path+".new", m.path) != nil {
			os.Remove(m.path + ".new")
		}
	}
}

// load reads the mark; ok is false where there is none.
func (m markFile) load() (seq int64, hash [32]byte, ok bool) {
	b, err := os.ReadFile(m.path)
	if err != nil || len(b) != markBytes {
		return 0, hash, false
	}
	copy(hash[:], b[8:])
	return int64(binary.BigEndian.Uint64(b)), hash, true
}
