package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/keluarga-sehat/sync/internal/form"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// errNotInConflict: what is to be settled holds one value, or none that is shown.
var errNotInConflict = errors.New("the field is in no conflict")

// ResolveConflict settles one conflict.
func (f familyService) ResolveConflict(ctx context.Context, r *ksv1.ResolveConflictRequest) (*ksv1.ResolveConflictResponse, error) {
	caller := callerOf(ctx)
	row, err := f.findFamily(ctx, caller, r.GetFamilyId())
	if err != nil {
		return nil, err
	}
	key := merge.Key{Kind: r.GetKind()}
	for _, part := range []struct {
		name, text string
		id         *merge.ID
	}{{"record_id", r.GetRecordId(), &key.Record}, {"member_id", r.GetMemberId(), &key.Member}} {
		if part.text == "" {
			continue
		}
		if *part.id, err = merge.ParseID(part.text); err != nil {
			return nil, &errBadRequest{part.name, "is no UUID", textStale}
		}
	}
	id, err := f.services.newID()
	if err != nil {
		return nil, err
	}
	seen := merge.Digest(r.GetSeenDigest())
	if row, err = f.recordSeen(ctx, caller, row, seen); err != nil {
		return nil, err
	}
	revision, err := f.services.Backend.Core.Correct(ctx, row.Village, row.ID, ingest.Correction{
		ID: id, Author: caller.Account.Number, Seen: &seen,
		Edits: func(state *merge.State) ([]merge.RecordEdit, error) {
			return f.settle(state, key, r, ksv1.ReviewState(row.ReviewState))
		},
	})
	return &ksv1.ResolveConflictResponse{Revision: revision}, err
}

// recordSeen is the record of a family that somebody has seen, by its digest: a family that a
// file moved within the Puskesmas has a closed one too, under the same id, and what came late
// for that is in conflict there. Where it is none of these, the record that is found stays.
func (f familyService) recordSeen(ctx context.Context, caller *access.Caller, found store.Family, seen merge.Digest) (store.Family, error) {
	record := found
	err := f.services.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		record = found
		digest, _, err := f.services.Backend.Vault.ReadCanonical(ctx, snap, &found)
		if err != nil || digest == seen {
			return nil // what does not open is told by the correction
		}
		for _, village := range caller.VillagesFor(ksv1.Right_RIGHT_SEE_FAMILIES) {
			other, err := snap.FindFamily(ctx, []uint32{village}, found.ID)
			if errors.Is(err, store.ErrNotFound) || err == nil && (!other.Superseded || !caller.CoversFor(ksv1.Right_RIGHT_SEE_FAMILIES, village, other.Place)) {
				continue
			}
			if err != nil {
				return err
			}
			if digest, _, err = f.services.Backend.Vault.ReadCanonical(ctx, snap, &other); err != nil {
				return err
			}
			if digest == seen {
				record = other
				return nil
			}
		}
		return nil
	})
	return record, err
}

// settle are the edits of a resolution, with what a refusal that it keeps, or drops, does to the
// round. Like any save it brings no error into the family that the answers shown do not have;
// so the value that is shown can always be kept.
func (f familyService) settle(state *merge.State, key merge.Key, r *ksv1.ResolveConflictRequest, review ksv1.ReviewState) ([]merge.RecordEdit, error) {
	edits, err := resolution(state, key, r)
	if err != nil {
		return nil, err
	}
	form.NoteSeen(edits, state)
	// A removal stands against what its author had not seen; now it is seen.
	edits = merge.Settle(state, edits[0], protowire.Number(r.GetField()))
	edits = merge.KeepStatedAges(edits, state)
	if edits, err = form.Refusals(edits, state, review); err != nil {
		return nil, err
	}
	after, err := merge.Preview(state, edits)
	if err != nil {
		return nil, err
	}
	return edits, f.services.judge(state, after)
}

// resolution is the edit that settles a register.
func resolution(state *merge.State, key merge.Key, r *ksv1.ResolveConflictRequest) ([]merge.RecordEdit, error) {
	field := protowire.Number(r.GetField())
	if !merge.Settles(state, key, field) {
		return nil, errNotInConflict
	}
	rec := state.Record(key)
	edit := merge.RecordEdit{Key: key, Set: merge.NewRecord(key.Kind), Rewrite: []protowire.Number{field}}
	descriptor := edit.Set.ProtoReflect().Descriptor().Fields().ByNumber(field)
	switch m := r.GetResolution().(type) {
	case *ksv1.ResolveConflictRequest_Keep:
		kept := -1
		for i, v := range rec.Register(field).Values {
			if v.Stamp == merge.StampOf(m.Keep) {
				kept = i
			}
		}
		if kept < 0 {
			return nil, &errBadRequest{"keep", "is the stamp of none of the values", "Nilai ini sudah tidak ada; muat ulang, lalu pilih lagi."}
		}
		element := rec.Register(field).Values[kept].Element
		if element == nil {
			edit.Clear = []protowire.Number{field}
		} else if err := proto.Unmarshal(element, edit.Set); err != nil {
			return nil, err
		}
	case *ksv1.ResolveConflictRequest_ValueJson:
		if descriptor == nil {
			return nil, &errBadRequest{"field", "is not known to this version; keep one of its values", "Isian ini belum dikenal server; pilih salah satu nilainya."}
		}
		if err := setOnly(edit.Set, descriptor, m.ValueJson); err != nil {
			return nil, &errBadRequest{"value_json", "is no value of the field", "Nilai ini bukan jawaban untuk isian tersebut."}
		}
	case *ksv1.ResolveConflictRequest_Clear:
		edit.Clear = []protowire.Number{field}
	}
	return []merge.RecordEdit{edit}, nil
}

// setOnly sets one field of an empty message to a value as protojson. The text is
// one JSON value and nothing behind it: what would name other fields is refused.
func setOnly(message proto.Message, field protoreflect.FieldDescriptor, value string) error {
	if !json.Valid([]byte(value)) {
		return errors.New("is not one JSON value")
	}
	if err := protojson.Unmarshal(fmt.Appendf(nil, `{%q:%s}`, field.JSONName(), value), message); err != nil {
		return err
	}
	only := message.ProtoReflect().Has(field)
	message.ProtoReflect().Range(func(set protoreflect.FieldDescriptor, _ protoreflect.Value) bool {
		only = only && set.Number() == field.Number()
		return only
	})
	if !only {
		return errors.New("sets another field, or none")
	}
	return nil
}
