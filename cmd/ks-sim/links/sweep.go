package links

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"google.golang.org/grpc"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/cmd/ks-sim/field"
	"github.com/keluarga-sehat/sync/cmd/ks-sim/judge"
	"github.com/keluarga-sehat/sync/internal/wire"
	"github.com/keluarga-sehat/sync/server/ingest"
)

// Report is what a sweep met.
type Report struct {
	// Cuts, and those after which the sync had ended well all the same.
	Cuts, Unharmed int
	// Bytes of the exchange that was cut, up and down, the handshake included.
	Bytes [2]int64
	// Saves sent in all; each is on the server once.
	Saves      int
	Violations []string
}

// String is the run's line.
func (r *Report) String() string {
	return fmt.Sprintf("%d cuts in an exchange of %d bytes up and %d down, %d of them harmless; %d saves verified; %d violations",
		r.Cuts, r.Bytes[Up], r.Bytes[Down], r.Unharmed, r.Saves, len(r.Violations))
}

func (r *Report) violate(format string, args ...any) {
	if len(r.Violations) < 20 {
		r.Violations = append(r.Violations, fmt.Sprintf(format, args...))
	}
}

// sweep is a server with two devices: one whose connection is cut, and one that
// gives the first something to fetch.
type sweep struct {
	field  *field.Field
	cutter Cutter
	cut    device
	other  device
	report Report
}

type device struct {
	client *clientsdk.Client
	user   *clientsdk.User
	next   *field.Generator
}

// syncLimit bounds a sync whose connection was cut.
const syncLimit = 20 * time.Second

// Sweep cuts a sync, from the connection's first byte to its last, at every
// step-th byte of either direction, and heals it each time: what was cut must
// then be there, once, and both must hold the same.
func Sweep(ctx context.Context, dir string, step int64) (report *Report, err error) {
	s := &sweep{}
	if err := s.setUp(ctx, dir); err != nil {
		return nil, errors.Join(err, s.close())
	}
	defer func() { err = errors.Join(err, s.close()) }()
	// A whole exchange first, to know how long it is.
	if _, err := s.exchange(ctx); err != nil {
		return nil, fmt.Errorf("whole exchange: %w", err)
	}
	for d := range s.cutter.Through {
		s.report.Bytes[d] = s.cutter.Through[d].Load()
	}
	for d := range s.report.Bytes {
		for after := int64(0); after < s.report.Bytes[d]; after += step {
			if err := s.cutAt(ctx, Direction(d), after); err != nil {
				return nil, fmt.Errorf("cut after %d bytes of direction %d: %w", after, d, err)
			}
		}
	}
	return &s.report, s.judge(ctx)
}

func (s *sweep) setUp(ctx context.Context, dir string) (err error) {
	if s.field, err = field.New(ctx, field.Options{Dir: dir, Surveyors: 1}); err != nil {
		return err
	}
	pin, err := wire.PinOf(s.field.CertPEM)
	if err != nil {
		return err
	}
	for i, d := range []*device{&s.cut, &s.other} {
		c := clientsdk.Config{Dir: fmt.Sprintf("%s/device%d", dir, i), Server: s.field.Address, Pin: &pin, DeviceName: fmt.Sprint(i)}
		if err := os.MkdirAll(c.Dir, 0o700); err != nil {
			return err
		}
		if d == &s.cut {
			c.DialOptions = []grpc.DialOption{grpc.WithContextDialer(s.cutter.Dial)}
		}
		if d.client, err = clientsdk.Open(c); err != nil {
			return err
		}
		if d.user, err = d.client.SignIn(ctx, s.field.Surveyors[0].Name, s.field.Password); err != nil {
			return err
		}
		if _, err := d.user.Sync(ctx, nil); err != nil {
			return err
		}
		d.next = field.NewGenerator(uint64(i+1), 320405, time.Now())
	}
	return nil
}

// interview saves a family.
func (s *sweep) interview(ctx context.Context, d *device) error {
	villages, err := d.user.Villages(ctx)
	if err != nil || len(villages) == 0 {
		return errors.Join(err, fmt.Errorf("%d villages", len(villages)))
	}
	s.report.Saves++
	g := d.next.Family()
	_, _, err = d.user.StartFamily(ctx, villages[0].GetVillage(), "001/001", g.Family)
	return err
}

// exchange saves on both devices, syncs the other one, then the first over a new
// connection. sent are the changes of which it had a receipt by the end.
func (s *sweep) exchange(ctx context.Context) (sent int, err error) {
	if err := errors.Join(s.interview(ctx, &s.cut), s.interview(ctx, &s.other)); err != nil {
		return 0, err
	}
	if _, err := s.other.user.Sync(ctx, nil); err != nil {
		return 0, fmt.Errorf("the other device: %w", err)
	}
	s.cutter.Drop()
	ctx, cancel := context.WithTimeout(ctx, syncLimit)
	defer cancel()
	_, err = s.cut.user.Sync(ctx, func(p clientsdk.Progress) { sent = p.Sent })
	return sent, err
}

func (s *sweep) cutAt(ctx context.Context, d Direction, after int64) error {
	s.report.Cuts++
	s.cutter.CutNext(d, after)
	sent, err := s.exchange(ctx)
	if err == nil {
		s.report.Unharmed++
	}
	// A cut that was not reached must not meet the healing.
	s.cutter.Drop()
	healed, err := s.cut.user.Sync(ctx, nil)
	if err != nil {
		return fmt.Errorf("heal: %w", err)
	}
	if sent+healed.Sent != 1 {
		s.report.violate("cut after %d bytes (direction %d): %d receipts before, %d changes sent again", after, d, sent, healed.Sent)
	}
	outbox, err := s.cut.user.Counts(ctx)
	if err != nil {
		return err
	}
	if outbox.Pending > 0 || healed.Differing > 0 || healed.Repaired > 0 {
		s.report.violate("cut after %d bytes (direction %d): %d pending, %d RT differ, %d repaired", after, d, outbox.Pending, healed.Differing, healed.Repaired)
	}
	return nil
}

// judge holds the server against what was saved.
func (s *sweep) judge(ctx context.Context) error {
	j := &judge.Judge{Store: s.field.Store, Vault: ingest.NewVault(s.field.Ring, nil), Ring: s.field.Ring, Violate: s.report.violate}
	truth, err := j.Read(ctx)
	if err != nil {
		return err
	}
	if len(truth.Changes) != s.report.Saves {
		s.report.violate("%d saves became %d changes", s.report.Saves, len(truth.Changes))
	}
	return j.Sums(ctx, truth)
}

func (s *sweep) close() error {
	var errs []error
	for _, d := range []*device{&s.cut, &s.other} {
		if d.user != nil {
			errs = append(errs, d.user.Close())
		}
		if d.client != nil {
			errs = append(errs, d.client.Close())
		}
	}
	if s.field != nil {
		errs = append(errs, s.field.Close())
	}
	return errors.Join(errs...)
}
