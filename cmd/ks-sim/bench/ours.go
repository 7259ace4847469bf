package bench

import (
	"context"
	"errors"

	"github.com/keluarga-sehat/sync/cmd/ks-sim/field"
)

// Ours is the product's server on SQLite as the benches start it, a process of
// its own, for a comparison with other people's servers.
type Ours struct{ process *process }

// StartOurs starts a server whose store is the file.
func StartOurs(ctx context.Context, file string) (*Ours, error) {
	p, err := start(ctx, child{Store: file})
	if err != nil {
		return nil, err
	}
	return &Ours{process: p}, nil
}

// Address is where it listens.
func (o *Ours) Address() string { return o.process.Address }

// PID is its process.
func (o *Ours) PID() int { return o.process.pid() }

// Stop ends it and returns when its store is closed.
func (o *Ours) Stop() error { return o.process.stop() }

// through is the server as it is reached by another address.
func (o *Ours) through(address string) *process {
	p := *o.process
	p.Address = address
	return &p
}

// Pull has a fresh device of the SDK, with its files in dir, fetch all families
// by way of the address, and returns the seconds of its sync.
func (o *Ours) Pull(ctx context.Context, address, dir string, families int) (seconds float64, err error) {
	took, _, _, err := pullOurs(ctx, o.through(address), dir, families)
	return took.seconds, err
}

// Device uploads families to the server, as one device does.
type Device struct{ device *device }

// Device signs the n-th device in, by way of the address. It sends FamiliesOf(n).
func (o *Ours) Device(ctx context.Context, address string, n int) (*Device, error) {
	d, err := newDevice(ctx, o.through(address), n)
	if err != nil {
		return nil, err
	}
	d.author.families = FamiliesOf(n)
	return &Device{device: d}, nil
}

// Prepare makes the next families, before time is taken.
func (d *Device) Prepare(families int) error { return d.device.prepare(families) }

// Send sends what was prepared, and returns when each family is acknowledged as
// applied.
func (d *Device) Send(ctx context.Context) error { return d.device.send(ctx) }

// Close ends the session.
func (d *Device) Close() error { return errors.Join(d.device.stream.CloseSend(), d.device.close()) }

// FamiliesOf makes the families of the n-th client, the same whatever server
// they go to.
func FamiliesOf(n int) *field.Generator {
	return field.NewGenerator(uint64(n), 320405, surveyed)
}

// CPUSeconds is the processor time that a process has used.
func CPUSeconds(pid int) (float64, error) { return cpuSeconds(pid) }

// PeakMiB is the most memory that a process has held.
func PeakMiB(pid int) (float64, error) { return peakMiB(pid) }
