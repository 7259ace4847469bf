package api

import (
	"context"
	"fmt"
	"net"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Inside calls services within the process, through the guard but without a wire:
// the gateway's way to those that are asked most. Values of the context reach the
// handler; response headers and streams do not exist.
type Inside struct {
	guard   *Guard
	methods map[string]insideMethod
}

type insideMethod struct {
	service any
	handler grpc.MethodHandler
}

// Inside gives the aggregates' services.
func (s *Services) Inside(g *Guard) *Inside {
	in := &Inside{guard: g, methods: map[string]insideMethod{}}
	in.RegisterService(&ksv1.IndexService_ServiceDesc, indexService{services: s})
	in.RegisterService(&ksv1.ProgressService_ServiceDesc, progressService{services: s})
	return in
}

// RegisterService adds a service.
func (in *Inside) RegisterService(d *grpc.ServiceDesc, service any) {
	for _, m := range d.Methods {
		in.methods["/"+d.ServiceName+"/"+m.MethodName] = insideMethod{service, m.Handler}
	}
}

// insideAddr is what calls within the process come from, as callerAddress knows it.
type insideAddr struct{}

func (insideAddr) Network() string { return insideNetwork }
func (insideAddr) String() string  { return insideNetwork }

var _ net.Addr = insideAddr{}

// Invoke makes a call.
func (in *Inside) Invoke(ctx context.Context, method string, request, reply any, _ ...grpc.CallOption) error {
	m, ok := in.methods[method]
	if !ok {
		return status.Errorf(codes.Unimplemented, "%s is not served inside", method)
	}
	if md, ok := metadata.FromOutgoingContext(ctx); ok {
		ctx = metadata.NewIncomingContext(ctx, md)
	}
	ctx = peer.NewContext(ctx, &peer.Peer{Addr: insideAddr{}})
	response, err := m.handler(m.service, ctx, func(into any) error { return pour(into, request) }, in.guard.recorded)
	if err != nil {
		return err
	}
	return pour(reply, response)
}

// NewStream is not there.
func (in *Inside) NewStream(context.Context, *grpc.StreamDesc, string, ...grpc.CallOption) (grpc.ClientStream, error) {
	return nil, status.Error(codes.Unimplemented, "streams are not served inside")
}

// pour fills an empty message with another's fields, which both have afterwards.
func pour(into, from any) error {
	to, ok := into.(proto.Message)
	source, given := from.(proto.Message)
	if !ok || !given {
		return fmt.Errorf("pour %T into %T: no messages", from, into)
	}
	m := to.ProtoReflect()
	source.ProtoReflect().Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		m.Set(f, v)
		return true
	})
	return nil
}
