package syncing

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Bounds of a backup file. A surveyor's month of unsent work has a tenth of it.
const (
	// BackupPartBytes bounds one part, so that it goes over REST in one call.
	BackupPartBytes = 700 << 10
	// BackupFileBytes bounds a whole file.
	BackupFileBytes = 16 << 20
	// BackupParts bounds the parts of a file.
	BackupParts = 1024
	// BackupItems bounds the items of a part.
	BackupItems = 500
	// BackupItemBytes bounds one sealed item.
	BackupItemBytes = 256 << 10
	// ProofBytes bounds what a server gives with the receipt of a verdict, in a file and
	// elsewhere; it is a hash.
	ProofBytes = 64
)

// backupMagic is the first line of a backup file.
const backupMagic = "KSBACKUP1\n"

// Errors of a backup file.
var (
	// ErrNoBackup: it is no backup file, or an empty one.
	ErrNoBackup = errors.New("no backup file")
	// ErrBackupDamaged: parts are missing, were altered or are another file's.
	ErrBackupDamaged = errors.New("backup file is damaged")
)

// BackupMessage is what a device signs of a part: a digest of everything in it
// but the signature, and proofs of verdicts: a server that does not know those checks all
// the rest, and each proves itself.
func BackupMessage(p *ksv1.BackupPart) []byte {
	h := sha256.New()
	number := func(n uint64) { h.Write(binary.BigEndian.AppendUint64(nil, n)) }
	text := func(b []byte) {
		number(uint64(len(b)))
		h.Write(b)
	}
	text([]byte("keluarga-sehat/backup/1"))
	text(p.GetFileId())
	for _, n := range []uint64{uint64(p.GetNumber()), uint64(p.GetParts()), p.GetMadeAtMs(), uint64(p.GetDevice())} {
		number(n)
	}
	text(p.GetPublicKey())
	number(uint64(len(p.GetEscrowKeys())))
	for _, key := range p.GetEscrowKeys() {
		text(key)
	}
	number(uint64(len(p.GetItems())))
	for _, item := range p.GetItems() {
		text(item.GetId())
		number(uint64(item.GetKind()))
		number(uint64(item.GetEscrowKey()))
		text(item.GetSealed())
	}
	return h.Sum(nil)
}

// ParseBackupPart reads a part and checks its bounds and that it is as its device
// signed it; whose device that is, is the server's to know. Errors:
// ErrBackupDamaged.
func ParseBackupPart(data []byte) (*ksv1.BackupPart, error) {
	p := &ksv1.BackupPart{}
	if len(data) > BackupPartBytes || proto.Unmarshal(data, p) != nil {
		return nil, ErrBackupDamaged
	}
	if len(p.GetFileId()) != 16 || p.GetDevice() == 0 || p.GetNumber() == 0 || p.GetNumber() > p.GetParts() || p.GetParts() > BackupParts ||
		len(p.GetItems()) == 0 || len(p.GetItems()) > BackupItems || len(p.GetEscrowKeys()) > BackupItems {
		return nil, fmt.Errorf("%w: part %d of %d with %d items", ErrBackupDamaged, p.GetNumber(), p.GetParts(), len(p.GetItems()))
	}
	for _, item := range p.GetItems() {
		if len(item.GetId()) != 16 || len(item.GetSealed()) > BackupItemBytes || len(item.GetProof()) > ProofBytes {
			return nil, fmt.Errorf("%w: item of %d bytes", ErrBackupDamaged, len(item.GetSealed()))
		}
	}
	if len(p.GetPublicKey()) != ed25519.PublicKeySize || !ed25519.Verify(p.GetPublicKey(), BackupMessage(p), p.GetSignature()) {
		return nil, fmt.Errorf("%w: part %d is not as it was signed", ErrBackupDamaged, p.GetNumber())
	}
	return p, nil
}

// WriteBackup writes a file of signed parts.
func WriteBackup(w io.Writer, parts []*ksv1.BackupPart) error {
	if _, err := io.WriteString(w, backupMagic); err != nil {
		return fmt.Errorf("write backup: %w", err)
	}
	for _, p := range parts {
		data, err := proto.Marshal(p)
		if err != nil {
			return fmt.Errorf("encode backup: %w", err)
		}
		if _, err := w.Write(append(binary.AppendUvarint(nil, uint64(len(data))), data...)); err != nil {
			return fmt.Errorf("write backup: %w", err)
		}
	}
	return nil
}

// ReadBackup reads a file and gives each part that is sound, as it stands in the
// file. Where others are missing or were altered, or some are of another file than the
// first, what is sound is still given, with ErrBackupDamaged. Errors: ErrNoBackup too, with
// nothing.
func ReadBackup(r io.Reader) (parts [][]byte, err error) {
	in := bufio.NewReader(io.LimitReader(r, BackupFileBytes+1))
	first := make([]byte, len(backupMagic))
	if _, err := io.ReadFull(in, first); err != nil || !bytes.Equal(first, []byte(backupMagic)) {
		return nil, ErrNoBackup
	}
	found := map[uint32]bool{}
	var file []byte
	var want uint32
	for {
		size, failed := binary.ReadUvarint(in)
		if errors.Is(failed, io.EOF) {
			break
		}
		if failed != nil || size > BackupPartBytes {
			err = ErrBackupDamaged
			break
		}
		data := make([]byte, size)
		if _, failed := io.ReadFull(in, data); failed != nil {
			err = ErrBackupDamaged
			break
		}
		p, failed := ParseBackupPart(data)
		if failed != nil {
			err = failed
			continue
		}
		parts = append(parts, data)
		if file == nil {
			file, want = p.GetFileId(), p.GetParts()
		}
		if !bytes.Equal(p.GetFileId(), file) {
			err = fmt.Errorf("%w: part %d is another file's", ErrBackupDamaged, p.GetNumber())
			continue
		}
		found[p.GetNumber()] = true
	}
	if len(parts) == 0 && err == nil {
		return nil, ErrNoBackup
	}
	if err == nil && len(found) != int(want) {
		err = fmt.Errorf("%w: %d of %d parts", ErrBackupDamaged, len(found), want)
	}
	return parts, err
}
