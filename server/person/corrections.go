package person

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// Correction is one record as one change wrote it.
type Correction struct {
	Time    time.Time `json:"time"`
	Account uint32    `json:"account"`
	Device  uint32    `json:"device"`
	Change  string    `json:"change"`
	Record  string    `json:"record"`
	// Set are the fields written, Cleared the numbers of those set back to absent.
	Set     json.RawMessage `json:"set"`
	Cleared []uint32        `json:"cleared,omitempty"`
}

// historyPage is how many changes are read at a time.
const historyPage = 500

// Corrections are all changes of a family, or those of a member's records, oldest
// first.
func (s *Service) Corrections(ctx context.Context, f Found) (out []Correction, err error) {
	err = s.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		out = nil
		for before := uint64(0); ; {
			entries, err := snap.History(ctx, f.Row.Village, f.Row.ID, before, historyPage)
			if err != nil {
				return err
			}
			for i := range entries {
				before = entries[i].Revision
				if err := s.addCorrections(&out, &f, &entries[i]); err != nil {
					return err
				}
			}
			if len(entries) < historyPage {
				break
			}
		}
		slices.Reverse(out)
		return nil
	})
	return out, err
}

func (s *Service) addCorrections(out *[]Correction, f *Found, e *store.Entry) error {
	if len(e.Payload) == 0 {
		return nil // erased
	}
	plain, err := s.Core.Vault.OpenHistory(f.Row.Village, f.Row.Salt, e)
	if err != nil {
		return err
	}
	change := &ksv1.Change{}
	if err := proto.Unmarshal(plain, change); err != nil {
		return fmt.Errorf("decode change %s: %w", e.Change, err)
	}
	for _, w := range slices.Backward(change.GetWrites()) {
		key, err := merge.KeyOfWrite(w)
		if err != nil {
			return err
		}
		if !f.Member.IsZero() && key.Member != f.Member {
			continue
		}
		m := merge.NewRecord(key.Kind)
		if m == nil {
			return fmt.Errorf("change %s writes a record of kind %d", e.Change, key.Kind)
		}
		if err := proto.Unmarshal(w.GetFields(), m); err != nil {
			return fmt.Errorf("decode change %s: %w", e.Change, err)
		}
		set, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(m)
		if err != nil {
			return err
		}
		*out = append(*out, Correction{
			Time: time.UnixMilli(e.CommittedAtMS).UTC(), Account: e.Author, Device: e.Device, Change: e.Change.String(),
			Record: key.Kind.String(), Set: set, Cleared: w.GetCleared(),
		})
	}
	return nil
}

// Only is what a household holds of one member: the member, the parts in rounds,
// and of the household nothing but where it lives.
func Only(h *ksv1.Household, member merge.ID) *ksv1.Household {
	out := &ksv1.Household{FamilyId: h.GetFamilyId(), VillageCode: h.GetVillageCode(), Family: &ksv1.Family{}}
	// What made the family or the round may wait for a decision while this is merged.
	if f := h.GetFamily(); f != nil {
		out.Family.Place, out.Family.Address = f.Place, f.Address
	}
	for _, m := range h.GetMembers() {
		if m.GetMemberId() == member.String() {
			out.Members = append(out.Members, m)
		}
	}
	for _, r := range h.GetRounds() {
		kept := &ksv1.HouseholdRound{RoundId: r.GetRoundId(), Round: &ksv1.Round{}}
		if round := r.GetRound(); round != nil {
			kept.Round.SurveyDate = round.SurveyDate
		}
		for _, p := range r.GetIndividuals() {
			if p.GetMemberId() == member.String() {
				kept.Individuals = append(kept.Individuals, p)
			}
		}
		if len(kept.Individuals) > 0 {
			out.Rounds = append(out.Rounds, kept)
		}
	}
	return out
}
