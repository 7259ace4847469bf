package clientsdk

import (
	"context"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Village is the village of a code ("32.04.05.2001") in which the user may work, as Villages
// has it. Errors: ErrOutsidePuskesmas; ErrNeverSynced as long as the device does not know.
func (u *User) Village(ctx context.Context, code string) (*ksv1.VillageScope, error) {
	villages, err := u.Villages(ctx)
	if err != nil {
		return nil, err
	}
	for _, v := range villages {
		if v.GetCode() == code {
			return v, nil
		}
	}
	return nil, u.notAmongVillages()
}

// notAmongVillages is why a village is none of the user's: before the first sync none is.
func (u *User) notAmongVillages() error {
	if u.LastSync().IsZero() {
		return ErrNeverSynced
	}
	return ErrOutsidePuskesmas
}
