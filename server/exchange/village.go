package exchange

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/rawsurvei"
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
	// once are other villages that had the code before, and sinceMS when it went over to this
	// one; 0 not known.
	once    []store.Village
	sinceMS int64
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
			at, err = presentVillage(ctx, snap, list[0])
			return err
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

// presentVillage is the one that has its code now, and whose the code was before.
func presentVillage(ctx context.Context, snap store.Snapshot, v store.Village) (place, error) {
	at := placeOf(v)
	once, err := villagesOnce(ctx, snap, v.Code)
	if err != nil {
		return place{}, err
	}
	at.once = slices.DeleteFunc(once, func(other store.Village) bool { return other.Number == v.Number })
	if len(at.once) == 0 {
		return at, nil
	}
	decrees, err := snap.Recodings(ctx, v.Code)
	if len(decrees) > 0 {
		at.sinceMS = decrees[0].AtMS
	}
	return at, err
}

// villagesOnce are those that had a code before and are there still.
func villagesOnce(ctx context.Context, snap store.Snapshot, code string) (found []store.Village, err error) {
	numbers, err := snap.VillagesOnce(ctx, code)
	if err != nil {
		return nil, err
	}
	for _, n := range numbers {
		v, err := snap.Village(ctx, n)
		if errors.Is(err, store.ErrNotFound) {
			continue // it gave way to another
		}
		if err != nil {
			return nil, err
		}
		found = append(found, v)
	}
	return found, nil
}

// formerVillage is the village that had a code before; unknown, where none had it.
func formerVillage(ctx context.Context, snap store.Snapshot, code string, unknown place) (place, error) {
	found, err := villagesOnce(ctx, snap, code)
	if err != nil {
		return place{}, err
	}
	switch len(found) {
	case 0:
		return unknown, nil
	case 1:
		return placeOf(found[0]), nil
	}
	codes := make([]string, len(found))
	for n, v := range found {
		codes[n] = v.Code
	}
	return place{refusal: fmt.Sprintf("village %q is not in the tree, and %s had the code; write the present one into the file", code, strings.Join(codes, " and "))}, nil
}

// ofItsTime is the village that a family's file means by a code which went over from one
// village to another: the one where the family stands, where that had the code and the file was
// not written since, as far as decree (since migration 116) and file are dated. A family that is
// not known yet is taken for the present one's, with a word.
func (i *Importer) ofItsTime(ctx context.Context, in incoming, id merge.ID, at place) (place, error) {
	written := updatedTime(rawsurvei.UpdatedAt(in.household.GetRounds()[0].GetRound()))
	if len(at.once) == 0 || at.sinceMS != 0 && written.UnixMilli() >= at.sinceMS {
		return at, nil
	}
	others := i.stand.besides(id, at.number)
	var once []uint32
	for _, v := range at.once {
		if slices.Contains(others, v.Number) {
			once = append(once, v.Number)
		}
	}
	if len(once) == 0 {
		if !i.stand.known(id) {
			i.warn(in, colVillage, fmt.Sprintf("%s was the code of another village before, which has %s now; the family is new, and taken for the village that has the code now", at.code, at.once[0].Code))
		}
		return at, nil
	}
	_, there, _, err := i.standings(ctx, id, at.number, once)
	if err != nil || there == nil {
		return at, err
	}
	if at.sinceMS == 0 || written.Year() <= 1 {
		i.warn(in, colVillage, fmt.Sprintf("the family stays in village %s, which had the code %s before: nothing tells whether the file is of since; if the family has moved, record that in the app", there.village.Code, at.code))
	}
	return placeOf(there.village), nil
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
