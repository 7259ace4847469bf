package house

import (
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What the texts for readers may name.
var (
	namedTest   = regexp.MustCompile(`\b(Test[A-Z]\w+)`)
	namedRun    = regexp.MustCompile(`-run '?([\w|]+)'? \./([\w/.-]+)`)
	namedFile   = regexp.MustCompile("`((?:cmd|server|client-sdk|internal|proto)/[\\w./*-]+)`")
	namedTarget = regexp.MustCompile("`make ([a-z-]+)")
)

func TestWhatTheTextsForReadersNameExists(t *testing.T) {
	t.Parallel()
	byFolder := testsByFolder(t)
	all := testNames(t)
	makefile, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"README.md", "CONTRIBUTING.md"} {
		data, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		text := string(data)
		for _, m := range namedTest.FindAllStringSubmatch(text, -1) {
			if !all[m[1]] {
				t.Errorf("%s names %s, which is nowhere", name, m[1])
			}
		}
		for _, m := range namedRun.FindAllStringSubmatch(text, -1) {
			for part := range strings.SplitSeq(m[1], "|") {
				if !strings.Contains(byFolder[m[2]], part) {
					t.Errorf("%s: -run %s finds nothing in ./%s", name, part, m[2])
				}
			}
		}
		for _, m := range namedFile.FindAllStringSubmatch(text, -1) {
			if found, err := filepath.Glob(filepath.Join(root, m[1])); err != nil || len(found) == 0 {
				t.Errorf("%s names %s, which is not there (%v)", name, m[1], err)
			}
		}
		for _, m := range namedTarget.FindAllStringSubmatch(text, -1) {
			if !strings.Contains("\n"+string(makefile), "\n"+m[1]+":") {
				t.Errorf("%s names make %s, which is no target", name, m[1])
			}
		}
	}
}

// testsByFolder are the names of the tests of each folder, one a line.
func testsByFolder(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, f := range source(t) {
		if !f.isTest() {
			continue
		}
		for _, d := range f.AST.Decls {
			if function, ok := d.(*ast.FuncDecl); ok && function.Recv == nil && strings.HasPrefix(function.Name.Name, "Test") {
				out[f.folder()] += function.Name.Name + "\n"
			}
		}
	}
	return out
}
