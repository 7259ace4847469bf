package clientsdk_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestEveryExportedNameIsCommented reads what app builders read: this package, the
// app, the phone's binding and the device's store.
func TestEveryExportedNameIsCommented(t *testing.T) {
	t.Parallel()
	for _, dir := range []string{".", "app", "mobile", "device"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		set := token.NewFileSet()
		names := 0
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(set, name, nil, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range file.Decls {
				names += uncommented(d, func(n *ast.Ident) { t.Errorf("%s: %s has no comment", set.Position(n.Pos()), n.Name) })
			}
		}
		if names == 0 {
			t.Errorf("%s exports nothing", dir)
		}
	}
}

// uncommented tells of each exported name of a declaration that has no comment, and
// counts the exported ones.
func uncommented(d ast.Decl, tell func(*ast.Ident)) (names int) {
	look := func(n *ast.Ident, comments ...*ast.CommentGroup) {
		if !n.IsExported() {
			return
		}
		names++
		for _, c := range comments {
			if strings.TrimSpace(c.Text()) != "" {
				return
			}
		}
		tell(n)
	}
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil || exportedReceiver(d.Recv.List[0].Type) {
			look(d.Name, d.Doc)
		}
	case *ast.GenDecl:
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				look(s.Name, s.Doc, s.Comment, d.Doc)
			case *ast.ValueSpec:
				for _, n := range s.Names {
					look(n, s.Doc, s.Comment, d.Doc)
				}
			}
		}
	}
	return names
}

func exportedReceiver(e ast.Expr) bool {
	if star, ok := e.(*ast.StarExpr); ok {
		e = star.X
	}
	n, ok := e.(*ast.Ident)
	return ok && n.IsExported()
}

// TestDocsNameNothingThatAnAppCannotImport reads the comments of exported names of what
// apps embed: an error that only a package of internal names can't be branched on.
func TestDocsNameNothingThatAnAppCannotImport(t *testing.T) {
	t.Parallel()
	dirs, err := os.ReadDir("../internal")
	if err != nil {
		t.Fatal(err)
	}
	var packages []string
	for _, d := range dirs {
		packages = append(packages, d.Name())
	}
	named := regexp.MustCompile(`\b(?:package )?(?:` + strings.Join(packages, "|") + `)\.[A-Z]\w*|\bpackage (?:` + strings.Join(packages, "|") + `)\b`)
	for _, dir := range []string{".", "app", "mobile"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		set := token.NewFileSet()
		for _, name := range files {
			file, err := parser.ParseFile(set, name, nil, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			ast.FileExports(file) // takes along the comments of what is left
			ast.Inspect(file, func(n ast.Node) bool {
				if c, ok := n.(*ast.CommentGroup); ok {
					for _, what := range named.FindAllString(c.Text(), -1) {
						t.Errorf("%s: names %s", set.Position(c.Pos()), what)
					}
				}
				return true
			})
		}
	}
}
