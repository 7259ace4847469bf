package story

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/server/store"
)

func TestAPhoneIsHandedOverWithoutASignal(t *testing.T) {
	t.Parallel()
	install(t)
	w := newWorld(t, 3)
	d := newFieldDay(t, w)
	play(t, "handover", w.settings(t), map[string]deed{
		"launch": d.launch, "end": d.stop, "authors": w.authors,
		"online":  func(context.Context, json.RawMessage) (any, error) { d.link.allow(linkOpen); return nil, nil },
		"offline": func(context.Context, json.RawMessage) (any, error) { d.link.allow(0); return nil, nil },
	})
}

// authors tells who made a family's changes, in the order of their first ones, and how
// many there are.
func (w *world) authors(ctx context.Context, arguments json.RawMessage) (any, error) {
	var a struct {
		Family string `json:"family"`
	}
	if err := json.Unmarshal(arguments, &a); err != nil {
		return nil, err
	}
	id, err := merge.ParseID(a.Family)
	if err != nil {
		return nil, err
	}
	out := struct {
		Authors []string `json:"authors"`
		Changes int      `json:"changes"`
	}{}
	err = w.field.Store.Read(store.AsOperator(ctx), func(ctx context.Context, snap store.Snapshot) error {
		villages, err := snap.VillagesUnder(ctx, "")
		if err != nil {
			return err
		}
		out.Authors, out.Changes = nil, 0
		seen := map[uint32]bool{}
		for _, v := range villages {
			entries, err := snap.History(ctx, v.Number, id, 0, 1000)
			if err != nil {
				return err
			}
			for i := range entries {
				e := &entries[len(entries)-1-i] // they come newest first
				out.Changes++
				if seen[e.Author] {
					continue
				}
				seen[e.Author] = true
				account, err := snap.FindAccount(ctx, e.Author)
				if err != nil {
					return err
				}
				out.Authors = append(out.Authors, account.UserName)
			}
		}
		return nil
	})
	return out, err
}
