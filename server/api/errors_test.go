package api

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/keluarga-sehat/sync/internal/prokesga"
	"github.com/keluarga-sehat/sync/internal/shape"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/account"
	"github.com/keluarga-sehat/sync/server/auth"
	"github.com/keluarga-sehat/sync/server/dukcapil"
	"github.com/keluarga-sehat/sync/server/exchange"
	"github.com/keluarga-sehat/sync/server/past"
	"github.com/keluarga-sehat/sync/server/rates"
	"github.com/keluarga-sehat/sync/server/registration"
	"github.com/keluarga-sehat/sync/server/support"
)

// told is what a status says to programs and to people.
type told struct {
	reason, message string
	violations      []*errdetails.BadRequest_FieldViolation
	wait            time.Duration
}

func toldBy(t *testing.T, err error) (codes.Code, told) {
	t.Helper()
	s, ok := status.FromError(err)
	if !ok {
		t.Fatalf("%v is no status", err)
	}
	var out told
	for _, d := range s.Details() {
		switch d := d.(type) {
		case *errdetails.ErrorInfo:
			out.reason = d.GetReason()
		case *errdetails.LocalizedMessage:
			if d.GetLocale() == locale {
				out.message = d.GetMessage()
			}
		case *errdetails.BadRequest:
			out.violations = d.GetFieldViolations()
		case *errdetails.RetryInfo:
			out.wait = d.GetRetryDelay().AsDuration()
		}
	}
	return s.Code(), out
}

func statusFor(t *testing.T, err error) error {
	return statusOf(t.Context(), slog.New(slog.DiscardHandler), "/test", fmt.Errorf("deed: %w", err))
}

func TestEveryWrongFieldIsNamedInTheLanguageOfPeople(t *testing.T) {
	t.Parallel()
	for field, c := range map[string]struct {
		err    error
		code   codes.Code
		reason string
	}{
		"new_password":     {&auth.WeakPassword{Reason: "short", Message: "Kata sandi terlalu pendek."}, codes.InvalidArgument, "WEAK_PASSWORD"},
		"staff[2].nik":     {&account.PersonKnownError{Field: "staff[2].nik"}, codes.AlreadyExists, "PERSON_KNOWN"},
		"roles":            {&account.InvalidError{Field: "roles", Problem: "Pilih paling sedikit satu peran."}, codes.InvalidArgument, "BAD_REQUEST"},
		"channel":          {&registration.InvalidError{Field: "channel", Problem: "harus pos atau e-mail"}, codes.InvalidArgument, "BAD_REQUEST"},
		"desk.name":        {&support.InvalidError{Field: "name", Problem: "missing", Text: "Wajib diisi."}, codes.InvalidArgument, "BAD_REQUEST"},
		"format":           {&exchange.TooManyRowsError{Rows: 2_000_000}, codes.InvalidArgument, "BAD_REQUEST"},
		"person.nik":       {&shape.Error{Field: "person.nik", Rule: "16 digits", Text: "Isi 16 angka."}, codes.InvalidArgument, "BAD_REQUEST"},
		"from":             {past.ErrTooManyDays, codes.InvalidArgument, "BAD_REQUEST"},
		"area":             {&errBadRequest{"area", "is no area", "Wilayah ini tidak dikenal."}, codes.InvalidArgument, "BAD_REQUEST"},
		"nominees[7].nik":  {&registration.IncompleteError{Findings: []registration.Finding{{Nominee: 7, Field: "nik", Message: "NIK belum diisi."}}}, codes.FailedPrecondition, "INCOMPLETE"},
		"form.rows[4].NIK": {&registration.FormError{Problems: []registration.RowProblem{{Row: 4, Column: "NIK", Problem: "harus terdiri atas 16 angka"}}}, codes.InvalidArgument, "FORM_INVALID"},
		"RECORD_KIND_ROUND/r//restrained": {&errInvalidForm{[]prokesga.Finding{{
			Code: prokesga.NotADate, Severity: prokesga.Error, Kind: ksv1.RecordKind_RECORD_KIND_ROUND, RecordID: "r", Field: 9, Message: "Bukan tanggal.",
		}}}, codes.InvalidArgument, "INVALID"},
	} {
		code, got := toldBy(t, statusFor(t, c.err))
		if code != c.code || got.reason != c.reason || got.message == "" || len(got.violations) != 1 {
			t.Errorf("%s: %s, %+v", field, code, got)
			continue
		}
		v := got.violations[0]
		if v.GetField() != field || v.GetDescription() == "" || v.GetLocalizedMessage().GetLocale() != locale || v.GetLocalizedMessage().GetMessage() == "" {
			t.Errorf("%s: %v", field, v)
		}
	}
}

func TestWhoHasToWaitIsToldHowLong(t *testing.T) {
	t.Parallel()
	const wait = 7 * time.Second
	for reason, err := range map[string]error{
		"TOO_MANY_ATTEMPTS": &auth.TooManyAttempts{Wait: wait}, "SIGN_IN_BUSY": &auth.Busy{Wait: wait},
		"TOO_MANY_CALLS": &rates.TooManyCalls{Wait: wait}, "TOO_MANY_EXPORTS": &TooManyExports{Wait: wait},
		"TOO_MANY_FORMS": &registration.TooManyForms{Wait: wait},
		"LOOK_UP_QUOTA":  &dukcapil.QuotaError{Whose: dukcapil.OfUser, Wait: wait},
	} {
		if code, got := toldBy(t, statusFor(t, err)); code != codes.ResourceExhausted || got.reason != reason || got.wait != wait || got.message == "" {
			t.Errorf("%s: %s, %+v", reason, code, got)
		}
	}
}

// A wait is told in the words of people and in the header of plain HTTP.
func TestAWaitIsToldInMinutes(t *testing.T) {
	t.Parallel()
	for wait, want := range map[time.Duration][2]string{
		2 * time.Second: {"2 detik lagi", "2"}, time.Minute: {"60 detik lagi", "60"}, 61 * time.Second: {"2 menit lagi", "61"}, 15 * time.Minute: {"15 menit lagi", "900"},
	} {
		err := statusFor(t, &auth.TooManyAttempts{Wait: wait})
		h := http.Header{}
		SetRetryAfter(h, err)
		if _, got := toldBy(t, err); !strings.Contains(got.message, want[0]) || h.Get("Retry-After") != want[1] {
			t.Errorf("%s: %q, Retry-After %q", wait, got.message, h.Get("Retry-After"))
		}
	}
}

func TestAnErrorThatNobodyForesawGivesNothingAway(t *testing.T) {
	t.Parallel()
	code, got := toldBy(t, statusFor(t, errors.New("password of postgres is secret")))
	if code != codes.Internal || got.reason != "INTERNAL" || got.message == "" {
		t.Errorf("%s, %+v", code, got)
	}
	if text := status.Convert(statusFor(t, errors.New("secret"))).Message(); text == "secret" {
		t.Errorf("told: %s", text)
	}
}
