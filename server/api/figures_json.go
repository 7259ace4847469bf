package api

import (
	"slices"
	"strconv"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// NewMarshaler is the gateway's: protojson with all fields, as it is by itself, but that a
// field which a call does not have is refused: what is in it would be lost unsaid. The
// answers that dashboards ask for most, which are long, are written here to the same
// JSON, in a tenth of the time.
func NewMarshaler() runtime.Marshaler {
	return &runtime.HTTPBodyMarshaler{Marshaler: figuresJSON{&runtime.JSONPb{
		MarshalOptions: protojson.MarshalOptions{EmitUnpopulated: true},
	}}}
}

// figuresJSON writes indexes, and leaves all else to protojson.
type figuresJSON struct{ *runtime.JSONPb }

// Marshal writes an answer.
func (j figuresJSON) Marshal(v any) ([]byte, error) {
	var w jsonWriter
	w.open()
	switch m := v.(type) {
	case *ksv1.GetAreaIndexResponse:
		w.name("index")
		w.index(m.GetIndex())
		w.name("surveyYears")
		list(&w, m.GetSurveyYears(), func(year uint32) { w.bytes = strconv.AppendUint(w.bytes, uint64(year), 10) })
	case *ksv1.ListAreaIndexesResponse:
		w.bytes = slices.Grow(w.bytes, indexBytes*(len(m.GetIndexes())+1))
		w.name("indexes")
		list(&w, m.GetIndexes(), w.index)
		w.text("nextPageToken", m.GetNextPageToken())
		w.number("totalSize", m.GetTotalSize())
		w.name("whole")
		w.index(m.GetWhole())
	case *ksv1.GetTrendResponse:
		w.bytes = slices.Grow(w.bytes, indexBytes*len(m.GetPoints()))
		w.name("points")
		list(&w, m.GetPoints(), w.index)
		w.number("leftOut", m.GetLeftOut())
	case *ksv1.ListIndicatorPrioritiesResponse:
		w.name("priorities")
		list(&w, m.GetPriorities(), w.priority)
		w.name("index")
		w.index(m.GetIndex())
	default:
		return j.JSONPb.Marshal(v)
	}
	w.close()
	return w.bytes, w.err
}

// indexBytes is about what an index takes.
const indexBytes = 2 << 10

func (w *jsonWriter) index(m *ksv1.AreaIndex) {
	if m == nil {
		w.null()
		return
	}
	w.open()
	w.text("area", m.GetArea())
	w.text("name", m.GetName())
	w.enum("membership", m.GetMembership())
	w.enum("basis", m.GetBasis())
	w.text("ruleset", m.GetRuleset())
	w.optionalCount("targeted", m.Targeted)
	w.count("surveyed", m.GetSurveyed())
	w.count("complete", m.GetComplete())
	w.count("sehat", m.GetSehat())
	w.count("praSehat", m.GetPraSehat())
	w.count("tidakSehat", m.GetTidakSehat())
	w.optionalText("iks", m.Iks)
	w.enum("category", m.GetCategory())
	w.name("coverage")
	list(w, m.GetCoverage(), w.coverage)
	w.time("asOf", m.GetAsOf())
	w.count("incomplete", m.GetIncomplete())
	w.count("undefined", m.GetUndefined())
	w.text("day", m.GetDay())
	w.number("surveyYear", m.GetSurveyYear())
	w.number("uncountedVillages", m.GetUncountedVillages())
	w.close()
}

func (w *jsonWriter) coverage(m *ksv1.IndicatorCoverage) {
	if m == nil {
		w.null()
		return
	}
	w.open()
	w.number("indicator", m.GetIndicator())
	w.text("name", m.GetName())
	w.optionalCount("numerator", m.Numerator)
	w.optionalCount("denominator", m.Denominator)
	w.optionalText("percent", m.Percent)
	w.flag("withheld", m.GetWithheld())
	w.close()
}

func (w *jsonWriter) priority(m *ksv1.IndicatorPriority) {
	w.open()
	w.name("coverage")
	w.coverage(m.GetCoverage())
	w.optionalCount("familiesToReach", m.FamiliesToReach)
	w.name("lowest")
	list(w, m.GetLowest(), func(of *ksv1.AreaCoverage) {
		w.open()
		w.text("area", of.GetArea())
		w.text("name", of.GetName())
		w.name("coverage")
		w.coverage(of.GetCoverage())
		w.close()
	})
	w.close()
}

// jsonWriter writes JSON as protojson does, without blanks.
type jsonWriter struct {
	bytes []byte
	err   error
}

func (w *jsonWriter) open()  { w.bytes = append(w.bytes, '{') }
func (w *jsonWriter) close() { w.bytes = append(w.bytes, '}') }
func (w *jsonWriter) null()  { w.bytes = append(w.bytes, "null"...) }

func (w *jsonWriter) name(name string) {
	if w.bytes[len(w.bytes)-1] != '{' {
		w.bytes = append(w.bytes, ',')
	}
	w.bytes = append(append(append(w.bytes, '"'), name...), '"', ':')
}

// list writes the elements of a field.
func list[T any](w *jsonWriter, elements []T, write func(T)) {
	w.bytes = append(w.bytes, '[')
	for i, x := range elements {
		if i > 0 {
			w.bytes = append(w.bytes, ',')
		}
		write(x)
	}
	w.bytes = append(w.bytes, ']')
}

// number is a 32-bit one; count, of 64 bits, stands in quotes.
func (w *jsonWriter) number(name string, n uint32) {
	w.name(name)
	w.bytes = strconv.AppendUint(w.bytes, uint64(n), 10)
}

func (w *jsonWriter) count(name string, n uint64) {
	w.name(name)
	w.bytes = append(strconv.AppendUint(append(w.bytes, '"'), n, 10), '"')
}

func (w *jsonWriter) optionalCount(name string, n *uint64) {
	if n != nil {
		w.count(name, *n)
	}
}

func (w *jsonWriter) flag(name string, set bool) {
	w.name(name)
	w.bytes = strconv.AppendBool(w.bytes, set)
}

func (w *jsonWriter) optionalText(name string, text *string) {
	if text != nil {
		w.text(name, *text)
	}
}

func (w *jsonWriter) text(name, text string) {
	w.name(name)
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			w.message(wrapperspb.String(text))
			return
		}
	}
	w.bytes = append(append(append(w.bytes, '"'), text...), '"')
}

// enum is a value's name; one that is unknown, its number.
func (w *jsonWriter) enum(name string, value protoreflect.Enum) {
	w.name(name)
	number := value.Number()
	if known := value.Descriptor().Values().ByNumber(number); known != nil {
		w.bytes = append(append(append(w.bytes, '"'), known.Name()...), '"')
		return
	}
	w.bytes = strconv.AppendInt(w.bytes, int64(number), 10)
}

func (w *jsonWriter) time(name string, t *timestamppb.Timestamp) {
	w.name(name)
	if t == nil {
		w.null()
		return
	}
	w.message(t)
}

// message lets protojson write what is rare.
func (w *jsonWriter) message(m protoreflect.ProtoMessage) {
	bytes, err := protojson.Marshal(m)
	if err != nil {
		w.err = err
	}
	w.bytes = append(w.bytes, bytes...)
}
