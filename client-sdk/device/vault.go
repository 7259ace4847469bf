package device

import (
	"encoding/binary"
	"fmt"
	"io"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/record"
)

// Tables that sealed payloads are bound to.
const (
	tableChange     = "change"
	tableReceipt    = "change.receipt"
	tableJudged     = "change.decision"
	tableConfirmed  = "confirmed"
	tableReview     = "confirmed.review"
	tableSummary    = "confirmed.summary"
	tableVillage    = "village"
	tableSubmission = "submission"
	tableBatch      = "submission.batch"
	tableDecision   = "decision"
	tableDecided    = "decision.receipt"
	tableHeadName   = "decision.head_name"
	tableSecret     = "secret"
)

// vault seals and opens what the store keeps.
type vault struct {
	sealer *record.Sealer
	key    record.Key
	// root seals the secrets and the key above; rootSealer seals under it.
	root       record.Key
	rootSealer *record.Sealer
	escrow     *record.Key // nil: the server's public key is not known yet
	// escrowSealer seals under escrow, so that either keeps its key at hand.
	escrowSealer *record.Sealer
}

func newVault(rand io.Reader, keys keySet) (vault, error) {
	v := vault{key: keys.data, root: keys.root}
	for _, sealer := range []**record.Sealer{&v.sealer, &v.rootSealer, &v.escrowSealer} {
		var err error
		if *sealer, err = record.NewSealer(rand); err != nil {
			return vault{}, err
		}
	}
	return v, nil
}

func (v *vault) seal(table string, id merge.ID, plain []byte) ([]byte, error) {
	return v.sealer.Seal(nil, v.key, record.Binding{Table: table, ID: id}, plain)
}

// sealShort is seal for what is too short for packing to pay.
func (v *vault) sealShort(table string, id merge.ID, plain []byte) ([]byte, error) {
	return v.sealer.SealPacked(nil, v.key, record.Binding{Table: table, ID: id}, record.Unpacked(plain))
}

func (v *vault) open(table string, id merge.ID, sealed []byte) ([]byte, error) {
	return v.sealer.Open(nil, v.key, record.Binding{Table: table, ID: id}, sealed)
}

// check tells whether a payload opens, and gives nothing of it.
func (v *vault) check(table string, id merge.ID, sealed []byte) error {
	return v.sealer.Check(v.key, record.Binding{Table: table, ID: id}, sealed)
}

// sealTwice seals for the user, and for the server alone; escrow is nil where the
// server's key is not known.
func (v *vault) sealTwice(table string, id merge.ID, plain []byte) (payload, escrow []byte, err error) {
	packed, err := v.sealer.Pack(plain)
	if err != nil {
		return nil, nil, err
	}
	payload, err = v.sealer.SealPacked(nil, v.key, record.Binding{Table: table, ID: id}, packed)
	if err != nil || v.escrow == nil {
		return payload, nil, err
	}
	escrow, err = v.escrowSealer.SealPacked(nil, *v.escrow, record.Binding{Table: record.TableEscrow, ID: id}, packed)
	return payload, escrow, err
}

func (v *vault) wipe() {
	v.key.Wipe()
	v.root.Wipe()
	v.sealer.Wipe()
	v.rootSealer.Wipe()
	v.escrowSealer.Wipe()
	if v.escrow != nil {
		v.escrow.Wipe()
	}
}

// villageID is the binding of a village's row.
func villageID(number uint32) merge.ID {
	var id merge.ID
	binary.BigEndian.PutUint32(id[12:], number)
	return id
}

// nameID is the binding of a secret's row.
func nameID(name string) (merge.ID, error) {
	var id merge.ID
	if len(name) > len(id) {
		return id, fmt.Errorf("secret name %q is longer than %d", name, len(id))
	}
	copy(id[:], name)
	return id, nil
}
