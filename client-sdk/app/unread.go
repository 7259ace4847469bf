package app

import (
	"context"
	"net/http"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/keluarga-sehat/sync/internal/misread"
)

// unreadText is what the page is told of a request that can't be read.
const unreadText = "Permintaan ini tidak dapat dibaca. Muat ulang halaman dan coba lagi."

// explain answers an error; of what the gateway can't read it repeats nothing.
func explain(ctx context.Context, mux *runtime.ServeMux, m runtime.Marshaler, w http.ResponseWriter, r *http.Request, err error) {
	runtime.DefaultHTTPErrorHandler(ctx, mux, m, w, r, explained(err))
}

// explained gives what never became a call, and has no details therefore, those of a refusal.
func explained(err error) error {
	s := status.Convert(err)
	if s.Code() != codes.InvalidArgument || len(s.Details()) > 0 {
		return err
	}
	told := misread.Of(s.Message())
	if told.Field == "" {
		return withDetails(codes.InvalidArgument, "BAD_REQUEST", unreadText)
	}
	return badRequest(told.Field, told.Problem, told.Text)
}
