package store

import "context"

// Registration is a district's request for accounts. States, roles and steps are
// numbers of the contract's enums.
type Registration struct {
	Number   uint32
	District string
	// Channel is how it came, CopyChannel how the last copy went to the province.
	Channel, CopyChannel int32
	// CopiedMS and SubmittedMS are 0 before the first; WaitingMS is the submission
	// of the Puskesmas that waits longest, 0: none waits.
	CreatedMS, CopiedMS, SubmittedMS, WaitingMS int64
	// Salt is of everything sealed in the registration. Letter is sealed, LetterHash
	// the keyed hash of its number; nil: none.
	Salt               [16]byte
	Letter, LetterHash []byte
}

// RegistrationPuskesmas is a Puskesmas in a registration.
type RegistrationPuskesmas struct {
	Registration         uint32
	Puskesmas, Name      string
	State                int32
	SinceMS, SubmittedMS int64
}

// Nominee is a person in a registration.
type Nominee struct {
	Number, Registration uint32
	// Puskesmas is "" for who is responsible for an office.
	Puskesmas string
	// Position in the list, from 1; 0: a replacement or an office's.
	Position       int
	Role, Standing int32
	// Replaces is the nominee whose place is taken, Account the person's; 0: none.
	Replaces, Account uint32
	SinceMS           int64
	// Keyed hashes; nil: there is nothing well-formed to hash.
	NIKHash, MobileHash, EmailHash []byte
	// Payload is sealed under the registration's salt.
	Payload []byte
}

// RegistrationEvent is an entry of a registration's timeline.
type RegistrationEvent struct {
	Registration, Sequence uint32
	TimeMS                 int64
	Step                   int32
	Puskesmas              string
	Before, After          int32
	Actor, Nominee         uint32
	Channel                int32
	// Note is sealed under the registration's salt; nil: none.
	Note []byte
}

// RegistrationFile is kept sealed beside a registration.
type RegistrationFile struct {
	Registration    uint32
	Name, Puskesmas string
	Payload         []byte
}

// RegistrationQuery bounds a list of registrations; zero fields don't.
type RegistrationQuery struct {
	// Area is a province or district.
	Area string
	// State and Puskesmas: with such a Puskesmas in it.
	State     int32
	Puskesmas string
	// LetterHash: with a letter of that number.
	LetterHash []byte
	// Submitted: submitted at least once, or not come on line; Copied: of which a
	// copy went to the province.
	Submitted, Copied bool
	// Waiting: only what waits, longest first, after (AfterMS, After). Otherwise
	// newest first, before number After.
	Waiting bool
	AfterMS int64
	After   uint32
	Limit   int
}

// NomineeQuery bounds a list of nominees, which is by number; zero fields don't.
type NomineeQuery struct {
	Registration uint32
	Puskesmas    string
	// Area of the registration's district, or of the one that the Puskesmas is in now.
	Area     string
	Standing int32
	// Hashes: those that have one of them as NIK, mobile number or e-mail.
	NIKHash, MobileHash, EmailHash []byte
	Account                        uint32
	After                          uint32
	Limit                          int
}

// RegistrationReader reads registrations.
type RegistrationReader interface {
	// FindRegistration reads one. Errors: ErrNotFound.
	FindRegistration(ctx context.Context, number uint32) (Registration, error)
	// ListRegistrations lists them in the order that the query names.
	ListRegistrations(ctx context.Context, q RegistrationQuery) ([]Registration, error)
	// RegistrationPuskesmasOf reads those in a registration, by code.
	RegistrationPuskesmasOf(ctx context.Context, registration uint32) ([]RegistrationPuskesmas, error)
	// Standings reads where a Puskesmas stands in all registrations ("": none), and
	// all of one registration (0: none), whatever the scope: for who must tell that
	// somebody is dealt with elsewhere. By registration and code.
	Standings(ctx context.Context, puskesmas string, registration uint32) ([]RegistrationPuskesmas, error)
	// RegistrationEvents reads a timeline after a sequence, at most limit.
	RegistrationEvents(ctx context.Context, registration, after uint32, limit int) ([]RegistrationEvent, error)
	// RegistrationFiles reads files whose name begins so, by name.
	RegistrationFiles(ctx context.Context, registration uint32, prefix string) ([]RegistrationFile, error)
}

// NomineeReader reads nominees.
type NomineeReader interface {
	// FindNominee reads one. Errors: ErrNotFound.
	FindNominee(ctx context.Context, number uint32) (Nominee, error)
	// NomineesSharing finds who shares one of the hashes of the query, whatever the
	// scope, by number; nothing else of the query but the limit counts.
	NomineesSharing(ctx context.Context, q NomineeQuery) ([]Nominee, error)
	// ListNominees lists them by number.
	ListNominees(ctx context.Context, q NomineeQuery) ([]Nominee, error)
}

// RegistrationWriter writes registrations.
type RegistrationWriter interface {
	// LockRegistration reads a registration that is to be written, so that nobody
	// else does meanwhile. Errors: ErrNotFound.
	LockRegistration(ctx context.Context, number uint32) (Registration, error)
	// PutRegistration adds (Number 0: one is given) or replaces one.
	PutRegistration(ctx context.Context, r Registration) (uint32, error)
	// PutRegistrationPuskesmas adds or replaces one.
	PutRegistrationPuskesmas(ctx context.Context, p RegistrationPuskesmas) error
	// DeleteRegistrationPuskesmas takes one out with its nominees who have no account.
	DeleteRegistrationPuskesmas(ctx context.Context, registration uint32, puskesmas string) error
	// AppendRegistrationEvent gives the event its sequence. The registration must be
	// locked.
	AppendRegistrationEvent(ctx context.Context, e RegistrationEvent) error
	// PutRegistrationFile adds or replaces one.
	PutRegistrationFile(ctx context.Context, f RegistrationFile) error
	// DeleteRegistrationFiles deletes the files of a Puskesmas ("": the request's
	// and the offices') whose name begins so.
	DeleteRegistrationFiles(ctx context.Context, registration uint32, prefix, puskesmas string) error
}

// NomineeWriter writes nominees.
type NomineeWriter interface {
	// PutNominee adds (Number 0: one is given) or replaces one.
	PutNominee(ctx context.Context, n Nominee) (uint32, error)
	// DeleteNominees deletes the list of a Puskesmas ("": of the offices); who has an
	// account stays.
	DeleteNominees(ctx context.Context, registration uint32, puskesmas string) error
	// LockOffices locks areas and a Puskesmas that exist, so that of several
	// transactions that would make their accounts one goes first.
	LockOffices(ctx context.Context, areas []string, puskesmas string) error
}
