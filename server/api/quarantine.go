package api

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/audit"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// ListQuarantine lists work that waits for a decision: of a round from which its family
// has withdrawn by now no answers, as of a family's history.
func (f familyService) ListQuarantine(ctx context.Context, r *ksv1.ListQuarantineRequest) (*ksv1.ListQuarantineResponse, error) {
	key, err := parsePageToken(r.GetPageToken())
	if err != nil {
		return nil, err
	}
	var afterMS int64
	var after merge.ID
	if key != "" {
		var id string
		if _, err := fmt.Sscanf(key, "%d %s", &afterMS, &id); err != nil {
			return nil, &errBadRequest{"page_token", "is not one that this service gave", textStale}
		}
		if after, err = merge.ParseID(id); err != nil {
			return nil, &errBadRequest{"page_token", "is not one that this service gave", textStale}
		}
	}
	caller, limit := callerOf(ctx), pageSize(r.GetPageSize())
	audit.Of(ctx).Subject(audit.ListSubject(caller, ""))
	var rows []store.Quarantine
	err = f.services.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		rows, err = snap.ListQuarantine(ctx, caller.Villages(), afterMS, after, limit+1)
		return err
	})
	if err != nil {
		return nil, err
	}
	out := &ksv1.ListQuarantineResponse{}
	if len(rows) > limit {
		rows = rows[:limit]
		out.NextPageToken = pageToken(fmt.Sprintf("%d %s", rows[limit-1].ReceivedAtMS, rows[limit-1].Change))
	}
	sealed := map[merge.ID]map[string]bool{} // by family
	for i := range rows {
		q := &rows[i]
		if sealed[q.Family] == nil {
			if sealed[q.Family], err = f.sealedOf(ctx, q.Village, q.Family); err != nil {
				return nil, err
			}
		}
		m, err := f.quarantined(caller, q, sealed[q.Family])
		if err != nil {
			return nil, err
		}
		out.Changes = append(out.Changes, m)
		audit.Of(ctx).Family(m.FamilyId)
	}
	return out, nil
}

// quarantined is a change that waits, without what it writes in sealed rounds.
func (f familyService) quarantined(caller *access.Caller, q *store.Quarantine, sealed map[string]bool) (*ksv1.QuarantinedChange, error) {
	c, err := f.openQuarantined(q)
	if err != nil {
		return nil, err
	}
	m := &ksv1.QuarantinedChange{
		ChangeId: q.Change.String(), FamilyId: q.Family.String(), VillageCode: villageCode(caller, q.Village),
		Author: q.Author, Device: q.Device, Reason: q.Reason, ReceivedAtMs: uint64(q.ReceivedAtMS),
	}
	if m.Writes, err = writesOf(c); err != nil {
		return nil, err
	}
	m.Writes = withoutSealed(m.Writes, sealed)
	maskWrites(caller.FamilyNumbers(q.Village, 0), m.Writes) // whoever decides is shown them in the whole village
	return m, nil
}

// sealedOf is sealedRounds of a family that may not be there yet.
func (f familyService) sealedOf(ctx context.Context, village uint32, family merge.ID) (map[string]bool, error) {
	var row store.Family
	err := f.services.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		row, err = snap.FindFamily(ctx, []uint32{village}, family)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return map[string]bool{}, nil
	}
	if err != nil {
		return nil, err
	}
	return f.sealedRounds(ctx, &row)
}

func (f familyService) openQuarantined(q *store.Quarantine) (*ksv1.Change, error) {
	plain, err := f.services.Vault.OpenQuarantine(q)
	if err != nil {
		return nil, err
	}
	c := &ksv1.Change{}
	return c, proto.Unmarshal(plain, c)
}

func (f familyService) DecideQuarantine(ctx context.Context, r *ksv1.DecideQuarantineRequest) (*ksv1.DecideQuarantineResponse, error) {
	if !r.GetAdmit() && strings.TrimSpace(r.GetNote()) == "" {
		return nil, &errBadRequest{"note", "tell the author why the work is kept out", "Tulis alasan kepada penyusunnya."}
	}
	id, err := merge.ParseID(r.GetChangeId())
	if err != nil {
		return nil, &errBadRequest{"change_id", "is no UUID", textStale}
	}
	caller := callerOf(ctx)
	revision, err := f.services.Backend.Core.Decide(ctx, id, ingest.Decision{
		Admit: r.GetAdmit(), Note: r.GetNote(), Supervisor: caller.Account.Number, Villages: caller.Villages(),
	})
	return &ksv1.DecideQuarantineResponse{Revision: revision}, err
}
