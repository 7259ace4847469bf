package field

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// route is one way to a method: gRPC, or a REST route of the contract.
type route struct {
	method protoreflect.MethodDescriptor
	// verb, path and body are REST's; verb "" is gRPC.
	verb, path, body string
}

func (r *route) String() string {
	if r.verb == "" {
		return "gRPC"
	}
	return r.verb + " " + r.path
}

// contract finds every method with its routes, by "Service.Method".
func contract() map[string][]*route {
	out := map[string][]*route{}
	protoregistry.GlobalFiles.RangeFilesByPackage("keluargasehat.v1", func(file protoreflect.FileDescriptor) bool {
		for i := range file.Services().Len() {
			methods := file.Services().Get(i).Methods()
			for j := range methods.Len() {
				m := methods.Get(j)
				out[fmt.Sprintf("%s.%s", m.Parent().Name(), m.Name())] = routesOf(m)
			}
		}
		return true
	})
	return out
}

func routesOf(m protoreflect.MethodDescriptor) []*route {
	out := []*route{{method: m}}
	rule, ok := proto.GetExtension(m.Options(), annotations.E_Http).(*annotations.HttpRule)
	if !ok || rule == nil {
		return out
	}
	for _, r := range append([]*annotations.HttpRule{rule}, rule.GetAdditionalBindings()...) {
		x := &route{method: m, body: r.GetBody()}
		switch p := r.GetPattern().(type) {
		case *annotations.HttpRule_Get:
			x.verb, x.path = http.MethodGet, p.Get
		case *annotations.HttpRule_Post:
			x.verb, x.path = http.MethodPost, p.Post
		case *annotations.HttpRule_Put:
			x.verb, x.path = http.MethodPut, p.Put
		case *annotations.HttpRule_Delete:
			x.verb, x.path = http.MethodDelete, p.Delete
		case *annotations.HttpRule_Patch:
			x.verb, x.path = http.MethodPatch, p.Patch
		}
		out = append(out, x)
	}
	return out
}

var pathVariable = regexp.MustCompile(`\{([a-z_.]+)\}`)

// fits tells whether a request names what stands in the route's path.
func (r *route) fits(request map[string]any) bool {
	for _, v := range pathVariable.FindAllStringSubmatch(r.path, -1) {
		if _, ok := find(request, v[1]); !ok {
			return false
		}
	}
	return true
}

func find(request map[string]any, name string) (any, bool) {
	first, rest, nested := strings.Cut(name, ".")
	v, ok := request[first]
	if inner, is := v.(map[string]any); nested && is {
		return find(inner, rest)
	}
	return v, ok && !nested
}

// restRequest writes a request as the route wants it.
func (r *route) restRequest(ctx context.Context, base string, request map[string]any) (*http.Request, error) {
	gone := map[string]bool{}
	path := pathVariable.ReplaceAllStringFunc(r.path, func(v string) string {
		name := strings.Trim(v, "{}")
		value, _ := find(request, name)
		gone[name] = true
		text := strings.ReplaceAll(fmt.Sprint(value), "/", "~")
		if text == "" {
			text = "id"
		}
		return url.PathEscape(text)
	})
	var body io.Reader
	switch r.body {
	case "":
		query := url.Values{}
		for k, v := range request {
			if !gone[k] {
				query.Set(k, fmt.Sprint(v))
			}
		}
		if len(query) > 0 {
			path += "?" + query.Encode()
		}
	default:
		left := map[string]any{}
		for k, v := range request {
			if !gone[k] {
				left[k] = v
			}
		}
		var whole any = left
		if r.body != "*" {
			whole = request[r.body]
		}
		data, err := json.Marshal(whole)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(data)
	}
	return http.NewRequestWithContext(ctx, r.verb, base+path, body)
}

// reply is what came back, on whatever route: a status of gRPC, and all text.
type reply struct {
	code codes.Code
	text string
	// raw is the binary form, in which files are not hidden as base64.
	raw []byte
}

// restCodes are what HTTP's statuses say of gRPC's.
var restCodes = map[int]codes.Code{
	200: codes.OK, 400: codes.InvalidArgument, 401: codes.Unauthenticated, 403: codes.PermissionDenied, 404: codes.NotFound,
	409: codes.Aborted, 429: codes.ResourceExhausted, 500: codes.Internal, 501: codes.Unimplemented, 503: codes.Unavailable, 504: codes.DeadlineExceeded,
}

// accessClient sends requests on connections that stay open.
type accessClient struct {
	base string
	http *http.Client
	grpc *grpc.ClientConn
}

