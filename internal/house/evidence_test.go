package house

import (
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What a row of README's evidence table may name.
var (
	evidenceTest    = regexp.MustCompile("`(Test[A-Za-z0-9]+)`")
	evidenceTarget  = regexp.MustCompile("`make ([a-z-]+)`")
	evidenceCommand = regexp.MustCompile("`(ks-[a-z]+) ([a-z -]+)`")
	controlNumber   = regexp.MustCompile(`^\| ([58]\.[0-9]+)`)
)

// evidenceControls are the controls of ISO/IEC 27001:2022, Annex A, that the
// ministry asks about.
var evidenceControls = []string{
	"5.15", "5.16", "5.17", "5.18", "8.2", "8.3", "8.4", "8.5", "8.10", "8.11", "8.12", "8.13", "8.14", "8.15", "8.16",
	"8.24", "8.25", "8.26", "8.27", "8.28",
}

func TestEveryEvidenceNamesWhatExists(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	makefile, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	tests := testNames(t)
	commands := commandWords(t)
	rows := map[string]string{}
	for line := range strings.Lines(string(readme)) {
		if m := controlNumber.FindStringSubmatch(line); m != nil {
			rows[m[1]] += line
		}
	}
	for _, control := range evidenceControls {
		row := rows[control]
		named := 0
		for _, m := range evidenceTest.FindAllStringSubmatch(row, -1) {
			named++
			if !tests[m[1]] {
				t.Errorf("%s names %s, which is nowhere", control, m[1])
			}
		}
		for _, m := range evidenceTarget.FindAllStringSubmatch(row, -1) {
			named++
			if !strings.Contains("\n"+string(makefile), "\n"+m[1]+":") {
				t.Errorf("%s names make %s, which is no target", control, m[1])
			}
		}
		for _, m := range evidenceCommand.FindAllStringSubmatch(row, -1) {
			named++
			for word := range strings.FieldsSeq(m[2]) {
				if !strings.HasPrefix(word, "-") && !commands[m[1]+" "+word] {
					t.Errorf("%s names %s %s, which is no command", control, m[1], m[2])
				}
			}
		}
		if named == 0 {
			t.Errorf("control %s is shown by nothing", control)
		}
	}
}

// testNames are all tests of the repository.
func testNames(t *testing.T) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	for _, f := range source(t) {
		if f.isTest() {
			for _, d := range f.AST.Decls {
				if function, ok := d.(*ast.FuncDecl); ok && function.Recv == nil {
					out[function.Name.Name] = true
				}
			}
		}
	}
	return out
}

var commandUse = regexp.MustCompile(`Use:\s+"([a-z-]+)|add\("([a-z]+)`)

// commandWords are the words that the programs know, each under its program.
func commandWords(t *testing.T) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	for _, program := range []string{"ks-server", "ks-sim", "ks-device"} {
		files, err := filepath.Glob(filepath.Join(root, "cmd", program, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range commandUse.FindAllStringSubmatch(string(data), -1) {
				out[program+" "+m[1]+m[2]] = true
			}
		}
	}
	return out
}
