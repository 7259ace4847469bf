package merge

import ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"

// maxUnited bounds how many families one is said to be, each because of the one before.
const maxUnited = 16

// StandsFor is the family that one is: itself, unless it was removed for another, which may have
// been in turn; removal gives why a family was removed, nil where it was not. In a chain that is
// too long, or a ring, it is one of those. Errors: removal's; ErrMalformedID of a kept_id that is none.
func StandsFor(id ID, removal func(ID) (*ksv1.Removal, error)) (ID, error) {
	for range maxUnited {
		r, err := removal(id)
		if err != nil {
			return ID{}, err
		}
		if r.GetKeptId() == "" {
			break
		}
		if id, err = ParseID(r.GetKeptId()); err != nil {
			return ID{}, err
		}
	}
	return id, nil
}
