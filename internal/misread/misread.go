// Package misread says what is wrong with a text that can't be read as a message, or as a
// field of one, without a word of what stands there. Decoders quote it, and it may be a NIK, a
// name or a password, which no log and no screen is to have.
//
//	err := misread.JSON(text, household) // *misread.Error, or nil
//	err := misread.Of(said)              // of what a decoder said
//
// It knows the words of protojson, encoding/json and grpc-gateway, which have no other way to
// tell a field and a place. What else they say it leaves out: then it tells only that the
// text can't be read.
package misread

import (
	"fmt"
	"regexp"
	"strconv"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// Error is what is wrong.
type Error struct {
	// Field is the field's name in the contract or in JSON; "" where it is not known.
	Field string
	// Problem is for developers and operators, Text for users, in Indonesian.
	Problem, Text string
	// Line and Column, in characters, tell the place, from 1; 0 where it is not known.
	Line, Column int
}

// Error names the field, what is wanted of it, and the place.
func (e *Error) Error() string {
	out := e.Problem
	if e.Field != "" {
		out = e.Field + ": " + out
	}
	if e.Line > 0 {
		out += fmt.Sprintf(" (line %d:%d)", e.Line, e.Column)
	}
	return out
}

// JSON reads a message. Errors: *Error.
func JSON(text []byte, into proto.Message) error {
	if err := protojson.Unmarshal(text, into); err != nil {
		return Of(err.Error())
	}
	return nil
}

// What decoders say, up to where they quote; the names in it are the contract's.
var (
	atPlace   = regexp.MustCompile(`^proto:[ \x{a0}](?:syntax error )?\(line (\d+):(\d+)\): `)
	ofKind    = regexp.MustCompile(`^invalid value for (\w+) field (\w+): `)
	parameter = regexp.MustCompile(`^(?:parsing (?:field|list) "|type mismatch, parameter: )(\w+)(?:": |, error: )(?:strconv\.Parse(\w+): |("))?`)
	several   = regexp.MustCompile(`^too many values for field "(\w+)": `)
	twice     = regexp.MustCompile(`^duplicate field "([a-z_0-9]+)"$`)             // of no other field: two names of one that is known
	unlisted  = regexp.MustCompile(`^unknown parameter "([A-Za-z$][A-Za-z_.]*)"$`) // as fields are named, without digits
	unknown   = regexp.MustCompile(`^unknown field `)
	repeated  = regexp.MustCompile(`^duplicate field `)
	misplaced = regexp.MustCompile(`^unexpected token `)
	noJSON    = regexp.MustCompile(`^(?:proto:[ \x{a0}])?(?:invalid value |invalid character |unexpected EOF$|unexpected end of JSON input$)`)
	// harmless quotes nothing.
	harmless = regexp.MustCompile(`^(?:http: request body too large|the path or the query is not UTF-8)$`)
)

// unreadable is what users are told where the kind is not known.
const unreadable = "Isian ini tidak dapat dibaca."

// wanted are the kinds of fields, by the decoders' words for them.
var wanted = func() map[string]Error {
	out := map[string]Error{
		"string": {Problem: "a text is wanted", Text: "Isi dengan teks."},
		"bytes":  {Problem: "base64 is wanted", Text: "Isi dengan base64."},
	}
	for text, kinds := range map[Error][]string{
		{Problem: "a whole number is wanted", Text: "Isi dengan angka saja."}: {
			"int32", "sint32", "sfixed32", "int64", "sint64", "sfixed64", "Int", "uint32", "fixed32", "uint64", "fixed64", "Uint",
		},
		{Problem: "one of the contract's names is wanted", Text: "Pilih salah satu nilai yang tersedia."}: {"enum", `"`}, // the value is quoted
		{Problem: "a number is wanted", Text: "Isi dengan angka."}:                                        {"float", "double", "Float"},
		{Problem: "true or false is wanted", Text: "Isi dengan true atau false."}:                         {"bool", "Bool"},
	} {
		for _, kind := range kinds {
			out[kind] = text
		}
	}
	return out
}()

// Of tells of what a decoder said of a text.
func Of(said string) *Error {
	var line, column int
	if m := atPlace.FindStringSubmatch(said); m != nil {
		line, column = number(m[1]), number(m[2])
		said = said[len(m[0]):]
	}
	e := without(said, line > 0)
	e.Line, e.Column = line, column
	return &e
}

// without leaves out what a decoder quotes; placed is what it says behind a place of a text.
func without(said string, placed bool) Error {
	if placed {
		switch m := ofKind.FindStringSubmatch(said); {
		case m != nil:
			return ofField(m[2], m[1])
		case unknown.MatchString(said):
			return Error{Problem: "a field that is not known", Text: unreadable}
		case repeated.MatchString(said):
			return Error{Problem: "a field that stands there twice", Text: unreadable}
		case misplaced.MatchString(said):
			return Error{Problem: "something else is wanted there", Text: unreadable}
		}
	}
	if m := parameter.FindStringSubmatch(said); m != nil {
		return ofField(m[1], m[2]+m[3])
	}
	if m := unlisted.FindStringSubmatch(said); m != nil {
		return Error{Field: m[1], Problem: "the call has no such parameter", Text: unreadable}
	}
	for _, once := range []*regexp.Regexp{several, twice} {
		if m := once.FindStringSubmatch(said); m != nil {
			return Error{Field: m[1], Problem: "one value is wanted", Text: "Isi dengan satu nilai saja."}
		}
	}
	switch {
	case noJSON.MatchString(said):
		return Error{Problem: "no JSON", Text: unreadable}
	case harmless.MatchString(said):
		return Error{Problem: said, Text: unreadable}
	}
	return Error{Problem: "can't be read", Text: unreadable}
}

func ofField(name, kind string) Error {
	e, known := wanted[kind]
	if !known {
		e = Error{Problem: "another value is wanted", Text: unreadable}
	}
	e.Field = name
	return e
}

// number is 0 for what is longer than a number.
func number(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0
	}
	return n
}
