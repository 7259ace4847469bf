package api

import (
	"regexp"
	"slices"

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

// fieldUnread finds the field that can't be read in what the gateway and protojson say of
// it: neither has another way to tell.
var fieldUnread = regexp.MustCompile(`(?:field|list|parameter:?) "?([A-Za-z$][\w.\[\]-]*)`)

// Explained gives a status of what never became a call the details that every refusal has;
// one that has them, and any other, stays as it is.
func Explained(err error) error {
	if !unexplained(err) {
		return err
	}
	s := status.Convert(err)
	of := unread[s.Code()]
	field := fieldUnread.FindStringSubmatch(s.Message())
	if s.Code() != codes.InvalidArgument || field == nil {
		return build(s.Code(), of.reason, s.Message(), of.message)
	}
	return build(s.Code(), of.reason, s.Message(), of.message,
		&errdetails.BadRequest{FieldViolations: []*errdetails.BadRequest_FieldViolation{violation(field[1], s.Message(), "Isian ini tidak dapat dibaca.")}})
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
// it never became one.
func (g *Guard) Unread(address string, err error) error {
	if unexplained(err) {
		if often := g.limits.from(address); often != nil {
			return waitStatus(often)
		}
	}
	return Explained(err)
}

// Unreadable is the status of a request that can't be read; why is for developers.
func Unreadable(why string) error { return Explained(status.Error(codes.InvalidArgument, why)) }
