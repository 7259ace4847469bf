package session

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/handover"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/account"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// areasHold is how long after its registration a device that has finished a sync may
// write in the areas of a former user: the first one brings all that was collected
// before, and from then on the colleague's own areas are what counts.
const areasHold = 7 * 24 * time.Hour

// holdsAreas tells whether the device may still write there.
func holdsAreas(d *store.Device, now time.Time) bool {
	return d.SyncedMS == 0 || now.Sub(time.UnixMilli(d.RegisteredMS)) <= areasHold
}

// HandedTo are the devices that the caller took over without network, with the
// areas of their former users as they are now. Without a device the caller's work is of
// before the first sign-in on line.
func HandedTo(ctx context.Context, snap store.Snapshot, c *access.Caller, now time.Time) ([]ingest.Handed, error) {
	list, err := snap.HandoversTo(ctx, c.Account.Number)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, nil
	}
	inAreas := true
	if c.Device != 0 {
		device, err := snap.FindDevice(ctx, c.Device)
		if err != nil {
			return nil, err
		}
		inAreas = holdsAreas(&device, now)
	}
	var out []ingest.Handed
	for _, h := range list {
		if now.Sub(time.UnixMilli(h.RecordedMS)) > handover.Holds {
			continue
		}
		former, err := snap.FindAccount(ctx, h.Outgoing)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if former.Puskesmas != c.Account.Puskesmas {
			continue
		}
		// The right is the caller's; of the former user only the areas count, also
		// where the account was disabled since.
		former.Disabled = false
		areas := &access.Caller{Account: former, Work: c.Work}
		if !inAreas {
			out = append(out, ingest.Handed{Device: h.Device, Incarnation: h.Incarnation, Covers: nowhere})
			continue
		}
		out = append(out, ingest.Handed{Device: h.Device, Incarnation: h.Incarnation, Covers: areas.Collects})
	}
	return out, nil
}

func nowhere(uint32, area.Place) bool { return false }

// maxColleagues bounds the list; a Puskesmas has some dozen accounts.
const maxColleagues = 200

// colleagues are the accounts of the caller's Puskesmas, for devices of those who
// collect; nil where the device has them as they are. Full names are for those alone
// who may read accounts: a surveyor's device gets by with user names.
func (s *Session) colleagues(ctx context.Context, snap store.Snapshot, have []byte) (*ksv1.Colleagues, error) {
	if s.caller.Account.Puskesmas == "" || !s.sender.MayCollect {
		return nil, nil
	}
	accounts, err := snap.ListAccounts(ctx, store.AccountQuery{Puskesmas: s.caller.Account.Puskesmas, Limit: maxColleagues})
	if err != nil {
		return nil, err
	}
	out := &ksv1.Colleagues{}
	named := s.caller.Has(ksv1.Right_RIGHT_READ_STAFF)
	hash := sha256.New()
	var names []store.Account
	for _, a := range accounts {
		if a.Disabled {
			continue
		}
		c, err := s.colleague(ctx, snap, &a)
		if err != nil {
			return nil, err
		}
		plain, err := proto.MarshalOptions{Deterministic: true}.Marshal(c)
		if err != nil {
			return nil, fmt.Errorf("encode colleague: %w", err)
		}
		fmt.Fprintf(hash, "%d:%s", len(plain), plain)
		out.People = append(out.People, c)
		if named {
			fmt.Fprintf(hash, "%d:%s", len(a.FullName), a.FullName)
			names = append(names, a)
		}
	}
	out.Hash = hash.Sum(nil)
	if bytes.Equal(out.Hash, have) {
		return nil, nil
	}
	for i := range names {
		if out.People[i].FullName, err = account.OpenFullName(s.backend.Vault, &names[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s *Session) colleague(ctx context.Context, snap store.Snapshot, a *store.Account) (*ksv1.Colleague, error) {
	as := &access.Caller{Account: *a}
	c := &ksv1.Colleague{
		Number: a.Number, UserName: a.UserName, MayCollect: as.Has(ksv1.Right_RIGHT_COLLECT),
		MayReview: as.Has(ksv1.Right_RIGHT_REVIEW) || access.Acts(a, s.backend.Now()),
	}
	if !c.MayReview {
		return c, nil
	}
	devices, err := snap.DevicesOf(ctx, a.Number)
	if err != nil {
		return nil, err
	}
	devices = slices.DeleteFunc(devices, func(d store.Device) bool { return d.Revoked || len(d.HandoverKey) != ed25519.PublicKeySize })
	for _, d := range devices[max(0, len(devices)-maxSigningDevices):] {
		c.Devices = append(c.Devices, &ksv1.ColleagueDevice{Number: d.Number, PublicKey: d.HandoverKey})
	}
	return c, nil
}

// maxSigningDevices of one supervisor are told, the newest.
const maxSigningDevices = 8
