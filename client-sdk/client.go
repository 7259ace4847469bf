package clientsdk

import (
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"

	"github.com/keluarga-sehat/sync/client-sdk/device"
	"github.com/keluarga-sehat/sync/internal/build"
	"github.com/keluarga-sehat/sync/internal/record"
	"github.com/keluarga-sehat/sync/internal/wire"
)

// Version of the SDK, told to the server and by apps to their users.
const Version = build.Release

// Config says where the device keeps its data and where its server is.
type Config struct {
	// Dir holds one database a user; it is made where it is missing, and must be set.
	Dir string
	// Server is "host:port".
	Server string
	// Roots are PEM certificates that vouch for the server; nil: the system's.
	Roots []byte
	// Pin is SHA-256 of the server's public key; where set it replaces Roots.
	Pin *Pin
	// DeviceName is how people know this device, such as "Tablet 7".
	DeviceName string
	// PasswordCost of databases that are made; zero: the least, 19 MiB, 2 passes and 1 lane.
	// The most is 1 GiB, 16 passes and 8 lanes; sign-ins fail with what lies outside.
	PasswordCost PasswordCost
	// Now and Rand are for tests; nil: the system's.
	Now  func() time.Time
	Rand io.Reader
	// Dial options beyond the SDK's own, for tests that shape links.
	DialOptions []grpc.DialOption
	// StoreOptions alters how databases are opened, for tests that shape disks; nil:
	// as they are.
	StoreOptions func(*device.Options)
}

// Pin is SHA-256 of a server's public key; ParsePin reads what 'ks-server init'
// prints.
type Pin = wire.Pin

// ParsePin reads 64 hexadecimal digits.
func ParsePin(text string) (Pin, error) { return wire.ParsePin(text) }

// PasswordCost is what opening a user's data costs: memory and passes of
// Argon2id.
type PasswordCost = record.PasswordCost

// Client is the SDK on one device. Close ends the connection; users are closed
// by themselves.
type Client struct {
	config  Config
	conn    *connection
	traffic *traffic
	signing turns // by a database's path
}

// Open prepares the SDK; no network is needed yet. Errors: ErrServerAddress; without a name,
// that Dir can't be made and that Roots holds no certificate.
func Open(c Config) (*Client, error) {
	if err := CheckServer(c.Server); err != nil {
		return nil, err
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Rand == nil {
		c.Rand = rand.Reader
	}
	if c.PasswordCost == (record.PasswordCost{}) {
		c.PasswordCost = record.MinPasswordCost
	}
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make %s: %w", c.Dir, err)
	}
	conf, err := wire.ClientTLS(c.Roots, c.Pin)
	if err != nil {
		return nil, err
	}
	counted, answered := &traffic{}, &atomic.Pointer[unreachable]{}
	options := append(wire.DialOptions(), grpc.WithTransportCredentials(meter{wire.ClientCredentials(conf), counted, answered}))
	conn, err := newConnection(c.Server, answered, counted, append(options, c.DialOptions...))
	if err != nil {
		return nil, err
	}
	return &Client{config: c, conn: conn, traffic: counted}, nil
}

// Close ends the connection to the server; what needs it fails with ErrClosed from then on.
// Closing it again does nothing.
func (c *Client) Close() error { return c.conn.Close() }

// A user's database is named after the user.
const (
	databasePrefix = "ks-"
	databaseSuffix = ".db"
)

// userNameRunes are those of user names. The ministry chooses them, and they hold no personal
// number.
const userNameRunes = "abcdefghijklmnopqrstuvwxyz0123456789.-_"

// ParseUserName gives a name that was typed the form by which the server and this device know
// it: small letters, and no blanks around. Errors: ErrUserName.
func ParseUserName(text string) (string, error) {
	name := strings.ToLower(strings.TrimSpace(text))
	if strings.Trim(name, userNameRunes) != "" {
		return "", ErrUserName
	}
	return name, nil
}

// path of a user's database; the name is one that ParseUserName gave, so that no other name
// leads to it, or out of the folder.
func (c *Client) path(userName string) string {
	return filepath.Join(c.config.Dir, databasePrefix+userName+databaseSuffix)
}

// Users are the names of those who have data on this device, ascending.
func (c *Client) Users() ([]string, error) {
	files, err := os.ReadDir(c.config.Dir)
	if err != nil {
		return nil, fmt.Errorf("list users: %w", err)
	}
	names := []string{}
	for _, file := range files {
		name, begins := strings.CutPrefix(file.Name(), databasePrefix)
		if name, ends := strings.CutSuffix(name, databaseSuffix); begins && ends && device.Exists(c.path(name)) {
			names = append(names, name)
		}
	}
	slices.Sort(names) // without the suffix
	return names, nil
}

func (c *Client) options(userName string) device.Options {
	o := device.Options{
		Path: c.path(userName), Cost: c.config.PasswordCost, Env: device.Env{Now: c.config.Now, Rand: c.config.Rand},
	}
	if c.config.StoreOptions != nil {
		c.config.StoreOptions(&o)
	}
	return o
}
