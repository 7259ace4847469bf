package exchange

import (
	"context"
	"errors"
	"fmt"
	"strings"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// place is the village that a code in a file stands for.
type place struct {
	// number is 0 where there is none; refusal then says why.
	number  uint32
	refusal string
	// code is the present one, puskesmas the one that serves it; "" none.
	code, puskesmas string
}

// village is the one of a code, or that which had it before areas were renumbered: files keep
// the codes of their time.
func (i *Importer) village(ctx context.Context, code string) (place, error) {
	if at, ok := i.villages[code]; ok {
		return at, nil
	}
	at := place{refusal: fmt.Sprintf("village %q is not in the tree, without which a family can't be kept; import its areas (ks-server import areas), then this file again", code)}
	if code == "" {
		at.refusal = "no village, without which a family can't be kept"
	}
	err := i.Core.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		if code == "" {
			return nil
		}
		list, err := snap.VillagesUnder(ctx, code)
		if err != nil {
			return err
		}
		if len(list) == 1 && list[0].Code == code {
			at = placeOf(list[0])
			return nil
		}
		at, err = formerVillage(ctx, snap, code, at)
		return err
	})
	if err == nil {
		i.villages[code] = at
	}
	return at, err
}

func placeOf(v store.Village) place {
	return place{number: v.Number, code: v.Code, puskesmas: v.Puskesmas}
}

// formerVillage is the village that had a code before; unknown, where none had it.
func formerVillage(ctx context.Context, snap store.Snapshot, code string, unknown place) (place, error) {
	numbers, err := snap.VillagesOnce(ctx, code)
	if err != nil {
		return place{}, err
	}
	var found []store.Village
	var codes []string
	for _, n := range numbers {
		v, err := snap.Village(ctx, n)
		if errors.Is(err, store.ErrNotFound) {
			continue // it gave way to another
		}
		if err != nil {
			return place{}, err
		}
		found, codes = append(found, v), append(codes, v.Code)
	}
	switch len(found) {
	case 0:
		return unknown, nil
	case 1:
		return placeOf(found[0]), nil
	}
	return place{refusal: fmt.Sprintf("village %q is not in the tree, and %s had the code; write the present one into the file", code, strings.Join(codes, " and "))}, nil
}

// notes are what is doubtful of where a file has a family.
func (at place) notes(h *ksv1.Household) (out []note) {
	if code := h.GetVillageCode(); code != at.code {
		out = append(out, note{colVillage, fmt.Sprintf("%s is a former code; the village is %s", code, at.code)})
	}
	if code := h.GetFamily().GetPuskesmasCode(); code != "" && at.puskesmas != "" && code != at.puskesmas {
		out = append(out, note{"survei_kd_puskesmas", fmt.Sprintf("%s does not serve village %s, which %s does", code, at.code, at.puskesmas)})
	}
	return out
}
