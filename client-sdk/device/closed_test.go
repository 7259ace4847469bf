package device

import (
	"context"
	"errors"
	"testing"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/record"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

func TestAStoreThatIsClosedSaysSo(t *testing.T) {
	t.Parallel()
	s, id := withOneSave(t, testOptions(t))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for name, call := range map[string]func(ctx context.Context) error{
		"Save": func(ctx context.Context) error {
			_, err := s.Save(ctx, id, 1, func(*Draft) ([]merge.RecordEdit, error) { return nil, nil })
			return err
		},
		"Submit":         func(ctx context.Context) error { _, err := s.Submit(ctx, []merge.ID{id}, ""); return err },
		"Decide":         func(ctx context.Context) error { _, err := s.Decide(ctx, &ksv1.ReviewDecision{}, false); return err },
		"Carry":          func(ctx context.Context) error { _, err := s.Carry(ctx, nil); return err },
		"NextCarried":    func(ctx context.Context) error { _, err := s.NextCarried(ctx, nil); return err },
		"CarriedFiles":   func(ctx context.Context) error { _, err := s.CarriedFiles(ctx, 1); return err },
		"MayReview":      func(ctx context.Context) error { _, err := s.MayReview(ctx); return err },
		"Decisions":      func(ctx context.Context) error { _, err := s.Decisions(ctx, 1); return err },
		"NotApplied":     func(ctx context.Context) error { _, err := s.NotApplied(ctx, 1); return err },
		"Acknowledge":    func(ctx context.Context) error { return s.Acknowledge(ctx, merge.ID{1}) },
		"Batches":        func(ctx context.Context) error { _, err := s.Batches(ctx, 1); return err },
		"Copied":         func(ctx context.Context) error { _, err := s.Copied(ctx); return err },
		"Sealed":         func(ctx context.Context) error { _, err := s.Sealed(ctx); return err },
		"Colleagues":     func(ctx context.Context) error { _, err := s.Colleagues(ctx); return err },
		"HandoverKey":    func(ctx context.Context) error { _, err := s.HandoverKey(ctx); return err },
		"PutSecret":      func(ctx context.Context) error { return s.PutSecret(ctx, "name", nil) },
		"Secret":         func(ctx context.Context) error { _, err := s.Secret(ctx, "name"); return err },
		"ChangePassword": func(ctx context.Context) error { return s.ChangePassword(ctx, "rahasia", record.MinPasswordCost) },
		"Outbox":         func(ctx context.Context) error { _, err := s.Outbox(ctx, 1); return err },
		"Counts":         func(ctx context.Context) error { _, err := s.Counts(ctx); return err },
		"Confirmed":      func(ctx context.Context) error { _, err := s.Confirmed(ctx); return err },
		"Family":         func(ctx context.Context) error { _, err := s.Family(ctx, id); return err },
		"Known":          func(ctx context.Context) error { _, err := s.Known(ctx, id); return err },
		"Village":        func(ctx context.Context) error { _, err := s.Village(ctx, 1); return err },
		"Villages":       func(ctx context.Context) error { _, err := s.Villages(ctx); return err },
		"a session":      func(ctx context.Context) error { _, err := s.openSession(ctx, ""); return err },
		"Wipe":           func(ctx context.Context) error { return s.Wipe(ctx, func(*Sealed) error { return nil }) },
	} {
		if err := call(t.Context()); !errors.Is(err, ErrClosed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
