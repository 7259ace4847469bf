package ingest

import (
	"context"
	"errors"

	"github.com/keluarga-sehat/sync/internal/review"
	"github.com/keluarga-sehat/sync/server/store"
)

// PersonOf is whose an account is, with all accounts of the same NIK, disabled or elsewhere: the
// role of an account is never changed, so who was promoted has another. Of an account that an
// operator made without a NIK, and of none, it is the account alone.
func PersonOf(ctx context.Context, accounts store.AccountReader, number uint32) (review.Person, error) {
	person := review.PersonOf(number)
	account, err := accounts.FindAccount(ctx, number)
	if errors.Is(err, store.ErrNotFound) || err == nil && account.NIKHash == nil {
		return person, nil
	}
	if err != nil {
		return nil, err
	}
	same, err := accounts.AccountsOfPerson(ctx, account.NIKHash)
	for i := range same {
		person = review.PersonOf(same[i].Number, person...)
	}
	return person, err
}

// readPersons reads who passes decisions.
func (w *work) readPersons(ctx context.Context, acts []*Act) error {
	for _, a := range acts {
		number := a.Sender.Account
		if a.refusal != nil || a.decision == nil || w.persons[number] != nil {
			continue
		}
		person, err := PersonOf(ctx, w.past, number)
		if err != nil {
			return err
		}
		if w.persons == nil {
			w.persons = map[uint32]review.Person{}
		}
		w.persons[number] = person
	}
	return nil
}
