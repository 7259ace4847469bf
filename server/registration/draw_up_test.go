package registration

import (
	"errors"
	"testing"
)

// Two officers of one district have the same list open.
func TestWhoChangesAListDoesNotWriteOverWhatAnotherChangedMeanwhile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	const code = "P3204050101"
	number := w.drawnUp(t)
	etag := func() string {
		d, err := w.Get(ctx, w.bandung, number)
		if err != nil {
			t.Fatal(err)
		}
		return d.Etags[code]
	}
	set := func(l List) error {
		_, err := w.SetPuskesmas(ctx, w.bandung, number, l)
		return err
	}
	first := etag()
	if err := set(List{Code: code, People: people(60), Seen: &first}); err != nil {
		t.Fatalf("on what was seen: %v", err)
	}
	if err := set(List{Code: code, People: people(0), Seen: &first}); !errors.Is(err, ErrListChanged) {
		t.Errorf("on what another has changed: %v", err)
	}
	shown, _, err := w.Nominees(ctx, w.bandung, NomineeFilter{Registration: number, Puskesmas: code, Limit: 100})
	if err != nil || len(shown) != len(people(60)) || shown[0].Person.GetNik() != people(60)[0].GetNik() {
		t.Errorf("what the other wrote is %d people, %v", len(shown), err)
	}
	// The same list written anew is another one: who looked before it did not see it.
	second := etag()
	if err := set(List{Code: code, People: people(60), Seen: &second}); err != nil || etag() == second {
		t.Errorf("the etag of a list written anew: %v", err)
	}
	var invalid *InvalidError
	none := ""
	if err := set(List{Code: code, Seen: &none}); !errors.As(err, &invalid) || invalid.Field != "etag" {
		t.Errorf("without a look at it: %v", err)
	}
	third := etag()
	if err := w.RemovePuskesmas(ctx, w.bandung, number, code); err != nil {
		t.Fatal(err)
	}
	if err := set(List{Code: code, People: people(60), Seen: &third}); !errors.Is(err, ErrListChanged) {
		t.Errorf("a Puskesmas that another took out: %v", err)
	}
	if err := set(List{Code: code, People: people(60), Seen: &none}); err != nil {
		t.Errorf("added anew: %v", err)
	}
}
