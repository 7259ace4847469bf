package peers

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// scripts are what Node runs, and the packages that it needs.
//
//go:embed package.json clients.js synced-level.js
var scripts embed.FS

// pocketBaseModule is the folder, from the source's root, of the module that
// builds PocketBase.
const pocketBaseModule = "internal/tools/pocketbase"

// errOptional begins what is said where a peer can't be had.
var errOptional = errors.New("optional; needs npm and the Go module proxy (--only names what is measured)")

// installNode puts the npm packages and our scripts into a folder, unless they
// are there.
func installNode(ctx context.Context, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	files, err := scripts.ReadDir(".")
	if err != nil {
		return fmt.Errorf("embedded scripts: %w", err)
	}
	for _, f := range files {
		data, err := scripts.ReadFile(f.Name())
		if err != nil {
			return fmt.Errorf("embedded script: %w", err)
		}
		if err := os.WriteFile(filepath.Join(dir, f.Name()), data, 0o644); err != nil {
			return err
		}
	}
	wanted, err := scripts.ReadFile("package.json")
	if err != nil {
		return fmt.Errorf("embedded script: %w", err)
	}
	stamp := filepath.Join(dir, "node_modules", ".installed")
	if have, err := os.ReadFile(stamp); err == nil && bytes.Equal(have, wanted) {
		return nil
	}
	// Install scripts stay off: LevelDB's packages bring it built. SQLite, an
	// optional backend, would be compiled.
	err = runTool(ctx, dir, "npm", "install", "--omit=optional", "--ignore-scripts", "--no-package-lock", "--no-fund", "--no-audit",
		"--loglevel=error", "--fetch-retries=1", "--fetch-timeout=60000")
	if err != nil {
		return err
	}
	return os.WriteFile(stamp, wanted, 0o644)
}

// buildPocketBase builds the server from its module to a file.
func buildPocketBase(ctx context.Context, file string) error {
	if _, err := os.Stat(filepath.Join(pocketBaseModule, "go.mod")); err != nil {
		return fmt.Errorf("run this in the source's root: %w", err)
	}
	return runTool(ctx, pocketBaseModule, "go", "build", "-o", file, ".")
}

func runTool(ctx context.Context, dir, name string, args ...string) error {
	command := exec.CommandContext(ctx, name, args...)
	command.Dir, command.WaitDelay = dir, time.Second
	if text, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s %s: %w\n%s", errOptional, name, args[0], err, bytes.TrimSpace(text[max(0, len(text)-2000):]))
	}
	return nil
}
