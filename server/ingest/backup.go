package ingest

import (
	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/record"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Backup is what a part of a backup file holds, opened.
type Backup struct {
	// Page is what could be opened, as the device would have sent it. What was
	// stamped ahead of time is stamped anew: its author cannot answer.
	Page *ksv1.UploadPage

	items []*ksv1.BackupItem
	// at is where each item's receipt stands among the page's; -1: it could not be
	// opened.
	at []int
}

// OpenBackup opens a part whose signature was checked.
func OpenBackup(vault *Vault, p *ksv1.BackupPart) *Backup {
	keys := openKeys(vault, p.GetEscrowKeys())
	defer wipe(keys)
	b := &Backup{Page: &ksv1.UploadPage{}, items: p.GetItems(), at: make([]int, len(p.GetItems()))}
	kinds := [][]int{}
	for range ksv1.BackupItemKind_name {
		kinds = append(kinds, nil)
	}
	for i, item := range p.GetItems() {
		b.at[i] = -1
		if kind := item.GetKind(); b.open(vault, keys, item) {
			kinds[kind] = append(kinds[kind], i)
		}
	}
	// Receipts come for changes, then submissions, then verdicts.
	next := 0
	for _, positions := range kinds {
		for _, i := range positions {
			b.at[i] = next
			next++
		}
	}
	return b
}

// open adds an item to the page; false: it can't be opened, or says to be another.
func (b *Backup) open(vault *Vault, keys []*record.Key, item *ksv1.BackupItem) bool {
	if int(item.GetEscrowKey()) >= len(keys) || keys[item.GetEscrowKey()] == nil {
		return false
	}
	id, err := merge.IDFromBytes(item.GetId())
	if err != nil {
		return false
	}
	plain, err := vault.openDeposited(*keys[item.GetEscrowKey()], id, item.GetSealed())
	if err != nil {
		return false
	}
	switch item.GetKind() {
	case ksv1.BackupItemKind_BACKUP_ITEM_KIND_CHANGE:
		c := &ksv1.Change{}
		if proto.Unmarshal(plain, c) != nil || string(c.GetId()) != string(id[:]) {
			return false
		}
		b.Page.Changes = append(b.Page.Changes, c)
	case ksv1.BackupItemKind_BACKUP_ITEM_KIND_SUBMISSION:
		s := &ksv1.BatchSubmission{}
		if proto.Unmarshal(plain, s) != nil || string(s.GetId()) != string(id[:]) {
			return false
		}
		b.Page.Submissions = append(b.Page.Submissions, s)
	case ksv1.BackupItemKind_BACKUP_ITEM_KIND_DECISION:
		d := &ksv1.ReviewDecision{}
		if proto.Unmarshal(plain, d) != nil || d.GetVerdictId() != id.String() {
			return false
		}
		b.Page.Decisions = append(b.Page.Decisions, d)
		if len(item.GetProof()) > 0 {
			b.Page.Proofs = append(b.Page.Proofs, &ksv1.DecisionProof{Id: item.GetId(), Proof: item.GetProof()})
		}
	default:
		return false
	}
	return true
}

// Receipts gives the items' receipts in their order, from those of the page.
func (b *Backup) Receipts(ofPage []*ksv1.Receipt) []*ksv1.Receipt {
	out := make([]*ksv1.Receipt, len(b.items))
	for i, item := range b.items {
		if b.at[i] < 0 {
			out[i] = unreadable(item.GetId())
			continue
		}
		out[i] = ofPage[b.at[i]]
	}
	return out
}
