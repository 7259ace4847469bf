package faults

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/cmd/ks-sim/field"
	"github.com/keluarga-sehat/sync/cmd/ks-sim/judge"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/ingest"
)

// drainSyncs is how many undisturbed syncs a device may need until nothing is
// pending.
const drainSyncs = 4

func (w *world) violate(format string, args ...any) {
	if len(w.report.Violations) < 20 {
		w.report.Violations = append(w.report.Violations, fmt.Sprintf(format, args...))
	}
}

// healAndJudge stops the devices, lets each sync undisturbed, stops the servers,
// judges the store, and starts everybody again.
func (w *world) healAndJudge(ctx context.Context) error {
	w.killAll(deviceProcess)
	for range 2 {
		// The second round brings everybody what the first one sent.
		for _, p := range w.processes {
			if !p.Server {
				if err := w.heal(ctx, &p.child); err != nil {
					return err
				}
			}
		}
	}
	followed, err := w.dashboards(ctx)
	if err != nil {
		return err
	}
	w.killAll(serverProcess)
	if err := w.judge(ctx); err != nil {
		return err
	}
	if err := w.restartAll(ctx, serverProcess); err != nil {
		return err
	}
	anew, err := w.dashboards(ctx)
	if err != nil {
		return err
	}
	w.compareDashboards(followed, anew)
	return w.restartAll(ctx, deviceProcess)
}

func (w *world) killAll(of kind) {
	for _, p := range w.processes {
		if p.kind() == of {
			p.kill(&w.history)
		}
	}
}

func (w *world) restartAll(ctx context.Context, of kind) error {
	for i, p := range w.processes {
		if p.kind() == of {
			if err := w.restart(ctx, i, ""); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *world) heal(ctx context.Context, c *child) (err error) {
	client, user, err := openDevice(ctx, c)
	if err != nil {
		w.violate("device %s does not open: %v", c.Device, err)
		return nil
	}
	defer func() { err = errors.Join(err, user.Close(), client.Close()) }()
	if l := user.Loss(); l != nil {
		w.violate("device %s reports a loss: %+v", c.Device, *l)
	}
	for range drainSyncs {
		result, err := user.Sync(ctx, nil)
		if err != nil {
			w.violate("device %s does not sync: %v", c.Device, err)
			return nil
		}
		if result.Differing > 0 || result.Repaired > 0 {
			w.violate("device %s and server differed in %d RT after a sync", c.Device, result.Repaired)
		}
		counts, err := user.Counts(ctx)
		if err != nil {
			return err
		}
		if counts.Pending == 0 {
			return nil
		}
	}
	w.violate("device %s has unsent work after %d syncs", c.Device, drainSyncs)
	return nil
}

// judge holds the store against the recorded history.
func (w *world) judge(ctx context.Context) (err error) {
	s, err := field.OpenStore(ctx, w.store)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	j := &judge.Judge{Store: s, Vault: ingest.NewVault(w.ring, rand.Reader), Ring: w.ring, Violate: w.violate}
	t, err := j.Read(ctx)
	if err != nil {
		return err
	}
	if err := j.Sums(ctx, t); err != nil {
		return err
	}
	times := map[string]int{}
	for _, c := range t.Changes {
		token, err := tokenOf(c)
		if err != nil {
			return err
		}
		if token != "" {
			times[token]++
		}
	}
	w.history.mu.Lock()
	defer w.history.mu.Unlock()
	for _, end := range w.history.unexpectedEnds {
		w.violate("%s", end)
	}
	w.history.unexpectedEnds = nil
	for token := range w.history.saved {
		if times[token] != 1 {
			w.violate("save %s, which was told to be safe, is in the history %d times", token, times[token])
		} else {
			w.verified[token] = true
		}
	}
	for token, n := range times {
		if !w.history.tried[token] || n > 1 {
			w.violate("save %s is in the history %d times, and tried: %t", token, n, w.history.tried[token])
		}
	}
	w.report.Verified, w.report.Unknown = len(w.verified), len(w.history.tried)-len(w.history.saved)
	w.report.Syncs, w.report.FailedSyncs = w.history.syncs, w.history.failed
	return nil
}

// tokenOf is the token that a change writes; "" where it writes none.
func tokenOf(c *ksv1.Change) (string, error) {
	for _, write := range c.GetWrites() {
		if write.GetKind() != merge.KindFamily {
			continue
		}
		f := &ksv1.Family{}
		if err := proto.Unmarshal(write.GetFields(), f); err != nil {
			return "", fmt.Errorf("decode change: %w", err)
		}
		if token, ok := strings.CutPrefix(f.GetAddress(), tokenPrefix); ok {
			return token, nil
		}
	}
	return "", nil
}
