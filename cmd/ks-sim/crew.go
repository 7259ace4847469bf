package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/cmd/ks-sim/field"
	"github.com/keluarga-sehat/sync/server"
)

// crew is a simulated Puskesmas with its surveyors' devices.
type crew struct {
	field   *field.Field
	users   []*clientsdk.User
	clients []*clientsdk.Client
	out     io.Writer
	errs    io.Writer
}

func (c *crew) close() error {
	var errs []error
	for _, u := range c.users {
		errs = append(errs, u.Close())
	}
	for _, device := range c.clients {
		errs = append(errs, device.Close())
	}
	return errors.Join(append(errs, c.field.Close())...)
}

// signIn signs every surveyor in on a device of their own.
func (c *crew) signIn(ctx context.Context) error {
	for _, s := range c.field.Surveyors {
		device, err := c.field.Device(s.Name)
		if err != nil {
			return err
		}
		c.clients = append(c.clients, device)
		u, err := device.SignIn(ctx, s.Name, c.field.Password)
		if err != nil {
			return err
		}
		c.users = append(c.users, u)
		if _, err := u.Sync(ctx, nil); err != nil {
			return err
		}
	}
	return nil
}

// each lets all devices do something at once.
func (c *crew) each(f func(i int, u *clientsdk.User) error) error {
	var wait sync.WaitGroup
	errs := make([]error, len(c.users))
	for i, u := range c.users {
		wait.Add(1)
		go func() {
			defer wait.Done()
			errs[i] = f(i, u)
		}()
	}
	wait.Wait()
	return errors.Join(errs...)
}

// proved is a sync that must end with equal digests.
func (c *crew) proved(ctx context.Context, u *clientsdk.User) (*clientsdk.SyncResult, error) {
	r, err := u.Sync(ctx, nil)
	if err != nil {
		return nil, err
	}
	if r.Differing > 0 || r.Repaired > 0 {
		return nil, fmt.Errorf("%w: digests of %d RT differed after a sync", errBroken, r.Differing+r.Repaired)
	}
	return r, nil
}

func (c *crew) bar(n int, what string) *progressbar.ProgressBar {
	return progressbar.NewOptions(n, progressbar.OptionSetWriter(c.errs), progressbar.OptionSetDescription(what),
		progressbar.OptionShowCount(), progressbar.OptionThrottle(250*time.Millisecond), progressbar.OptionOnCompletion(func() { fmt.Fprintln(c.errs) }))
}

// settled checks the promises once all have synced: what is stored follows from
// the history, every collected family is there, and no device has work left.
func (c *crew) settled(ctx context.Context, families int) (*server.Verified, error) {
	stored, err := server.Verify(ctx, c.field.Store, c.field.Ring, nil)
	if err != nil {
		return nil, err
	}
	if len(stored.Differences) > 0 {
		return nil, fmt.Errorf("%w: %s", errBroken, stored.Differences[0])
	}
	if stored.Families != families {
		return nil, fmt.Errorf("%w: %d families on the server, %d were collected", errBroken, stored.Families, families)
	}
	for i, u := range c.users {
		n, err := u.Counts(ctx)
		if err != nil {
			return nil, err
		}
		if n.Pending+n.Refused+n.Quarantined > 0 {
			return nil, fmt.Errorf("%w: device %d ends with %+v", errBroken, i+1, n)
		}
	}
	return stored, c.field.Server.Board().Refresh(ctx)
}
