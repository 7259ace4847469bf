package clientsdk_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const module = "github.com/keluarga-sehat/sync"

// An app is a module of its own, which can import nothing that lies in a folder "internal":
// all that its code has to name has a name here.
func TestAnAppOfAnotherModuleIsBuilt(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	mod := fmt.Appendf(nil, "module example.org/app\n\ngo 1.26.0\n\nrequire %s v0.0.0\n\nreplace %[1]s => %s\n", module, root)
	if err := errors.Join(os.CopyFS(dir, os.DirFS(filepath.Join("testdata", "foreign"))),
		os.WriteFile(filepath.Join(dir, "go.mod"), mod, 0o600), os.WriteFile(filepath.Join(dir, "go.sum"), sums, 0o600)); err != nil {
		t.Fatal(err)
	}
	if text, err := run(t.Context(), dir, "build", "-mod=mod", "-o", os.DevNull, "."); err != nil {
		t.Errorf("%v\n%s", err, text)
	}
}

// unnamed are types of internal packages to which the API leads and which have no name in
// the SDK, with the reason.
var unnamed = map[string]string{
	"internal/prokesga.Target":    "whom a question is for: Asked is of those to whom it applies, and Asked.Why tells it",
	"internal/prokesga.Condition": "after which answer a question comes: as above",
	"internal/iks.Reason":         "its fields are Explanation's own, and AnswerText tells its answer",
	"internal/iks.Index":          "IndexPart.IKS tells it",
	"internal/record.Stretch":     "for the SDK's own tests, which shape disks by Config.StoreOptions",
}

func TestAllOfTheAPIHasNamesForAnApp(t *testing.T) {
	t.Parallel()
	load, packages := compiled(t), []*types.Package{}
	for _, path := range []string{"client-sdk", "client-sdk/app", "client-sdk/mobile"} {
		p, err := load(path)
		if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
	w := walker{named: map[*types.TypeName]bool{}, seen: map[types.Type]bool{}, found: map[string]string{}}
	for _, p := range packages {
		for _, name := range p.Scope().Names() {
			if o, ok := p.Scope().Lookup(name).(*types.TypeName); ok && o.Exported() && o.IsAlias() {
				if to, ok := types.Unalias(o.Type()).(*types.Named); ok {
					w.named[to.Obj()] = true
				}
			}
		}
	}
	for _, p := range packages {
		for _, name := range p.Scope().Names() {
			if o := p.Scope().Lookup(name); o.Exported() {
				w.walk(o.Type(), name)
			}
		}
	}
	for name, at := range w.found {
		if unnamed[name] == "" {
			t.Errorf("%s, in %s, has no name in client-sdk", name, at)
		}
	}
	for name := range unnamed {
		if w.found[name] == "" {
			t.Errorf("%s is not met any more", name)
		}
	}
	if len(w.seen) < 200 {
		t.Errorf("only %d types were met", len(w.seen))
	}
}

// walker goes from exported names to all types that their users meet.
type walker struct {
	named map[*types.TypeName]bool
	seen  map[types.Type]bool
	// found are those without a name, each with where it was met first.
	found map[string]string
}

func (w *walker) walk(t types.Type, at string) {
	if w.seen[t] {
		return
	}
	w.seen[t] = true
	switch t := t.(type) {
	case *types.Alias:
		w.walk(types.Unalias(t), at)
	case *types.Named:
		w.walkNamed(t, at)
	case *types.Struct:
		for f := range t.Fields() {
			if f.Exported() {
				w.walk(f.Type(), at+"."+f.Name())
			}
		}
	case *types.Interface:
		for m := range t.Methods() {
			w.walk(m.Type(), at+"."+m.Name())
		}
	case *types.Signature:
		w.walk(t.Params(), at)
		w.walk(t.Results(), at)
	case *types.Tuple:
		for v := range t.Variables() {
			w.walk(v.Type(), at)
		}
	case *types.Map:
		w.walk(t.Key(), at)
		w.walk(t.Elem(), at)
	case interface{ Elem() types.Type }:
		w.walk(t.Elem(), at)
	}
}

func (w *walker) walkNamed(t *types.Named, at string) {
	o := t.Obj()
	if o.Pkg() == nil {
		return
	}
	path, ours := strings.CutPrefix(o.Pkg().Path(), module+"/")
	if !ours || strings.HasPrefix(path, "proto/") {
		return
	}
	if strings.HasPrefix(path, "internal/") && !w.named[o] {
		w.found[path+"."+o.Name()] = at
		return
	}
	for m := range t.Methods() {
		if m.Exported() {
			w.walk(m.Type(), o.Name()+"."+m.Name())
		}
	}
	w.walk(t.Underlying(), o.Name())
}

// compiled gives packages of ours as the compiler has them.
func compiled(t *testing.T) func(path string) (*types.Package, error) {
	t.Helper()
	out, err := run(t.Context(), ".", "list", "-export", "-deps", "-f", "{{.ImportPath}} {{.Export}}", "./...")
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	files := map[string]string{}
	for line := range bytes.Lines(out) {
		if path, file, ok := strings.Cut(strings.TrimSpace(string(line)), " "); ok {
			files[path] = file
		}
	}
	all := importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) { return os.Open(files[path]) })
	return func(path string) (*types.Package, error) { return all.Import(module + "/" + path) }
}

// run runs the go command without network.
func run(ctx context.Context, dir string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOPROXY=off", "GOWORK=off")
	return cmd.CombinedOutput()
}
