package veil

import "context"

// Witness is told what the answer under way, one that a dashboard asked for, shows: it can tell
// later whether the answer still holds (Keeper.Holds). Its methods may be called by several
// goroutines.
type Witness interface {
	// RestsOn notes a piece that the answer shows, of a generation, as all see it.
	RestsOn(piece Key, generation uint64)
	// RestsOnOwn notes that some of it is as nobody but the caller sees it.
	RestsOnOwn()
}

type witnessKey struct{}

// WithWitness is the context of an answer that has a witness.
func WithWitness(ctx context.Context, w Witness) context.Context {
	return context.WithValue(ctx, witnessKey{}, w)
}

// witnessOf is the answer's; nil: it has none.
func witnessOf(ctx context.Context) Witness {
	w, _ := ctx.Value(witnessKey{}).(Witness)
	return w
}

func restsOn(ctx context.Context, piece Key, generation uint64) {
	if w := witnessOf(ctx); w != nil {
		w.RestsOn(piece, generation)
	}
}

func restsOnOwn(ctx context.Context) {
	if w := witnessOf(ctx); w != nil {
		w.RestsOnOwn()
	}
}

// wantFor notes that a dashboard shows a piece. Files and feeds, which may go through all
// districts once, have no witness, and want nothing ahead.
func (k *Keeper) wantFor(ctx context.Context, piece Key) {
	if witnessOf(ctx) != nil {
		k.want(piece)
	}
}

// Holds tells whether a piece that was shown is still of its generation: whatever rests on it
// may be shown again. It is asked for by that, as by who is shown it first.
func (k *Keeper) Holds(ctx context.Context, piece Key, generation uint64) bool {
	k.want(piece)
	now, err := k.generationOf(ctx, piece)
	return err == nil && now == generation
}

// generationOf is that of the piece as it stands.
func (k *Keeper) generationOf(ctx context.Context, key Key) (uint64, error) {
	if key.years {
		d, err := k.yearPiece(ctx, key.root, key.day)
		if err != nil {
			return 0, err
		}
		return d.generation, nil
	}
	d, err := k.piece(ctx, key.root, key.day)
	if err != nil {
		return 0, err
	}
	return d.generation, nil
}
