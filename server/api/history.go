package api

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/familyview"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// conflicts are a family's conflicts with their authors' names, which are
// looked up once each; digest is the state's.
func (s *Services) conflicts(ctx context.Context, row *store.Family, digest merge.Digest, state *merge.State, names map[uint32]string) ([]*ksv1.Conflict, error) {
	shown, err := merge.View(state)
	if err != nil {
		return nil, err
	}
	found, err := familyview.Conflicts(row.ID, state, func(account uint32) (string, error) { return s.userName(ctx, account, names) })
	area := villageCode(callerOf(ctx), row.Village) + "/" + row.Place.String()
	for _, c := range found {
		c.Digest, c.HeadName, c.Area = digest[:], shown.GetFamily().GetHeadName(), area
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
		e.Writes = withoutSealed(e.GetWrites(), sealed)
		out.Entries = append(out.Entries, e)
	}
	return out, nil
}

// withoutSealed are the writes that are told: of a round from which the family withdrew
// only that.
func withoutSealed(writes []*ksv1.HistoryWrite, sealed map[string]bool) []*ksv1.HistoryWrite {
	return slices.DeleteFunc(writes, func(w *ksv1.HistoryWrite) bool {
		return sealed[w.GetRecordId()] && w.GetFieldName() != fieldWithdrawal
	})
}

// fieldWithdrawal is how Round.withdrawal is named.
const fieldWithdrawal = "withdrawal"

// sealedRounds are the rounds from which a family withdrew. A family whose state can't be
// read still has its history, of which nothing is known to be sealed.
func (f familyService) sealedRounds(ctx context.Context, row *store.Family) (map[string]bool, error) {
	_, state, err := f.services.readFamily(ctx, nil, row)
	if errors.Is(err, errFamilyDamaged) {
		return map[string]bool{}, nil
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
			if merge.IsSourceYears(key.Kind, e.Field) {
				continue // for the next import alone
			}
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
