package device

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/syncing"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// The server's proof that it has applied a verdict (Receipt.proof) is kept as it came, and goes
// along whenever the verdict is offered again, to a server that was restored: in the session,
// in a backup file, and out of a damaged database. It is of the verdict as it was sent, so it
// goes where that is given another name or loses its note.

// proofFrame is what the proof of a verdict takes on its way at most.
const proofFrame = syncing.ProofBytes + 24

// proofsKept reads the proofs of those verdicts that have one.
func (s *Store) proofsKept(ctx context.Context, decisions []*ksv1.ReviewDecision) ([]*ksv1.DecisionProof, error) {
	var out []*ksv1.DecisionProof
	for _, d := range decisions {
		id, err := merge.ParseID(d.GetVerdictId())
		if err != nil {
			return nil, err
		}
		kept, err := collect[[]byte](ctx, s.db, `SELECT proof FROM decision WHERE id = ? AND proof IS NOT NULL`, id[:])
		if err != nil {
			return nil, err
		}
		for _, proof := range kept {
			out = append(out, &ksv1.DecisionProof{Id: id[:], Proof: proof})
		}
	}
	return out, nil
}

// keepProof keeps what came with the receipt of a verdict that was applied. A server that gives
// none leaves an earlier one standing: it may be of an older version, and be followed by a newer.
func keepProof(ctx context.Context, tx *sql.Tx, verdict merge.ID, receipt *ksv1.Receipt) error {
	proof := receipt.GetProof()
	if len(proof) == 0 || len(proof) > syncing.ProofBytes {
		return nil
	}
	return putProof(ctx, tx, verdict, proof)
}

// putProof stores a proof; nil: there is none any more.
func putProof(ctx context.Context, tx *sql.Tx, verdict merge.ID, proof []byte) error {
	if _, err := tx.ExecContext(ctx, `UPDATE decision SET proof = ? WHERE id = ?`, proof, verdict[:]); err != nil {
		return fmt.Errorf("store proof of a verdict: %w", err)
	}
	return nil
}
