package app

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/durationpb"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/form"
	"github.com/keluarga-sehat/sync/internal/shape"
)

// domain of ErrorInfo, as the server's.
const domain = "keluarga-sehat"

// locale of all texts for users.
const locale = "id-ID"

// faults is the table of errors that a page can act on; texts are the errors'
// own, which are Indonesian.
var faults = []struct {
	err    error
	code   codes.Code
	reason string
}{
	{errLocked, codes.Unauthenticated, "LOCKED"},
	{clientsdk.ErrClosed, codes.Unauthenticated, "LOCKED"},
	{errMayNotReview, codes.PermissionDenied, "NO_RIGHT"},
	{errNotSetUp, codes.FailedPrecondition, "NOT_SET_UP"},
	{errHasData, codes.FailedPrecondition, "HAS_DATA"},
	{ErrLink, codes.InvalidArgument, "LINK_UNKNOWN"},
	{clientsdk.ErrUserName, codes.InvalidArgument, "USER_NAME"},
	{clientsdk.ErrWrongPassword, codes.Unauthenticated, "SIGN_IN_FAILED"},
	{clientsdk.ErrSignInAgain, codes.Unauthenticated, "SIGN_IN_AGAIN"},
	{clientsdk.ErrWrongServer, codes.Unavailable, "WRONG_SERVER"},
	{clientsdk.ErrWrongDate, codes.Unavailable, "WRONG_DATE"},
	{clientsdk.ErrOffline, codes.Unavailable, "OFFLINE"},
	{clientsdk.ErrReincarnated, codes.Aborted, "DEVICE_COPY"},
	{clientsdk.ErrWipeFailed, codes.PermissionDenied, "DEVICE_WIPED"}, // before what they are, too
	{clientsdk.ErrHeldLost, codes.PermissionDenied, "DEVICE_WIPED"},
	{clientsdk.ErrWiped, codes.PermissionDenied, "DEVICE_WIPED"},
	{clientsdk.ErrNothingUnsent, codes.NotFound, "NOTHING_UNSENT"},
	{clientsdk.ErrNoBackup, codes.InvalidArgument, "NO_BACKUP"},
	{clientsdk.ErrBackupDamaged, codes.FailedPrecondition, "BACKUP_DAMAGED"},
	{clientsdk.ErrNoSupervisor, codes.PermissionDenied, "NO_SUPERVISOR"},
	{clientsdk.ErrNeverSynced, codes.FailedPrecondition, "NEVER_SYNCED"},
	{clientsdk.ErrCarriesTooMuch, codes.ResourceExhausted, "CARRIES_TOO_MUCH"},
	{errHandoverOpen, codes.FailedPrecondition, "HANDOVER_OPEN"},
	{errNoHandover, codes.FailedPrecondition, "HANDOVER_NONE"},
	{clientsdk.ErrHandoverHere, codes.FailedPrecondition, "HANDOVER_HERE"},
	{clientsdk.ErrHandoverSame, codes.InvalidArgument, "HANDOVER_SAME"},
	{clientsdk.ErrHandoverUnknown, codes.InvalidArgument, "HANDOVER_UNKNOWN"},
	{clientsdk.ErrHandoverUnready, codes.FailedPrecondition, "HANDOVER_UNREADY"},
	{clientsdk.ErrHandoverSpent, codes.ResourceExhausted, "HANDOVER_SPENT"},
	{clientsdk.ErrHandoverTooMuch, codes.ResourceExhausted, "HANDOVER_TOO_MUCH"},
	{clientsdk.ErrShortPassword, codes.InvalidArgument, "SHORT_PASSWORD"},
	{clientsdk.ErrHandoverNoCode, codes.InvalidArgument, "HANDOVER_CODE"},
	{clientsdk.ErrHandoverMistyped, codes.InvalidArgument, "HANDOVER_MISTYPED"},
	{clientsdk.ErrHandoverOtherKind, codes.InvalidArgument, "HANDOVER_OTHER_KIND"},
	{clientsdk.ErrHandoverForged, codes.InvalidArgument, "HANDOVER_FORGED"},
	{clientsdk.ErrHandoverOtherRequest, codes.InvalidArgument, "HANDOVER_OTHER_REQUEST"},
	{clientsdk.ErrHandoverExpired, codes.FailedPrecondition, "HANDOVER_EXPIRED"},
	{clientsdk.ErrHandoverOwnSigner, codes.InvalidArgument, "HANDOVER_OWN_SIGNER"},
	{clientsdk.ErrHandoverNoKey, codes.InvalidArgument, "HANDOVER_NO_KEY"},
	{clientsdk.ErrHandoverMalformed, codes.InvalidArgument, "HANDOVER_CODE"},
	{clientsdk.ErrMalformedEdit, codes.InvalidArgument, "MALFORMED_EDIT"},
	{clientsdk.ErrNotMember, codes.InvalidArgument, "NOT_MEMBER"},
	{clientsdk.ErrNobodyStays, codes.InvalidArgument, "NOBODY_STAYS"},
	{clientsdk.ErrSplitFamily, codes.FailedPrecondition, "SPLIT_FAMILY"},
	{clientsdk.ErrSplitDate, codes.InvalidArgument, "SPLIT_DATE"},
	{clientsdk.ErrTakenAway, codes.NotFound, "TAKEN_AWAY"},
	{clientsdk.ErrNotFound, codes.NotFound, "NOT_FOUND"},
	{clientsdk.ErrPlace, codes.InvalidArgument, "PLACE"},
	{clientsdk.ErrOutsidePuskesmas, codes.PermissionDenied, "OUTSIDE_PUSKESMAS"},
	{clientsdk.ErrFamilyTooLarge, codes.ResourceExhausted, "FAMILY_TOO_LARGE"},
	{clientsdk.ErrNoteTooLong, codes.InvalidArgument, "NOTE_TOO_LONG"},
	{clientsdk.ErrTooManyFamilies, codes.InvalidArgument, "TOO_MANY_FAMILIES"},
	{errFormChanged, codes.Aborted, "FORM_CHANGED"},
	{clientsdk.ErrValuesChanged, codes.Aborted, "VALUES_CHANGED"},
	{clientsdk.ErrNoSpace, codes.ResourceExhausted, "STORAGE_FULL"},
	{clientsdk.ErrStorageFull, codes.ResourceExhausted, "STORAGE_FULL"},
	{clientsdk.ErrStorageFailed, codes.Internal, "STORAGE_FAILED"},
}

