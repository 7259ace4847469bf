package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
)

// sendSteadily sends families at the nation's rate until the context ends.
func sendSteadily(ctx context.Context, p *process) error {
	list := make([]*device, viewedDevices)
	for n := range list {
		var err error
		if list[n], err = newDevice(context.WithoutCancel(ctx), p, n); err != nil {
			return err
		}
	}
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for ctx.Err() == nil {
		for _, d := range list {
			if err := d.prepare(viewedRate / viewedDevices); err != nil {
				return err
			}
			if err := d.send(ctx); err != nil {
				return err
			}
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
		}
	}
	var errs []error
	for _, d := range list {
		errs = append(errs, d.close())
	}
	return errors.Join(errs...)
}

// Devices that send meanwhile: with a million changes a day in two evening hours,
// the nation sends 140 families a second.
const (
	viewedDevices = 10
	viewedRate    = 140 // families a second
)

// freshness measures how far the nation's figure is behind a commit.
func (r *run) freshness(ctx context.Context, p *process, v *view) (err error) {
	// A device of its own; whatever others send, the figure holds at least as many as
	// were known before, and its own.
	d, err := newDevice(ctx, p, viewedDevices+1)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	var waits []time.Duration
	for range 20 {
		if err := d.prepare(1); err != nil {
			return err
		}
		if err := d.send(ctx); err != nil {
			return err
		}
		committed := time.Now()
		for {
			body, err := v.viewers[0].ask(ctx, "/v1/areas/id/index")
			if err != nil {
				return err
			}
			var answer struct{ Index struct{ AsOf time.Time } }
			if err := json.Unmarshal(body, &answer); err != nil {
				return fmt.Errorf("read answer: %w", err)
			}
			if !answer.Index.AsOf.Before(committed) {
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
		waits = append(waits, time.Since(committed))
	}
	return r.report.add(Figure{Name: "dashboards_freshness", Value: quantileMS(waits, 1) / 1000, Unit: "s at most", Note: fmt.Sprintf(
		"from a commit to the nation's figure that holds it, %d times, median %.2f s; 2 s asked", len(waits), quantileMS(waits, 0.5)/1000)})
}

// groupBy measures what PostgreSQL alone takes to add the villages up by province.
func (r *run) groupBy(ctx context.Context, address string) (err error) {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	defer func() { err = closing(ctx, conn, err) }()
	var took []time.Duration
	for range 10 {
		begin := time.Now()
		// Positions count from 1 in SQL: inti follows besar, so complete is 45, sehat 46.
		if _, err := conn.Exec(ctx, `SELECT left(code, 2), sum(provisional[45]), sum(provisional[46]) FROM village GROUP BY 1`); err != nil {
			return err
		}
		took = append(took, time.Since(begin))
	}
	return r.report.add(Figure{Name: "dashboards_group_by", Value: quantileMS(took, 0.5), Unit: "ms p50", Note: "bare SELECT … GROUP BY province over the villages' tallies, two counters of 172, one client"})
}

// quantileMS is the smallest that so large a part of a list does not exceed; of an empty
// one 0.
func quantileMS(list []time.Duration, quantile float64) float64 {
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	return float64(list[max(int(math.Ceil(float64(len(list))*quantile))-1, 0)].Microseconds()) / 1000
}
