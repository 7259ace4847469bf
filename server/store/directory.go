package store

import (
	"context"

	"github.com/keluarga-sehat/sync/internal/merge"
)

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

// VillageName is how a village is found.
type VillageName struct {
	Number uint32
	// Code is dotted; Puskesmas the one that serves it, "" none.
	Code, Puskesmas string
}

// WholeDirectory is all areas, Puskesmas and targets, for who keeps them in
// memory; each ascending by code. The Puskesmas come without their villages, for
// the villages name them.
type WholeDirectory struct {
	Areas     []Area
	Villages  []VillageName
	Puskesmas []Puskesmas
	Targets   []Target
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
	// Person is who it is, sealed under Salt; NIKHash finds the person. Nil: not
	// known.
	Person, NIKHash []byte
	// Registered: the person's registration form was accepted.
	Registered bool
	// CodeHash is of the one-time code that is out, or, where there is a password,
	// of the one that it was given by; nil: none. CodeFailures are wrong NIKs shown
	// with it since it was issued, and since it was used.
	CodeHash      []byte
	CodeExpiresMS int64
	CodeFailures  int64
	// ActingUntilMS: the account is a supervisor too before this instant; 0: not.
	ActingUntilMS int64
	// CreatedMS, ActivatedMS and UsedMS (the last sign-in or renewal) are 0 where
	// it is not known or never was.
	CreatedMS, ActivatedMS, UsedMS int64
}

// Waiting tells whether the account waits for its activation: it has no
// password.
func (a *Account) Waiting() bool { return a.Password == "" }

// Device is a registered device.
type Device struct {
	Number       uint32
	PublicKey    []byte
	Account      uint32
	Name         string
	Revoked      bool
	RegisteredMS int64
	// OpenedMS is when its last sync began, SyncedMS when one last went to its
	// end; 0: never. Unsent is how many changes a sync that was broken off had
	// announced.
	OpenedMS, SyncedMS int64
	Unsent             int64
	// HandoverKey is the public key by which its user signs hand-overs; nil: none
	// yet. PutDevice leaves it as it is.
	HandoverKey []byte
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
	// Browser names the one in which it began, "Chrome di Android"; "" none, or none known.
	Browser string
	// TokenHash is of the present refresh token; PreviousHash of the one before
	// with the nonce of the rotation and the sealed successor, so that a
	// repeated request gets the same answer.
	TokenHash, PreviousHash, RotationNonce, Successor []byte
	// Generation counts the rotations.
	Generation        uint32
	ExpiresMS         int64
	CreatedMS, UsedMS int64
	Ended             SessionEnd
}

// SessionEnd is why a session is over; 0: it is not.
type SessionEnd int64

// Reasons.
const (
	// EndSignedOut: by its own user.
	EndSignedOut SessionEnd = 1 + iota
	// EndReused: a refresh token that had been used was shown again: somebody else
	// has it.
	EndReused
	// EndByHand: by its user elsewhere, who may have signed in too often to keep it, or by
	// an administrator.
	EndByHand
	// EndPassword: the password was changed, or a new one-time code issued.
	EndPassword
	// EndDisabled: the account was disabled.
	EndDisabled
)

