package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/keluarga-sehat/sync/internal/shape"
	"github.com/keluarga-sehat/sync/server/account"
	"github.com/keluarga-sehat/sync/server/auth"
	"github.com/keluarga-sehat/sync/server/exchange"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/past"
	"github.com/keluarga-sehat/sync/server/rates"
	"github.com/keluarga-sehat/sync/server/registration"
	"github.com/keluarga-sehat/sync/server/support"
)

// statusWithFacts is the status of an error that carries facts of the case, such
// as how long to wait or which field is wrong; nil for any other.
func statusWithFacts(ctx context.Context, log *slog.Logger, method string, err error) error {
	if later := waitStatus(err); later != nil {
		return later
	}
	if wrong := fieldStatus(err); wrong != nil {
		return wrong
	}
	if refused := registrationStatus(err); refused != nil {
		return refused
	}
	if refused := lookUpStatus(ctx, log, method, err); refused != nil {
		return refused
	}
	var conflict *errReview
	if errors.As(err, &conflict) {
		return conflict.status()
	}
	return nil
}

// waitStatus is the status of an error that says when to come again; nil for any
// other.
func waitStatus(err error) error {
	var wait *auth.TooManyAttempts
	if errors.As(err, &wait) {
		return build(codes.ResourceExhausted, "TOO_MANY_ATTEMPTS", "too many attempts to sign in", "Terlalu banyak percobaan. Coba lagi "+inWords(wait.Wait)+" lagi.", retryIn(wait.Wait))
	}
	var busy *auth.Busy
	if errors.As(err, &busy) {
		return build(codes.ResourceExhausted, "SIGN_IN_BUSY", busy.Error(), "Banyak yang masuk pada saat ini. Coba lagi sebentar lagi; pekerjaan di perangkat tetap aman.", retryIn(busy.Wait))
	}
	var often *rates.TooManyCalls
	if errors.As(err, &often) {
		return build(codes.ResourceExhausted, "TOO_MANY_CALLS", often.Error(), "Terlalu banyak permintaan. Tunggu sebentar lalu coba lagi; data tetap aman.", retryIn(often.Wait))
	}
	var exports *TooManyExports
	if errors.As(err, &exports) {
		return build(codes.ResourceExhausted, "TOO_MANY_EXPORTS", exports.Error(), "Ekspor lain sedang berjalan. Tunggu sampai selesai, atau coba lagi satu menit lagi.", retryIn(exports.Wait))
	}
	var forms *registration.TooManyForms
	if errors.As(err, &forms) {
		return build(codes.ResourceExhausted, "TOO_MANY_FORMS", forms.Error(), "Form lain sedang dibaca. Coba lagi sebentar lagi.", retryIn(forms.Wait))
	}
	return nil
}

// retryIn asks the caller to come again after a while.
func retryIn(delay time.Duration) *errdetails.RetryInfo {
	return &errdetails.RetryInfo{RetryDelay: durationpb.New(delay)}
}

// SetRetryAfter tells plain HTTP clients when to come again, as RetryInfo tells others.
func SetRetryAfter(h http.Header, err error) {
	for _, d := range status.Convert(err).Details() {
		if wait, ok := d.(*errdetails.RetryInfo); ok {
			h.Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.GetRetryDelay().AsDuration().Seconds()))))
		}
	}
}

// inWords is a time to wait for users: seconds up to a minute, then minutes begun.
func inWords(wait time.Duration) string {
	if wait <= time.Minute {
		return fmt.Sprintf("%.0f detik", math.Ceil(wait.Seconds()))
	}
	return fmt.Sprintf("%.0f menit", math.Ceil(wait.Minutes()))
}

// fieldStatus is the status of an error that names the field that is wrong; nil for
// any other.
func fieldStatus(err error) error {
	var weak *auth.WeakPassword
	if errors.As(err, &weak) {
		return build(codes.InvalidArgument, "WEAK_PASSWORD", weak.Error(), weak.Message,
			&errdetails.BadRequest{FieldViolations: []*errdetails.BadRequest_FieldViolation{violation("new_password", weak.Reason, weak.Message)}})
	}
	var known *account.PersonKnownError
	if errors.As(err, &known) {
		return build(codes.AlreadyExists, "PERSON_KNOWN", known.Error(), textPersonKnown,
			&errdetails.BadRequest{FieldViolations: []*errdetails.BadRequest_FieldViolation{violation(known.Field, account.ErrPersonKnown.Error(), textPersonKnown)}})
	}
	var form *errInvalidForm
	if errors.As(err, &form) {
		return form.status()
	}
	if bad := badRequestOf(err); bad != nil {
		return bad.status()
	}
	return nil
}

// badRequestOf is what packages below say of a wrong field, in the form of this one;
// nil for any other error.
func badRequestOf(err error) *errBadRequest {
	var bad *errBadRequest
	var person *account.InvalidError
	var request *registration.InvalidError
	var desk *support.InvalidError
	var incorrect *ingest.InvalidCorrectionError
	var rows *exchange.TooManyRowsError
	var broken *shape.Error
	switch {
	case errors.As(err, &bad):
		return bad
	case errors.As(err, &person):
		return &errBadRequest{person.Field, person.Problem, person.Problem}
	case errors.As(err, &request):
		return &errBadRequest{request.Field, request.Problem, request.Problem}
	case errors.As(err, &desk):
		return &errBadRequest{"desk." + desk.Field, desk.Problem, desk.Text}
	case errors.As(err, &incorrect) && incorrect.Receipt.GetReason() == ingest.ReasonFamilyTooLarge:
		return &errBadRequest{"value_json", incorrect.Error(), "Isian keluarga ini sudah terlalu banyak untuk ditambah; hapus dulu yang tidak diperlukan."}
	case errors.As(err, &incorrect):
		return &errBadRequest{"value_json", incorrect.Error(), "Nilai ini bukan jawaban untuk isian tersebut."}
	case errors.As(err, &rows):
		return &errBadRequest{"format", rows.Error(), "Terlalu banyak baris untuk XLSX; pilih wilayah yang lebih kecil, atau CSV."}
	case errors.As(err, &broken):
		return &errBadRequest{broken.Field, broken.Rule, broken.Text}
	case errors.Is(err, past.ErrTooManyDays):
		return &errBadRequest{"from", past.ErrTooManyDays.Error(), "Terlalu banyak hari untuk wilayah sebesar ini; pilih wilayah yang lebih kecil atau rentang yang lebih pendek."}
	}
	return nil
}
