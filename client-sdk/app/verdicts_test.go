package app

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// refusers are where the server gives a verdict's reasons, and what it shares with devices.
var refusers = []string{
	"PrepareDecision", "malformed", "malformedDuplicate", "ActKnown", "commitOneByOne", "decideReview", "mayDecide", "decideDuplicate", "refuseDuplicate",
	"Refusal", "DuplicateRefusal",
}

// Whoever reads why a verdict was not applied reads words, whatever the server's reason.
func TestEveryReasonOfAVerdictIsInWords(t *testing.T) {
	t.Parallel()
	reasons := serverReasons(t)
	for _, known := range []string{"UNKNOWN_VILLAGE", "FOREIGN_AUTHOR", "MALFORMED", "STATE_CHANGED", "DUE_PAST", "LAST_LEFT"} {
		if !slices.Contains(reasons, known) {
			t.Errorf("%s is not found in the server's source: %v", known, reasons)
		}
	}
	for _, reason := range reasons {
		e := &clientsdk.DecisionEntry{Decision: &ksv1.ReviewDecision{}, Status: clientsdk.DecisionNotApplied, Receipt: &ksv1.Receipt{Reason: reason}}
		told := passedVerdict(e, func(clientsdk.ID) (s clientsdk.Summary, here bool) { return s, false }).GetReason()
		if told == "" || strings.Contains(told, reason) {
			t.Errorf("%s: %q", reason, told)
		}
	}
}

// serverReasons reads out of the source which reasons the refusers name.
func serverReasons(t *testing.T) (reasons []string) {
	t.Helper()
	values, bodies := map[string]string{}, map[string]*ast.BlockStmt{}
	for _, dir := range []string{"../../server/ingest", "../../internal/review"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.FuncDecl:
					bodies[n.Name.Name] = n.Body
				case *ast.ValueSpec:
					noteReasons(n, values)
				}
				return true
			})
		}
	}
	for _, name := range refusers {
		if bodies[name] == nil {
			t.Fatalf("the server has no %s", name)
		}
		ast.Inspect(bodies[name], func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && values[id.Name] != "" {
				reasons = append(reasons, values[id.Name])
			}
			return true
		})
	}
	slices.Sort(reasons)
	return slices.Compact(reasons)
}

var reasonShape = regexp.MustCompile(`^[A-Z]+(_[A-Z]+)*$`)

// noteReasons takes the constants that are reasons out of a declaration.
func noteReasons(spec *ast.ValueSpec, values map[string]string) {
	for i := range spec.Values {
		literal, ok := spec.Values[i].(*ast.BasicLit)
		if !ok || literal.Kind != token.STRING {
			continue
		}
		if text, err := strconv.Unquote(literal.Value); err == nil && reasonShape.MatchString(text) {
			values[spec.Names[i].Name] = text
		}
	}
}
