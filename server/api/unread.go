package api

import (
	"context"
	"fmt"
	"slices"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/keluarga-sehat/sync/internal/misread"
	"github.com/keluarga-sehat/sync/internal/shape"
)

// unread are the statuses of what never became a call: a path, a query or a body that can't
// be read.
var unread = map[codes.Code]struct{ reason, message string }{
	codes.InvalidArgument: {"BAD_REQUEST", "Permintaan ini tidak dapat dibaca. Muat ulang halaman dan coba lagi."},
	codes.NotFound:        {"NO_SUCH_PATH", "Alamat ini tidak ada di server."},
	codes.Unimplemented:   {"NO_SUCH_METHOD", "Tindakan ini tidak ada di alamat ini."},
}

// Explained gives a status of what never became a call the details that every refusal has;
// one that has them, and any other, stays as it is. What could not be read is not repeated.
func Explained(err error) error {
	if !unexplained(err) {
		return err
	}
	s := status.Convert(err)
	of := unread[s.Code()]
	if s.Code() != codes.InvalidArgument {
		return build(s.Code(), of.reason, s.Message(), of.message)
	}
	told := misread.Of(s.Message())
	if told.Field == "" {
		return build(s.Code(), of.reason, told.Error(), of.message)
	}
	return build(s.Code(), of.reason, told.Error(), of.message,
		&errdetails.BadRequest{FieldViolations: []*errdetails.BadRequest_FieldViolation{violation(told.Field, told.Problem, told.Text)}})
}

// unexplained tells whether an error is the status of what never became a call.
func unexplained(err error) bool {
	s, ok := status.FromError(err)
	if !ok {
		return false
	}
	_, of := unread[s.Code()]
	return of && !slices.ContainsFunc(s.Details(), func(d any) bool {
		_, told := d.(*errdetails.ErrorInfo)
		return told
	})
}

// Unread is Explained for a request from an address, for which it counts as a call does where
// it never became one. An answer that can't be written has no status: the log tells of it.
func (g *Guard) Unread(address string, err error) error {
	if _, ok := status.FromError(err); !ok {
		return statusOf(context.Background(), g.log, "REST", err)
	}
	if unexplained(err) {
		if often := g.limits.From(address); often != nil {
			return waitStatus(often)
		}
	}
	return Explained(err)
}

// BodyTooLarge is the status of a request whose body holds more than so many bytes.
func BodyTooLarge(most int64) error {
	return build(codes.InvalidArgument, "BODY_TOO_LARGE", fmt.Sprintf("the body is larger than %d bytes", most),
		tooLarge(most))
}

// tooLarge tells users a bound of size, rounded down.
func tooLarge(most int64) string {
	bound := shape.Megabytes(most)
	if most < 1e6 {
		bound = fmt.Sprintf("%d kB", most/1000)
	}
	return "Kiriman ini terlalu besar: paling banyak " + bound + " sekali kirim."
}

// Unreadable is the status of a request that can't be read; why is for developers, and repeats
// nothing of it.
func Unreadable(why string) error {
	of := unread[codes.InvalidArgument]
	return build(codes.InvalidArgument, of.reason, why, of.message)
}
