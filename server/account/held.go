package account

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/area"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/audit"
	"github.com/keluarga-sehat/sync/server/store"
)

// Held is what a device held when it last synced, as far as the server knows. What
// was drawn up on it and never sent nobody can know.
type Held struct {
	Device store.Device
	// Areas are paths, those that its last sync let it into; none where it never
	// synced.
	Areas []string
	// Families that stand there now; a later sync may have brought it fewer.
	Families int
	// RevokedMS is when it was revoked; 0: never, or the trail doesn't tell.
	RevokedMS int64
	// Sessions of it that can still be renewed.
	Sessions int
}

// Held tells what a device held, of the own account or of one that the caller may
// read. Errors: store.ErrNotFound.
func (s *Service) Held(ctx context.Context, c *access.Caller, device uint32) (*Held, error) {
	return s.heldIf(ctx, device, func(ctx context.Context, snap store.Snapshot, account uint32) error {
		return check(ctx, snap, c, account, func(o access.OverAccount) bool { return o.Read })
	})
}

// HeldBy is Held for an operator's command, who may read all.
func (s *Service) HeldBy(ctx context.Context, device uint32) (*Held, error) {
	return s.heldIf(ctx, device, func(context.Context, store.Snapshot, uint32) error { return nil })
}

func (s *Service) heldIf(ctx context.Context, device uint32, may func(ctx context.Context, snap store.Snapshot, account uint32) error) (held *Held, err error) {
	err = s.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		d, err := snap.FindDevice(ctx, device)
		if err != nil {
			return err
		}
		if err := may(ctx, snap, d.Account); err != nil {
			return err
		}
		held, err = s.heldBy(ctx, snap, d)
		return err
	})
	if err != nil {
		return nil, err
	}
	return held, s.countHeld(ctx, held)
}

func (s *Service) heldBy(ctx context.Context, snap store.Snapshot, d store.Device) (*Held, error) {
	held := &Held{Device: d}
	sessions, err := snap.SessionsOf(ctx, d.Account, s.Now().UnixMilli())
	if err != nil {
		return nil, err
	}
	for _, x := range sessions {
		if x.Device == d.Number {
			held.Sessions++
		}
	}
	pulls := store.AuditQuery{Account: d.Account, Kind: int32(ksv1.AuditKind_AUDIT_KIND_PULL)}
	pull, err := lastEntry(ctx, snap, pulls, func(e *ksv1.AuditEntry) bool { return e.GetDevice() == d.Number })
	if err != nil {
		return nil, err
	}
	for _, subject := range pull.GetSubjects() {
		if path, ok := strings.CutPrefix(subject, audit.AreaSubject("")); ok {
			held.Areas = append(held.Areas, path)
			continue
		}
		if err := addPuskesmas(ctx, snap, held, strings.TrimPrefix(subject, audit.PuskesmasSubject(""))); err != nil {
			return nil, err
		}
	}
	if !d.Revoked {
		return held, nil
	}
	revocations := store.AuditQuery{Subjects: []string{audit.DeviceSubject(d.Number)}, Kind: int32(ksv1.AuditKind_AUDIT_KIND_ADMINISTER)}
	revoked, err := lastEntry(ctx, snap, revocations, func(e *ksv1.AuditEntry) bool {
		return e.GetMethod() == revokeMethod && e.GetOutcome() == ksv1.AuditOutcome_AUDIT_OUTCOME_DONE
	})
	held.RevokedMS = int64(revoked.GetTimeMs())
	return held, err
}

// revokeMethod is how the trail names a revocation.
const revokeMethod = "AccountService.RevokeDevice"

// addPuskesmas: a sync of more areas than an entry names is recorded by the
// Puskesmas.
func addPuskesmas(ctx context.Context, snap store.Snapshot, held *Held, code string) error {
	p, err := snap.FindPuskesmas(ctx, code)
	if err == nil {
		held.Areas = append(held.Areas, p.Villages...)
	}
	return err
}

// lastEntry is the newest entry of a search that is wanted; nil: there is none.
func lastEntry(ctx context.Context, snap store.Snapshot, q store.AuditQuery, wanted func(*ksv1.AuditEntry) bool) (*ksv1.AuditEntry, error) {
	const page = 200
	q.Limit = page
	for {
		rows, err := snap.SearchAudit(ctx, q)
		if err != nil {
			return nil, err
		}
		for i := range rows {
			e := &ksv1.AuditEntry{}
			if err := proto.Unmarshal(rows[i].Body, e); err != nil {
				return nil, fmt.Errorf("entry %d of chain %x: %w", rows[i].Sequence, rows[i].Chain, err)
			}
			if wanted(e) {
				return e, nil
			}
		}
		if len(rows) < page {
			return nil, nil
		}
		q.Before = &rows[len(rows)-1]
	}
}

// Place is an RT, and how many families stand in it.
type Place struct {
	Village uint32
	Place   area.Place
	// Path is "32.04.05.2001/003/007".
	Path     string
	Families int
}

// countHeld counts the families of the areas by the sums of their RT.
func (s *Service) countHeld(ctx context.Context, held *Held) error {
	places, err := s.PlacesHeld(ctx, held)
	for _, p := range places {
		held.Families += p.Families
	}
	return err
}

// PlacesHeld lists the RT in a device's areas, each once.
func (s *Service) PlacesHeld(ctx context.Context, held *Held) (out []Place, err error) {
	areas := map[string][]area.Code{}
	for _, path := range held.Areas {
		code, err := area.Parse(path)
		if err != nil {
			return nil, fmt.Errorf("area %q of the trail: %w", path, err)
		}
		if village, ok := code.Village(); ok {
			areas[village.Dotted()] = append(areas[village.Dotted()], code)
		}
	}
	villages, err := s.villagesOf(ctx, slices.Sorted(maps.Keys(areas)))
	if err != nil {
		return nil, err
	}
	if _, operator := store.ScopeOf(ctx); !operator {
		ctx = store.WithScope(ctx, store.Scope{Figures: numbersOf(villages)})
	}
	err = s.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		out = nil
		for i := range villages {
			if err := addPlaces(ctx, snap, &villages[i], areas[villages[i].Code], &out); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

func (s *Service) villagesOf(ctx context.Context, codes []string) (out []store.Village, err error) {
	err = s.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		out = nil
		for _, code := range codes {
			found, err := snap.VillagesUnder(ctx, code)
			if err != nil {
				return err
			}
			out = append(out, found...)
		}
		return nil
	})
	return out, err
}

func numbersOf(villages []store.Village) (out []uint32) {
	for _, v := range villages {
		out = append(out, v.Number)
	}
	return out
}

// addPlaces adds the RT of a village that lie in one of the areas.
func addPlaces(ctx context.Context, snap store.Snapshot, v *store.Village, areas []area.Code, out *[]Place) error {
	places, err := snap.PlacesOf(ctx, v.Number)
	if err != nil {
		return err
	}
	code, err := area.Parse(v.Code)
	if err != nil {
		return err
	}
	for _, p := range places {
		rt := code.RT(p.Place)
		if slices.ContainsFunc(areas, func(a area.Code) bool { return a.Contains(rt) }) {
			*out = append(*out, Place{Village: v.Number, Place: p.Place, Path: rt.String(), Families: int(p.Families)})
		}
	}
	return nil
}
