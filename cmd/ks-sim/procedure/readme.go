package procedure

import (
	"errors"
	"fmt"
	"strings"
)

// section of README whose commands are run.
const section = "## Set up a district"

// ErrNoCommands: the section, or a block of commands in it, is not there.
var ErrNoCommands = errors.New("README has no commands to set up a district")

// Commands are the shell blocks of README's section, as they stand there.
func Commands(readme string) ([]string, error) {
	_, rest, ok := strings.Cut(readme, section+"\n")
	if !ok {
		return nil, ErrNoCommands
	}
	if next := strings.Index(rest, "\n## "); next >= 0 {
		rest = rest[:next+1]
	}
	var blocks []string
	for {
		_, begun, ok := strings.Cut(rest, "```sh\n")
		if !ok {
			break
		}
		block, after, ok := strings.Cut(begun, "```\n")
		if !ok {
			return nil, fmt.Errorf("%w: a block does not end", ErrNoCommands)
		}
		blocks, rest = append(blocks, block), after
	}
	if len(blocks) == 0 {
		return nil, ErrNoCommands
	}
	return blocks, nil
}

// script makes one shell script of the blocks: it shows each step's comment and
// each command before it runs, ends at the first failure, and ends the server.
func script(blocks []string) string {
	var b strings.Builder
	b.WriteString("set -euo pipefail\ntrap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n")
	for _, block := range blocks {
		for _, line := range strings.Split(strings.TrimRight(block, "\n"), "\n") {
			switch {
			case strings.HasPrefix(line, "# "):
				fmt.Fprintf(&b, "echo; echo %s\n", quoted(line))
			case line != "":
				fmt.Fprintf(&b, "echo %s\n%s\n", quoted("$ "+line), line)
			}
			if strings.HasPrefix(line, "ks-server serve") {
				b.WriteString("until ks-device --help >/dev/null && (exec 3<>/dev/tcp/${KS_LISTEN%:*}/${KS_LISTEN#*:}) 2>/dev/null; do sleep 0.1; done\n")
			}
		}
	}
	return b.String()
}

// quoted is a word for the shell.
func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