func newAccessClient(t *testing.T, f *Field) *accessClient {
	t.Helper()
	c := &accessClient{base: "https://" + f.Address, http: restClient(t, f), grpc: rawConn(t, f)}
	if transport, ok := c.http.Transport.(*http.Transport); ok {
		transport.MaxIdleConnsPerHost = accessWorkers
	}
	cleanUp(t, c.http.CloseIdleConnections)
	return c
}

func (c *accessClient) send(ctx context.Context, r *route, token string, request map[string]any) (reply, error) {
	if r.verb == "" {
		return c.call(ctx, r.method, token, request)
	}
	req, err := r.restRequest(ctx, c.base, request)
	if err != nil {
		return reply{}, err
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	code, known := restCodes[resp.StatusCode]
	if !known {
		code = codes.Unknown
	}
	return reply{code: code, text: string(data)}, err
}

func (c *accessClient) call(ctx context.Context, m protoreflect.MethodDescriptor, token string, request map[string]any) (reply, error) {
	in, err := protoregistry.GlobalTypes.FindMessageByName(m.Input().FullName())
	if err != nil {
		return reply{}, err
	}
	out, err := protoregistry.GlobalTypes.FindMessageByName(m.Output().FullName())
	if err != nil {
		return reply{}, err
	}
	data, err := json.Marshal(request)
	if err != nil {
		return reply{}, err
	}
	ask, got := in.New().Interface(), out.New().Interface()
	if err := protojson.Unmarshal(data, ask); err != nil {
		return reply{}, fmt.Errorf("request of %s: %w", m.FullName(), err)
	}
	if token != "" {
		ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+token)
	}
	name := fmt.Sprintf("/%s/%s", m.Parent().FullName(), m.Name())
	if m.IsStreamingServer() {
		return c.follow(ctx, name, ask, out)
	}
	failed := c.grpc.Invoke(ctx, name, ask, got)
	var shownTo proto.Message = got
	if failed != nil {
		shownTo = status.Convert(failed).Proto()
	}
	raw, err := proto.MarshalOptions{Deterministic: true}.Marshal(shownTo)
	if err != nil {
		return reply{}, err
	}
	text, err := protojson.Marshal(shownTo)
	return reply{code: status.Code(failed), text: string(text), raw: raw}, err
}

// follow reads a stream of answers to its end; what it held stands in raw.
func (c *accessClient) follow(ctx context.Context, name string, ask proto.Message, out protoreflect.MessageType) (reply, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := c.grpc.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true}, name)
	if err == nil {
		err = stream.SendMsg(ask)
	}
	if err == nil {
		err = stream.CloseSend()
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return reply{}, err
	}
	var a reply
	for {
		part := out.New().Interface()
		failed := stream.RecvMsg(part)
		if errors.Is(failed, io.EOF) {
			return a, nil
		}
		var shown proto.Message = part
		if failed != nil {
			shown, a.code = status.Convert(failed).Proto(), status.Code(failed)
		}
		raw, err := proto.MarshalOptions{Deterministic: true}.Marshal(shown)
		if err != nil {
			return reply{}, err
		}
		a.raw = append(a.raw, raw...)
		if failed != nil {
			text, err := protojson.Marshal(shown)
			a.text = string(text)
			return a, err
		}
	}
}

// outcome sorts an answer.
func (a reply) outcome() outcome {
	switch a.code {
	case codes.Unauthenticated:
		return isSignedOut
	case codes.PermissionDenied:
		return isForbidden
	case codes.NotFound:
		return isUnknown
	case codes.OK, codes.InvalidArgument, codes.Aborted, codes.FailedPrecondition, codes.AlreadyExists:
		return isAllowed
	}
	return outcome(a.code.String())
}

// accessTarget is what one request is about.
type accessTarget struct {
	world *accessWorld
	// kind of account or registration.
	kind   string
	values map[string]string
}

// fill puts the target's values into a row's request.
func (x *accessTarget) fill(row *accessRow, c *accessCaller) (map[string]any, error) {
	text := row.request
	mine := nowhereID
	if len(c.covered) > 0 {
		mine = c.covered[0].targets["family"]["family"]
	}
	text = strings.ReplaceAll(text, "{mine}", mine)
	for k, v := range x.values {
		text = strings.ReplaceAll(text, "{"+k+"}", v)
	}
	request := map[string]any{}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&request); err != nil {
		return nil, fmt.Errorf("%s: request %s: %w", row.method, text, err)
	}
	return request, nil
}

// needs are the values that a row's request names.
func (row *accessRow) needs() []string {
	var out []string
	for _, v := range regexp.MustCompile(`\{([a-z]+)\}`).FindAllStringSubmatch(row.request, -1) {
		if v[1] != "mine" && !slices.Contains(out, v[1]) {
			out = append(out, v[1])
		}
	}
	return out
}
