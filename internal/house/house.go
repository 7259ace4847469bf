// Package house holds the tests that police the source: who may import whom,
// what pure packages must not do, what every package and exported name must
// say, and that generated code is what the contract generates. Each ban carries
// its reason.
package house

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Module is the module's path.
const Module = "github.com/keluarga-sehat/sync"

// PurePackages may do no I/O, know no clock and start no goroutine.
var PurePackages = []string{
	"internal/area", "internal/prokesga", "internal/iks", "internal/merge", "internal/record", "internal/rawsurvei", "internal/syncing",
	"internal/columns", "internal/form", "internal/review", "internal/collection", "internal/sheet", "internal/workbook",
	"server/smallcell", "server/disclosure",
}

// Wall is one thing that files under a folder must not import.
type Wall struct {
	// From is a folder; files in it and below must not import what begins with
	// To, unless it is one of Except.
	From, To string
	Except   []string
	Reason   string
}

// Walls are the import rules of the house.
var Walls = []Wall{
	{From: "server", To: Module + "/client-sdk", Reason: "the server must not depend on what runs on phones; both stand on internal"},
	{From: "client-sdk", To: Module + "/server", Reason: "the SDK must not bring the server into every app"},
	{From: "internal", To: Module + "/server", Reason: "imports point one way: cmd, server or client-sdk, internal, proto"},
	{From: "internal", To: Module + "/client-sdk", Reason: "imports point one way"},
	{From: "internal", To: Module + "/cmd", Reason: "imports point one way"},
	{From: "server", To: Module + "/cmd", Reason: "imports point one way"},
	{From: "client-sdk", To: Module + "/cmd", Reason: "imports point one way"},
	{From: "proto", To: Module + "/internal", Reason: "the contract stands on nothing of ours"},
	{From: "server/disclosure", To: Module + "/server/store", Reason: "what is withheld is decided of figures handed in, whoever reads them"},
	{From: "server/disclosure", To: Module + "/server/access", Reason: "what somebody sees the families of is handed in, whoever it is"},
	{From: "server/past", To: Module + "/server/access", Reason: "what days that are over added up to is remembered, and must be the same whoever asks"},
	{From: "server/past", To: Module + "/proto", Reason: "figures are counts; what is told of them is the service layer's to say"},
	{From: "server/past", To: "google.golang.org/grpc", Reason: "its errors are told by the service layer"},
	{From: "server/veil", To: "google.golang.org/grpc", Reason: "its errors are told by the service layer"},
	{From: "server/veil", To: Module + "/server/auth", Reason: "a caller is handed in, whoever let them in"},
	{From: "server/api", To: Module + "/server/disclosure", Reason: "what is withheld is asked of package veil, which keeps it"},
	{From: "server/rates", To: "google.golang.org/grpc", Reason: "calls are counted by who makes them, whatever they come by"},
	{From: "server/api", To: "golang.org/x/time/rate", Reason: "how often calls may come is package rates'"},
	{From: "server/aging", To: Module, Reason: "what is remembered is for who remembers it to know"},
	{From: "cmd/ks-server", To: Module + "/client-sdk", Reason: "only the simulator sees both ends"},
	{From: "cmd/ks-device", To: Module + "/server", Reason: "only the simulator sees both ends"},
}

// pureBans are imports that pure packages must not have.
var pureBans = map[string]string{
	"os": "pure packages do no I/O of their own", "net": "no network", "net/http": "no network", "database/sql": "no database",
	"math/rand": "randomness is handed in", "math/rand/v2": "randomness is handed in", "crypto/rand": "randomness is handed in",
	"os/exec": "no processes", "log": "errors are returned", "log/slog": "errors are returned", "context": "nothing here waits",
	"google.golang.org/grpc": "transport is not the kernel's",
}

// clockCalls of package time read the clock or wait.
var clockCalls = []string{"Now", "Sleep", "After", "Since", "Until", "Tick", "NewTimer", "NewTicker", "AfterFunc"}

// File is a parsed source file with its path from the root.
type File struct {
	Path string
	AST  *ast.File
	Set  *token.FileSet
}

