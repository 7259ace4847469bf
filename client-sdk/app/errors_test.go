package app

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/status"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
)

// Who cannot unlock for want of space is told what to do, and nothing of SQLite.
func TestADeviceWithoutRoomSaysWhatToDo(t *testing.T) {
	t.Parallel()
	err := statusOf(fmt.Errorf("unlock: %w", &clientsdk.NoRoom{FreeMB: 12, Cause: errors.New("database or disk is full")}))
	var reason, text string
	for _, d := range status.Convert(err).Details() {
		switch d := d.(type) {
		case *errdetails.ErrorInfo:
			reason = d.GetReason()
		case *errdetails.LocalizedMessage:
			text = d.GetMessage()
		}
	}
	if reason != "STORAGE_FULL" || !strings.Contains(text, "Kosongkan sedikitnya 12 MB") || !strings.Contains(text, "tetap aman") || strings.Contains(text, "database") {
		t.Errorf("%s: %s", reason, text)
	}
}
