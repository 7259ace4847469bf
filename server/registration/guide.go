package registration

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/keluarga-sehat/sync/internal/area"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/store"
)

// Guide is an activation guide (panduan aktivasi): what its person gets on paper.
// It is kept sealed beside the registration until it is handed over or its code
// ends; accounts hold no more than the code's hash.
type Guide struct {
	Account   uint32    `json:"account"`
	UserName  string    `json:"user_name"`
	Code      string    `json:"code"`
	ExpiresMS int64     `json:"expires_ms"`
	FullName  string    `json:"full_name"`
	Position  string    `json:"position"`
	Role      ksv1.Role `json:"role"`
	// Place is the office or Puskesmas by name, PlaceCode by code.
	Place     string `json:"place"`
	PlaceCode string `json:"place_code"`
}

// Until is when the code ends, for people.
func (g Guide) Until() string {
	return time.UnixMilli(g.ExpiresMS).In(area.WIB).Format("02-01-2006 15.04 WIB")
}

// RoleLabel is the role for people.
func (g Guide) RoleLabel() string { return roleLabel(g.Role) }

func (s *Service) putGuide(ctx context.Context, tx store.Tx, w *Whole, puskesmas string, g Guide) error {
	plain, err := json.Marshal(g)
	if err != nil {
		return fmt.Errorf("encode guide: %w", err)
	}
	return s.putFile(ctx, tx, w, guideName(g.Account), puskesmas, plain)
}

// Package gives the guides of a registration that have not been handed over, in
// the order offices, then Puskesmas by code, to Pusdatin and to the district that
// asked. A code that was replaced meanwhile is not among them. Errors:
// store.ErrNotFound, ErrForbidden, ErrNothingDue where there is none.
func (s *Service) Package(ctx context.Context, c *access.Caller, number uint32) (w *Whole, guides []Guide, err error) {
	err = s.Store.Read(scoped(ctx, c), func(ctx context.Context, snap store.Snapshot) error {
		guides = nil
		found, over, err := s.open(ctx, snap, c, number)
		if err != nil {
			return err
		}
		if w = found; !over.DrawUp && !over.Decide {
			return ErrForbidden
		}
		files, err := snap.RegistrationFiles(ctx, number, guidePrefix)
		if err != nil {
			return err
		}
		for i := range files {
			g, ok, err := s.openGuide(ctx, snap, w, &files[i])
			if err != nil {
				return err
			}
			if ok {
				guides = append(guides, g)
			}
		}
		if len(guides) == 0 {
			return ErrNothingDue
		}
		slices.SortStableFunc(guides, func(a, b Guide) int {
			if order := int(a.Role) - int(b.Role); order != 0 {
				return order
			}
			return strings.Compare(a.PlaceCode, b.PlaceCode)
		})
		return nil
	})
	return w, guides, err
}

// openGuide opens a guide; ok is false for one whose code is used, ended or
// replaced.
func (s *Service) openGuide(ctx context.Context, snap store.Snapshot, w *Whole, f *store.RegistrationFile) (g Guide, ok bool, err error) {
	plain, err := s.openFile(w, f)
	if err != nil {
		return g, false, err
	}
	if err := json.Unmarshal(plain, &g); err != nil {
		return g, false, fmt.Errorf("decode guide: %w", err)
	}
	a, err := snap.FindAccount(ctx, g.Account)
	if err != nil {
		return g, false, err
	}
	return g, !a.Disabled && a.Waiting() && a.CodeExpiresMS == g.ExpiresMS && g.ExpiresMS > s.Now().UnixMilli(), nil
}
