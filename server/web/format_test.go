package web

import (
	"bufio"
	"bytes"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/keluarga-sehat/sync/internal/iks"
)

// everyFraction writes how the pages show the coverage of each fraction below one, a line each.
const everyFraction = `
import { readFileSync } from "node:fs";
import { transformWithEsbuild } from "vite";
const { code } = await transformWithEsbuild(readFileSync("src/shared/format.ts", "utf8"), "format.ts");
const { covered } = await import("data:text/javascript," + encodeURIComponent(code));
const lines = [];
for (let of = 5; of <= 300; of++) for (let n = 0; n <= of; n++) lines.push(n + " " + of + " " + covered({ numerator: String(n), denominator: String(of) }));
process.stdout.write(lines.join("\n") + "\n");
`

// A coverage is rounded once, half up, from its two counts: from the contract's percentage,
// which is rounded to two decimals, 6 of 11 would be 54,6 %.
func TestACoverageIsRoundedOnce(t *testing.T) {
	t.Parallel()
	modules(t)
	run := exec.CommandContext(t.Context(), "node", "--input-type=module", "-")
	run.Stdin = strings.NewReader(everyFraction)
	shown, err := run.Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := 0
	for all := bufio.NewScanner(bytes.NewReader(shown)); all.Scan(); lines++ {
		var n, of int64
		var percent string
		if _, err := fmt.Sscan(all.Text(), &n, &of, &percent); err != nil {
			t.Fatal(err)
		}
		want := strings.Replace(iks.Ratio{Part: n, Whole: of}.Percent(1), ".", ",", 1) + "%"
		if strings.ReplaceAll(percent, "\u00a0", "") != want {
			t.Errorf("%d of %d is shown as %s, want %s", n, of, percent, want)
		}
	}
	if lines < 45_000 {
		t.Errorf("%d fractions were shown", lines)
	}
}
