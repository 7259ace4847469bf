package house

import (
	"fmt"
	"go/ast"
	"regexp"
	"slices"
	"strings"
)

// namedValue is the word in a flag's usage that help shows for its value.
var namedValue = regexp.MustCompile("`[A-Za-z:-]+`")

// CheckFlags finds flags with a value that help would call by its type, such as "string":
// their usage names none in backticks.
func CheckFlags(files []File) []string {
	var out []string
	for _, f := range files {
		ast.Inspect(f.AST, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if ok && definesValue(call) && !namedValue.MatchString(literals(call.Args[len(call.Args)-1])) {
				out = append(out, fmt.Sprintf("%s: the flag's usage names no value in backticks", f.Set.Position(call.Pos())))
			}
			return true
		})
	}
	slices.Sort(out)
	return out
}

// definesValue tells whether a call defines a flag that takes a value.
func definesValue(call *ast.CallExpr) bool {
	method, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || len(call.Args) < 3 || strings.HasPrefix(method.Sel.Name, "Bool") {
		return false
	}
	if !strings.HasSuffix(method.Sel.Name, "Var") && !strings.HasSuffix(method.Sel.Name, "VarP") {
		return false
	}
	of, ok := method.X.(*ast.CallExpr)
	if !ok {
		return false
	}
	set, ok := of.Fun.(*ast.SelectorExpr)
	return ok && (set.Sel.Name == "Flags" || set.Sel.Name == "PersistentFlags")
}

// literals are the texts in an expression.
func literals(of ast.Expr) string {
	var out strings.Builder
	ast.Inspect(of, func(n ast.Node) bool {
		if l, ok := n.(*ast.BasicLit); ok {
			out.WriteString(l.Value)
		}
		return true
	})
	return out.String()
}
