package clientsdk_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
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
