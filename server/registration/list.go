package registration

import (
	"context"
	"fmt"
	"strings"
	"time"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/store"
)

// Filter bounds a list of registrations; zero fields don't.
type Filter struct {
	// Area is a province or district.
	Area         string
	State        ksv1.RegistrationState
	Puskesmas    string
	LetterNumber string
	// Waiting: only what waits for Pusdatin, longest first.
	Waiting bool
	// After is the last registration of the page before.
	After *store.Registration
	Limit int
}

// Listed is a registration in a list.
type Listed struct {
	Whole
	DistrictName string
	// Age is for how long it has waited for Pusdatin; 0: it does not.
	Age time.Duration
}

// List lists registrations that the caller may see, newest first, or the queue.
// more tells whether others follow. Errors: ErrForbidden.
func (s *Service) List(ctx context.Context, c *access.Caller, f Filter) (out []Listed, more bool, err error) {
	q, ok := c.RegistrationScope()
	if !ok {
		return nil, false, ErrForbidden
	}
	if f.Area != "" {
		if f.Area != q.Area && !strings.HasPrefix(f.Area, q.Area) {
			return nil, false, nil
		}
		q.Area = f.Area
	}
	q.State, q.Puskesmas, q.Waiting, q.Limit = int32(f.State), f.Puskesmas, f.Waiting, f.Limit+1
	if f.LetterNumber != "" {
		if q.LetterHash, err = letterHash(s.Vault.Ring(), f.LetterNumber); err != nil {
			return nil, false, err
		}
	}
	if f.After != nil {
		q.After, q.AfterMS = f.After.Number, f.After.WaitingMS
	}
	err = s.Store.Read(scoped(ctx, c), func(ctx context.Context, snap store.Snapshot) error {
		out, more = nil, false
		rows, err := snap.ListRegistrations(ctx, q)
		if err != nil {
			return err
		}
		if more = len(rows) > f.Limit; more {
			rows = rows[:f.Limit]
		}
		for _, row := range rows {
			w, _, err := s.judge(ctx, snap, c, row)
			if err != nil {
				return err
			}
			one, err := s.listed(ctx, snap, w)
			if err != nil {
				return err
			}
			out = append(out, one)
		}
		return nil
	})
	return out, more, err
}

func (s *Service) listed(ctx context.Context, snap store.Snapshot, w *Whole) (Listed, error) {
	one := Listed{Whole: *w}
	if w.WaitingMS > 0 {
		one.Age = s.Now().Sub(time.UnixMilli(w.WaitingMS))
	}
	name, err := snap.FindArea(ctx, w.District)
	one.DistrictName = name.Name
	return one, err
}

// Details are what a list does not show.
type Details struct {
	Listed
	Letter *ksv1.RegistrationLetter
	// Reasons are why Puskesmas were last returned, refused or withdrawn; Nominees
	// how many persons stand in each list, Etags the lists' names.
	Reasons  map[string]string
	Nominees map[string]int
	Etags    map[string]string
	Offices  []Shown
	// Guides have not been handed over.
	Guides int
}

// Get shows a registration. Errors: store.ErrNotFound.
func (s *Service) Get(ctx context.Context, c *access.Caller, number uint32) (d *Details, err error) {
	err = s.Store.Read(scoped(ctx, c), func(ctx context.Context, snap store.Snapshot) error {
		w, over, err := s.open(ctx, snap, c, number)
		if err != nil {
			return err
		}
		d = &Details{Nominees: map[string]int{}, Etags: map[string]string{}}
		if d.Listed, err = s.listed(ctx, snap, w); err != nil {
			return err
		}
		if d.Letter, err = s.letterOf(&w.Registration); err != nil {
			return err
		}
		var last map[string]uint32
		if d.Reasons, last, err = s.reasons(ctx, snap, w); err != nil {
			return err
		}
		people, err := s.everybody(ctx, snap, number)
		if err != nil {
			return err
		}
		for i := range people {
			if code := people[i].Puskesmas; code != "" {
				d.Nominees[code]++
				continue
			}
			shown, err := s.show(w, &people[i], s.viewOf(c, over, w, &people[i]))
			if err != nil {
				return err
			}
			d.Offices = append(d.Offices, shown)
		}
		for i := range w.Puskesmas {
			d.Etags[w.Puskesmas[i].Puskesmas] = etagOf(last[w.Puskesmas[i].Puskesmas])
		}
		files, err := snap.RegistrationFiles(ctx, number, guidePrefix)
		d.Guides = len(files)
		return err
	})
	return d, err
}

// reasons are why Puskesmas were last returned, refused or withdrawn; last the entry
// of the timeline in which each was last concerned.
func (s *Service) reasons(ctx context.Context, snap store.Snapshot, w *Whole) (reasons map[string]string, last map[string]uint32, err error) {
	reasons, last = map[string]string{}, map[string]uint32{}
	err = s.eachEvent(ctx, snap, w.Number, func(e *store.RegistrationEvent) (err error) {
		last[e.Puskesmas] = e.Sequence
		switch ksv1.RegistrationState(e.After) {
		case returned, refused, withdrawn:
			if e.Note != nil && e.Before != e.After {
				reasons[e.Puskesmas], err = s.openNote(&w.Registration, e.Note)
			}
		}
		return err
	})
	return reasons, last, err
}

// eachEvent visits the timeline of a registration in order.
func (s *Service) eachEvent(ctx context.Context, snap store.Snapshot, number uint32, visit func(*store.RegistrationEvent) error) error {
	for after := uint32(0); ; {
		page, err := snap.RegistrationEvents(ctx, number, after, pageRows)
		if err != nil {
			return err
		}
		for i := range page {
			after = page[i].Sequence
			if err := visit(&page[i]); err != nil {
				return err
			}
		}
		if len(page) < pageRows {
			return nil
		}
	}
}

// Event is an entry of the timeline, with its note and its actor's user name.
type Event struct {
	store.RegistrationEvent
	ActorName, NoteText string
}

// Events is a registration's timeline after a sequence, at most limit. Errors:
// store.ErrNotFound.
func (s *Service) Events(ctx context.Context, c *access.Caller, number, after uint32, limit int) (out []Event, err error) {
	err = s.Store.Read(scoped(ctx, c), func(ctx context.Context, snap store.Snapshot) error {
		out = nil
		w, _, err := s.open(ctx, snap, c, number)
		if err != nil {
			return err
		}
		rows, err := snap.RegistrationEvents(ctx, number, after, limit)
		if err != nil {
			return err
		}
		names := map[uint32]string{0: ""}
		for _, row := range rows {
			e := Event{RegistrationEvent: row}
			if e.NoteText, err = s.openNote(&w.Registration, row.Note); err != nil {
				return err
			}
			name, ok := names[row.Actor]
			if !ok {
				a, err := snap.FindAccount(ctx, row.Actor)
				if err != nil {
					return fmt.Errorf("actor of event %d: %w", row.Sequence, err)
				}
				name = a.UserName
				names[row.Actor] = name
			}
			e.ActorName = name
			out = append(out, e)
		}
		return nil
	})
	return out, err
}
