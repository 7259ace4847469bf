package app

import (
	"strings"
	"testing"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/client-sdk/device"
	devicev1 "github.com/keluarga-sehat/sync/proto/keluargasehat/device/v1"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

func TestEveryStateOfAChangeIsShown(t *testing.T) {
	t.Parallel()
	ranks := map[int]device.Status{}
	for status := device.StatusPending; status <= device.StatusErased; status++ {
		state, shown := outboxStates[status]
		if status == device.StatusReplaced {
			if shown {
				t.Error("what a later save replaced is shown beside it")
			}
			continue
		}
		rank, ranked := urgency[state]
		if !shown || state == 0 || !ranked {
			t.Errorf("status %d is shown as %v, ranked: %v", status, state, ranked)
		}
		if other, twice := ranks[rank]; twice {
			t.Errorf("statuses %d and %d are as urgent as each other", other, status)
		}
		ranks[rank] = status
	}
}

// Once it was decided, nobody is to read that a supervisor will decide.
func TestWhatWasDecidedOnDoesNotWaitByItsReason(t *testing.T) {
	t.Parallel()
	receipt := &ksv1.Receipt{Status: ksv1.ReceiptStatus_RECEIPT_STATUS_QUARANTINED, Reason: "OUT_OF_SCOPE"}
	for status, want := range map[device.Status]string{
		device.StatusQuarantined: "supervisor akan memutuskan", device.StatusKeptOut: "tidak digabungkan", device.StatusApplied: "", device.StatusPending: "",
	} {
		for _, here := range []bool{true, false} {
			got := reasonOf(&clientsdk.OutboxEntry{Status: status, Receipt: receipt}, here)
			if (got == "") != (want == "") || !strings.Contains(got, want) {
				t.Errorf("status %d, here %t: %q; want %q", status, here, got, want)
			}
		}
	}
}

// What is kept out shows until its family is saved again by who has been told; what was
// saved before that may be about something else.
func TestWhatWasKeptOutShowsUntilItIsCorrected(t *testing.T) {
	t.Parallel()
	const told = 2_000
	keptOut := clientsdk.OutboxEntry{Status: device.StatusKeptOut, SavedMS: 1_000, AckedMS: told, Decision: &ksv1.QuarantineDecision{Note: "Alamat keliru"}}
	unknown := func(clientsdk.ID) (clientsdk.Summary, bool) { return clientsdk.Summary{}, true }
	for _, c := range []struct {
		later clientsdk.OutboxEntry
		want  devicev1.OutboxState
		note  string
	}{
		{clientsdk.OutboxEntry{Status: device.StatusApplied, SavedMS: told - 1}, devicev1.OutboxState_OUTBOX_STATE_KEPT_OUT, "Alamat keliru"},
		{clientsdk.OutboxEntry{Status: device.StatusApplied, SavedMS: told + 1}, devicev1.OutboxState_OUTBOX_STATE_APPLIED, ""},
		{clientsdk.OutboxEntry{Status: device.StatusPending, SavedMS: told + 1}, devicev1.OutboxState_OUTBOX_STATE_SAVED, ""},
	} {
		got := outboxEntries([]clientsdk.OutboxEntry{c.later, keptOut}, 10, unknown)
		if len(got) != 1 || got[0].GetState() != c.want || got[0].GetNote() != c.note || got[0].GetChanges() != 2 {
			t.Errorf("saved at %d: %v", c.later.SavedMS, got)
		}
	}
}
