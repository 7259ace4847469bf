package registration

import (
	"context"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/store"
)

// RecordCopy records the copy (tembusan) to the provincial office, as a report.
// Each submission needs its own before it, of what is submitted (decided: a corrected
// list is a new report). Errors: store.ErrNotFound, ErrForbidden, *InvalidError, ErrNothingDue
// where nothing is to be submitted.
func (s *Service) RecordCopy(ctx context.Context, c *access.Caller, number uint32, channel ksv1.RegistrationChannel, note string) (*Whole, error) {
	if channel == 0 {
		return nil, &InvalidError{"channel", "pilih bagaimana tembusan dikirim"}
	}
	return s.change(ctx, c, number, mayDrawUp, func(ctx context.Context, tx store.Tx, w *Whole) error {
		return s.copied(ctx, tx, w, Taken{Actor: c.Account.Number, Channel: channel, Note: note})
	})
}

func (s *Service) copied(ctx context.Context, tx store.Tx, w *Whole, t Taken) error {
	t.Step = ksv1.RegistrationStep_REGISTRATION_STEP_COPIED
	if _, err := due(w, nil, ksv1.RegistrationStep_REGISTRATION_STEP_SUBMITTED); err != nil {
		return err
	}
	// Never the instant of a submission, so that the order shows.
	w.CopiedMS, w.CopyChannel = max(s.Now().UnixMilli(), w.SubmittedMS+1), int32(t.Channel)
	if err := s.tell(ctx, tx, w, "", w.State(), w.State(), t); err != nil {
		return err
	}
	return s.keep(ctx, tx, w)
}

// Submit submits Puskesmas that are a draft or were returned. Errors:
// store.ErrNotFound, ErrForbidden, *InvalidError, ErrLetterMissing,
// ErrCopyMissing, *StepError, ErrNothingDue.
func (s *Service) Submit(ctx context.Context, c *access.Caller, number uint32, codes []string, channel ksv1.RegistrationChannel, note string) (*Whole, error) {
	if channel == 0 {
		return nil, &InvalidError{"channel", "pilih bagaimana surat dikirim"}
	}
	return s.change(ctx, c, number, mayDrawUp, func(ctx context.Context, tx store.Tx, w *Whole) error {
		return s.submitted(ctx, tx, w, codes, Taken{Actor: c.Account.Number, Channel: channel, Note: note})
	})
}

func (s *Service) submitted(ctx context.Context, tx store.Tx, w *Whole, codes []string, t Taken) error {
	t.Step = ksv1.RegistrationStep_REGISTRATION_STEP_SUBMITTED
	list, err := due(w, codes, t.Step)
	if err != nil {
		return err
	}
	letter, err := s.letterOf(&w.Registration)
	if err != nil {
		return err
	}
	if letter.GetPdfBytes() == 0 {
		return ErrLetterMissing
	}
	if err := s.checkCopy(ctx, tx.Snapshot(), w); err != nil {
		return err
	}
	for _, p := range list {
		if err := s.take(ctx, tx, w, p, t); err != nil {
			return err
		}
	}
	w.SubmittedMS = max(s.Now().UnixMilli(), w.CopiedMS)
	return s.keep(ctx, tx, w)
}

// checkCopy tells whether the province has its copy of what is to be submitted: none was
// submitted since it was recorded, and nothing drawn up. Errors: ErrCopyMissing.
func (s *Service) checkCopy(ctx context.Context, snap store.Snapshot, w *Whole) error {
	if w.CopiedMS == 0 || w.CopiedMS <= w.SubmittedMS {
		return ErrCopyMissing
	}
	var copied, drawnUp uint32
	err := s.eachEvent(ctx, snap, w.Number, func(e *store.RegistrationEvent) error {
		switch ksv1.RegistrationStep(e.Step) {
		case ksv1.RegistrationStep_REGISTRATION_STEP_COPIED:
			copied = e.Sequence
		case ksv1.RegistrationStep_REGISTRATION_STEP_DRAWN_UP:
			drawnUp = e.Sequence
		}
		return nil
	})
	if err == nil && drawnUp > copied {
		err = ErrCopyMissing
	}
	return err
}

// Withdraw takes Puskesmas back that were not accepted yet. Errors as of Return.
func (s *Service) Withdraw(ctx context.Context, c *access.Caller, number uint32, codes []string, reason string) (*Whole, error) {
	if err := checkReason(reason); err != nil {
		return nil, err
	}
	return s.step(ctx, c, number, codes, mayDrawUp, Taken{Step: ksv1.RegistrationStep_REGISTRATION_STEP_WITHDRAWN, Note: reason}, nil)
}
