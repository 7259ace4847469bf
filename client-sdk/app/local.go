package app

import (
	"context"
	"fmt"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/shape"
)

// local is a connection to services of this process. What the gateway asks of
// them is held against the contract's rules of form first, as at the server's
// edge: a page must not be refused on line what it was allowed offline.
type local struct {
	shape   *shape.Checker
	methods map[string]localMethod
}

// localMethod is a method with the service that has it.
type localMethod struct {
	desc    grpc.MethodDesc
	service any
}

func newLocal() (*local, error) {
	checker, err := shape.New()
	return &local{checker, map[string]localMethod{}}, err
}

// RegisterService makes the calls of a service known.
func (l *local) RegisterService(d *grpc.ServiceDesc, service any) {
	for _, m := range d.Methods {
		l.methods[fmt.Sprintf("/%s/%s", d.ServiceName, m.MethodName)] = localMethod{m, service}
	}
}

// Invoke makes a call. Errors: those of the method, BAD_REQUEST with the field
// that breaks a rule.
func (l *local) Invoke(ctx context.Context, method string, request, reply any, _ ...grpc.CallOption) error {
	m, ok := l.methods[method]
	in, isIn := request.(proto.Message)
	out, isOut := reply.(proto.Message)
	if !ok || !isIn || !isOut {
		return status.Error(codes.Unimplemented, method)
	}
	if err := l.shape.Check(in); err != nil {
		return statusOf(err)
	}
	take := func(to any) error {
		if to, ok := to.(proto.Message); ok {
			proto.Merge(to, in)
		}
		return nil
	}
	// What the gateway sends along, the page's key above all, is for this process: the
	// SDK's own calls to the server go by the same context.
	inside := metadata.NewOutgoingContext(ctx, metadata.MD{})
	answer, err := m.desc.Handler(m.service, inside, take, nil)
	if err != nil {
		return err
	}
	if answer, ok := answer.(proto.Message); ok {
		proto.Merge(out, answer)
	}
	return nil
}

// NewStream refuses: no call of the page is a stream.
func (l *local) NewStream(_ context.Context, _ *grpc.StreamDesc, method string, _ ...grpc.CallOption) (grpc.ClientStream, error) {
	return nil, status.Error(codes.Unimplemented, method)
}
