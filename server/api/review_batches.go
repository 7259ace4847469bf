package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/review"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/audit"
	"github.com/keluarga-sehat/sync/server/store"
)

// seesBatch tells whether a batch is the caller's to see: it is the caller's own,
// or lies in a village that the caller sees whole.
func seesBatch(caller *access.Caller, b *store.Batch) bool {
	if b.Author == caller.Account.Number {
		return true
	}
	return slices.ContainsFunc(caller.Work, func(v store.Village) bool {
		scope, ok := caller.Scope(v, nil)
		return v.Number == b.Village && ok && scope.All
	})
}

// ListBatches lists batches, newest first.
func (v reviewService) ListBatches(ctx context.Context, r *ksv1.ListBatchesRequest) (*ksv1.ListBatchesResponse, error) {
	caller := callerOf(ctx)
	area, err := listQuery(caller, r.GetArea())
	if err != nil {
		return nil, err
	}
	q := store.BatchQuery{Villages: area.Villages, Author: r.GetSurveyor(), State: int(r.GetState()), Limit: pageSize(r.GetPageSize()) + 1}
	if q.BeforeMS, q.BeforeID, err = keyByTime(r.GetPageToken()); err != nil {
		return nil, err
	}
	audit.Of(ctx).Subject(audit.ListSubject(caller, r.GetArea()))
	var rows []store.Batch
	err = v.services.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		rows, err = snap.ListBatches(ctx, q)
		return err
	})
	if err != nil {
		return nil, err
	}
	out := &ksv1.ListBatchesResponse{}
	if len(rows) == q.Limit {
		rows = rows[:q.Limit-1]
		last := rows[len(rows)-1]
		out.NextPageToken = pageToken(fmt.Sprintf("%d %s", last.ReceivedAtMS, last.ID))
	}
	names := map[uint32]string{}
	for i := range rows {
		if !seesBatch(caller, &rows[i]) {
			continue
		}
		b, err := v.services.Vault.OpenBatch(&rows[i])
		if err != nil {
			return nil, err
		}
		counts := review.CountsOf(b)
		line := &ksv1.BatchSummary{
			Batch: b, VillageCode: villageCode(caller, b.GetVillage()), Families: uint32(len(b.GetFamilies())), Waiting: uint32(counts.Waiting),
			Approved: uint32(counts.Approved), Returned: uint32(counts.Returned), Replaced: uint32(counts.Replaced),
			NotQueued: uint32(counts.WorkWaits + counts.NotTaken),
		}
		if line.AuthorName, err = v.services.userName(ctx, b.GetAuthor(), names); err != nil {
			return nil, err
		}
		b.Families = nil
		out.Batches = append(out.Batches, line)
	}
	return out, nil
}

// GetBatch reads a batch with its families.
func (v reviewService) GetBatch(ctx context.Context, r *ksv1.GetBatchRequest) (*ksv1.GetBatchResponse, error) {
	caller := callerOf(ctx)
	id, err := merge.ParseID(r.GetBatchId())
	if err != nil {
		return nil, &errBadRequest{"batch_id", "is no UUID", textStale}
	}
	var row store.Batch
	var families []store.Family
	var batch *ksv1.Batch
	err = v.services.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		if row, err = snap.FindBatch(ctx, caller.Villages(), id); err != nil {
			return err
		}
		if !seesBatch(caller, &row) {
			return errNotFound
		}
		if batch, err = v.services.Vault.OpenBatch(&row); err != nil {
			return err
		}
		for _, f := range batch.GetFamilies() {
			family, err := merge.ParseID(f.GetFamilyId())
			if err != nil {
				return err
			}
			found, err := snap.FindFamily(ctx, []uint32{row.Village}, family)
			if errors.Is(err, store.ErrNotFound) {
				continue // lawfully erased since
			}
			if err != nil {
				return err
			}
			families = append(families, found)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	audit.Of(ctx).Subject(audit.ListSubject(caller, villageCode(caller, row.Village)))
	slices.SortFunc(families, func(a, b store.Family) int {
		return cmp.Or(cmp.Compare(a.Place, b.Place), cmp.Compare(a.ID.String(), b.ID.String()))
	})
	out := &ksv1.GetBatchResponse{Batch: batch, VillageCode: villageCode(caller, row.Village)}
	if out.AuthorName, err = v.services.userName(ctx, row.Author, map[uint32]string{}); err != nil {
		return nil, err
	}
	out.Items, err = v.items(ctx, caller, families)
	return out, err
}
