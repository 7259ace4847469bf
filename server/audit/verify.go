package audit

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// Verified is what a verification looked at and found.
type Verified struct {
	Chains, Entries, Checkpoints int
	// Unsigned are entries behind the last checkpoint of their chain: of the last
	// seconds, or of a process that was killed with nobody after it.
	Unsigned int
	// Problems say what is wrong, and where.
	Problems []string
}

func (v *Verified) wrong(format string, args ...any) {
	v.Problems = append(v.Problems, fmt.Sprintf(format, args...))
}

// verifier is one verification.
type verifier struct {
	*Verified
	snap store.Snapshot
	keys Keys
	// signedAt are the hashes that checkpoints give, by chain and sequence.
	signedAt map[uint64]map[uint64][]byte
	// hashes of checkpoints, by number less one.
	hashes [][32]byte
}

const verifyPage = 1000

// Verify reads the whole trail and finds any entry that was altered, taken out,
// added, moved or cut off, and any disagreement between entries and what search
// finds them by. headFile is the witness beside the keys; "": none. Errors are
// the store's.
func Verify(ctx context.Context, s store.Store, keys Keys, headFile string) (*Verified, error) {
	var out *Verified
	err := s.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		out = &Verified{}
		v := &verifier{Verified: out, snap: snap, keys: keys, signedAt: map[uint64]map[uint64][]byte{}}
		if err := v.checkpoints(ctx); err != nil {
			return err
		}
		if err := v.headFile(headFile); err != nil {
			return err
		}
		return v.chains(ctx)
	})
	return out, err
}

func (v *verifier) checkpoints(ctx context.Context) error {
	var before []byte
	for number := uint64(0); ; {
		page, err := v.snap.AuditCheckpoints(ctx, number, verifyPage)
		if err != nil {
			return err
		}
		for _, row := range page {
			if row.Number != number+1 {
				v.wrong("checkpoint %d is missing", number+1)
			}
			number = row.Number
			v.checkpoint(row, before)
			sum := sha256.Sum256(row.Body)
			before = sum[:]
			v.hashes = append(v.hashes, sum)
			v.Checkpoints++
		}
		if len(page) < verifyPage {
			return nil
		}
	}
}

func (v *verifier) checkpoint(row store.AuditCheckpoint, before []byte) {
	c := &ksv1.AuditCheckpoint{}
	switch err := proto.Unmarshal(row.Body, c); {
	case !v.keys.signed(row.Body, row.Signature, c.GetTimeMs()):
		v.wrong("checkpoint %d is not signed by this server's key", row.Number)
	case err != nil || c.GetNumber() != row.Number:
		v.wrong("checkpoint %d does not say that it is that", row.Number)
	case !bytes.Equal(c.GetPrevious(), before):
		v.wrong("checkpoint %d does not follow the one before", row.Number)
	}
	for _, h := range c.GetHeads() {
		if v.signedAt[h.GetChain()] == nil {
			v.signedAt[h.GetChain()] = map[uint64][]byte{}
		}
		v.signedAt[h.GetChain()][h.GetSequence()] = h.GetHash()
	}
}

func (v *verifier) headFile(path string) error {
	if path == "" {
		return nil
	}
	h, err := readHead(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if h.Number == 0 || h.Number > uint64(len(v.hashes)) || hex.EncodeToString(v.hashes[h.Number-1][:]) != h.Hash {
		v.wrong("checkpoint %d, which the head file has, is missing or another: the end of the trail was cut off, "+
			"or the store was restored from an older backup", h.Number)
	}
	return nil
}

func (v *verifier) chains(ctx context.Context) error {
	heads, err := v.snap.AuditChains(ctx, false)
	if err != nil {
		return err
	}
	known := make([]uint64, len(heads))
	for i, h := range heads {
		known[i] = h.Chain
		v.Chains++
		if err := v.chain(ctx, h); err != nil {
			return err
		}
	}
	for chain := range v.signedAt {
		if !slices.Contains(known, chain) {
			v.wrong("chain %x, which checkpoints have, is missing", chain)
		}
	}
	stray, err := v.snap.CountStrayAudit(ctx, known)
	if err == nil && stray > 0 {
		v.wrong("%d rows belong to no chain or entry", stray)
	}
	return err
}

func (v *verifier) chain(ctx context.Context, head store.AuditChain) error {
	at := store.AuditChain{Chain: head.Chain}
	var lastSigned uint64
	for sequence := range v.signedAt[head.Chain] {
		lastSigned = max(lastSigned, sequence)
	}
	for {
		page, err := v.snap.AuditEntries(ctx, head.Chain, at.Sequence, verifyPage)
		if err != nil {
			return err
		}
		for i := range page {
			v.entry(&at, &page[i])
		}
		if len(page) < verifyPage {
			break
		}
	}
	switch {
	case at.Sequence < lastSigned:
		v.wrong("chain %x ends at entry %d, but a checkpoint has entry %d", head.Chain, at.Sequence, lastSigned)
	case at.Sequence != head.Sequence || at.Hash != head.Hash:
		v.wrong("chain %x ends at entry %d, but its head is entry %d or another", head.Chain, at.Sequence, head.Sequence)
	}
	v.Unsigned += int(at.Sequence - min(lastSigned, at.Sequence))
	return nil
}

// entry holds one entry against its chain, and goes on from what it says.
func (v *verifier) entry(at *store.AuditChain, row *store.AuditEntry) {
	v.Entries++
	name := fmt.Sprintf("entry %d of chain %x", row.Sequence, row.Chain)
	if row.Sequence != at.Sequence+1 {
		v.wrong("entries %d to %d of chain %x are missing", at.Sequence+1, row.Sequence-1, row.Chain)
	} else if next(at.Hash, row.Body) != row.Hash {
		v.wrong("%s was altered, or what was before it", name)
	}
	if want := v.signedAt[row.Chain][row.Sequence]; want != nil && !bytes.Equal(want, row.Hash[:]) {
		v.wrong("%s is not what a checkpoint has signed", name)
	}
	at.Sequence, at.Hash = row.Sequence, row.Hash
	e := &ksv1.AuditEntry{}
	if err := proto.Unmarshal(row.Body, e); err != nil {
		v.wrong("%s can't be read: %v", name, err)
		return
	}
	want := rowOf(e)
	same := want.Chain == row.Chain && want.Sequence == row.Sequence && want.TimeMS == row.TimeMS && want.Kind == row.Kind &&
		want.Account == row.Account && want.District == row.District && want.Puskesmas == row.Puskesmas
	if !same || !slices.Equal(want.Subjects, row.Subjects) {
		v.wrong("%s is found by something else than it says", name)
	}
}

// ReasonTrailAltered of an alarm: a device remembers another trail.
const ReasonTrailAltered = "TRAIL_ALTERED"

// Witnessed tells whether the trail still holds what a device remembers of it;
// heads of another epoch, before a restore, are not compared.
func Witnessed(ctx context.Context, snap store.Snapshot, h *ksv1.AuditHead, epoch uint64) (bool, error) {
	if h == nil || h.GetEpoch() != epoch || h.GetSequence() == 0 {
		return true, nil
	}
	found, err := snap.AuditEntries(ctx, h.GetChain(), h.GetSequence()-1, 1)
	if err != nil {
		return false, err
	}
	return len(found) == 1 && found[0].Sequence == h.GetSequence() && bytes.Equal(found[0].Hash[:], h.GetHash()), nil
}