// Parse reads every hand-written Go file below root.
func Parse(root string) ([]File, error) {
	var files []File
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git" || d.Name() == ".build" || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, ".pb.go") || strings.HasSuffix(path, ".pb.gw.go") {
			return nil
		}
		set := token.NewFileSet()
		parsed, err := parser.ParseFile(set, path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		files = append(files, File{Path: filepath.ToSlash(relative), AST: parsed, Set: set})
		return nil
	})
	return files, err
}

func (f File) folder() string { return filepath.ToSlash(filepath.Dir(f.Path)) }
func (f File) isTest() bool   { return strings.HasSuffix(f.Path, "_test.go") }

func within(folder, parent string) bool {
	return folder == parent || strings.HasPrefix(folder, parent+"/")
}

func (f File) imports() []string {
	var out []string
	for _, i := range f.AST.Imports {
		if path, err := strconv.Unquote(i.Path.Value); err == nil {
			out = append(out, path)
		}
	}
	return out
}

// CheckWalls finds imports through walls; tests may see both sides.
func CheckWalls(files []File, walls []Wall) []string {
	var out []string
	for _, f := range files {
		if f.isTest() {
			continue
		}
		for _, w := range walls {
			if !within(f.folder(), w.From) {
				continue
			}
			for _, path := range f.imports() {
				if (path == w.To || strings.HasPrefix(path, w.To+"/")) && !slices.Contains(w.Except, path) {
					out = append(out, fmt.Sprintf("%s imports %s: %s", f.Path, path, w.Reason))
				}
			}
		}
	}
	return out
}

// CheckPure finds what pure packages must not do.
func CheckPure(files []File, pure []string) []string {
	var out []string
	for _, f := range files {
		if f.isTest() || !slices.Contains(pure, f.folder()) {
			continue
		}
		for _, path := range f.imports() {
			if reason, banned := pureBans[path]; banned {
				out = append(out, fmt.Sprintf("%s imports %s: %s", f.Path, path, reason))
			}
		}
		ast.Inspect(f.AST, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				out = append(out, fmt.Sprintf("%s starts a goroutine: the kernel is driven, it does not run", f.Set.Position(n.Pos())))
			case *ast.SelectorExpr:
				// A pool is memory that is used again, not state.
				if x, ok := n.X.(*ast.Ident); ok && x.Name == "sync" && n.Sel.Name != "Pool" {
					out = append(out, fmt.Sprintf("%s uses sync.%s: no shared state", f.Set.Position(n.Pos()), n.Sel.Name))
				}
				if x, ok := n.X.(*ast.Ident); ok && x.Name == "time" && slices.Contains(clockCalls, n.Sel.Name) {
					out = append(out, fmt.Sprintf("%s calls time.%s: the clock is handed in", f.Set.Position(n.Pos()), n.Sel.Name))
				}
			}
			return true
		})
	}
	return out
}

// CheckDocs finds packages without a comment and exported names without one.
func CheckDocs(files []File) []string {
	var out []string
	documented := map[string]bool{}
	for _, f := range files {
		if f.isTest() {
			continue
		}
		documented[f.folder()] = documented[f.folder()] || f.AST.Doc != nil
		for _, d := range f.AST.Decls {
			out = append(out, undocumented(f, d)...)
		}
	}
	for folder, ok := range documented {
		if !ok {
			out = append(out, folder+" has no package comment")
		}
	}
	slices.Sort(out)
	return out
}

func undocumented(f File, d ast.Decl) []string {
	var out []string
	missing := func(name *ast.Ident, doc *ast.CommentGroup) {
		if name.IsExported() && doc == nil {
			out = append(out, fmt.Sprintf("%s: %s has no comment", f.Set.Position(name.Pos()), name.Name))
		}
	}
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil || exportedReceiver(d.Recv) {
			missing(d.Name, d.Doc)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				missing(s.Name, firstOf(s.Doc, s.Comment, d.Doc))
			case *ast.ValueSpec:
				for _, name := range s.Names {
					missing(name, firstOf(s.Doc, s.Comment, d.Doc))
				}
			}
		}
	}
	return out
}

func exportedReceiver(list *ast.FieldList) bool {
	t := list.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	if generic, ok := t.(*ast.IndexExpr); ok {
		t = generic.X
	}
	name, ok := t.(*ast.Ident)
	return ok && name.IsExported()
}

func firstOf(groups ...*ast.CommentGroup) *ast.CommentGroup {
	for _, g := range groups {
		if g != nil {
			return g
		}
	}
	return nil
}