// AccountQuery bounds a list of accounts; lists are by number, after one.
type AccountQuery struct {
	// Puskesmas: of this one. Empty: above the Puskesmas, with Area: the nation's
	// ("") own, or those of a province or district.
	Puskesmas, Area string
	// Below: also those of areas in Area, and of Puskesmas whose district lies in
	// it.
	Below bool
	After uint32
	Limit int
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
	FormerCodeReader
	AccountReader
	HandoverReader
	RegistrationReader
	NomineeReader
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
	// FindSession reads by id. Errors: ErrNotFound.
	FindSession(ctx context.Context, id []byte) (Session, error)
	// ListAccounts lists accounts by number.
	ListAccounts(ctx context.Context, q AccountQuery) ([]Account, error)
	// AccountsOfPerson finds accounts by the keyed hash of a NIK, by number.
	AccountsOfPerson(ctx context.Context, nikHash []byte) ([]Account, error)
	// DevicesOf lists an account's devices, by number.
	DevicesOf(ctx context.Context, account uint32) ([]Device, error)
	// SessionsOf lists an account's sessions that can still be renewed at an
	// instant, oldest first.
	SessionsOf(ctx context.Context, account uint32, nowMS int64) ([]Session, error)
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
	HandoverWriter
	AuditWriter
	RegistrationWriter
	NomineeWriter
	LookUpWriter
	ExportWriter
	FeedTokenWriter
	SealedWriter
	// PutMeta keeps a small setting.
	PutMeta(ctx context.Context, name, value string) error
	// PutIdentifiers forgets the entries of the batches' families in the identifier
	// index, adds others, and says how far villages have been followed. What is
	// there already stays. Several batches only where the store's ManyVillages says so.
	// Errors: ErrOvertaken.
	PutIdentifiers(ctx context.Context, batches []IdentifierBatch) error
	// IndexIdentifiers adds entries that are listed already, best in the index's order
	// (Identifier.Compare), of whatever villages: they lie scattered, and each page of the
	// index is then met once. Left out are those of the villages given back, where
	// somebody else has written, or is writing: writes tell of each how often was expected.
	IndexIdentifiers(ctx context.Context, entries []Identifier, writes map[uint32]uint64) (overtaken []uint32, err error)
	// ForgetStale forgets that identifiers were stale; those of several villages only
	// where the store's ManyVillages says so.
	ForgetStale(ctx context.Context, stale []StaleIdentifier) error
	// NoteUnread notes families of a village that do not open; ForgetUnread forgets those
	// that do, or are not there any more.
	NoteUnread(ctx context.Context, village uint32, families []merge.ID) error
	ForgetUnread(ctx context.Context, village uint32, families []merge.ID) error
	// Recode gives areas new codes by decree, all at once and from an instant on: rename
	// tells the new form of an area's path, or the same. Villages keep number, families and
	// figures; targets, help desks, assignments, offices and requests follow, and so does a
	// Puskesmas all of whose villages come to lie in another district. A village of
	// the new code that has no families yet gives way: its RT, and what devices still bring
	// under its number, go to the one that takes its code, and its Puskesmas does where that
	// one has none. For operators. Errors: ErrNotFound for a new code whose parent is not in the tree,
	// ErrExists for one that is taken, also by work that waits there for a decision.
	Recode(ctx context.Context, atMS int64, rename func(path string) string) error
}

// AccountWriter writes accounts, devices and sessions.
type AccountWriter interface {
	// PutAccount adds (Number 0: one is given) or replaces an account and tells
	// its number. Errors: ErrExists for a user name that is taken; after an
	// addition that was refused so the transaction can go on.
	PutAccount(ctx context.Context, a Account) (uint32, error)
	// LockAccount reads an account that is to be written, so that nobody else
	// does meanwhile. Errors: ErrNotFound.
	LockAccount(ctx context.Context, number uint32) (Account, error)
	// LockPerson locks a person by the keyed hash of the NIK, so that of several
	// transactions that would give them an account one goes first. What was read before
	// is to be read again.
	LockPerson(ctx context.Context, nikHash []byte) error
	// NoteUse keeps when an account was last used.
	NoteUse(ctx context.Context, account uint32, atMS int64) error
	// PutDevice adds or replaces a device and tells its number.
	PutDevice(ctx context.Context, d Device) (uint32, error)
	// RevokeDevice lets a device sync no more. Errors: ErrNotFound.
	RevokeDevice(ctx context.Context, number uint32) error
	// PutIncarnation adds or replaces one.
	PutIncarnation(ctx context.Context, i Incarnation) error
	// ForgetIncarnations deletes all.
	ForgetIncarnations(ctx context.Context) error
	// LockSession reads a session that is to be written, so that nobody else does
	// meanwhile. Errors: ErrNotFound.
	LockSession(ctx context.Context, id []byte) (Session, error)
	// PutSession adds or replaces one.
	PutSession(ctx context.Context, s Session) error
	// EndSessions ends an account's sessions that have not ended, but for one
	// (nil: none is spared).
	EndSessions(ctx context.Context, account uint32, spare []byte, why SessionEnd) error
	// NoteSync keeps what a device did: a sync begun with so many changes unsent,
	// or one that went to its end, where unsent is 0 and finished is set. Unknown
	// devices are nobody.
	NoteSync(ctx context.Context, device uint32, atMS, unsent int64, finished bool) error
}
