package ingest

import (
	"context"
	"slices"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// dropNotes drops what surveyors remarked on batches of which every family is erased now that
// one is: it may tell of them. Their authors are told, whose devices show it. A
// batch that does not open shows none, and holds no erasure up.
func (w *work) dropNotes(ctx context.Context, snap store.Snapshot, erased merge.ID) error {
	if w.batches == nil {
		w.batches = map[merge.ID]*batchWork{}
	}
	for q := (store.BatchQuery{Villages: []uint32{w.row.Number}, Limit: erasePage}); ; {
		rows, err := snap.ListBatches(ctx, q)
		if err != nil {
			return err
		}
		for i := range rows {
			q.BeforeMS, q.BeforeID = rows[i].ReceivedAtMS, rows[i].ID
			if err := w.dropNote(ctx, rows[i], erased); err != nil {
				return err
			}
		}
		if len(rows) < q.Limit {
			return nil
		}
	}
}

// dropNote does so with one batch, which goes under a new salt.
func (w *work) dropNote(ctx context.Context, row store.Batch, erased merge.ID) error {
	message, err := w.core.Vault.OpenBatch(&row)
	if Unopened(err) {
		return nil
	}
	if err != nil || message.GetNote() == "" {
		return err
	}
	if all, err := w.allErased(ctx, message, erased); err != nil || !all {
		return err
	}
	if row.Salt, err = w.core.Vault.NewSalt(); err != nil {
		return err
	}
	message.Note = ""
	w.batches[row.ID] = &batchWork{row: row, message: message, dirty: true}
	return nil
}

// allErased tells whether a family is of a batch, and all others of it are erased.
func (w *work) allErased(ctx context.Context, b *ksv1.Batch, family merge.ID) (bool, error) {
	var others []merge.ID
	for _, f := range b.GetFamilies() {
		if id, err := merge.ParseID(f.GetFamilyId()); err == nil && id != family {
			others = append(others, id)
		}
	}
	if len(others) == len(b.GetFamilies()) || len(others) == 0 {
		return len(others) < len(b.GetFamilies()), nil
	}
	rows, err := w.village.Families(ctx, others)
	if err != nil || len(rows) < len(others) { // work on one may wait in quarantine
		return false, err
	}
	return !slices.ContainsFunc(rows, func(row store.Family) bool {
		if row.State != store.FamilyRemoved {
			return true
		}
		_, _, state, err := w.core.Vault.OpenFamily(&row)
		return err != nil || !merge.Erased(&state, merge.ID{})
	}), nil
}
