// Package shape holds a request against the rules of form that the contract
// states beside its fields (buf.validate): lengths, bounds, patterns. The server's
// edge and the field app's calls use it alike, so that a page is refused the same
// things offline and on line, in the same words.
//
//	checker, err := shape.New()
//	err = checker.Check(request) // *shape.Error, or nil
//
// What a field means, and what fits together, it does not know: that is the
// questionnaire's (internal/prokesga).
package shape

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"buf.build/go/protovalidate"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// Error: a field breaks a rule of the contract.
type Error struct {
	// Field is its path, "person.nik".
	Field string
	// Rule is for developers, Text for users, in Indonesian.
	Rule, Text string
}

// Error names field and rule.
func (e *Error) Error() string { return e.Field + ": " + e.Rule }

// Checker knows the rules; it reads those of a message when it first meets one.
// Safe for concurrent use.
type Checker struct{ rules protovalidate.Validator }

// New gives the checker, the same each time: the rules take 9 MB and tens of milliseconds.
func New() (*Checker, error) { return shared() }

var shared = sync.OnceValues(func() (*Checker, error) {
	rules, err := protovalidate.New()
	if err != nil {
		return nil, fmt.Errorf("read request rules: %w", err)
	}
	return &Checker{rules}, nil
})

// Check gives the first rule that a message breaks. Errors: *Error.
func (c *Checker) Check(m proto.Message) error {
	err := c.rules.Validate(m)
	var broken *protovalidate.ValidationError
	if errors.As(err, &broken) && len(broken.Violations) > 0 {
		first := broken.Violations[0]
		return &Error{Field: protovalidate.FieldPathString(first.Proto.GetField()), Rule: first.Proto.GetMessage(), Text: textOf(first)}
	}
	if field := withNUL(m.ProtoReflect()); err == nil && field != "" {
		return &Error{Field: field, Rule: "must not have the character NUL", Text: texts["pattern"]}
	}
	return err
}

// Megabytes is a bound of size for users, "1,5 MB", rounded down: what keeps to what they
// read is not refused.
func Megabytes(bytes int64) string {
	tenths := bytes / 1e5
	return fmt.Sprintf("%d,%d MB", tenths/10, tenths%10)
}

// withNUL names a field whose text has the character NUL, which PostgreSQL does not keep; ""
// for none.
func withNUL(m protoreflect.Message) (found string) {
	m.Range(func(fd protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case fd.IsMap():
			v.Map().Range(func(k protoreflect.MapKey, v protoreflect.Value) bool {
				if found = nulIn(fd.MapValue(), v); found == "" {
					found = nulIn(fd.MapKey(), k.Value())
				}
				return found == ""
			})
		case fd.IsList():
			for i := 0; i < v.List().Len() && found == ""; i++ {
				found = nulIn(fd, v.List().Get(i))
			}
		default:
			found = nulIn(fd, v)
		}
		if found != "" && found != string(fd.Name()) {
			found = string(fd.Name()) + "." + found
		}
		return found == ""
	})
	return found
}

func nulIn(fd protoreflect.FieldDescriptor, v protoreflect.Value) string {
	switch fd.Kind() {
	case protoreflect.StringKind:
		if strings.ContainsRune(v.String(), 0) {
			return string(fd.Name())
		}
	case protoreflect.MessageKind, protoreflect.GroupKind:
		return withNUL(v.Message())
	}
	return ""
}

// texts are what users are told about a field that breaks a rule of the
// contract, by the rule's name. What is not here is said in general.
var texts = map[protoreflect.Name]string{
	"required": "Wajib diisi.",
	"pattern":  "Bentuk isian ini tidak benar.",
	"uuid":     "Bentuk isian ini tidak benar.",
	"email":    "Alamat e-mail tidak benar.",
}

// limitTexts take the rule's limit.
var limitTexts = map[protoreflect.Name]string{
	"max_len":   "Paling banyak %v huruf.",
	"min_len":   "Sedikitnya %v huruf.",
	"max_items": "Paling banyak %v baris.",
	"min_items": "Sedikitnya %v baris.",
	"lte":       "Paling besar %v.",
	"lt":        "Harus di bawah %v.",
	"gte":       "Paling kecil %v.",
	"gt":        "Harus di atas %v.",
}

// shortestNumber bounds what is a number of a person or a card (NIK, NKK), kept as
// one number: its limits are told as digits.
const shortestNumber = 1_000_000_000

// textOf tells a user in Indonesian which rule of the contract a field breaks.
func textOf(v *protovalidate.Violation) string {
	if v.RuleDescriptor == nil {
		return texts["pattern"]
	}
	if limit, ok := v.RuleValue.Interface().(uint64); ok && limit >= shortestNumber {
		return fmt.Sprintf("Harus terdiri atas %d angka.", len(strconv.FormatUint(limit, 10)))
	}
	rule := v.RuleDescriptor.Name()
	if text, ok := limitTexts[rule]; ok {
		return fmt.Sprintf(text, v.RuleValue.Interface())
	}
	if text, ok := texts[rule]; ok {
		return text
	}
	return texts["pattern"]
}
