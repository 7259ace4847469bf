package storetest

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"sync"
	"testing"

	"github.com/keluarga-sehat/sync/server/store"
)

func putRegistration(t *testing.T, s store.Store, r store.Registration) uint32 {
	t.Helper()
	var n uint32
	write(t, s, func(ctx context.Context, tx store.Tx) (err error) {
		n, err = tx.Directory().PutRegistration(ctx, r)
		return err
	})
	return n
}

func testRegistrations(t *testing.T, s store.Store) {
	r := store.Registration{
		District: "32.04", Channel: 2, CopyChannel: 3, CreatedMS: 4, CopiedMS: 5, SubmittedMS: 6, WaitingMS: 7, Salt: [16]byte{8},
		Letter: []byte{9, 0}, LetterHash: []byte("letter"),
	}
	r.Number = putRegistration(t, s, r)
	p := store.RegistrationPuskesmas{Registration: r.Number, Puskesmas: "P1", Name: "Satu", State: 2, SinceMS: 3, SubmittedMS: 4}
	file := store.RegistrationFile{Registration: r.Number, Name: "guide/17/", Puskesmas: "P1", Payload: []byte{1}}
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		locked, err := tx.Directory().LockRegistration(ctx, r.Number)
		if err != nil || !reflect.DeepEqual(locked, r) {
			t.Errorf("locked %+v, %v", locked, err)
		}
		if _, err := tx.Directory().LockRegistration(ctx, r.Number+9); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("an unknown one: %v", err)
		}
		d := tx.Directory()
		return errors.Join(d.PutRegistrationPuskesmas(ctx, store.RegistrationPuskesmas{Registration: r.Number, Puskesmas: "P2", Name: "Dua", State: 1}),
			d.PutRegistrationPuskesmas(ctx, store.RegistrationPuskesmas{Registration: r.Number, Puskesmas: "P1", Name: "Lama", State: 1}),
			d.PutRegistrationPuskesmas(ctx, p), d.PutRegistrationFile(ctx, file),
			d.PutRegistrationFile(ctx, store.RegistrationFile{Registration: r.Number, Name: "guide/1/", Payload: []byte{2}}),
			d.PutRegistrationFile(ctx, store.RegistrationFile{Registration: r.Number, Name: "letter", Payload: []byte{3}}))
	})
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		list, err := snap.RegistrationPuskesmasOf(ctx, r.Number)
		if len(list) != 2 || list[0] != p || list[1].Puskesmas != "P2" {
			t.Errorf("Puskesmas %+v", list)
		}
		of, err1 := snap.Standings(ctx, "P1", 0)
		all, err3 := snap.Standings(ctx, "", r.Number)
		if len(of) != 1 || of[0] != p || !slices.Equal(all, list) {
			t.Errorf("of P1: %+v, of the registration: %+v", of, all)
		}
		files, err2 := snap.RegistrationFiles(ctx, r.Number, "guide/")
		if len(files) != 2 || files[0].Name != "guide/1/" || !reflect.DeepEqual(files[1], file) {
			t.Errorf("files %+v", files)
		}
		return errors.Join(err, err1, err2, err3)
	})
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		d := tx.Directory()
		return errors.Join(d.DeleteRegistrationFiles(ctx, r.Number, "guide/1/", ""), d.DeleteRegistrationFiles(ctx, r.Number, "guide/", "P2"),
			d.DeleteRegistrationPuskesmas(ctx, r.Number, "P2"))
	})
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		files, err := snap.RegistrationFiles(ctx, r.Number, "")
		list, err1 := snap.RegistrationPuskesmasOf(ctx, r.Number)
		if len(files) != 2 || files[0].Name != "guide/17/" || files[1].Name != "letter" || len(list) != 1 {
			t.Errorf("after deleting: %+v, %+v", files, list)
		}
		return errors.Join(err, err1)
	})
}

