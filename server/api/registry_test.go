package api

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	"github.com/keluarga-sehat/sync/internal/syncing"
	"github.com/keluarga-sehat/sync/server/dukcapil"
)

// Users are told to go on by hand; the operator reads what it is.
func TestTheOperatorReadsThatTheRegistryRefusesThisServer(t *testing.T) {
	t.Parallel()
	for logged, c := range map[string]struct {
		err    error
		code   codes.Code
		reason string
	}{
		"level=ERROR":               {fmt.Errorf("%w: it objects to user, login or address", dukcapil.ErrRefused), codes.FailedPrecondition, syncing.ReasonLookUpOff},
		"login or address":          {fmt.Errorf("%w: it objects to user, login or address", dukcapil.ErrRefused), codes.FailedPrecondition, syncing.ReasonLookUpOff},
		"server's quota is used up": {&dukcapil.QuotaError{Whose: dukcapil.OfRegistry}, codes.ResourceExhausted, syncing.ReasonLookUpQuota},
	} {
		var log bytes.Buffer
		err := statusOf(t.Context(), slog.New(slog.NewTextHandler(&log, nil)), "/look-up", c.err)
		if code, got := toldBy(t, err); code != c.code || got.reason != c.reason {
			t.Errorf("%v: %s, %+v", c.err, code, got)
		}
		if !strings.Contains(log.String(), logged) || !strings.Contains(log.String(), "/look-up") {
			t.Errorf("%v: the log holds %q, not %q", c.err, log.String(), logged)
		}
	}
	for _, err := range []error{&dukcapil.QuotaError{Whose: dukcapil.OfUser}, dukcapil.ErrNoRecord} {
		var log bytes.Buffer
		if statusOf(t.Context(), slog.New(slog.NewTextHandler(&log, nil)), "/look-up", err); log.Len() > 0 {
			t.Errorf("%v: the log holds %q", err, log.String())
		}
	}
}
