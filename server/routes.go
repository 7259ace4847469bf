package server

import (
	"context"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/api"
)

// routes are the contract's REST addresses. They refuse what the gateway passes over: a
// parameter that a call does not have, which its sender believes to be heeded, and a method
// that an address does not have.
type routes struct {
	mux     *http.ServeMux // finds a route's pattern; serves nothing
	known   map[string]route
	refused unread
	roomFor roomFor
}

// roomFor tells how much the body of a request for a method may hold, and in what room.
// Errors: the status of one that has no token for the method.
type roomFor func(ctx context.Context, method, address string, authorization []string) (room *api.Room, most int64, err error)

// route is one call's.
type route struct {
	method  string // as gRPC names it
	request protoreflect.MessageDescriptor
	// bound are the fields that come by the path or the body; "*": all others by that.
	bound []string
}

// routesOf reads the addresses of services from the contract.
func routesOf(services map[string]grpc.ServiceInfo, refused unread, bounded roomFor) (*routes, error) {
	r := &routes{mux: http.NewServeMux(), known: map[string]route{}, refused: refused, roomFor: bounded}
	for name := range services {
		d, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(name))
		if err != nil {
			return nil, fmt.Errorf("addresses of %s: %w", name, err)
		}
		s, ok := d.(protoreflect.ServiceDescriptor)
		if !ok {
			return nil, fmt.Errorf("%s is no service", name)
		}
		for i := range s.Methods().Len() {
			r.add(s.Methods().Get(i))
		}
	}
	return r, nil
}

// inTemplate finds the fields in an address's template.
var inTemplate = regexp.MustCompile(`\{([\w.]+)[^}]*\}`)

// add adds a call's addresses, if it has any.
func (r *routes) add(m protoreflect.MethodDescriptor) {
	rule, ok := proto.GetExtension(m.Options(), annotations.E_Http).(*annotations.HttpRule)
	if !ok || rule == nil {
		return
	}
	for _, binding := range append([]*annotations.HttpRule{rule}, rule.GetAdditionalBindings()...) {
		method, template := addressIn(binding)
		x := route{method: fmt.Sprintf("/%s/%s", m.Parent().FullName(), m.Name()), request: m.Input(), bound: []string{binding.GetBody()}}
		named := inTemplate.ReplaceAllStringFunc(template, func(field string) string {
			x.bound = append(x.bound, inTemplate.FindStringSubmatch(field)[1])
			return fmt.Sprintf("{field%d}", len(x.bound))
		})
		pattern := method + " " + verbApart(named)
		r.known[pattern] = x
		r.mux.Handle(pattern, http.NotFoundHandler())
	}
}

// addressIn is the method and the template of a rule.
func addressIn(rule *annotations.HttpRule) (method, template string) {
	switch p := rule.GetPattern().(type) {
	case *annotations.HttpRule_Post:
		return http.MethodPost, p.Post
	case *annotations.HttpRule_Put:
		return http.MethodPut, p.Put
	case *annotations.HttpRule_Patch:
		return http.MethodPatch, p.Patch
	case *annotations.HttpRule_Delete:
		return http.MethodDelete, p.Delete
	default:
		return http.MethodGet, rule.GetGet()
	}
}

// verbApart makes a segment of an address's verb ("/v1/accounts/7:disable").
func verbApart(path string) string {
	if i := strings.LastIndexByte(path, ':'); i > strings.LastIndexByte(path, '/') {
		return path[:i] + "/" + path[i:]
	}
	return path
}

// find finds the route of an address.
func (r *routes) find(method, path string) (route, bool) {
	for _, p := range []string{verbApart(path), path} {
		_, pattern := r.mux.Handler(&http.Request{Method: method, URL: &url.URL{Path: p}})
		if x, ok := r.known[pattern]; ok {
			return x, true
		}
	}
	return route{}, false
}

// methods are those that some route has.
var methods = []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}

