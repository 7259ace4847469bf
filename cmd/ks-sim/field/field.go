package field

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/time/rate"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/record"
	"github.com/keluarga-sehat/sync/internal/wire"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server"
	"github.com/keluarga-sehat/sync/server/api"
	"github.com/keluarga-sehat/sync/server/dukcapil"
	"github.com/keluarga-sehat/sync/server/rates"
	"github.com/keluarga-sehat/sync/server/sample"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
)

// PuskesmasCode of the simulated Puskesmas.
const PuskesmasCode = sample.PuskesmasCode

// Options of a simulated Puskesmas.
type Options struct {
	// Dir holds the server's and the devices' files.
	Dir string
	// Store of the server; nil: SQLite in Dir.
	Store store.Store
	// Surveyors is how many there are, besides a supervisor.
	Surveyors int
	// Staff: accounts of all other roles and levels too, under sample's names.
	Staff bool
	// PasswordCost of the accounts; zero: cheap, since their password is drawn at
	// random.
	PasswordCost record.PasswordCost
	// Registry is the civil registry; nil: none. LookUpsPerUser and LookUpsInAll
	// bound look-ups a day.
	Registry                     dukcapil.Registry
	LookUpsPerUser, LookUpsInAll int64
	// Rates bound calls; zero: so wide that generated requests don't meet them.
	Rates rates.Bounds
	// Receivers is how fast files must be taken; zero: the server's default.
	Receivers api.Pace
	// AuditHeadFile keeps the head of the audit trail; "": nowhere.
	AuditHeadFile string
	// Listen address; "": a free loopback port.
	Listen string
	Log    *slog.Logger
	Now    func() time.Time
}

// Field is a running Puskesmas.
type Field struct {
	Server  *server.Server
	Store   store.Store
	Ring    *record.Ring
	CertPEM []byte
	Address string
	// Surveyors and Supervisor are user names; the password is Password.
	Surveyors  []Surveyor
	Supervisor string
	Password   string

	options Options
	own     bool
	// held is the port, where it was not named.
	held   *port
	cancel context.CancelFunc
	done   chan error
}

// Surveyor is one account with its assignment.
type Surveyor struct {
	Name     string
	Account  uint32
	Assigned []string
}

// New sets a Puskesmas up and starts its server.
func New(ctx context.Context, o Options) (*Field, error) {
	if o.Rates == (rates.Bounds{}) {
		o.Rates = rates.Bounds{Address: rate.Inf, Caller: rate.Inf}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.PasswordCost == (record.PasswordCost{}) {
		o.PasswordCost = sample.CheapPassword
	}
	f := &Field{options: o, Store: o.Store}
	random := make([]byte, 18)
	if _, err := rand.Read(random); err != nil {
		return nil, fmt.Errorf("draw password: %w", err)
	}
	f.Password = "coba-" + base64.RawURLEncoding.EncodeToString(random)
	if f.Store == nil {
		s, err := sqlite.Open(ctx, filepath.Join(o.Dir, "server.db"), sqlite.Options{})
		if err != nil {
			return nil, err
		}
		f.Store, f.own = s, true
	}
	var err error
	if f.Ring, err = record.NewRing(rand.Reader); err != nil {
		return nil, err
	}
	if err := f.provision(ctx); err != nil {
		return nil, err
	}
	listen := o.Listen
	if listen == "" {
		if f.held, err = holdPort(); err != nil {
			return nil, err
		}
		listen = f.held.address
	}
	return f, f.Start(ctx, listen)
}

// provision makes areas, the Puskesmas and the accounts.
func (f *Field) provision(ctx context.Context) error {
	if err := sample.Place(ctx, f.Store, rand.Reader); err != nil {
		return err
	}
	accounts := sample.Accounts{Store: f.Store, Ring: f.Ring, Rand: rand.Reader, Password: f.Password, PasswordCost: f.options.PasswordCost}
	surveyors, err := accounts.AddSurveyors(ctx, f.options.Surveyors)
	if err != nil {
		return err
	}
	for _, s := range surveyors {
		f.Surveyors = append(f.Surveyors, Surveyor{Name: s.Name, Account: s.Account, Assigned: s.Assigned})
	}
	f.Supervisor = sample.Supervisor
	if f.options.Staff {
		_, err := accounts.AddStaff(ctx)
		return err
	}
	_, err = f.addAccount(ctx, f.Supervisor, "Supervisor Contoh", ksv1.Role_ROLE_SUPERVISOR, nil)
	return err
}

// AddPuskesmas makes another Puskesmas with its own villages, and an account of
// each role in it, named after the role and the Puskesmas ("supervisor-P123...").
func (f *Field) AddPuskesmas(ctx context.Context, p store.Puskesmas, areas []store.Area) error {
	err := f.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.Directory().PutAreas(ctx, areas), tx.Directory().PutPuskesmas(ctx, []store.Puskesmas{p}))
	})
	if err != nil {
		return err
	}
	for role, name := range PuskesmasRoles {
		a := server.NewAccount{UserName: name + "-" + strings.ToLower(p.Code), FullName: name, Password: f.Password, Roles: []ksv1.Role{role}, Puskesmas: p.Code, PasswordCost: f.options.PasswordCost}
		if role == ksv1.Role_ROLE_SURVEYOR {
			a.Assigned = p.Villages
		}
		if _, err := server.AddAccount(ctx, f.Store, f.Ring, rand.Reader, a); err != nil {
			return err
		}
	}
	return nil
}