func testRegistrationLists(t *testing.T, s store.Store) {
	var numbers []uint32
	for _, r := range []store.Registration{
		{District: "32.04", Channel: 1, SubmittedMS: 1, CopiedMS: 1, WaitingMS: 50, LetterHash: []byte("same")},
		{District: "32.05", Channel: 1},
		{District: "33.01", Channel: 2, CopiedMS: 1, WaitingMS: 20, LetterHash: []byte("same")},
		{District: "32.04", Channel: 1, SubmittedMS: 1, CopiedMS: 1, WaitingMS: 20},
	} {
		numbers = append(numbers, putRegistration(t, s, r))
	}
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.Directory().PutRegistrationPuskesmas(ctx, store.RegistrationPuskesmas{Registration: numbers[0], Puskesmas: "P1", State: 2}),
			tx.Directory().PutRegistrationPuskesmas(ctx, store.RegistrationPuskesmas{Registration: numbers[1], Puskesmas: "P1", State: 1}))
	})
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		for name, c := range map[string]struct {
			q    store.RegistrationQuery
			want []int
		}{
			"newest first":    {store.RegistrationQuery{}, []int{3, 2, 1, 0}},
			"after one":       {store.RegistrationQuery{After: numbers[2]}, []int{1, 0}},
			"province":        {store.RegistrationQuery{Area: "32"}, []int{3, 1, 0}},
			"district":        {store.RegistrationQuery{Area: "32.04"}, []int{3, 0}},
			"no such area":    {store.RegistrationQuery{Area: "3"}, nil},
			"state":           {store.RegistrationQuery{State: 2}, []int{0}},
			"Puskesmas":       {store.RegistrationQuery{Puskesmas: "P1"}, []int{1, 0}},
			"letter":          {store.RegistrationQuery{LetterHash: []byte("same")}, []int{2, 0}},
			"seen by Pusdat":  {store.RegistrationQuery{Submitted: true}, []int{3, 2, 0}},
			"copied":          {store.RegistrationQuery{Copied: true}, []int{3, 2, 0}},
			"longest waiting": {store.RegistrationQuery{Waiting: true}, []int{2, 3, 0}},
			"the next":        {store.RegistrationQuery{Waiting: true, AfterMS: 20, After: numbers[2]}, []int{3, 0}},
		} {
			c.q.Limit = 9
			list, err := snap.ListRegistrations(ctx, c.q)
			if err != nil {
				return err
			}
			var got []int
			for _, r := range list {
				got = append(got, slices.Index(numbers, r.Number))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%s: %v, want %v", name, got, c.want)
			}
		}
		one, err := snap.ListRegistrations(ctx, store.RegistrationQuery{Limit: 1})
		if len(one) != 1 {
			t.Errorf("%d with a limit of 1", len(one))
		}
		return err
	})
}

