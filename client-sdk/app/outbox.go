package app

import (
	"context"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	devicev1 "github.com/keluarga-sehat/sync/proto/keluargasehat/device/v1"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// defaultOutbox is how many entries a list has where the request does not say.
const defaultOutbox = 100

// maxOutboxChanges bounds the changes that a list looks through.
const maxOutboxChanges = 20_000

// outboxStates are those that a page shows. Of what was replaced the later save tells.
var outboxStates = map[clientsdk.OutboxStatus]devicev1.OutboxState{
	clientsdk.OutboxPending: devicev1.OutboxState_OUTBOX_STATE_SAVED, clientsdk.OutboxApplied: devicev1.OutboxState_OUTBOX_STATE_APPLIED,
	clientsdk.OutboxRefused: devicev1.OutboxState_OUTBOX_STATE_REFUSED, clientsdk.OutboxQuarantined: devicev1.OutboxState_OUTBOX_STATE_QUARANTINED,
	clientsdk.OutboxKeptOut: devicev1.OutboxState_OUTBOX_STATE_KEPT_OUT, clientsdk.OutboxErased: devicev1.OutboxState_OUTBOX_STATE_ERASED,
}

// urgency orders the states of one family's changes: the list shows the highest.
var urgency = map[devicev1.OutboxState]int{
	devicev1.OutboxState_OUTBOX_STATE_ERASED: 0, devicev1.OutboxState_OUTBOX_STATE_APPLIED: 1, devicev1.OutboxState_OUTBOX_STATE_SAVED: 2,
	devicev1.OutboxState_OUTBOX_STATE_KEPT_OUT: 3, devicev1.OutboxState_OUTBOX_STATE_QUARANTINED: 4, devicev1.OutboxState_OUTBOX_STATE_REFUSED: 5,
}

// ListOutbox lists the user's own changes.
func (s appService) ListOutbox(ctx context.Context, r *devicev1.ListOutboxRequest) (*devicev1.ListOutboxResponse, error) {
	out, err := s.app.outbox(ctx, int(r.GetPageSize()))
	return out, statusOf(err)
}

func (a *App) outbox(ctx context.Context, limit int) (*devicev1.ListOutboxResponse, error) {
	user, err := a.present()
	if err != nil {
		return nil, err
	}
	if limit == 0 {
		limit = defaultOutbox
	}
	list, err := user.Outbox(ctx, maxOutboxChanges)
	if err != nil {
		return nil, err
	}
	return &devicev1.ListOutboxResponse{Entries: outboxEntries(list, limit, user.Summary)}, nil
}

// outboxEntries are the families of changes, which come newest first.
func outboxEntries(list []clientsdk.OutboxEntry, limit int, summaryOf func(clientsdk.ID) (clientsdk.Summary, bool)) (out []*devicev1.OutboxEntry) {
	byFamily := map[clientsdk.ID]*devicev1.OutboxEntry{}
	for i := range list {
		c := &list[i]
		state, shown := outboxStates[c.Status]
		if !shown {
			continue
		}
		e := byFamily[c.FamilyID]
		if e == nil && len(out) == limit {
			continue
		}
		// What was saved after the decision was told is the correction that it asks for.
		if e != nil && c.Status == clientsdk.OutboxKeptOut && e.SavedAt.AsTime().UnixMilli() > c.AckedMS {
			e.Changes++
			continue
		}
		if e == nil {
			summary, here := summaryOf(c.FamilyID)
			e = &devicev1.OutboxEntry{
				FamilyId: c.FamilyID.String(), HeadName: summary.HeadName, SavedAt: timestamppb.New(time.UnixMilli(c.SavedMS)), State: state,
				Reason: reasonOf(c, here), Note: c.Decision.GetNote(), Elsewhere: !here,
			}
			byFamily[c.FamilyID] = e
			out = append(out, e)
		}
		if urgency[state] > urgency[e.State] {
			e.State, e.Reason, e.Note = state, reasonOf(c, !e.Elsewhere), c.Decision.GetNote()
		}
		e.Changes++
		if e.Elsewhere && e.HeadName == "" && c.Status != clientsdk.OutboxErased {
			e.HeadName = writtenName(c.Change)
		}
	}
	return out
}

// writtenName is the head's name that a change writes; "": none.
func writtenName(c *ksv1.Change) string {
	for _, w := range c.GetWrites() {
		family := &ksv1.Family{}
		if w.GetKind() != ksv1.RecordKind_RECORD_KIND_FAMILY || proto.Unmarshal(w.GetFields(), family) != nil {
			continue
		}
		if family.GetHeadName() != "" {
			return family.GetHeadName()
		}
	}
	return ""
}
