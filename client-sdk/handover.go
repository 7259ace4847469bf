package clientsdk

import (
	"bytes"
	"context"
	"crypto/ecdh"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/client-sdk/device"
	"github.com/keluarga-sehat/sync/internal/handover"
	"github.com/keluarga-sehat/sync/internal/syncing"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// HandoverValidity is how long a request can be answered.
const HandoverValidity = handover.Validity

// Errors of a hand-over: texts for who stands before the device.
var (
	// ErrHandoverNoCode: the text is no code of a hand-over at all.
	ErrHandoverNoCode = handover.ErrNoCode
	// ErrHandoverMistyped: it looks like one, and its check digits don't fit.
	ErrHandoverMistyped = handover.ErrMistyped
	// ErrHandoverOtherKind: a request where an answer is due, or the other way round.
	ErrHandoverOtherKind = handover.ErrOtherKind
	// ErrHandoverMalformed: a code lacks what it must have.
	ErrHandoverMalformed = handover.ErrMalformed
	// ErrHandoverForged: the signature is not that of a supervisor whom the device knows.
	ErrHandoverForged = handover.ErrForged
	// ErrHandoverOtherRequest: the answer is for another request, or was used before.
	ErrHandoverOtherRequest = handover.ErrOtherRequest
	// ErrHandoverExpired: the request is older than HandoverValidity.
	ErrHandoverExpired = handover.ErrExpired
	// ErrHandoverOwnSigner: supervisors hand nothing over to themselves.
	ErrHandoverOwnSigner = handover.ErrOwnSigner
	// ErrHandoverNoKey: the device's families can't be opened by what the answer holds.
	ErrHandoverNoKey = handover.ErrNoKey
	// ErrHandoverHere: the colleague has data on this device already, and signs in.
	ErrHandoverHere = errors.New("rekan ini sudah punya data di perangkat ini; cukup masuk dengan nama dan kata sandinya sendiri")
	// ErrHandoverSame: nobody hands over to themselves.
	ErrHandoverSame = errors.New("pilih rekan lain: perangkat ini sudah miliknya")
	// ErrHandoverUnknown: a name that the device or the supervisor does not know, or
	// of somebody who does not collect.
	ErrHandoverUnknown = errors.New("nama pengguna ini tidak dikenal sebagai surveior Puskesmas Anda; periksa ejaannya, atau sinkronkan perangkat supervisor")
	// ErrHandoverUnready: the device has not synced since it could have learnt whom to
	// trust, or since it could have published the key by which it signs.
	ErrHandoverUnready = errors.New("perangkat ini belum siap untuk serah terima (daftar supervisor atau kuncinya belum ada); serah terima tanpa sinyal baru dapat dilakukan setelah sinkronisasi berikutnya")
	// ErrHandoverSpent: too many wrong answers; ask anew.
	ErrHandoverSpent = errors.New("terlalu banyak kode jawaban yang salah; buat permintaan baru")
	// ErrHandoverTooMuch: more unsent work than one device carries for another.
	ErrHandoverTooMuch = errors.New("pekerjaan yang belum terkirim di perangkat ini terlalu banyak untuk dibawa; sinkronkan dulu")
	// ErrShortPassword: the password that is to protect the data is too short.
	ErrShortPassword = fmt.Errorf("kata sandi terlalu pendek: sedikitnya %d huruf; pakai kata sandi akun Anda sendiri", minHandoverPassword)
)

// minHandoverPassword is what the server asks of an account's password, in characters: the
// same one is meant to be typed here.
const minHandoverPassword = 10

// Colleague is somebody of the same Puskesmas, by user name.
type Colleague struct {
	UserName string
	// MaySign: may sign hand-overs, as a supervisor.
	MaySign bool
}

// HandoverColleagues lists who may take over from a user of this device, as of that
// user's last sync; a name that is missing can be typed, and the supervisor's device
// knows it or not. The user's data stay locked. Errors: ErrUserName, ErrNotFound where the
// device has none of the user, ErrInUse where they are open.
func (c *Client) HandoverColleagues(ctx context.Context, outgoing string) ([]Colleague, error) {
	outgoing, err := ParseUserName(outgoing)
	if err != nil {
		return nil, err
	}
	from, err := c.outgoing(ctx, outgoing)
	if err != nil {
		return nil, err
	}
	var out []Colleague
	for _, p := range from.People {
		if p.GetNumber() != from.Account && p.GetMayCollect() {
			out = append(out, Colleague{UserName: p.GetUserName(), MaySign: p.GetMayReview()})
		}
	}
	return out, nil
}

func (c *Client) outgoing(ctx context.Context, userName string) (*device.Outgoing, error) {
	from, err := device.ReadOutgoing(ctx, c.options(userName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("data pengguna %s: %w", userName, ErrNotFound)
	}
	return from, err
}

// Handover is a hand-over of this device that waits for a supervisor's answer. It is
// kept in memory alone: nothing at rest could be answered later. Safe for concurrent
// use.
type Handover struct {
	client   *Client
	from     *device.Outgoing
	outgoing string
	request  *ksv1.HandoverRequest
	// private opens what the supervisor's device seals to the request; nil: families
	// stay shut.
	private *ecdh.PrivateKey
	// parts are what the former user had not sent, as the request vouches for them.
	parts       [][]byte
	code, match string
	made        time.Time

	mu       sync.Mutex // guards what follows
	attempts int
	done     bool
}

// HandoverParties are who hands over to whom.
type HandoverParties struct {
	// Outgoing is a user of this device, Incoming the colleague; user names.
	Outgoing, Incoming string
	// Supervisor who will sign: the code then holds what opens the families, for that
	// supervisor's devices, and is longer. "": whoever signs, the colleague begins with
	// the areas and without the families in them.
	Supervisor string
}

// parsed are the parties by their names as the device knows them.
func (p HandoverParties) parsed() (HandoverParties, error) {
	for _, name := range []*string{&p.Outgoing, &p.Incoming, &p.Supervisor} {
		var err error
		if *name, err = ParseUserName(*name); err != nil {
			return p, err
		}
	}
	return p, nil
}

// BeginHandover asks for this device to be handed over from a user who is not there,
// whose data stay locked, to a colleague. A supervisor signs the request's code on
// another device (User.SignHandover); no network is needed. Errors: ErrUserName,
// ErrNotFound, ErrHandoverHere, ErrHandoverSame, ErrHandoverUnknown, ErrHandoverUnready,
// ErrHandoverTooMuch, ErrInUse while the user's data are open.
func (c *Client) BeginHandover(ctx context.Context, p HandoverParties) (*Handover, error) {
	p, err := p.parsed()
	if err != nil {
		return nil, err
	}
	from, err := c.outgoing(ctx, p.Outgoing)
	if err != nil {
		return nil, err
	}
	switch known := find(from.People, func(k *ksv1.Colleague) bool { return k.GetUserName() == p.Incoming }); {
	case p.Incoming == "":
		return nil, ErrHandoverUnknown
	case p.Incoming == p.Outgoing, known.GetNumber() == from.Account && known != nil:
		return nil, ErrHandoverSame
	case !slices.ContainsFunc(from.People, maySign), len(from.Seed) == 0, len(from.EscrowPublicKey) == 0:
		return nil, ErrHandoverUnready
	case known != nil && !known.GetMayCollect():
		return nil, ErrHandoverUnknown
	case device.Exists(c.path(p.Incoming)):
		return nil, ErrHandoverHere
	}
	random := make([]byte, 4+handover.NonceBytes)
	if _, err := io.ReadFull(c.config.Rand, random); err != nil {
		return nil, fmt.Errorf("draw request: %w", err)
	}
	h := &Handover{client: c, from: from, outgoing: p.Outgoing, made: c.config.Now(), request: &ksv1.HandoverRequest{
		Device: from.Device, Outgoing: from.Account, IncomingUserName: p.Incoming,
		Incarnation: max(binary.BigEndian.Uint32(random), 1), Nonce: random[4:],
	}}
	if h.parts, err = h.unsent(ctx); err != nil {
		return nil, err
	}
	h.request.Unsent = handover.VouchFor(handover.PartHashes(h.parts))
	if err := h.askForFamilies(p.Supervisor); err != nil {
		return nil, err
	}
	if h.code, err = handover.EncodeRequest(h.request); err != nil {
		return nil, err
	}
	h.match, err = handover.Match(h.request)
	return h, err
}

// maySign tells whether the device would know a colleague's signature.
func maySign(p *ksv1.Colleague) bool { return p.GetMayReview() && len(p.GetDevices()) > 0 }

// maxAskedDevices of one supervisor are asked for the key of the families: a code has
// its bounds.
const maxAskedDevices = 3

// askForFamilies adds what opens the families, where the supervisor's devices have it.
func (h *Handover) askForFamilies(supervisor string) (err error) {
	signer := find(h.from.People, func(p *ksv1.Colleague) bool { return p.GetUserName() == supervisor && p.GetMayReview() })
	devices := signer.GetDevices()
	for _, d := range devices[max(0, len(devices)-maxAskedDevices):] {
		if sealed := h.from.Keys[d.GetNumber()]; sealed != nil {
			h.request.Keys = append(h.request.Keys, &ksv1.HandoverKey{Device: d.GetNumber(), Sealed: sealed})
		}
	}
	if len(h.request.Keys) == 0 {
		return nil
	}
	if h.private, err = handover.AnswerKey(h.client.config.Rand); err != nil {
		return err
	}
	h.request.AnswerKey = h.private.PublicKey().Bytes()
	return nil
}

func find[T any](list []*T, is func(*T) bool) *T {
	if i := slices.IndexFunc(list, is); i >= 0 {
		return list[i]
	}
	return nil
}

// Code is the request as text, to be shown as a QR code and to be typed.
func (h *Handover) Code() string { return h.code }

// Match is twelve figures that the supervisor's device must show too (ReadHandover):
// people compare them, for a code that was altered on its way shows others.
func (h *Handover) Match() string { return h.match }

// Until is when the request is void.
func (h *Handover) Until() time.Time { return h.made.Add(HandoverValidity) }

// Accept takes the supervisor's answer, makes the colleague's data on this device
// under a password (the account's own: the first sync asks the server for it), and
// opens them. The colleague goes on under the own name at once; the former user's
// data stay locked as they are, and what was unsent in them goes along, sealed for the
// server, as the former user's. An answer is taken once. Errors: those of package
// handover, ErrHandoverSpent, ErrHandoverHere, ErrShortPassword.
func (h *Handover) Accept(ctx context.Context, answer, password string) (*User, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.done {
		return nil, ErrHandoverOtherRequest
	}
	if h.attempts >= handover.MaxAttempts {
		return nil, ErrHandoverSpent
	}
	now := h.client.config.Now()
	if now.After(h.Until()) || now.Before(h.made.Add(-HandoverValidity)) {
		return nil, ErrHandoverExpired
	}
	// What is merely mistyped can be typed again as often as one likes.
	a, err := handover.DecodeAnswer(answer)
	if err != nil {
		return nil, err
	}
	grant, err := h.prove(a)
	if err != nil {
		h.attempts++
		return nil, err
	}
	if len([]rune(password)) < minHandoverPassword {
		return nil, ErrShortPassword
	}
	skipped, err := h.create(ctx, a, grant, password)
	if err != nil {
		return nil, err
	}
	h.done = true
	u, err := h.client.SignIn(ctx, grant.GetIncomingUserName(), password)
	if err == nil && skipped > 0 {
		u.store.ReportLoss(Loss{DamagedRecords: skipped, Detail: fmt.Sprintf("%d families of the former user unreadable", skipped)})
	}
	return u, err
}

// prove tells whether a supervisor whom the device knows signed an answer to this
// request.
func (h *Handover) prove(a *ksv1.HandoverAnswer) (*ksv1.HandoverGrant, error) {
	grant, err := handover.ReadGrant(a.GetGrant())
	if err != nil {
		return nil, err
	}
	signer := find(h.from.People, func(p *ksv1.Colleague) bool { return p.GetNumber() == grant.GetSigner() && p.GetMayReview() })
	key := find(signer.GetDevices(), func(d *ksv1.ColleagueDevice) bool { return d.GetNumber() == grant.GetSignerDevice() })
	if !handover.Proved(key.GetPublicKey(), a.GetGrant(), a.GetSignature()) {
		return nil, ErrHandoverForged
	}
	if err := handover.Answers(grant, h.request); err != nil {
		return nil, err
	}
	known := find(h.from.People, func(p *ksv1.Colleague) bool { return p.GetUserName() == grant.GetIncomingUserName() })
	if known != nil && known.GetNumber() != grant.GetIncoming() {
		return nil, ErrHandoverOtherRequest
	}
	return grant, nil
}

// create makes the colleague's store; skipped are families that could not be read.
func (h *Handover) create(ctx context.Context, a *ksv1.HandoverAnswer, g *ksv1.HandoverGrant, password string) (skipped int, err error) {
	took, err := (&tookOver{Grant: a.GetGrant(), Signature: a.GetSignature(), Parts: handover.PartHashes(h.parts)}).encode()
	if err != nil {
		return 0, err
	}
	colleague := find(h.from.People, func(p *ksv1.Colleague) bool { return p.GetNumber() == g.GetIncoming() })
	account := &ksv1.Account{
		Number: g.GetIncoming(), UserName: g.GetIncomingUserName(), FullName: g.GetIncomingFullName(), Roles: []ksv1.Role{ksv1.Role_ROLE_SURVEYOR},
	}
	if colleague.GetMayReview() {
		account.Roles = append(account.Roles, ksv1.Role_ROLE_SUPERVISOR)
	}
	for _, v := range h.from.Villages {
		account.PuskesmasCode = v.GetPuskesmasCode()
	}
	plain, err := proto.Marshal(account)
	if err != nil {
		return 0, fmt.Errorf("encode account: %w", err)
	}
	families, err := h.openFamilies(ctx, a)
	if err != nil {
		return 0, err
	}
	if families != nil {
		defer func() { err = errors.Join(err, families.Close()) }()
	}
	skipped, err = device.CreateIncoming(ctx, h.client.options(g.GetIncomingUserName()), password,
		device.Profile{Device: g.GetDevice(), Account: g.GetIncoming(), EscrowPublicKey: h.from.EscrowPublicKey, Incarnation: g.GetIncarnation()},
		device.Incoming{
			Seed: h.from.Seed, ServerOffsetMS: h.from.ServerOffsetMS, Villages: h.from.Villages, Families: families, Carried: h.parts,
			Secrets: map[string][]byte{secretAccount: plain, secretTookOver: took},
		})
	if errors.Is(err, fs.ErrExist) {
		return 0, ErrHandoverHere
	}
	return skipped, err
}

// openFamilies opens the former user's families; nil where the answer has no key.
func (h *Handover) openFamilies(ctx context.Context, a *ksv1.HandoverAnswer) (*device.Store, error) {
	if h.private == nil || len(a.GetKey()) == 0 {
		return nil, nil
	}
	key, err := handover.OpenAnswer(h.private, h.request.GetNonce(), a.GetKey())
	if err != nil {
		return nil, err
	}
	defer key.Wipe()
	return device.OpenHandedOver(ctx, h.client.options(h.outgoing), key)
}

// unsent are the parts of a backup file of what the former user has not sent.
func (h *Handover) unsent(ctx context.Context) ([][]byte, error) {
	var file bytes.Buffer
	written, err := h.client.Backup(ctx, h.outgoing, &file)
	if errors.Is(err, ErrNothingUnsent) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if file.Len() > device.CarriedMax || written.Changes+written.Steps == 0 && written.Left > 0 {
		return nil, ErrHandoverTooMuch
	}
	return syncing.ReadBackup(&file)
}