func testNominees(t *testing.T, s store.Store) {
	registration, other := putRegistration(t, s, store.Registration{District: "32.04"}), putRegistration(t, s, store.Registration{District: "33.01"})
	n := store.Nominee{
		Registration: registration, Puskesmas: "P1", Position: 3, Role: 7, Standing: 4, Replaces: 5, Account: 6, SinceMS: 7,
		NIKHash: []byte("nik"), MobileHash: []byte("mobile"), EmailHash: []byte("email"), Payload: []byte{0, 1},
	}
	write(t, s, func(ctx context.Context, tx store.Tx) (err error) {
		d := tx.Directory()
		n.Number, err = d.PutNominee(ctx, n)
		_, err1 := d.PutNominee(ctx, store.Nominee{Registration: registration, Puskesmas: "P2", Standing: 1, NIKHash: []byte("nik"), Payload: []byte{2}})
		_, err2 := d.PutNominee(ctx, store.Nominee{Registration: other, Puskesmas: "", Standing: 1, Payload: []byte{3}})
		// P2 has gone to another province, and takes its nominees along.
		return errors.Join(err, err1, err2, d.PutPuskesmas(ctx, []store.Puskesmas{{Code: "P2", Name: "Dua", District: "33.02"}}))
	})
	count := func(snap store.Snapshot, q store.NomineeQuery) int {
		q.Limit = 9
		list, err := snap.ListNominees(t.Context(), q)
		if err != nil {
			t.Error(err)
		}
		return len(list)
	}
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		found, err := snap.FindNominee(ctx, n.Number)
		if !reflect.DeepEqual(found, n) {
			t.Errorf("nominee %+v", found)
		}
		for name, c := range map[string]struct {
			q    store.NomineeQuery
			want int
		}{
			"all": {store.NomineeQuery{}, 3}, "after": {store.NomineeQuery{After: n.Number}, 2}, "registration": {store.NomineeQuery{Registration: registration}, 2},
			"Puskesmas": {store.NomineeQuery{Puskesmas: "P1"}, 1}, "province": {store.NomineeQuery{Area: "33"}, 2}, "standing": {store.NomineeQuery{Standing: 1}, 2},
			"NIK": {store.NomineeQuery{NIKHash: []byte("nik")}, 2}, "NIK here": {store.NomineeQuery{NIKHash: []byte("nik"), Puskesmas: "P2"}, 1},
			"mobile": {store.NomineeQuery{MobileHash: []byte("mobile")}, 1}, "e-mail": {store.NomineeQuery{EmailHash: []byte("mobile")}, 0},
			"account": {store.NomineeQuery{Account: 6}, 1},
		} {
			if got := count(snap, c.q); got != c.want {
				t.Errorf("%s: %d, want %d", name, got, c.want)
			}
		}
		for name, c := range map[string]struct {
			q    store.NomineeQuery
			want int
		}{
			"NIK": {store.NomineeQuery{NIKHash: []byte("nik")}, 2}, "mobile": {store.NomineeQuery{MobileHash: []byte("mobile")}, 1},
			"nothing": {store.NomineeQuery{}, 0}, "another": {store.NomineeQuery{EmailHash: []byte("nik")}, 0},
		} {
			c.q.Limit = 9
			sharing, err := snap.NomineesSharing(ctx, c.q)
			if len(sharing) != c.want || err != nil {
				t.Errorf("%s shared by %d, want %d: %v", name, len(sharing), c.want, err)
			}
		}
		return err
	})
	n.Standing, n.NIKHash = 5, nil
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		_, err := tx.Directory().PutNominee(ctx, n)
		return errors.Join(err, tx.Directory().DeleteNominees(ctx, registration, "P2"),
			tx.Directory().DeleteNominees(ctx, registration, "P1"), tx.Directory().LockOffices(ctx, []string{"32.04", "32", "99"}, "P1"))
	})
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		found, err := snap.FindNominee(ctx, n.Number)
		if !reflect.DeepEqual(found, n) || count(snap, store.NomineeQuery{}) != 2 {
			t.Errorf("after all: %+v, %d", found, count(snap, store.NomineeQuery{}))
		}
		return err
	})
}

// testTimeline: writers that lock the registration leave no gap, and nothing is
// ever changed.
func testTimeline(t *testing.T, s store.Store) {
	registration := putRegistration(t, s, store.Registration{District: "32.04"})
	first := store.RegistrationEvent{
		Registration: registration, TimeMS: 1, Step: 2, Puskesmas: "P1", Before: 3, After: 4, Actor: 5, Nominee: 6, Channel: 7, Note: []byte{8},
	}
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.Directory().AppendRegistrationEvent(ctx, first)
	})
	var wait sync.WaitGroup
	for range 8 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			err := s.Write(requests(t.Context()), func(ctx context.Context, tx store.Tx) error {
				_, err := tx.Directory().LockRegistration(ctx, registration)
				return errors.Join(err, tx.Directory().AppendRegistrationEvent(ctx, store.RegistrationEvent{Registration: registration, Step: 1}))
			})
			if err != nil {
				t.Error(err)
			}
		}()
	}
	wait.Wait()
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		list, err := snap.RegistrationEvents(ctx, registration, 0, 99)
		first.Sequence = 1
		if len(list) != 9 || !reflect.DeepEqual(list[0], first) {
			t.Fatalf("timeline %+v", list)
		}
		for i, e := range list {
			if e.Sequence != uint32(i+1) {
				t.Errorf("entry %d has sequence %d", i, e.Sequence)
			}
		}
		rest, err1 := snap.RegistrationEvents(ctx, registration, 7, 1)
		if len(rest) != 1 || rest[0].Sequence != 8 {
			t.Errorf("after 7: %+v", rest)
		}
		return errors.Join(err, err1)
	})
}