// statusOf turns an error of the SDK into what the page is told.
func statusOf(err error) error {
	var invalid *clientsdk.ValidationError
	var field *form.FieldError
	var broken *shape.Error
	var server *clientsdk.ServerError
	var soon *errTooSoon
	var verdict *clientsdk.ReviewError
	var room *clientsdk.NoRoom
	var newer *clientsdk.NewerSchema
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return status.FromContextError(err).Err()
	case errors.As(err, &invalid):
		return invalidStatus(invalid)
	case errors.As(err, &field):
		return badRequest(field.Field, field.Problem, field.Text)
	case errors.As(err, &broken):
		return badRequest(broken.Field, broken.Rule, broken.Text)
	case errors.As(err, &verdict):
		return withDetails(codes.Aborted, "REVIEW_NOT_APPLIED", verdict.Error())
	case errors.As(err, &soon):
		return withDetails(codes.ResourceExhausted, "TOO_MANY_ATTEMPTS", err.Error(), &errdetails.RetryInfo{RetryDelay: durationpb.New(soon.wait.Round(time.Second))})
	case errors.As(err, &room):
		return withDetails(codes.ResourceExhausted, "STORAGE_FULL", room.Error())
	case errors.Is(err, clientsdk.ErrInUse):
		return withDetails(codes.FailedPrecondition, "IN_USE", "Data pengguna ini sedang dibuka di jendela atau program lain. Pakai jendela itu, atau tutup dulu program itu, lalu coba lagi; data tetap aman.")
	case errors.As(err, &newer):
		return withDetails(codes.FailedPrecondition, "APP_TOO_OLD", "Data di perangkat ini ditulis oleh versi aplikasi yang lebih baru. Perbarui aplikasi; data tetap aman.")
	case errors.As(err, &server):
		return withDetails(server.Code, server.Reason, server.Error())
	}
	for _, f := range faults {
		if errors.Is(err, f.err) {
			return withDetails(f.code, f.reason, f.err.Error())
		}
	}
	return withDetails(codes.Internal, "INTERNAL", "terjadi kesalahan pada aplikasi; data yang sudah tersimpan tetap aman. Tutup dan buka kembali aplikasi: "+err.Error())
}

// textOf is what a page is told of an error, a sentence.
func textOf(err error) string {
	if errors.Is(err, clientsdk.ErrWiped) { // and why, and what is still held
		return sentence(err.Error())
	}
	if s := status.Convert(statusOf(err)); s.Code() != codes.Canceled && s.Code() != codes.DeadlineExceeded {
		return sentence(s.Message())
	}
	return "Belum selesai ketika dihentikan; data tetap aman di perangkat ini."
}

// sentence gives an error's text, which begins small and has no stop, the form in
// which people read it.
func sentence(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return text
	}
	text = string(unicode.ToUpper(first)) + text[size:]
	if strings.HasSuffix(text, ".") {
		return text
	}
	return text + "."
}

// badRequest names the one field that is wrong; the page may not show it, so that
// the message is what is wrong with it.
func badRequest(field, description, text string) error {
	return withDetails(codes.InvalidArgument, "BAD_REQUEST", text, &errdetails.BadRequest{FieldViolations: []*errdetails.BadRequest_FieldViolation{
		{Field: field, Description: description, LocalizedMessage: &errdetails.LocalizedMessage{Locale: locale, Message: text}},
	}})
}

// invalidStatus names each field that was not saved. The field's path is
// kind/record/member/field, as findings name them.
func invalidStatus(invalid *clientsdk.ValidationError) error {
	bad := &errdetails.BadRequest{}
	for _, f := range form.Findings(invalid.Findings) {
		bad.FieldViolations = append(bad.FieldViolations, &errdetails.BadRequest_FieldViolation{
			Field: form.FieldPath(f), Description: f.GetMessage(), Reason: f.GetCode(),
			LocalizedMessage: &errdetails.LocalizedMessage{Locale: locale, Message: f.GetMessage()},
		})
	}
	return withDetails(codes.InvalidArgument, "INVALID", invalid.Error(), bad)
}

// withDetails is a status with ErrorInfo and the message in Indonesian, as a
// sentence.
func withDetails(code codes.Code, reason, message string, more ...protoadapt.MessageV1) error {
	s, err := status.New(code, message).WithDetails(append([]protoadapt.MessageV1{
		&errdetails.ErrorInfo{Reason: reason, Domain: domain}, &errdetails.LocalizedMessage{Locale: locale, Message: sentence(message)},
	}, more...)...)
	if err != nil {
		return status.Error(code, message)
	}
	return s.Err()
}