// check stands before what answers requests.
func (r *routes) check(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if asForm(q) {
			x, _ := r.findForm(q)
			r.bounded(w, q, x, next)
			return
		}
		if x, ok := r.find(q.Method, q.URL.Path); ok && q.Method != http.MethodHead {
			if unknown := x.unknown(q.URL); unknown != "" {
				refuseFile(w, r.refused(addressOf(q), status.Errorf(codes.InvalidArgument, "unknown parameter %q", unknown)))
				return
			}
			r.bounded(w, q, x, next)
			return
		}
		allowed := slices.DeleteFunc(slices.Clone(methods), func(m string) bool {
			_, ok := r.find(m, q.URL.Path)
			return !ok
		})
		if len(allowed) == 0 {
			r.bounded(w, q, route{}, next)
			return
		}
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		refuseMethod(w, r.refused(addressOf(q), status.Error(codes.Unimplemented, "method not allowed")))
	})
}

// mostBody bounds what a body may hold; forms and letters of registrations come as base64 in
// JSON.
func (x route) mostBody() int64 {
	if strings.HasPrefix(x.method, "/"+ksv1.RegistrationService_ServiceDesc.ServiceName+"/") {
		return maxLetterBodyBytes
	}
	return maxBodyBytes
}

// bounded goes on, unless a request with a body has no token for its route's method. Nobody
// keeps or decodes the body then; it is let pass, for who sends it reads no answer before its
// end. A GET is refused where calls are let in.
func (r *routes) bounded(w http.ResponseWriter, q *http.Request, x route, next http.Handler) {
	if q.Method != http.MethodGet {
		room, most, err := r.roomFor(q.Context(), x.method, addressOf(q), q.Header["Authorization"])
		if err != nil {
			_, _ = io.CopyN(io.Discard, q.Body, maxLetterBodyBytes)           // however it ends
			w.Header().Set("WWW-Authenticate", status.Convert(err).Message()) // as the gateway does
			refuseFile(w, err)
			return
		}
		defer room.Leave()
		q = boundBody(w, q, bodyBound{most: min(most, x.mostBody()), room: room})
	}
	next.ServeHTTP(w, q)
}

// findForm finds the route of a form as the gateway does: by the method that it names, by its
// own, or as a GET whose query is too long for an address.
func (r *routes) findForm(q *http.Request) (route, bool) {
	if other := q.Header.Get("X-HTTP-Method-Override"); other != "" {
		return r.find(strings.ToUpper(other), q.URL.Path)
	}
	if x, ok := r.find(q.Method, q.URL.Path); ok {
		return x, true
	}
	return r.find(http.MethodGet, q.URL.Path)
}

// asForm tells a request whose parameters stand in its body.
func asForm(q *http.Request) bool {
	kind, _, err := mime.ParseMediaType(q.Header.Get("Content-Type"))
	return err == nil && q.Method == http.MethodPost && kind == "application/x-www-form-urlencoded"
}

// unknown is the first parameter, by name, that the call does not take from a query; ""
// where it takes all. A query that can't be read is for the gateway to refuse.
func (x route) unknown(address *url.URL) string {
	if address.RawQuery == "" {
		return ""
	}
	query, err := url.ParseQuery(address.RawQuery)
	if err != nil {
		return ""
	}
	var unknown []string
	for name := range query {
		if !x.takes(name) {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	return strings.Join(unknown[:min(1, len(unknown))], "")
}

// takes tells whether a parameter is a field of the request that nothing else brings.
func (x route) takes(name string) bool {
	if slices.Contains(x.bound, "*") {
		return false
	}
	name, _, _ = strings.Cut(name, "[")
	message := x.request
	var path []string
	for part := range strings.SplitSeq(name, ".") {
		if message == nil {
			return false
		}
		field := message.Fields().ByName(protoreflect.Name(part))
		if field == nil {
			field = message.Fields().ByJSONName(part)
		}
		if field == nil {
			return false
		}
		path, message = append(path, string(field.Name())), field.Message()
	}
	return !slices.Contains(x.bound, strings.Join(path, ".")) && !slices.Contains(x.bound, path[0])
}

// refuseMethod is refuseFile for a method that an address does not have.
func refuseMethod(w http.ResponseWriter, err error) {
	if status.Code(err) == codes.Unimplemented {
		w = &methodRefused{w}
	}
	refuseFile(w, err)
}

// methodRefused says 405 where gRPC has no such code.
type methodRefused struct{ http.ResponseWriter }

// WriteHeader says it.
func (w *methodRefused) WriteHeader(int) { w.ResponseWriter.WriteHeader(http.StatusMethodNotAllowed) }
