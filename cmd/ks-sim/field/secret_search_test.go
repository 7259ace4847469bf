package field

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
)

// disguise is a form in which something could lie in a file and still be read.
type disguise struct {
	name  string
	bytes []byte
}

// disguisesOf are the forms of a text: as it is, in capitals, as UTF-16, base64 at
// each of its three alignments, and hex.
func disguisesOf(text string) (out []disguise) {
	plain := []byte(text)
	out = append(out, disguise{"plain", plain}, disguise{"capitals", []byte(strings.ToUpper(text))}, disguise{"small letters", []byte(strings.ToLower(text))},
		disguise{"UTF-16LE", wide(text, binary.LittleEndian)}, disguise{"UTF-16BE", wide(text, binary.BigEndian)})
	out = append(out, encodedOf(plain)...)
	return out
}

// encodedOf are bytes as base64 and hex.
func encodedOf(plain []byte) (out []disguise) {
	out = append(out, disguise{"hex", []byte(hex.EncodeToString(plain))}, disguise{"HEX", []byte(strings.ToUpper(hex.EncodeToString(plain)))})
	for before := range 3 {
		for name, coding := range map[string]*base64.Encoding{"base64": base64.RawStdEncoding, "base64url": base64.RawURLEncoding} {
			text := coding.EncodeToString(append(make([]byte, before), plain...))
			// The first and the last characters also depend on what lies around.
			from, to := (before*8+5)/6, len(text)
			if (before+len(plain))%3 != 0 {
				to--
			}
			out = append(out, disguise{fmt.Sprintf("%s at %d", name, before), []byte(text[from:to])})
		}
	}
	return out
}

func wide(text string, order binary.AppendByteOrder) (out []byte) {
	for _, unit := range utf16.Encode([]rune(text)) {
		out = order.AppendUint16(out, unit)
	}
	return out
}

// disguisesOfNumber are the forms of a NIK: its digits, and packed: as an integer
// of eight bytes, as protobuf's variable length, two digits a byte.
func disguisesOfNumber(n uint64) []disguise {
	digits := fmt.Sprintf("%016d", n)
	packed, err := hex.DecodeString(digits)
	if err != nil {
		panic(err) // sixteen digits are hex
	}
	out := disguisesOf(digits)
	for name, b := range map[string][]byte{
		"big-endian": binary.BigEndian.AppendUint64(nil, n), "little-endian": binary.LittleEndian.AppendUint64(nil, n),
		"varint": binary.AppendUvarint(nil, n), "two digits a byte": packed,
	} {
		b = bytes.TrimLeft(b, "\x00")
		out = append(out, disguise{name, bytes.TrimRight(b, "\x00")})
		for _, e := range encodedOf(b) {
			out = append(out, disguise{name + " as " + e.name, e.bytes})
		}
	}
	return out
}

// canaries are all that was planted, by what it is.
func canaries() map[string][]disguise {
	out := map[string][]disguise{}
	for name, text := range map[string]string{
		"name": canaryName, "address": canaryAddress, "visit's note": canaryVisit, "advice": canaryAdvice, "batch's note": canaryBatch,
		"verdict's note": canaryVerdict, "nominee": canaryPerson, "mobile": canaryMobile[1:], "e-mail": canaryEmail, "letter's number": canaryLetter,
		"letter": canaryPDF, "note": canaryNote,
	} {
		out[name] = disguisesOf(text)
	}
	// User names of staff are made of their names, in small letters, and stand in the
	// clear: by them people sign in.
	out["nominee"] = slices.DeleteFunc(out["nominee"], func(d disguise) bool { return d.name == "small letters" })
	for name, n := range map[string]uint64{"NIK": canaryNIK, "NKK": canaryNKK, "card": canaryCard, "shared NIK": canaryDouble, "nominee's NIK": canaryNominee} {
		out[name] = disguisesOfNumber(n)
	}
	return out
}

// search reads every file under a folder and names what it finds; read counts the
// bytes.
func search(t *testing.T, root string) (found []string, read int) {
	t.Helper()
	all := canaries()
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		read += len(content)
		short, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		for name, forms := range all {
			for _, d := range forms {
				if at := bytes.Index(content, d.bytes); at >= 0 {
					found = append(found, fmt.Sprintf("%s: %s, %s, at %d", short, name, d.name, at))
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(found)
	return found, read
}

// TestTheSearchFindsEveryDisguise: one that finds nothing would pass for secrecy.
func TestTheSearchFindsEveryDisguise(t *testing.T) {
	t.Parallel()
	for name, forms := range canaries() {
		for _, d := range forms {
			if len(d.bytes) < 6 {
				t.Errorf("%s, %s is too short to be told from chance: %q", name, d.name, d.bytes)
			}
		}
	}
	dir := t.TempDir()
	number := binary.AppendUvarint(nil, canaryNIK)
	for i, content := range [][]byte{
		[]byte("kepala: " + canaryName), wide("x"+canaryName, binary.LittleEndian), wide(canaryName, binary.BigEndian),
		[]byte(base64.StdEncoding.EncodeToString([]byte("a" + canaryName + " dan lain"))), []byte(base64.StdEncoding.EncodeToString([]byte("ab" + canaryName))),
		[]byte(base64.StdEncoding.EncodeToString([]byte(canaryName))), []byte(hex.EncodeToString([]byte("q" + canaryName))),
		append([]byte{0x18}, number...), binary.LittleEndian.AppendUint64([]byte{1}, canaryNIK), binary.BigEndian.AppendUint64([]byte{1}, canaryNIK),
		[]byte(fmt.Sprint(canaryNIK)), []byte(base64.StdEncoding.EncodeToString(append([]byte{0x18}, number...))),
	} {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%02d", i)), content, 0o600); err != nil {
			t.Fatal(err)
		}
		found, _ := search(t, dir)
		if !slices.ContainsFunc(found, func(f string) bool { return strings.HasPrefix(f, fmt.Sprintf("%02d", i)) }) {
			t.Errorf("file %d with %q: not found", i, content)
		}
	}
}
