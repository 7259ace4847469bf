package api

import (
	"bytes"
	"context"
	"encoding/base64"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/keluarga-sehat/sync/internal/area"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/store"
)

// Sizes of pages.
const (
	defaultPage = 100
	maxPage     = 1000
)

func pageSize(asked uint32) int {
	if asked == 0 {
		return defaultPage
	}
	return int(min(asked, maxPage))
}

// pageToken is opaque to clients: the key of the last row.
func pageToken(key string) string { return base64.RawURLEncoding.EncodeToString([]byte(key)) }

// parsePageToken reads one whose key is text.
func parsePageToken(token string) (string, error) {
	key, err := bytesOfPageToken(token)
	if err == nil && (!utf8.Valid(key) || bytes.ContainsRune(key, 0)) {
		err = errPageToken
	}
	return string(key), err
}

// bytesOfPageToken reads one whose key is bytes.
func bytesOfPageToken(token string) ([]byte, error) {
	key, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return nil, errPageToken
	}
	return key, nil
}

var errPageToken = &errBadRequest{"page_token", "is not one that this service gave", textStale}

// instant is an instant of a request as stores have it: one past all that they have stays so.
func instant(ms uint64) int64 { return int64(min(ms, math.MaxInt64)) }

// parseArea reads a path as REST writes it ("~" for "/", "id" the nation) or as
// it is.
func parseArea(field, text string) (area.Code, error) {
	code, err := area.ParseRESTName(text)
	if err != nil {
		if code, err = area.Parse(strings.TrimSpace(text)); err != nil {
			return area.Code{}, &errBadRequest{field, err.Error(), "Kode wilayah ini tidak dikenal."}
		}
	}
	return code, nil
}

// dottedArea reads an area that a list is asked of; "" is none.
func dottedArea(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	code, err := parseArea("area", text)
	return code.Dotted(), err
}

type areaService struct {
	ksv1.UnimplementedAreaServiceServer
	services *Services
}

func (a areaService) GetArea(ctx context.Context, r *ksv1.GetAreaRequest) (*ksv1.GetAreaResponse, error) {
	code, err := parseArea("code", r.GetCode())
	if err != nil {
		return nil, err
	}
	var out *ksv1.Area
	err = a.services.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		row := store.Area{Name: "Indonesia"}
		if code.Level() > area.Nation {
			// The RW and RT of a village are whatever its families are written with.
			if row, err = snap.FindArea(ctx, code.Dotted()); err != nil {
				return err
			}
		}
		if code.Level() > area.Village {
			row.Name = placeName(code)
		}
		out, err = a.shown(ctx, snap, code, row.Name)
		return err
	})
	return &ksv1.GetAreaResponse{Area: out}, err
}

// shown is an area as the caller sees it. Codes, names and numbers are published for
// everybody; how many families are to be surveyed is a figure, for those who may see
// the area's (DOMAIN.md section 6, row "dashboards").
func (a areaService) shown(ctx context.Context, snap store.Snapshot, code area.Code, name string) (*ksv1.Area, error) {
	m := &ksv1.Area{Code: code.String(), Level: ksv1.AreaLevel(code.Level()), Name: name}
	if code.Level() >= area.Village {
		for _, number := range a.services.Board.Numbers(code.Dotted()) {
			m.Village = number // one's own alone
		}
	}
	if !callerOf(ctx).MaySeeAggregates(code) {
		return m, nil
	}
	targets, err := snap.Targets(ctx, code.String())
	if sum, ok := sumTargets(code, targets); ok {
		m.TargetFamilies = &sum
	}
	return m, err
}

// sumTargets adds the targets within an area. A target of an area counts
// instead of those of its parts.
func sumTargets(code area.Code, targets []store.Target) (sum uint64, ok bool) {
	covered := ""
	for _, t := range targets {
		if covered != "" && strings.HasPrefix(t.Area, covered) && len(t.Area) > len(covered) {
			continue
		}
		inner, err := area.Parse(t.Area)
		if err != nil || !code.Contains(inner) {
			continue
		}
		covered = t.Area
		sum += uint64(t.Families)
		ok = true
	}
	return sum, ok
}

func (a areaService) ListAreas(ctx context.Context, r *ksv1.ListAreasRequest) (*ksv1.ListAreasResponse, error) {
	parent, err := parseArea("parent", r.GetParent())
	if err != nil {
		return nil, err
	}
	after, err := parsePageToken(r.GetPageToken())
	if err != nil {
		return nil, err
	}
	limit := pageSize(r.GetPageSize())
	out := &ksv1.ListAreasResponse{}
	err = a.services.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		rows, err := snap.ListAreas(ctx, parent.Dotted(), after, limit+1)
		if err != nil {
			return err
		}
		if len(rows) > limit {
			rows = rows[:limit]
			out.NextPageToken = pageToken(rows[limit-1].Code)
		}
		for _, row := range rows {
			code, err := area.Parse(row.Code)
			if err != nil {
				return err
			}
			shown, err := a.shown(ctx, snap, code, row.Name)
			if err != nil {
				return err
			}
			out.Areas = append(out.Areas, shown)
		}
		return nil
	})
	return out, err
}

func (a areaService) ListPuskesmas(ctx context.Context, r *ksv1.ListPuskesmasRequest) (*ksv1.ListPuskesmasResponse, error) {
	district, err := parseArea("area", r.GetArea())
	if err != nil {
		return nil, err
	}
	after, err := parsePageToken(r.GetPageToken())
	if err != nil {
		return nil, err
	}
	caller, limit := callerOf(ctx), pageSize(r.GetPageSize())
	out := &ksv1.ListPuskesmasResponse{}
	err = a.services.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		rows, err := puskesmasFor(ctx, snap, caller, district, after, limit+1)
		if err != nil {
			return err
		}
		if len(rows) > limit {
			rows = rows[:limit]
			out.NextPageToken = pageToken(rows[limit-1].Code)
		}
		for _, p := range rows {
			if caller.MaySeePuskesmas(p) {
				out.Puskesmas = append(out.Puskesmas, &ksv1.Puskesmas{Code: p.Code, Name: p.Name, District: p.District, VillageCodes: p.Villages})
			}
		}
		return nil
	})
	return out, err
}

// puskesmasFor are those of an area after a code that the caller may be shown:
// for who has a Puskesmas that one, whatever its place in the nation's list.
func puskesmasFor(ctx context.Context, snap store.Snapshot, caller *access.Caller, within area.Code, after string, limit int) ([]store.Puskesmas, error) {
	own := caller.Account.Puskesmas
	if own == "" {
		return snap.ListPuskesmas(ctx, within.Dotted(), after, limit)
	}
	p, err := snap.FindPuskesmas(ctx, own)
	if err != nil {
		return nil, err
	}
	if district, err := area.Parse(p.District); err != nil || !within.Contains(district) || p.Code <= after {
		return nil, err
	}
	return []store.Puskesmas{p}, nil
}
