package api

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/timestamppb"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"

	"github.com/keluarga-sehat/sync/server/rates"
)

// What never becomes a call costs something, too; what became one was counted there.
func TestWhatNeverBecomesACallCountsForItsAddress(t *testing.T) {
	t.Parallel()
	g := &Guard{limits: rates.New(rates.Bounds{Address: 1, AddressBurst: 3}, func() time.Time { return time.UnixMilli(1_800_000_000_000) })}
	unreadable, noPath := status.Error(codes.InvalidArgument, "?"), status.Error(codes.NotFound, "?")
	refusedCall, broken := build(codes.NotFound, "NOT_FOUND", "no family", "Data tidak ditemukan."), status.Error(codes.Unavailable, "?")
	for i, c := range []struct {
		err    error
		reason string
	}{
		{refusedCall, "NOT_FOUND"}, {refusedCall, "NOT_FOUND"}, {broken, "Unavailable"}, {unreadable, "BAD_REQUEST"}, {noPath, "NO_SUCH_PATH"},
		{unreadable, "BAD_REQUEST"}, {unreadable, "TOO_MANY_CALLS"}, {noPath, "TOO_MANY_CALLS"}, {refusedCall, "NOT_FOUND"},
	} {
		if _, reason := outcomeOf(g.Unread("192.0.2.1", c.err)); reason != c.reason {
			t.Errorf("number %d: %s, want %s", i, reason, c.reason)
		}
	}
}

// What the gateway can't write as JSON is told without a word of the library's.
func TestAnAnswerThatCantBeWrittenGivesNothingAway(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	g := &Guard{limits: rates.New(rates.Bounds{}, time.Now), log: slog.New(slog.NewTextHandler(&log, nil))}
	_, wrong := protojson.Marshal(&timestamppb.Timestamp{Seconds: -1 << 40})
	if outcome, reason := outcomeOf(g.Unread("192.0.2.1", wrong)); outcome != ksv1.AuditOutcome_AUDIT_OUTCOME_FAILED || reason != "INTERNAL" {
		t.Errorf("%v, %s", outcome, reason)
	}
	if !strings.Contains(log.String(), "out of range") {
		t.Errorf("the log has %q", &log)
	}
}