// PuskesmasRoles are the roles in a Puskesmas, with the names of their accounts.
var PuskesmasRoles = map[ksv1.Role]string{
	ksv1.Role_ROLE_PUSKESMAS_ADMINISTRATOR: "administrator",
	ksv1.Role_ROLE_PUSKESMAS_HEAD:          "head",
	ksv1.Role_ROLE_SUPERVISOR:              "supervisor",
	ksv1.Role_ROLE_SURVEYOR:                "surveyor",
}

func (f *Field) addAccount(ctx context.Context, name, full string, role ksv1.Role, assigned []string) (uint32, error) {
	return server.AddAccount(ctx, f.Store, f.Ring, rand.Reader, server.NewAccount{
		UserName: name, FullName: full, Password: f.Password, Roles: []ksv1.Role{role}, Puskesmas: PuskesmasCode, Assigned: assigned,
		PasswordCost: f.options.PasswordCost,
	})
}

// AddOffice makes an account above the Puskesmas, and its area where that is new.
func (f *Field) AddOffice(ctx context.Context, name string, role ksv1.Role, area string) error {
	err := f.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		if area == "" {
			return nil
		}
		if _, err := tx.Snapshot().FindArea(ctx, area); !errors.Is(err, store.ErrNotFound) {
			return err
		}
		return tx.Directory().PutAreas(ctx, []store.Area{{Code: area, Name: "Dinas " + area}})
	})
	if err != nil {
		return err
	}
	_, err = server.AddAccount(ctx, f.Store, f.Ring, rand.Reader, server.NewAccount{
		UserName: name, FullName: name, Password: f.Password, Roles: []ksv1.Role{role}, Area: area, PasswordCost: f.options.PasswordCost,
	})
	return err
}

// Start starts the server; after Stop it can be started again at the same
// address.
func (f *Field) Start(ctx context.Context, address string) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	if f.CertPEM == nil {
		certPEM, keyPEM, err := wire.SelfSigned(rand.Reader, []string{"127.0.0.1", "localhost"}, f.options.Now(), 365*24*time.Hour)
		if err != nil {
			return err
		}
		f.CertPEM = append(certPEM, keyPEM...)
	}
	cert, err := tls.X509KeyPair(f.CertPEM, f.CertPEM)
	if err != nil {
		return fmt.Errorf("certificate: %w", err)
	}
	f.Server, err = server.New(server.Config{
		Store: f.Store, Ring: f.Ring, Certificate: cert, Listener: listener, Now: f.options.Now, Rand: rand.Reader, Log: f.options.Log,
		AuditHeadFile: f.options.AuditHeadFile, Rates: f.options.Rates, Receivers: f.options.Receivers, Registry: f.options.Registry, LookUpsPerUser: f.options.LookUpsPerUser, LookUpsInAll: f.options.LookUpsInAll,
	})
	if err != nil {
		return err
	}
	f.Address = listener.Addr().String()
	run, cancel := context.WithCancel(context.WithoutCancel(ctx))
	f.cancel, f.done = cancel, make(chan error, 1)
	go func() { f.done <- f.Server.Run(run) }()
	return nil
}

// Stop ends the server and waits. One that was stopped stays so.
func (f *Field) Stop() error {
	if f.done == nil {
		return nil
	}
	f.cancel()
	err := <-f.done
	f.done = nil
	return err
}

// Close ends everything.
func (f *Field) Close() error {
	err := f.Stop()
	if f.held != nil {
		err = errors.Join(err, f.held.release())
		f.held = nil
	}
	if f.own {
		err = errors.Join(err, f.Store.Close())
	}
	return err
}

// Pin is by what devices know the server.
func (f *Field) Pin() (clientsdk.Pin, error) { return wire.PinOf(f.CertPEM) }

// Device opens the SDK on a device of the given name.
func (f *Field) Device(name string) (*clientsdk.Client, error) {
	pin, err := f.Pin()
	if err != nil {
		return nil, err
	}
	return clientsdk.Open(clientsdk.Config{
		Dir: filepath.Join(f.options.Dir, "device-"+name), Server: f.Address, Pin: &pin, DeviceName: name, Now: f.options.Now,
	})
}

// Interview saves a generated family on a device as its surveyor would: the
// household, then the members and their answers.
func Interview(ctx context.Context, u *clientsdk.User, village uint32, place string, g *Generated) (clientsdk.ID, error) {
	id, _, err := u.StartFamily(ctx, village, place, g.Family)
	if err != nil {
		return id, err
	}
	ids := make([]clientsdk.ID, len(g.People))
	for i := range ids {
		ids[i] = u.NewID()
	}
	var edits []clientsdk.Edit
	parts := map[clientsdk.ID]*ksv1.Individual{}
	for i, p := range g.People {
		if p.MotherAt >= 0 {
			text := ids[p.MotherAt].String()
			p.Member.MotherId = &text
		}
		if p.SpouseAt >= 0 {
			text := ids[p.SpouseAt].String()
			p.Individual.SpouseId = &text
		}
		edits = append(edits, clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindMember, Member: ids[i]}, Set: p.Member})
		parts[ids[i]] = p.Individual
	}
	if _, err := u.Save(ctx, id, edits...); err != nil {
		return id, err
	}
	_, err = u.SaveRound(ctx, id, u.NewID(), g.Round, parts)
	return id, err
}

// reopen opens the field's own store again, after its file was exchanged.
func (f *Field) reopen(ctx context.Context) error {
	s, err := sqlite.Open(ctx, filepath.Join(f.options.Dir, "server.db"), sqlite.Options{})
	if err != nil {
		return err
	}
	f.Store = s
	return nil
}
