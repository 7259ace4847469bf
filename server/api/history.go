package api

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/familyview"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/audit"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// conflicts are a family's conflicts with their authors' names, which are
// looked up once each; digest is the state's.
func (s *Services) conflicts(ctx context.Context, family merge.ID, digest merge.Digest, state *merge.State, names map[uint32]string) ([]*ksv1.Conflict, error) {
	shown, err := merge.View(state)
	if err != nil {
		return nil, err
	}
	found, err := familyview.Conflicts(family, state, func(account uint32) (string, error) { return s.userName(ctx, account, names) })
	for _, c := range found {
		c.Digest, c.HeadName = digest[:], shown.GetFamily().GetHeadName()
	}
	return found, err
}

func (s *Services) userName(ctx context.Context, number uint32, names map[uint32]string) (string, error) {
	if name, ok := names[number]; ok {
		return name, nil
	}
	err := s.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		a, err := snap.FindAccount(ctx, number)
		names[number] = a.UserName
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	return names[number], err
}

func (f familyService) ListFamilyHistory(ctx context.Context, r *ksv1.ListFamilyHistoryRequest) (*ksv1.ListFamilyHistoryResponse, error) {
	row, err := f.findFamily(ctx, callerOf(ctx), r.GetFamilyId())
	if err != nil {
		return nil, err
	}
	entries, next, err := pageBack(ctx, f.services.Store, r, func(ctx context.Context, snap store.Snapshot, before uint64, limit int) ([]store.Entry, error) {
		return snap.History(ctx, row.Village, row.ID, before, limit)
	}, func(e *store.Entry) uint64 { return e.Revision })
	if err != nil {
		return nil, err
	}
	sealed, err := f.sealedRounds(ctx, &row)
	if err != nil {
		return nil, err
	}
	out := &ksv1.ListFamilyHistoryResponse{NextPageToken: next}
	names := map[uint32]string{}
	for i := range entries {
		if len(entries[i].Payload) == 0 {
			continue // erased: its place and hashes are left
		}
		e, err := f.historyEntry(ctx, &row, &entries[i], names)
		if err != nil {
			return nil, err
		}
		// Of a round from which the family withdrew only that is told.
		e.Writes = slices.DeleteFunc(e.GetWrites(), func(w *ksv1.HistoryWrite) bool {
			return sealed[w.GetRecordId()] && w.GetFieldName() != "withdrawal"
		})
		out.Entries = append(out.Entries, e)
	}
	return out, nil
}

// sealedRounds are the rounds from which a family withdrew. A family whose state can't be
// read still has its history, of which nothing is known to be sealed.
func (f familyService) sealedRounds(ctx context.Context, row *store.Family) (map[string]bool, error) {
	_, state, err := f.services.readFamily(ctx, nil, row)
	if errors.Is(err, errFamilyDamaged) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	h, err := merge.View(&state)
	if err != nil {
		return nil, err
	}
	sealed := map[string]bool{}
	for _, r := range h.GetRounds() {
		if r.GetRound().GetWithdrawal() != nil {
			sealed[r.GetRoundId()] = true
		}
	}
	return sealed, nil
}

// pageBack reads a page of what happened to a family, newest first, and the token
// of the next one; revisionOf is what the list is ordered by.
func pageBack[T any](
	ctx context.Context, s store.Store, r interface {
		GetPageToken() string
		GetPageSize() uint32
	},
	read func(ctx context.Context, snap store.Snapshot, before uint64, limit int) ([]T, error), revisionOf func(*T) uint64,
) (page []T, next string, err error) {
	before, err := revisionToken(r.GetPageToken())
	if err != nil {
		return nil, "", err
	}
	limit := pageSize(r.GetPageSize())
	err = s.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		page, err = read(ctx, snap, before, limit+1)
		return err
	})
	if err != nil {
		return nil, "", err
	}
	if len(page) > limit {
		page = page[:limit]
		next = pageToken(strconv.FormatUint(revisionOf(&page[limit-1]), 10))
	}
	return page, next, nil
}

// revisionToken continues a list that is ordered by revision.
func revisionToken(token string) (before uint64, err error) {
	key, err := parsePageToken(token)
	if err != nil || key == "" {
		return 0, err
	}
	if before, err = strconv.ParseUint(key, 10, 63); err != nil {
		return 0, &errBadRequest{"page_token", "is not one that this service gave", textStale}
	}
	return before, nil
}

func (f familyService) historyEntry(ctx context.Context, row *store.Family, e *store.Entry, names map[uint32]string) (*ksv1.HistoryEntry, error) {
	plain, err := f.services.Vault.OpenHistory(row.Village, row.Salt, e)
	if err != nil {
		return nil, err
	}
	c := &ksv1.Change{}
	if err := proto.Unmarshal(plain, c); err != nil {
		return nil, fmt.Errorf("decode change %s: %w", e.Change, err)
	}
	out := &ksv1.HistoryEntry{
		Revision: e.Revision, ChangeId: e.Change.String(), Author: e.Author, Stamp: e.Stamp.Proto(), CommittedAtMs: uint64(e.CommittedAtMS),
	}
	if out.AuthorName, err = f.services.userName(ctx, e.Author, names); err != nil {
		return nil, err
	}
	out.Writes, err = writesOf(c)
	maskWrites(numbersOf(callerOf(ctx), row), out.Writes)
	return out, err
}

func writesOf(c *ksv1.Change) ([]*ksv1.HistoryWrite, error) {
	var out []*ksv1.HistoryWrite
	for _, w := range c.GetWrites() {
		key, err := merge.KeyOfWrite(w)
		if err != nil {
			return nil, err
		}
		elements, err := merge.SplitFields(w.GetFields())
		if err != nil {
			return nil, err
		}
		for _, field := range w.GetCleared() {
			elements = append(elements, merge.Element{Field: protowire.Number(field)})
		}
		for _, e := range elements {
			name, text, err := familyview.FieldText(key.Kind, e.Field, e.Bytes)
			if err != nil {
				return nil, err
			}
			out = append(out, &ksv1.HistoryWrite{
				Kind: key.Kind, RecordId: key.Record.String(), MemberId: key.Member.String(), Field: uint32(e.Field), FieldName: name, ValueJson: text,
			})
		}
	}
	return out, nil
}

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
	for i := range rows {
		c, err := f.openQuarantined(&rows[i])
		if err != nil {
			return nil, err
		}
		m := &ksv1.QuarantinedChange{
			ChangeId: rows[i].Change.String(), FamilyId: rows[i].Family.String(), VillageCode: villageCode(caller, rows[i].Village),
			Author: rows[i].Author, Device: rows[i].Device, Reason: rows[i].Reason, ReceivedAtMs: uint64(rows[i].ReceivedAtMS),
		}
		if m.Writes, err = writesOf(c); err != nil {
			return nil, err
		}
		maskWrites(caller.FamilyNumbers(rows[i].Village, 0), m.Writes) // whoever decides is shown them in the whole village
		out.Changes = append(out.Changes, m)
		audit.Of(ctx).Family(m.FamilyId)
	}
	return out, nil
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
