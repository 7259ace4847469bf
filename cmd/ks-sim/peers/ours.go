package peers

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/keluarga-sehat/sync/cmd/ks-sim/bench"
)

// startOurs starts our server on SQLite, with devices that speak its protocol.
func startOurs(ctx context.Context, p place) (c *contestant, err error) {
	server, err := bench.StartOurs(ctx, filepath.Join(p.data, "server.db"))
	if err != nil {
		return nil, err
	}
	c = &contestant{place: p, pid: server.PID(), clientPID: os.Getpid()}
	c.closing(server.Stop)
	if err := c.listen(server.Address()); err != nil {
		return nil, errors.Join(err, c.close())
	}
	clients := &ourClients{place: p, server: server, address: c.proxy.Address(), devices: map[int]*bench.Device{}}
	c.clients = clients
	c.closing(clients.close)
	return c, nil
}

type ourClients struct {
	place
	server  *bench.Ours
	address string
	devices map[int]*bench.Device
}

func (o *ourClients) prepare(ctx context.Context, client, families int) (err error) {
	if o.devices[client] == nil {
		if o.devices[client], err = o.server.Device(ctx, o.address, client); err != nil {
			return err
		}
	}
	return o.devices[client].Prepare(families)
}

func (o *ourClients) send(ctx context.Context, clients []int, _ int) error {
	return atOnce(len(clients), func(i int) error { return o.devices[clients[i]].Send(ctx) })
}

func (o *ourClients) pull(ctx context.Context, families int) (seconds float64, err error) {
	return o.server.Pull(ctx, o.address, filepath.Join(o.dir, "device"), families)
}

func (o *ourClients) close() error {
	var errs []error
	for _, d := range o.devices {
		errs = append(errs, d.Close())
	}
	return errors.Join(errs...)
}
