package api

import (
	"fmt"
	"strconv"

	"buf.build/go/protovalidate"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// errShape: a field breaks a rule of the contract.
type errShape struct {
	field string
	// rule is for developers, text for users.
	rule, text string
}

func (e *errShape) Error() string { return e.field + ": " + e.rule }

func (e *errShape) status() error {
	return build(codes.InvalidArgument, "BAD_REQUEST", e.Error(), "Permintaan tidak dapat diproses: periksa isian.",
		&errdetails.BadRequest{FieldViolations: []*errdetails.BadRequest_FieldViolation{{Field: e.field, Description: e.text}}})
}

// shapeTexts are what users are told about a field that breaks a rule of the
// contract, by the rule's name. What is not here is said in general.
var shapeTexts = map[protoreflect.Name]string{
	"required": "Wajib diisi.",
	"pattern":  "Bentuk isian ini tidak benar.",
	"uuid":     "Bentuk isian ini tidak benar.",
	"email":    "Alamat e-mail tidak benar.",
}

// limitTexts take the rule's limit.
var limitTexts = map[protoreflect.Name]string{
	"max_len":   "Paling banyak %v huruf.",
	"max_bytes": "Paling banyak %v huruf.",
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

// shapeText tells a user in Indonesian which rule of the contract a field breaks.
func shapeText(v *protovalidate.Violation) string {
	if v.RuleDescriptor == nil {
		return shapeTexts["pattern"]
	}
	if limit, ok := v.RuleValue.Interface().(uint64); ok && limit >= shortestNumber {
		return fmt.Sprintf("Harus terdiri atas %d angka.", len(strconv.FormatUint(limit, 10)))
	}
	rule := v.RuleDescriptor.Name()
	if text, ok := limitTexts[rule]; ok {
		return fmt.Sprintf(text, v.RuleValue.Interface())
	}
	if text, ok := shapeTexts[rule]; ok {
		return text
	}
	return shapeTexts["pattern"]
}
