package bench

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/cmd/ks-sim/field"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/merge"
)

// valuesFamilies are computed over and over.
const valuesFamilies = 2048

// iksValues measures the twelve values of inti and besar and their place in a
// tally, on one core, for generated families of every kind.
func (r *run) iksValues(_ context.Context) error {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	households, err := generated()
	if err != nil {
		return err
	}
	var tally iks.Tally
	compute := func() {
		for i := range households {
			tally.Add(iks.Pack(households[i].Both()))
		}
	}
	allocations := testing.AllocsPerRun(3, compute)
	families := 0
	// By the core's own time, of which other programs take none.
	took, err := measured(func() error {
		for begin := time.Now(); time.Since(begin) < 2*time.Second; families += valuesFamilies {
			compute()
		}
		return nil
	})
	if err != nil {
		return err
	}
	return r.report.add(Figure{
		Name: "iks_values", Value: float64(families) / took.cpu, Unit: "families/s",
		Note: fmt.Sprintf("one core, %g allocations in %d families; at least 1,500,000 asked", allocations, valuesFamilies),
	})
}

// generated are families in the form that the rules read.
func generated() ([]iks.Household, error) {
	g := field.NewGenerator(7, 320405, surveyed)
	out := make([]iks.Household, 0, valuesFamilies)
	a := newAuthor(1, 1, 1, 1, "001/001")
	for range valuesFamilies {
		c, err := a.changeOf(g.Family(), uint64(surveyed.UnixMilli()))
		if err != nil {
			return nil, err
		}
		state, err := merge.FromChange(c)
		if err != nil {
			return nil, err
		}
		h, err := merge.View(&state)
		if err != nil {
			return nil, err
		}
		household, _ := iks.FromHousehold(h, h.GetRounds()[0])
		out = append(out, *household)
	}
	return out, nil
}
