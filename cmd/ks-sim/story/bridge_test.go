package story

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// root is the repository's folder.
const root = "../../.."

// scriptTimeout bounds one script, in all looks and on a busy machine.
const scriptTimeout = 30 * time.Minute

// Deed is something that a script asks for: its arguments as JSON, its answer
// as anything that marshals.
type deed func(ctx context.Context, arguments json.RawMessage) (any, error)

// askPrefix begins a line by which a script asks; other lines are its log.
const askPrefix = "@ask "

// install gets what a script needs, if it is not there.
func install(t *testing.T) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), filepath.Join(root, ".ci", "install"), "modules", "chromium").CombinedOutput()
	if err != nil {
		t.Fatalf("install: %v\n%s", err, out)
	}
}

// play runs a script to its end. It fails the test with the script's log.
func play(t *testing.T, script string, settings any, deeds map[string]deed) {
	t.Helper()
	text, err := json.Marshal(settings)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), scriptTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", script+".mjs")
	cmd.Dir = filepath.Join(root, "server", "web", "story")
	cmd.Env = append(os.Environ(), "STORY_SETTINGS="+string(text))
	var failed strings.Builder
	cmd.Stderr = &failed
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("start %s: %v", script, err)
	}
	err = serve(ctx, t, out, in, deeds)
	if err = errors.Join(err, cmd.Wait()); err != nil {
		t.Fatalf("%s: %v\n%s", script, err, failed.String())
	}
}

// serve answers what a script asks for until it ends.
func serve(ctx context.Context, t *testing.T, out io.Reader, in io.Writer, deeds map[string]deed) error {
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		asked, is := strings.CutPrefix(lines.Text(), askPrefix)
		if !is {
			t.Log(lines.Text())
			continue
		}
		var r struct {
			Deed      string          `json:"deed"`
			Arguments json.RawMessage `json:"arguments"`
		}
		if err := json.Unmarshal([]byte(asked), &r); err != nil {
			return fmt.Errorf("read what is asked: %w", err)
		}
		reply := struct {
			Result any    `json:"result,omitempty"`
			Error  string `json:"error,omitempty"`
		}{}
		do, ok := deeds[r.Deed]
		if !ok {
			return fmt.Errorf("nobody can do %q", r.Deed)
		}
		var err error
		if reply.Result, err = do(ctx, r.Arguments); err != nil {
			reply.Error = err.Error()
		}
		if err := json.NewEncoder(in).Encode(reply); err != nil {
			return fmt.Errorf("answer %s: %w", r.Deed, err)
		}
	}
	return lines.Err()
}
