package registration

import (
	"cmp"
	"context"
	"slices"

	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/account"
	"github.com/keluarga-sehat/sync/server/auth"
	"github.com/keluarga-sehat/sync/server/ledger"
	"github.com/keluarga-sehat/sync/server/store"
)

// leave takes the place from a person who was replaced: no entry of theirs with the
// role is in force in the Puskesmas, whichever year's it is, and no account has the
// role there. The accounts that end by that are for the ledger, when all is stored.
func (s *Service) leave(ctx context.Context, tx store.Tx, n *store.Nominee) (ended []ledger.Line, err error) {
	if err := tx.Directory().LockPerson(ctx, n.NIKHash); err != nil {
		return nil, err
	}
	if err := s.leaveLists(ctx, tx, n); err != nil {
		return nil, err
	}
	accounts, err := tx.Snapshot().AccountsOfPerson(ctx, n.NIKHash)
	if err != nil {
		return nil, err
	}
	inForce, err := s.InForce(ctx, tx.Snapshot(), n.NIKHash, n.Puskesmas)
	if err != nil {
		return nil, err
	}
	for _, a := range accounts {
		if a.Puskesmas != n.Puskesmas {
			continue
		}
		ends, err := s.leaveAccount(ctx, tx, a.Number, n.Role, inForce)
		if err != nil {
			return nil, err
		}
		if ends {
			ended = append(ended, account.LineOf(&a, ledger.Disable))
		}
	}
	return ended, nil
}

// leaveLists marks the person's entries with the role replaced, in whichever
// registration they stand.
func (s *Service) leaveLists(ctx context.Context, tx store.Tx, n *store.Nominee) error {
	list, err := tx.Snapshot().NomineesSharing(ctx, store.NomineeQuery{NIKHash: n.NIKHash, Limit: pageRows})
	if err != nil {
		return err
	}
	for _, o := range list {
		if o.Number == n.Number || o.Puskesmas != n.Puskesmas || o.Role != n.Role || !inPlace(&o) {
			continue // nobody takes or gives a place meanwhile: the offices are locked
		}
		if _, err := tx.Directory().LockRegistration(ctx, o.Registration); err != nil {
			return err
		}
		now, err := tx.Snapshot().FindNominee(ctx, o.Number)
		if err != nil {
			return err
		}
		if !inPlace(&now) {
			continue
		}
		if err := s.stand(ctx, tx, &now, standingReplaced); err != nil {
			return err
		}
	}
	return nil
}

// inPlace tells whether a nominee has a place: accepted, or admitted into it.
func inPlace(n *store.Nominee) bool {
	return n.Standing == int32(standingAccepted) || n.Standing == int32(standingAdmitted)
}

// hasLeft tells whether who has a place is bound by it no more, though nobody followed: the
// account was disabled, or the Puskesmas has a newer list, which says who works there now.
func (s *Service) hasLeft(ctx context.Context, snap store.Snapshot, n *store.Nominee) (bool, error) {
	if !inPlace(n) || n.Puskesmas == "" {
		return false, nil
	}
	if n.Account != 0 {
		a, err := snap.FindAccount(ctx, n.Account)
		if err != nil || a.Disabled {
			return err == nil, err
		}
	}
	newest, err := newestList(ctx, snap, n.Puskesmas)
	return err == nil && newest != 0 && newest != n.Registration, err
}

// newestList is the registration whose list of a Puskesmas was accepted last; 0: none was.
// One is accepted only when the one before is activated, which is then its last step.
func newestList(ctx context.Context, snap store.Snapshot, code string) (uint32, error) {
	list, err := snap.Standings(ctx, code, 0)
	list = slices.DeleteFunc(list, func(p store.RegistrationPuskesmas) bool { return !wasAccepted(&p) })
	if err != nil || len(list) == 0 {
		return 0, err
	}
	newest := slices.MaxFunc(list, func(a, b store.RegistrationPuskesmas) int {
		return cmp.Or(cmp.Compare(a.SinceMS, b.SinceMS), cmp.Compare(a.Registration, b.Registration))
	})
	return newest.Registration, nil
}

// leaveAccount takes a role from an account, and disables one without another role;
// registered tells whether another form of the person is in force.
func (s *Service) leaveAccount(ctx context.Context, tx store.Tx, number uint32, role int32, registered bool) (ends bool, err error) {
	a, err := tx.Directory().LockAccount(ctx, number)
	if err != nil {
		return false, err
	}
	a.Registered = registered
	if !access.MayAct(a.Roles) {
		a.ActingUntilMS = 0 // it would act again as soon as the head's role is gone
	}
	left := slices.DeleteFunc(slices.Clone(a.Roles), func(r int32) bool { return r == role })
	if len(left) == 0 && !a.Disabled {
		return true, auth.Disable(ctx, tx, a, s.Now().UnixMilli())
	}
	if len(left) > 0 && len(left) < len(a.Roles) {
		a.Roles = left
		a.ScopeRevision++
	}
	_, err = tx.Directory().PutAccount(ctx, a)
	return false, err
}

// InForce tells whether some form of a person in a Puskesmas is accepted and in
// force.
func (s *Service) InForce(ctx context.Context, snap store.Snapshot, nikHash []byte, puskesmas string) (bool, error) {
	if nikHash == nil {
		return false, nil
	}
	list, err := snap.NomineesSharing(ctx, store.NomineeQuery{NIKHash: nikHash, Limit: pageRows})
	return slices.ContainsFunc(list, func(n store.Nominee) bool {
		return n.Puskesmas == puskesmas && n.Standing == int32(standingAccepted)
	}), err
}
