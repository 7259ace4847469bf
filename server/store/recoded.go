package store

import "context"

// FormerCodeReader reads what areas were called before decrees gave them other codes.
type FormerCodeReader interface {
	// VillageBefore lists by which codes, and of which Puskesmas, a village was known
	// before, as Village of these three alone.
	VillageBefore(ctx context.Context, number uint32) ([]Village, error)
	// VillagesOnce lists the numbers of villages that had a code before, ascending.
	VillagesOnce(ctx context.Context, code string) ([]uint32, error)
	// Recodings lists those by which areas took a code or gave it up, newest first; of
	// decrees of before migration 116 nothing is known.
	Recodings(ctx context.Context, code string) ([]Recoding, error)
}

// Recoding is that an area got another code by decree.
type Recoding struct {
	AtMS int64
	// New is "" for a village that gave way to the one that took its code.
	Old, New string
}

// DatedCode is a code that an area had: FromMS is the first instant, ToMS the first one past
// the end; 0: not bounded.
type DatedCode struct {
	Code         string
	FromMS, ToMS int64
}

// DatedCodes are the codes of the area that has one now, which comes first, with their times.
// Areas that a decree made one were all of them. No code has none. Errors: those of the store.
func DatedCodes(ctx context.Context, snap FormerCodeReader, code string) ([]DatedCode, error) {
	if code == "" {
		return nil, nil
	}
	out := []DatedCode{{Code: code}}
	for n := 0; n < len(out); n++ {
		of := out[n]
		list, err := snap.Recodings(ctx, of.Code)
		if err != nil {
			return nil, err
		}
		for _, r := range list {
			switch {
			case of.ToMS != 0 && r.AtMS >= of.ToMS, r.AtMS < out[n].FromMS:
				// The code was another area's then.
			case r.Old == of.Code:
				out[n].FromMS = r.AtMS
			default:
				out = append(out, DatedCode{Code: r.Old, ToMS: r.AtMS})
			}
		}
	}
	return out, nil
}
