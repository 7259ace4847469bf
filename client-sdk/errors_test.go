package clientsdk

import (
	"context"
	"errors"
	"testing"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Who ends a call by its context finds the context's error, not a refusal by the server; what
// the server itself says stays.
func TestACallThatItsCallerEndsIsNoRefusal(t *testing.T) {
	t.Parallel()
	for code, want := range map[codes.Code]error{codes.Canceled: context.Canceled, codes.DeadlineExceeded: context.DeadlineExceeded} {
		var refused *ServerError
		if err := serverError(status.Error(code, "ended")); !errors.Is(err, want) || errors.As(err, &refused) {
			t.Errorf("%s: %v", code, err)
		}
		said, err := status.New(code, "busy").WithDetails(&errdetails.LocalizedMessage{Locale: "id", Message: "Server sibuk."})
		if err != nil {
			t.Fatal(err)
		}
		if err := serverError(said.Err()); !errors.As(err, &refused) || errors.Is(err, want) {
			t.Errorf("%s, said by the server: %v", code, err)
		}
	}
}
