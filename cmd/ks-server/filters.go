package main

import (
	"context"
	"errors"
	"slices"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/server/store"
)

// findArea is the code of an area that --area names, as the tree has it: a mistyped one must
// not look as if there were nothing there.
func findArea(ctx context.Context, s store.Store, text string, levels ...area.Level) (string, error) {
	code, err := area.Parse(text)
	if err != nil || !slices.Contains(levels, code.Level()) {
		return "", misused("--area %q is no code of a %s", text, either(levels))
	}
	err = s.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		_, err := snap.FindArea(ctx, code.Dotted())
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return "", misused("--area %s is not in the tree", code.Dotted())
	}
	return code.Dotted(), err
}

func either(levels []area.Level) (text string) {
	for i, level := range levels {
		if i > 0 {
			text += " or "
		}
		text += level.String()
	}
	return text
}

// checkPuskesmas tells whether there is the Puskesmas that --puskesmas names; "" names none.
func checkPuskesmas(ctx context.Context, s store.Store, text string) error {
	if text == "" {
		return nil
	}
	if _, err := area.ParsePuskesmas(text); err != nil {
		return misused("--puskesmas: %v", err)
	}
	err := s.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		_, err := snap.FindPuskesmas(ctx, text)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return misused("--puskesmas: there is no Puskesmas %s", text)
	}
	return err
}
