package clientsdk

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/keluarga-sehat/sync/internal/handover"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// HandoverRequest is what a supervisor is asked to sign.
type HandoverRequest struct {
	// Device is the number of the device that is handed over.
	Device uint32
	// OutgoingUserName and OutgoingName are whose work lies on it, Incoming who takes
	// it over.
	OutgoingUserName, OutgoingName string
	IncomingUserName, IncomingName string
	// Families: signing opens them for the colleague.
	Families bool
	// Match is what the other device must show too (Handover.Match).
	Match string
}

// ReadHandover reads the code that a device shows, for the supervisor to look at:
// names are by the supervisor's own last sync. Errors: ErrNoSupervisor, ErrNeverSynced,
// ErrHandoverUnknown, ErrHandoverNoCode, ErrHandoverMistyped, ErrHandoverOtherKind,
// ErrHandoverMalformed, ErrHandoverExpired, ErrHandoverOwnSigner.
func (u *User) ReadHandover(ctx context.Context, code string) (*HandoverRequest, error) {
	r, outgoing, incoming, err := u.handoverParties(ctx, code)
	if err != nil {
		return nil, err
	}
	match, err := handover.Match(r)
	if err != nil {
		return nil, err
	}
	return &HandoverRequest{
		Match: match, Device: outgoing.device, OutgoingUserName: outgoing.GetUserName(), OutgoingName: outgoing.GetFullName(),
		IncomingUserName: incoming.GetUserName(), IncomingName: incoming.GetFullName(),
		Families: slices.ContainsFunc(r.GetKeys(), func(k *ksv1.HandoverKey) bool { return k.GetDevice() == u.store.Device() }),
	}, nil
}

// outgoingParty is a colleague with the device that is handed over.
type outgoingParty struct {
	*ksv1.Colleague
	device uint32
}

func (u *User) handoverParties(ctx context.Context, code string) (r *ksv1.HandoverRequest, outgoing outgoingParty, incoming *ksv1.Colleague, err error) {
	if err := u.checkSupervisor(ctx); err != nil {
		return nil, outgoing, nil, err
	}
	if r, err = handover.DecodeRequest(code); err == nil {
		err = handover.CheckRequest(r)
	}
	if err != nil {
		return nil, outgoing, nil, err
	}
	known, err := u.store.Colleagues(ctx)
	if err != nil {
		return nil, outgoing, nil, err
	}
	outgoing = outgoingParty{find(known.GetPeople(), func(p *ksv1.Colleague) bool { return p.GetNumber() == r.GetOutgoing() }), r.GetDevice()}
	incoming = find(known.GetPeople(), func(p *ksv1.Colleague) bool { return p.GetUserName() == r.GetIncomingUserName() })
	switch {
	case outgoing.Colleague == nil, incoming == nil, !incoming.GetMayCollect():
		return nil, outgoing, nil, ErrHandoverUnknown
	case incoming.GetNumber() == u.store.Author():
		return nil, outgoing, nil, ErrHandoverOwnSigner
	case incoming.GetNumber() == outgoing.GetNumber():
		return nil, outgoing, nil, ErrHandoverSame
	}
	return r, outgoing, incoming, nil
}

// SignHandover signs the request and gives the code of the answer, without network.
// The next sync tells the server, whichever of the two devices has one first. Errors:
// as ReadHandover, ErrHandoverUnready where this device has not synced yet since it
// could have published the key that signs.
func (u *User) SignHandover(ctx context.Context, code string) (answer string, err error) {
	r, _, incoming, err := u.handoverParties(ctx, code)
	if err != nil {
		return "", err
	}
	key, err := u.store.HandoverKey(ctx)
	if err != nil {
		return "", err
	}
	if key == nil {
		return "", ErrHandoverUnready
	}
	a, err := handover.Sign(key, &ksv1.HandoverGrant{
		Device: r.GetDevice(), Outgoing: r.GetOutgoing(), Incoming: incoming.GetNumber(), IncomingUserName: incoming.GetUserName(),
		IncomingFullName: incoming.GetFullName(), Incarnation: r.GetIncarnation(), Nonce: r.GetNonce(),
		IssuedAtMs: uint64(u.store.Now().UnixMilli()), Signer: u.store.Author(), SignerDevice: u.store.Device(),
		Unsent: r.GetUnsent(), AnswerKey: r.GetAnswerKey(),
	})
	if err != nil {
		return "", err
	}
	if mine := find(r.GetKeys(), func(k *ksv1.HandoverKey) bool { return k.GetDevice() == u.store.Device() }); mine != nil {
		if a.Key, err = handover.Reseal(key, mine.GetSealed(), r); err != nil {
			return "", err
		}
	}
	u.handoverMu.Lock()
	defer u.handoverMu.Unlock()
	signed, err := u.signedHandovers(ctx)
	if err != nil {
		return "", err
	}
	signed = append(signed, signedHandover{a.GetGrant(), a.GetSignature()})
	if err := u.keepSigned(ctx, signed[max(0, len(signed)-maxSigned):]); err != nil {
		return "", err
	}
	return handover.EncodeAnswer(a)
}

// secretSigned keeps grants that the user signed here until the server has them.
const secretSigned = "handover-signed"

// maxSigned bounds them; of older ones the other device tells the server.
const maxSigned = 50

type signedHandover struct {
	Grant     []byte `json:"grant"`
	Signature []byte `json:"signature"`
}

func (u *User) signedHandovers(ctx context.Context) (out []signedHandover, err error) {
	plain, err := u.store.Secret(ctx, secretSigned)
	if err != nil || len(plain) == 0 {
		return nil, err
	}
	if err := json.Unmarshal(plain, &out); err != nil {
		return nil, fmt.Errorf("decode signed hand-overs: %w", err)
	}
	return out, nil
}

func (u *User) keepSigned(ctx context.Context, list []signedHandover) error {
	plain, err := json.Marshal(list)
	if err != nil {
		return fmt.Errorf("encode signed hand-overs: %w", err)
	}
	return u.store.PutSecret(ctx, secretSigned, plain)
}

// forgetSigned drops what the server has been told; what was signed meanwhile stays.
func (u *User) forgetSigned(ctx context.Context, told []signedHandover) error {
	if len(told) == 0 {
		return nil
	}
	u.handoverMu.Lock()
	defer u.handoverMu.Unlock()
	now, err := u.signedHandovers(ctx)
	if err != nil {
		return err
	}
	return u.keepSigned(ctx, slices.DeleteFunc(now, func(s signedHandover) bool {
		return slices.ContainsFunc(told, func(t signedHandover) bool { return string(t.Grant) == string(s.Grant) })
	}))
}
