package deliver

import (
	"context"
	"errors"
	"slices"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/session"
	"github.com/keluarga-sehat/sync/server/store"
)

// A colleague who took a device over without network signs files with the former user's key
// until the first sign-in on line. What such a file holds is the colleague's where all of it
// bears that name and an incarnation of which a hand-over is recorded.

// open opens what a part of the device's user holds, and finds whether it is a colleague's.
func (s *Service) open(ctx context.Context, p *Part) error {
	p.backup = ingest.OpenBackup(s.Vault, p.Message)
	if err := ingest.StampAnew(ctx, s.Store, s.Vault, p.backup.Page.GetChanges(), uint64(s.Now().UnixMilli())); err != nil {
		return err
	}
	user := p.Author
	return s.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		p.Author = user
		if p.handed, err = session.HandedTo(ctx, snap, user, s.Now()); err != nil {
			return err
		}
		colleague, handed, err := s.colleagueOf(ctx, snap, p)
		if err == nil && colleague != nil {
			p.Author, p.handed = colleague, handed
		}
		return err
	})
}

// colleagueOf is who took the part's device over and made what is in it, with what that
// account took over; nil: nobody whose hand-over is recorded and holds.
func (s *Service) colleagueOf(ctx context.Context, snap store.Snapshot, p *Part) (*access.Caller, []ingest.Handed, error) {
	account, from, one := madeBy(p.backup.Page)
	if !one || account == p.Device.Account || from.device != p.Message.GetDevice() {
		return nil, nil, nil
	}
	h, err := snap.FindHandover(ctx, from.device, from.incarnation)
	if errors.Is(err, store.ErrNotFound) || err == nil && (h.Incoming != account || h.Outgoing != p.Device.Account) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	colleague, err := s.Auth.AuthorOf(ctx, snap, account)
	if err != nil {
		return nil, nil, err
	}
	handed, err := session.HandedTo(ctx, snap, colleague, s.Now())
	holds := slices.ContainsFunc(handed, func(h ingest.Handed) bool { return h.Device == from.device && h.Incarnation == from.incarnation })
	if err != nil || !holds {
		return nil, nil, err
	}
	return colleague, handed, nil
}

// madeBy tells which account made all that a page holds, and under which incarnation; one is
// false where there is more than one, or nothing.
func madeBy(page *ksv1.UploadPage) (account uint32, from source, one bool) {
	met := false
	add := func(author uint32, of source) {
		one = !met || one && author == account && of == from
		account, from, met = author, of, true
	}
	for _, c := range page.GetChanges() {
		add(c.GetAuthor(), source{c.GetStamp().GetDevice(), c.GetStamp().GetIncarnation()})
		add(c.GetAuthor(), drawnBy(merge.ID(c.GetId())))
	}
	for i, id := range idsOf(page) {
		author := uint32(0)
		if n := len(page.GetSubmissions()); i < n {
			author = page.GetSubmissions()[i].GetAuthor()
		} else {
			author = page.GetDecisions()[i-n].GetAuthor()
		}
		add(author, drawnBy(id))
	}
	return account, from, one
}

// drawnBy is the source of an id; of none where it is not drawn by a device.
func drawnBy(id merge.ID) source {
	device, incarnation, _, _ := id.Source()
	return source{device, incarnation}
}
