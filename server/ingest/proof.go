package ingest

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"

	"github.com/keluarga-sehat/sync/internal/planted"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// A decision that the server has applied is acknowledged, and must outlast a restore of its
// store, as changes do: the device offers it again. Changes that come back once the right of
// who made them has ended wait in quarantine; a decision can't wait there, and refused by the
// rights of now it was lost, though the server had said that it stands. When it was made only
// the device tells, whose clock gives no right.
//
// So the receipt of a decision that applied, now or before, carries a proof: a keyed hash over
// the decision's content hash, under a key that is not in the store and that rotations keep
// (record.Ring.DecisionProof). The device keeps it as it is beside the decision, and it goes
// along whenever that is offered again, in a session or in a backup file. With it the right
// that who decided must have, role and area, counts as it was then. That is all it does:
//
//   - The content is the whole decision, with its id, author, village, family, the state
//     judged and what was written. The proof is of no other, nor of the same under another id,
//     and who brings it must still be its author (PrepareDecision) or their file.
//   - Everything else is asked as of now: a family that is not there, was erased, has changed
//     or was judged by somebody else since is left as it is. An id that is known has no second
//     effect, so a proof shown twice, or on a server that was not restored, does nothing.
//   - It does not end. That a decision applied once stays true whatever became of the epoch.
//   - It tells nothing: who does not have the key learns no more from it than from chance.
//   - Without one (older servers gave none), or with a wrong one, the rights of now decide.

// mayDecide says why who brings a decision on a family has no right to it; "" where they have,
// or had when the server applied it before.
func (w *work) mayDecide(a *Act, f *familyWork) (reason string, err error) {
	proven, err := w.core.Vault.proves(a)
	switch {
	case err != nil || proven:
		return "", err
	case a.Sender.Revoked:
		return ReasonDeviceRevoked, nil
	case !a.Sender.MayReview:
		return ReasonNoRight, nil
	case a.Sender.Covers == nil || !a.Sender.Covers(w.row.Number, f.row.Place):
		return ReasonUnknownFamily, nil
	default:
		return "", nil
	}
}

// proves tells whether a decision comes with this server's proof that it applied it.
func (v *Vault) proves(a *Act) (bool, error) {
	if len(a.Proof) != sha256.Size || planted.Is(planted.ProofIgnored) {
		return false, nil
	}
	proof, err := v.ring.DecisionProof(a.content)
	if err != nil {
		return false, fmt.Errorf("check proof of decision %s: %w", a.id, err)
	}
	return hmac.Equal(a.Proof, proof[:]), nil
}

// prove puts the proof into the receipt of a decision that stands.
func (v *Vault) prove(a *Act, r *ksv1.Receipt) error {
	proof, err := v.ring.DecisionProof(a.content)
	if err != nil {
		return fmt.Errorf("prove decision %s: %w", a.id, err)
	}
	r.Proof = proof[:]
	return nil
}
