package bench

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	"github.com/keluarga-sehat/sync/internal/wire"
)

// countryVillages is how many villages the country has (83,762 in the official
// list of 2025).
const countryVillages = 83_762

// coldStart measures a server's start on a store that holds every village of
// the country, until it answers, and what it then takes of memory.
func (r *run) coldStart(ctx context.Context, dir string) (err error) {
	file := filepath.Join(dir, "server.db")
	// The first start sets the store up; the second is measured.
	first, err := start(ctx, child{Store: file, Country: true})
	if err != nil {
		return err
	}
	if err := first.stop(); err != nil {
		return err
	}
	begin := time.Now()
	p, err := start(ctx, child{Store: file, Stocked: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	if err := answers(ctx, p); err != nil {
		return err
	}
	took := time.Since(begin).Seconds()
	rest, err := peakMiB(p.pid())
	if err != nil {
		return err
	}
	return r.report.add(Figure{Name: "cold_start", Value: took, Unit: "s", PeakMiB: rest,
		Note: fmt.Sprintf("%d villages, SQLite, from the process's start to its first answer over TLS; memory at rest", countryVillages)})
}

// answers asks a server whether it serves.
func answers(ctx context.Context, p *process) (err error) {
	conf, err := clientTLS(p)
	if err != nil {
		return err
	}
	conn, err := grpc.NewClient(p.Address, append(wire.DialOptions(), grpc.WithTransportCredentials(credentials.NewTLS(conf)))...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	got, err := grpc_health_v1.NewHealthClient(conn).Check(ctx, &grpc_health_v1.HealthCheckRequest{}, grpc.WaitForReady(true))
	if err == nil && got.GetStatus() != grpc_health_v1.HealthCheckResponse_SERVING {
		err = fmt.Errorf("the server says %s", got.GetStatus())
	}
	return err
}

// manyDevices sync at once, each this many families.
const (
	manyDevices  = 1000
	manyFamilies = 20
)

// memory measures what a server takes while a thousand devices sign in and sync
// at once. Each must be served, or told when to come again and served then.
func (r *run) memory(ctx context.Context, dir string) (err error) {
	p, err := start(ctx, child{Store: filepath.Join(dir, "server.db"), Accounts: manyDevices, Profile: r.Profile})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	rest, err := peakMiB(p.pid())
	if err != nil {
		return err
	}
	errs := make([]error, manyDevices)
	later := make([]int, manyDevices)
	var ready, done sync.WaitGroup
	ready.Add(manyDevices)
	begin := time.Now()
	for n := range manyDevices {
		done.Go(func() { later[n], errs[n] = oneOfMany(ctx, p, n, &ready) })
	}
	done.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	took := time.Since(begin).Seconds()
	peak, err := peakMiB(p.pid())
	if err != nil {
		return err
	}
	told := 0
	for _, n := range later {
		told += n
	}
	return r.report.add(Figure{Name: "memory", Value: peak, Unit: "MiB", PeakMiB: peak,
		Note: fmt.Sprintf("%d devices sign in and then send %d families each at once, all applied in %.0f s; told to come again %d times; %.0f MiB before; under 512 asked",
			manyDevices, manyFamilies, took, told, rest)})
}

// oneOfMany signs in, waits for the others, and sends. later counts how often
// it was told to come again.
func oneOfMany(ctx context.Context, p *process, n int, ready *sync.WaitGroup) (later int, err error) {
	var d *device
	for {
		d, err = newDevice(ctx, p, n)
		wait, again := comeAgain(err)
		if !again {
			break
		}
		later++
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			ready.Done()
			return later, ctx.Err()
		}
	}
	ready.Done()
	if err != nil {
		return later, fmt.Errorf("device %d: %w", n, err)
	}
	defer func() { err = errors.Join(err, d.close()) }()
	ready.Wait()
	if err := d.prepare(manyFamilies); err != nil {
		return later, err
	}
	return later, d.send(ctx)
}

// comeAgain tells whether the server said so, and when.
func comeAgain(err error) (wait time.Duration, again bool) {
	s, ok := status.FromError(err)
	if err == nil || !ok || s.Code() != codes.ResourceExhausted {
		return 0, false
	}
	for _, d := range s.Details() {
		if info, ok := d.(*errdetails.RetryInfo); ok {
			return info.GetRetryDelay().AsDuration(), true
		}
	}
	return 0, false
}
