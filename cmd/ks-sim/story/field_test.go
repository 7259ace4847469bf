package story

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/client-sdk/app"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/wire"
)

// fieldDay is devices with the field app, and the link to their server.
type fieldDay struct {
	*world
	dir      string
	link     *cutLink
	ends     []func() error // of the apps that run
	surveyed int64
	ahead    atomic.Int64 // how far the devices' clocks are, in nanoseconds
}

func newFieldDay(t *testing.T, w *world) *fieldDay {
	t.Helper()
	link, err := newCutLink(t.Context(), w.field.Address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(link.close)
	return &fieldDay{world: w, dir: t.TempDir(), link: link}
}

func TestASurveyorsDayInTheFieldApp(t *testing.T) {
	t.Parallel()
	install(t)
	w := newWorld(t, 1)
	d := newFieldDay(t, w)
	s := struct {
		settings
		BabyBorn string `json:"babyBorn"`
	}{w.settings(t), time.Now().AddDate(0, -9, 0).Format(time.DateOnly)}
	play(t, "field", s, map[string]deed{
		"launch": d.launch, "end": d.stop, "surveyed": d.counted,
		"online":  func(context.Context, json.RawMessage) (any, error) { d.link.allow(linkOpen); return nil, nil },
		"offline": func(context.Context, json.RawMessage) (any, error) { d.link.allow(0); return nil, nil },
		"break":   func(context.Context, json.RawMessage) (any, error) { d.link.allow(breakAfterBytes); return nil, nil },
	})
}

func TestTwoSurveyorsHaveOneFamilyOpen(t *testing.T) {
	t.Parallel()
	install(t)
	w := newWorld(t, 2)
	d := newFieldDay(t, w)
	play(t, "meanwhile", w.settings(t), map[string]deed{"launch": d.launch, "end": d.stop})
}

func TestAnInterviewGoesOverMidnight(t *testing.T) {
	t.Parallel()
	install(t)
	w := newWorld(t, 1)
	d := newFieldDay(t, w)
	play(t, "midnight", w.settings(t), map[string]deed{
		"launch": d.launch, "end": d.stop, "clock": d.setClock,
		"offline": func(context.Context, json.RawMessage) (any, error) { d.link.allow(0); return nil, nil },
	})
}

func TestALockedAppKeepsWhatIsTypedForWhoTypedIt(t *testing.T) {
	t.Parallel()
	install(t)
	w := newWorld(t, 2)
	d := newFieldDay(t, w)
	play(t, "locked", w.settings(t), map[string]deed{"launch": d.launch, "end": d.stop, "clock": d.setClock})
}

// launch starts the app on a new device.
func (d *fieldDay) launch(ctx context.Context, arguments json.RawMessage) (any, error) {
	var named struct {
		Name string `json:"name"`
	}
	if err := json.Unmarshal(arguments, &named); err != nil {
		return nil, err
	}
	pin, err := wire.PinOf(d.field.CertPEM)
	if err != nil {
		return nil, err
	}
	a, err := app.New(app.Config{Dir: filepath.Join(d.dir, named.Name), SDK: clientsdk.Config{Now: d.now}})
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	pages, err := app.Pages()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- a.Serve(ctx, listener, pages) }()
	d.ends = append(d.ends, func() error {
		cancel()
		return errors.Join(<-ended, a.Close())
	})
	setup := app.Setup{Server: d.link.address(), Pin: pin.String(), DeviceName: "HP surveyor 1"}
	return map[string]string{"url": a.URL(listener.Addr()), "link": setup.Link()}, nil
}

// now is what time it is on the devices.
func (d *fieldDay) now() time.Time { return time.Now().Add(time.Duration(d.ahead.Load())) }

// setClock has it be another time on the devices from now on.
func (d *fieldDay) setClock(_ context.Context, arguments json.RawMessage) (any, error) {
	var to struct {
		TimeMS int64 `json:"timeMs"`
	}
	err := json.Unmarshal(arguments, &to)
	d.ahead.Store(int64(time.Until(time.UnixMilli(to.TimeMS))))
	return nil, err
}

// stop ends the apps that run.
func (d *fieldDay) stop(context.Context, json.RawMessage) (any, error) {
	var errs []error
	for _, end := range d.ends {
		errs = append(errs, end())
	}
	d.ends = nil
	return nil, errors.Join(errs...)
}

// counted tells how many families the dashboards count, and how many they should:
// one more each time.
func (d *fieldDay) counted(ctx context.Context, _ json.RawMessage) (any, error) {
	if err := d.field.Server.Board().Refresh(ctx); err != nil {
		return nil, err
	}
	d.surveyed++
	tally := d.field.Server.Board().Area("32.04.05").Provisional
	summary := tally.Of(iks.Inti)
	return map[string]int64{"families": summary.Surveyed(), "expected": d.surveyed}, nil
}

// linkOpen and breakAfterBytes are how much a link lets through: all, or so
// little that a session breaks in the middle.
const (
	linkOpen        = 1 << 40
	breakAfterBytes = 6000
)

// cutLink passes bytes on to a server until its allowance is used up; then it
// cuts the connection.
type cutLink struct {
	listener net.Listener
	server   string
	left     atomic.Int64
	conns    chan net.Conn
}

func newCutLink(ctx context.Context, server string) (*cutLink, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	l := &cutLink{listener: listener, server: server, conns: make(chan net.Conn, 1000)}
	l.left.Store(linkOpen)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go l.pass(ctx, conn)
		}
	}()
	return l, nil
}

func (l *cutLink) address() string { return l.listener.Addr().String() }

// allow sets how many bytes each connection to come lets through, and cuts those
// that are there.
func (l *cutLink) allow(bytes int64) {
	l.left.Store(bytes)
	for {
		select {
		case c := <-l.conns:
			c.Close()
		default:
			return
		}
	}
}

func (l *cutLink) close() {
	l.listener.Close()
	l.allow(0)
}

func (l *cutLink) pass(ctx context.Context, conn net.Conn) {
	defer conn.Close()
	left := l.left.Load()
	if left == 0 {
		return
	}
	dialer := net.Dialer{Timeout: 5 * time.Second}
	server, err := dialer.DialContext(ctx, "tcp", l.server)
	if err != nil {
		return
	}
	defer server.Close()
	l.conns <- conn
	var through atomic.Int64
	copyUntilCut := func(to, from net.Conn) {
		defer conn.Close()
		defer server.Close()
		buffer := make([]byte, 512)
		for {
			n, err := from.Read(buffer)
			if err != nil || through.Add(int64(n)) > left {
				return
			}
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
	}
	go copyUntilCut(server, conn)
	copyUntilCut(conn, server)
}
