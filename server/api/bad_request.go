package api

import (
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"

	"github.com/keluarga-sehat/sync/internal/form"
)

// errBadRequest: a field of the request is wrong. description is for developers,
// text for users, who see it beside the field.
type errBadRequest struct{ field, description, text string }

func (e *errBadRequest) Error() string { return e.field + ": " + e.description }

func (e *errBadRequest) status() error {
	return build(codes.InvalidArgument, "BAD_REQUEST", e.Error(), textBadRequest,
		&errdetails.BadRequest{FieldViolations: []*errdetails.BadRequest_FieldViolation{violation(e.field, e.description, e.text)}})
}

// Texts for users that several calls share.
const (
	textBadRequest = "Permintaan tidak dapat diproses: periksa isian."
	textStale      = form.StaleText // also of page tokens
	textOrder      = "Urutan ini tidak dikenal."
	// textFilter is of the language of filters, which programs write.
	textFilter = "Saringan ini tidak dikenal."
)

// violation names a field that is wrong, for developers and for users.
func violation(field, description, text string) *errdetails.BadRequest_FieldViolation {
	return &errdetails.BadRequest_FieldViolation{
		Field: field, Description: description, LocalizedMessage: &errdetails.LocalizedMessage{Locale: locale, Message: text},
	}
}
