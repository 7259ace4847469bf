package field

import (
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
)

// Reflection is for development alone (TRUST.md, "Edge").
func TestTheServerDoesNotDescribeItself(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	for _, version := range []string{"v1", "v1alpha"} {
		stream, err := rawConn(t, f).NewStream(t.Context(), &grpc.StreamDesc{ClientStreams: true, ServerStreams: true},
			"/grpc.reflection."+version+".ServerReflection/ServerReflectionInfo")
		if err != nil {
			t.Fatal(err)
		}
		if err := stream.RecvMsg(&emptypb.Empty{}); status.Code(err) != codes.Unimplemented {
			t.Errorf("reflection %s: %v", version, err)
		}
	}
}
