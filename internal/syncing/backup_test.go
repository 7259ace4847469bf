package syncing

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"testing"

	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

func TestPartsOfTwoFilesAreNoWholeOne(t *testing.T) {
	t.Parallel()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	part := func(file byte, number uint32) *ksv1.BackupPart {
		p := &ksv1.BackupPart{
			FileId: bytes.Repeat([]byte{file}, 16), Number: number, Parts: 2, Device: 3, PublicKey: public,
			Items: []*ksv1.BackupItem{{Id: make([]byte, 16), Sealed: []byte("x")}},
		}
		p.Signature = ed25519.Sign(private, BackupMessage(p))
		return p
	}
	for name, c := range map[string]struct {
		parts   []*ksv1.BackupPart
		damaged bool
	}{
		"one file's":                      {[]*ksv1.BackupPart{part(1, 1), part(1, 2)}, false},
		"one file's, the other way round": {[]*ksv1.BackupPart{part(1, 2), part(1, 1)}, false},
		"the first twice":                 {[]*ksv1.BackupPart{part(1, 1), part(1, 1)}, true},
		"two files'":                      {[]*ksv1.BackupPart{part(1, 1), part(2, 2)}, true},
		"a whole file's and one":          {[]*ksv1.BackupPart{part(1, 1), part(1, 2), part(2, 2)}, true},
	} {
		var file bytes.Buffer
		if err := WriteBackup(&file, c.parts); err != nil {
			t.Fatal(err)
		}
		parts, err := ReadBackup(&file)
		if len(parts) != len(c.parts) || errors.Is(err, ErrBackupDamaged) != c.damaged || !c.damaged && err != nil {
			t.Errorf("%s: %d parts, %v", name, len(parts), err)
		}
	}
}

// A server of before proofs of verdicts takes a part that holds one, so the signature does not
// cover them; larger than any they are no part's.
func TestAProofIsBesideWhatIsSigned(t *testing.T) {
	t.Parallel()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	p := &ksv1.BackupPart{
		FileId: make([]byte, 16), Number: 1, Parts: 1, Device: 3, PublicKey: public, Items: []*ksv1.BackupItem{{Id: make([]byte, 16), Sealed: []byte("x")}},
	}
	p.Signature = ed25519.Sign(private, BackupMessage(p))
	for size, damaged := range map[int]bool{0: false, 32: false, ProofBytes: false, ProofBytes + 1: true} {
		p.Items[0].Proof = make([]byte, size)
		data, err := proto.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ParseBackupPart(data); errors.Is(err, ErrBackupDamaged) != damaged || !damaged && err != nil {
			t.Errorf("a proof of %d bytes: %v", size, err)
		}
	}
}
