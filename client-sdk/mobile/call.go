package mobile

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/client-sdk/app"
	devicev1 "github.com/keluarga-sehat/sync/proto/keluargasehat/device/v1"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// method is one call with its implementation.
type method struct {
	description grpc.MethodDesc
	service     any
}

// methods are all calls by full name, "keluargasehat.v1.FormService/GetForm".
func methods(a *app.App) map[string]method {
	out := map[string]method{}
	for _, s := range []struct {
		description *grpc.ServiceDesc
		service     any
	}{{&ksv1.FormService_ServiceDesc, a.Forms()}, {&devicev1.AppService_ServiceDesc, a.Service()}, {&devicev1.DeskService_ServiceDesc, a.Desk()}, {&devicev1.HelpService_ServiceDesc, a.Help()}, {&devicev1.HandoverService_ServiceDesc, a.Handover()}} {
		for _, m := range s.description.Methods {
			out[s.description.ServiceName+"/"+m.MethodName] = method{m, s.service}
		}
	}
	return out
}

// CallError is a refusal, for apps that act on it.
type CallError struct {
	// Code is the gRPC code's number, 3 for INVALID_ARGUMENT.
	Code int
	// Message says in Indonesian what happened, what is safe and what to do.
	Message string
	// Status is google.rpc.Status with the details, as protobuf bytes.
	Status []byte
}

// Error is the message.
func (e *CallError) Error() string { return e.Message }

// Call makes one call, by its full name ("keluargasehat.v1.FormService/GetForm"),
// with the request as protobuf bytes, and gives the response as protobuf bytes.
// Errors: *CallError.
func (a *App) Call(name string, request []byte) ([]byte, error) {
	m, ok := a.services[name]
	if !ok {
		return nil, callError(app.NoCall(name))
	}
	decode := func(into any) error {
		if message, ok := into.(proto.Message); !ok || proto.Unmarshal(request, message) != nil {
			return app.NoRequest(name)
		}
		return nil
	}
	answer, err := m.description.Handler(m.service, context.Background(), decode, nil)
	if err != nil {
		return nil, callError(err)
	}
	message, ok := answer.(proto.Message)
	if !ok {
		return nil, callError(app.NoCall(name))
	}
	reply, err := proto.Marshal(message)
	if err != nil {
		return nil, callError(err)
	}
	return reply, nil
}

func callError(err error) *CallError {
	s := status.Convert(err)
	e := &CallError{Code: int(s.Code()), Message: s.Message()}
	if details, err := proto.Marshal(s.Proto()); err == nil { // else code and message say enough
		e.Status = details
	}
	return e
}
