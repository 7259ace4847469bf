package house

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

const root = "../.."

// parsed is the source, read once for all tests; nobody alters it.
var parsed = sync.OnceValues(func() ([]File, error) { return Parse(root) })

func source(t *testing.T) []File {
	t.Helper()
	files, err := parsed()
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 50 {
		t.Fatalf("only %d files were found", len(files))
	}
	return files
}

func report(t *testing.T, found []string) {
	t.Helper()
	for _, f := range found {
		t.Error(f)
	}
}

func TestNobodyImportsThroughAWall(t *testing.T) {
	t.Parallel()
	report(t, CheckWalls(source(t), Walls))
}

func TestPurePackagesArePure(t *testing.T) {
	t.Parallel()
	report(t, CheckPure(source(t), PurePackages))
}

func TestEverythingExportedIsExplained(t *testing.T) {
	t.Parallel()
	report(t, CheckDocs(source(t)))
}

func TestHelpNamesTheValueOfEveryFlag(t *testing.T) {
	t.Parallel()
	report(t, CheckFlags(source(t)))
}

func file(t *testing.T, path, text string) File {
	t.Helper()
	set := token.NewFileSet()
	parsed, err := parser.ParseFile(set, path, text, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	return File{Path: path, AST: parsed, Set: set}
}

func TestTheCheckersFindWhatTheyAreFor(t *testing.T) {
	t.Parallel()
	bad := []File{
		file(t, "server/x.go", "package server\nimport _ \"github.com/keluarga-sehat/sync/client-sdk/device\"\nfunc Exported() {}"),
		file(t, "internal/merge/x.go", "package merge\nimport (\"os\"; \"time\")\nvar _ = os.Args\nfunc f() { go f(); time.Now() }"),
	}
	if n := len(CheckWalls(bad, Walls)); n != 1 {
		t.Errorf("walls: %d findings", n)
	}
	if n := len(CheckPure(bad, PurePackages)); n != 3 {
		t.Errorf("purity: %d findings", n)
	}
	if n := len(CheckDocs(bad)); n != 3 {
		t.Errorf("docs: %d findings", n)
	}
	flags := file(t, "cmd/x/x.go", "package main\nfunc f() { c.Flags().StringVar(&a, \"a\", \"\", \"some `file`\"); "+
		"c.Flags().IntVarP(&b, \"b\", \"\", 0, \"how many\"); c.PersistentFlags().StringVar(&e, \"e\", \"\", \"a\" + word); c.Flags().BoolVar(&d, \"d\", false, \"do\") }")
	if n := len(CheckFlags([]File{flags})); n != 2 {
		t.Errorf("flags: %d findings", n)
	}
}

func TestTheRootHoldsTheHouseAndNothingElse(t *testing.T) {
	t.Parallel()
	allowed := []string{
		"proto", "server", "client-sdk", "cmd", "internal", "go.mod", "go.sum", "buf.yaml", "buf.gen.yaml", "README.md", "Makefile",
		"CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "out",
	}
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") && !slices.Contains(allowed, e.Name()) {
			t.Errorf("%s does not belong at the top", e.Name())
		}
	}
}

func TestEveryFieldOfARecordIsARegister(t *testing.T) {
	t.Parallel()
	for _, m := range []proto.Message{&ksv1.Family{}, &ksv1.Member{}, &ksv1.Round{}, &ksv1.Individual{}, &ksv1.Visit{}} {
		fields := m.ProtoReflect().Descriptor().Fields()
		for i := range fields.Len() {
			f := fields.Get(i)
			if f.Cardinality() == protoreflect.Repeated || !f.HasPresence() {
				t.Errorf("%s: registers are singular and know absence", f.FullName())
			}
		}
	}
}

func TestEveryRPCNamesItsRule(t *testing.T) {
	t.Parallel()
	n := 0
	protoregistry.GlobalFiles.RangeFilesByPackage("keluargasehat.v1", func(f protoreflect.FileDescriptor) bool {
		for i := range f.Services().Len() {
			methods := f.Services().Get(i).Methods()
			for j := range methods.Len() {
				n++
				if !proto.HasExtension(methods.Get(j).Options(), ksv1.E_Access) {
					t.Errorf("%s names no access rule", methods.Get(j).FullName())
				}
			}
		}
		return true
	})
	if n < 15 {
		t.Fatalf("only %d RPCs were found", n)
	}
}

func TestGeneratedCodeIsWhatTheContractGenerates(t *testing.T) {
	t.Parallel()
	out := t.TempDir()
	cmd := exec.CommandContext(t.Context(), filepath.Join(root, ".ci", "generate"), out)
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("generate: %v\n%s", err, text)
	}
	n := 0
	err := filepath.WalkDir(filepath.Join(out, "proto"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		n++
		relative, err := filepath.Rel(out, path)
		if err != nil {
			return err
		}
		want, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		have, err := os.ReadFile(filepath.Join(root, relative))
		if err != nil || !bytes.Equal(want, have) {
			t.Errorf("%s is not what 'make generate' writes (%v)", relative, err)
		}
		return nil
	})
	if err != nil || n < 20 {
		t.Fatalf("%d generated files, %v", n, err)
	}
}

// What serves requests must not declare itself an operator: it would pass the
// second wall by.
func TestNothingThatServesRequestsActsAsOperator(t *testing.T) {
	t.Parallel()
	serving := []string{"server/api", "server/session", "server/ingest", "server/auth", "server/account", "server/registration", "server/follow", "server/tally", "server/access", "server/exchange", "server/past"}
	for _, f := range source(t) {
		if f.isTest() || !slices.Contains(serving, f.folder()) {
			continue
		}
		ast.Inspect(f.AST, func(n ast.Node) bool {
			if x, ok := n.(*ast.SelectorExpr); ok && x.Sel.Name == "AsOperator" {
				t.Errorf("%s acts as an operator", f.Set.Position(n.Pos()))
			}
			return true
		})
	}
}
