package bench

import (
	"context"
	"errors"
	"fmt"
	"time"

	"google.golang.org/grpc"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/cmd/ks-sim/links"
	"github.com/keluarga-sehat/sync/internal/wire"
)

// A village's link: 600 ms there and back, 100 kbit/s each way.
const (
	roundTrip     = 600 * time.Millisecond
	kilobits      = 100
	dayFamilies   = 10
	dayRoundTrips = 3
	dayOverhead   = 1.3
)

// syncDay measures the sync of ten new families over a slow link, from a cold
// connection: TLS, the session, uploads with their acks, digests.
func (r *run) syncDay(ctx context.Context, dir string) (err error) {
	s, err := newSurveyor(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	for range dayFamilies {
		if _, err := s.save(ctx); err != nil {
			return err
		}
	}
	if err := errors.Join(s.user.Close(), s.client.Close()); err != nil {
		return err
	}
	link, err := links.NewSlow(s.field.Address, roundTrip, kilobits)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, link.Close()) }()
	pin, err := wire.PinOf(s.field.CertPEM)
	if err != nil {
		return err
	}
	s.client, err = clientsdk.Open(clientsdk.Config{Dir: s.folder, Server: s.field.Address, Pin: &pin, DeviceName: "satu", DialOptions: []grpc.DialOption{grpc.WithContextDialer(link.Dial)}})
	if err != nil {
		return err
	}
	if s.user, err = s.client.SignIn(ctx, s.field.Surveyors[0].Name, s.field.Password); err != nil {
		return err
	}
	if err := r.oneDay(ctx, "sync_day", "cold connection", s, link); err != nil {
		return err
	}
	for range dayFamilies {
		if _, err := s.save(ctx); err != nil {
			return err
		}
	}
	return r.oneDay(ctx, "sync_day_warm", "connection still open", s, link)
}

// oneDay measures one sync of ten families.
func (r *run) oneDay(ctx context.Context, name, connection string, s *surveyor, link *links.Slow) error {
	before := link.Bytes()
	begin := time.Now()
	result, err := s.user.Sync(ctx, nil)
	if err != nil {
		return err
	}
	took := time.Since(begin).Seconds()
	if result.Sent != dayFamilies || result.Differing != 0 {
		return fmt.Errorf("%d of %d families were sent, %d RT differ", result.Sent, dayFamilies, result.Differing)
	}
	bytes := float64(link.Bytes() - before)
	transfer := bytes * 8 / (kilobits * 1000)
	return r.report.add(Figure{
		Name: name, Value: took, Unit: "s",
		Note: fmt.Sprintf("%d families, %v, %d kbit/s, %s: %.0f bytes both ways, %.1f round trips besides; at most %.2f s asked", dayFamilies, roundTrip,
			kilobits, connection, bytes, (took-transfer)/roundTrip.Seconds(), dayRoundTrips*roundTrip.Seconds()+transfer*dayOverhead),
	})
}
