package clientsdk

import (
	"context"
	"errors"
	"time"

	"github.com/keluarga-sehat/sync/client-sdk/device"
	"github.com/keluarga-sehat/sync/internal/form"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Errors of SplitFamily.
var (
	// ErrNobodyStays: all members are to leave.
	ErrNobodyStays = errors.New("semua anggota dipilih; bila seluruh keluarga pindah, catat sebagai pindah, bukan pecah KK")
	// ErrSplitFamily: the family's own data is not on this device.
	ErrSplitFamily = errors.New("data pokok keluarga ini belum ada di perangkat ini; sinkronkan, atau tanyakan kepada supervisor apakah datanya masih menunggu keputusan, lalu pecah KK lagi")
	// ErrSplitDate: since when is no date, or not a day up to today.
	ErrSplitDate = errors.New("tanggal mulai berdiri sendiri tidak benar atau belum tiba; perbaiki tanggalnya")
)

// Split says who leaves a family to keep house by themselves.
type Split struct {
	// Members leave; the first is head of the new family.
	Members []ID
	// Since is the first local day of the new family, "2024-05-17"; "": User.Today.
	// Rounds of the old family surveyed on that day or later don't count who left.
	Since string
	// BuildingNumber is where the new family lives; "": in the same building.
	BuildingNumber string
	// FamilyNumber is its number in the building; "": not known yet.
	FamilyNumber string
}

// SplitFamily makes members of a family a family of their own, in the same RT,
// in one save: all of it is kept or nothing. The new family begins with who they
// are, and without answers: it is surveyed, and gets its No. KK, as one of its
// own. The old one keeps all that was asked of them, and its index of earlier
// days; each names the other (Family.split_from_id, Member.moved_to_family_id,
// Member.former_member_id). Whoever splits the same family under the same head on
// another device makes the same family, with all who were named on either; what
// somebody edits of a member meanwhile shows as a conflict with their leaving.
// MergeFamily takes a split back. Errors: ErrNotFound, ErrNotMember,
// ErrNobodyStays, ErrSplitFamily, ErrSplitDate, *ValidationError.
func (u *User) SplitFamily(ctx context.Context, id ID, s Split) (ID, error) {
	lastDay, err := u.lastDay(ctx, s.Since)
	if err != nil {
		return ID{}, err
	}
	split := merge.Split{From: id, LastDay: lastDay, BuildingNumber: s.BuildingNumber, FamilyNumber: s.FamilyNumber}
	for _, member := range s.Members {
		split.Persons = append(split.Persons, merge.Leaving{Member: member})
	}
	made, _, err := u.store.Split(ctx, split, u.clock().checked)
	switch {
	case errors.Is(err, merge.ErrNotMember):
		err = ErrNotMember
	case errors.Is(err, merge.ErrNobodyStays):
		err = ErrNobodyStays
	case errors.Is(err, merge.ErrNoFamily):
		err = ErrSplitFamily
	}
	if err != nil {
		return ID{}, err
	}
	return made, nil
}

// lastDay is the day before a split.
func (u *User) lastDay(ctx context.Context, since string) (string, error) {
	if since == "" {
		var err error
		if since, err = u.Today(ctx); err != nil {
			return "", err
		}
	}
	first, err := time.Parse(time.DateOnly, since)
	latest := u.clock().latest.Date
	if err != nil || !latest.IsZero() && prokesga.DateOf(first).After(latest) {
		return "", ErrSplitDate
	}
	return first.AddDate(0, 0, -1).Format(time.DateOnly), nil
}

// checked prepares a part of a save that is refused for what is wrong within it;
// what is doubtful after a split the next survey asks about.
func (c clock) checked(d *device.Draft, edits []Edit) ([]Edit, error) {
	d.Check = func(after *ksv1.Household, before func() (*ksv1.Household, error)) error {
		_, err := c.judge(after, &d.Family.State, before)
		return err
	}
	form.NoteSeen(edits, &d.Family.State)
	if wrong := form.WrongEdits(edits, &d.Family.State, nil); len(wrong) > 0 {
		return nil, &ValidationError{wrong}
	}
	return edits, nil
}
