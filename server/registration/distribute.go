package registration

import (
	"context"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/store"
)

// Distribute records that the district handed guides over; their codes, and those
// of the offices, are destroyed with it. Where the administrator was active before,
// there is nothing to activate any more. Errors: store.ErrNotFound, ErrForbidden,
// *StepError, ErrNothingDue.
func (s *Service) Distribute(ctx context.Context, c *access.Caller, number uint32, codes []string, note string) (*Whole, error) {
	t := Taken{Step: ksv1.RegistrationStep_REGISTRATION_STEP_DISTRIBUTED, Actor: c.Account.Number, Note: note}
	return s.change(ctx, c, number, mayDrawUp, func(ctx context.Context, tx store.Tx, w *Whole) error {
		list, err := due(w, codes, t.Step)
		if err != nil {
			return err
		}
		for _, p := range list {
			if err := s.distributed(ctx, tx, w, p, t); err != nil {
				return err
			}
			active, err := administrators(ctx, tx.Snapshot(), p.Puskesmas)
			if err != nil {
				return err
			}
			if len(active) > 0 && !active[0].Waiting() {
				if err := s.take(ctx, tx, w, p, Taken{Step: ksv1.RegistrationStep_REGISTRATION_STEP_ACTIVATED, Actor: active[0].Number}); err != nil {
					return err
				}
			}
		}
		return s.keep(ctx, tx, w)
	})
}

func (s *Service) distributed(ctx context.Context, tx store.Tx, w *Whole, p *store.RegistrationPuskesmas, t Taken) error {
	for _, code := range []string{"", p.Puskesmas} {
		if err := tx.Directory().DeleteRegistrationFiles(ctx, w.Number, guidePrefix, code); err != nil {
			return err
		}
	}
	return s.take(ctx, tx, w, p, t)
}

// Activated follows an account's activation within its transaction: where it is
// that of the administrator of a Puskesmas whose guides are out, the Puskesmas is
// activated. A guide that was used was handed over, whether or not the district
// had said so.
func (s *Service) Activated(ctx context.Context, tx store.Tx, number uint32) error {
	list, err := tx.Snapshot().ListNominees(ctx, store.NomineeQuery{Account: number, Limit: pageRows})
	if err != nil {
		return err
	}
	for _, n := range list {
		if err := tx.Directory().DeleteRegistrationFiles(ctx, n.Registration, guideName(number), n.Puskesmas); err != nil {
			return err
		}
		if n.Role != int32(ksv1.Role_ROLE_PUSKESMAS_ADMINISTRATOR) || n.Puskesmas == "" {
			continue
		}
		row, err := tx.Directory().LockRegistration(ctx, n.Registration)
		if err != nil {
			return err
		}
		w := &Whole{Registration: row}
		if w.Puskesmas, err = tx.Snapshot().RegistrationPuskesmasOf(ctx, n.Registration); err != nil {
			return err
		}
		p := w.find(n.Puskesmas)
		if p == nil {
			continue
		}
		if p.State == int32(issued) {
			t := Taken{Step: ksv1.RegistrationStep_REGISTRATION_STEP_DISTRIBUTED, Actor: number, Note: "dipakai untuk aktivasi"}
			if err := s.distributed(ctx, tx, w, p, t); err != nil {
				return err
			}
		}
		if p.State == int32(distributed) {
			if err := s.take(ctx, tx, w, p, Taken{Step: ksv1.RegistrationStep_REGISTRATION_STEP_ACTIVATED, Actor: number}); err != nil {
				return err
			}
		}
	}
	return nil
}
