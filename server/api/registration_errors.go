package api

import (
	"errors"
	"fmt"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"

	"github.com/keluarga-sehat/sync/server/registration"
)

// maxViolations bounds how many mistakes an answer names: they travel in trailers,
// which are bounded too.
const maxViolations = 50

// registrationStatus is the status of errors of the procedure that carry facts;
// nil for others.
func registrationStatus(err error) error {
	var step *registration.StepError
	if errors.As(err, &step) {
		return build(codes.FailedPrecondition, "STEP_NOT_DUE", step.Error(), "Langkah ini belum atau tidak lagi dapat dilakukan: periksa status terbaru.",
			&errdetails.PreconditionFailure{Violations: []*errdetails.PreconditionFailure_Violation{
				{Type: "state", Subject: step.Puskesmas, Description: step.State.String()},
			}})
	}
	var standing *registration.StandingError
	if errors.As(err, &standing) {
		return build(codes.FailedPrecondition, "STEP_NOT_DUE", standing.Error(), "Langkah ini belum atau tidak lagi dapat dilakukan: periksa status terbaru.",
			&errdetails.PreconditionFailure{Violations: []*errdetails.PreconditionFailure_Violation{
				{Type: "standing", Subject: fmt.Sprintf("nominee:%d", standing.Nominee), Description: standing.Standing.String()},
			}})
	}
	var incomplete *registration.IncompleteError
	if errors.As(err, &incomplete) {
		bad := &errdetails.BadRequest{}
		for _, f := range incomplete.Findings[:min(len(incomplete.Findings), maxViolations)] {
			field := f.Field
			if f.Nominee != 0 {
				field = fmt.Sprintf("nominees[%d].%s", f.Nominee, f.Field)
			}
			bad.FieldViolations = append(bad.FieldViolations, violation(field, f.Reason.String(), f.Message))
		}
		return build(codes.FailedPrecondition, "INCOMPLETE", incomplete.Error(), "Data Puskesmas ini belum lengkap, sehingga belum dapat disetujui.", bad)
	}
	var received *registration.ReceivedError
	if errors.As(err, &received) {
		text := fmt.Sprintf("Surat ini sudah dimasukkan sebagai permohonan %d. Formulir perbaikan dimasukkan ke permohonan itu, setelah dikembalikan.", received.Registration)
		return build(codes.AlreadyExists, "LETTER_RECEIVED", received.Error(), text, &errdetails.ResourceInfo{
			ResourceType: "registration", ResourceName: fmt.Sprint(received.Registration), Description: received.Error(),
		})
	}
	var form *registration.FormError
	if errors.As(err, &form) {
		bad := &errdetails.BadRequest{}
		for _, p := range form.Problems[:min(len(form.Problems), maxViolations)] {
			bad.FieldViolations = append(bad.FieldViolations, violation(fmt.Sprintf("form.rows[%d].%s", p.Row, p.Column), p.Problem, p.Problem))
		}
		return build(codes.InvalidArgument, "FORM_INVALID", form.Error(), "Form tidak dapat dimasukkan: perbaiki baris yang disebutkan.", bad)
	}
	return nil
}
