package api

import (
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// unread are the statuses of what never became a call: a path, a query or a body that can't
// be read.
var unread = map[codes.Code]struct{ reason, message string }{
	codes.InvalidArgument: {"BAD_REQUEST", "Permintaan ini tidak dapat dibaca. Muat ulang halaman dan coba lagi."},
	codes.NotFound:        {"NO_SUCH_PATH", "Alamat ini tidak ada di server."},
	codes.Unimplemented:   {"NO_SUCH_METHOD", "Tindakan ini tidak ada di alamat ini."},
}

// Explained gives a status of what never became a call the details that every refusal has;
// one that has them, and any other, stays as it is.
func Explained(err error) error {
	s, ok := status.FromError(err)
	if !ok {
		return err
	}
	for _, d := range s.Details() {
		if _, told := d.(*errdetails.ErrorInfo); told {
			return err
		}
	}
	if of, ok := unread[s.Code()]; ok {
		return build(s.Code(), of.reason, s.Message(), of.message)
	}
	return err
}

// Unreadable is the status of a request that can't be read; why is for developers.
func Unreadable(why string) error { return Explained(status.Error(codes.InvalidArgument, why)) }
