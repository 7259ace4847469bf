package store

import "context"

// Area is a node of the tree above the RT.
type Area struct {
	// Code is dotted; "" is never stored.
	Code string
	Name string
}

// Puskesmas is a health centre.
type Puskesmas struct {
	Code, Name, District string
	// Villages are the codes of those it serves, ascending.
	Villages []string
}

// Target is how many families are to be surveyed in an area.
type Target struct {
	Area     string
	Families int64
}

// Account is a user.
type Account struct {
	Number    uint32
	UserName  string
	FullName  []byte // sealed under Salt
	Salt      [16]byte
	Password  string // Argon2id, encoded with its parameters
	Roles     []int32
	Area      string
	Puskesmas string
	Disabled  bool
	// Assigned are the areas of a surveyor; ScopeRevision rises with them.
	Assigned      []string
	ScopeRevision uint64
}

// Device is a registered device.
type Device struct {
	Number       uint32
	PublicKey    []byte
	Account      uint32
	Name         string
	Revoked      bool
	RegisteredMS int64
}

// Incarnation is what the server remembers of one incarnation of a device's
// database: the nonce of the last session, which the next must know.
type Incarnation struct {
	Device, Incarnation uint32
	Nonce               []byte
}

// Session is a chain of refresh tokens.
type Session struct {
	ID      []byte
	Account uint32
	Device  uint32
	// TokenHash is of the present refresh token; PreviousHash of the one before
	// with the nonce of the rotation and the sealed successor, so that a
	// repeated request gets the same answer.
	TokenHash, PreviousHash, RotationNonce, Successor []byte
	ExpiresMS                                         int64
	Revoked                                           bool
}

// DirectoryReader reads areas, accounts and devices.
type DirectoryReader interface {
	// FindArea reads one node. Errors: ErrNotFound.
	FindArea(ctx context.Context, code string) (Area, error)
	// ListAreas lists the nodes right below a code, after one, at most limit.
	ListAreas(ctx context.Context, parent, after string, limit int) ([]Area, error)
	// ListPuskesmas lists those of a district prefix, after a code, at most
	// limit, with their villages.
	ListPuskesmas(ctx context.Context, district, after string, limit int) ([]Puskesmas, error)
	// FindPuskesmas reads one. Errors: ErrNotFound.
	FindPuskesmas(ctx context.Context, code string) (Puskesmas, error)
	// VillagesUnder lists villages by code prefix ("" all), ascending by number.
	VillagesUnder(ctx context.Context, prefix string) ([]Village, error)
	// Targets lists targets by area prefix, ascending.
	Targets(ctx context.Context, prefix string) ([]Target, error)
	AccountReader
}

// AccountReader reads accounts, devices and sessions.
type AccountReader interface {
	// FindAccount reads by number, FindAccountByName by user name. Errors:
	// ErrNotFound.
	FindAccount(ctx context.Context, number uint32) (Account, error)
	FindAccountByName(ctx context.Context, userName string) (Account, error)
	// FindDevice reads by number, FindDeviceByKey by public key. Errors:
	// ErrNotFound.
	FindDevice(ctx context.Context, number uint32) (Device, error)
	FindDeviceByKey(ctx context.Context, publicKey []byte) (Device, error)
	// FindIncarnation reads one. Errors: ErrNotFound.
	FindIncarnation(ctx context.Context, device, incarnation uint32) (Incarnation, error)
	// FindSession reads by the hash of the present or the previous refresh
	// token. Errors: ErrNotFound.
	FindSession(ctx context.Context, tokenHash []byte) (Session, error)
	// Meta reads a small setting; "" where there is none.
	Meta(ctx context.Context, name string) (string, error)
}

// DirectoryWriter writes areas, accounts and devices.
type DirectoryWriter interface {
	// PutAreas adds or renames nodes; villages (13 characters) get a number.
	PutAreas(ctx context.Context, areas []Area) error
	// PutPuskesmas adds or replaces health centres with their villages. A
	// village served by two is the later one's.
	PutPuskesmas(ctx context.Context, p []Puskesmas) error
	// PutTargets adds or replaces targets.
	PutTargets(ctx context.Context, t []Target) error
	AccountWriter
	// PutMeta keeps a small setting.
	PutMeta(ctx context.Context, name, value string) error
	// PutIdentifiers replaces the entries of the batches' families in the
	// identifier index, and says how far each village has been followed. Several
	// batches only where the store's ManyVillages says so. Entries are sorted: they
	// lie scattered in the index, and each of its pages is then met once.
	PutIdentifiers(ctx context.Context, batches []IdentifierBatch) error
	// RecodeVillage gives a village its new code. Errors: ErrNotFound, ErrExists.
	RecodeVillage(ctx context.Context, oldCode, newCode string) error
}

// AccountWriter writes accounts, devices and sessions.
type AccountWriter interface {
	// PutAccount adds (Number 0: one is given) or replaces an account and tells
	// its number. Errors: ErrExists for a user name that is taken.
	PutAccount(ctx context.Context, a Account) (uint32, error)
	// PutDevice likewise.
	PutDevice(ctx context.Context, d Device) (uint32, error)
	// PutIncarnation adds or replaces one.
	PutIncarnation(ctx context.Context, i Incarnation) error
	// ForgetIncarnations deletes all.
	ForgetIncarnations(ctx context.Context) error
	// PutSession adds or replaces one.
	PutSession(ctx context.Context, s Session) error
}
