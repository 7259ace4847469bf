package clientsdk

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"

	"google.golang.org/grpc/codes"

	"github.com/keluarga-sehat/sync/client-sdk/device"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// secretTookOver keeps the grant under which the user took the device over.
const secretTookOver = "handover"

// tookOver is that grant, and since when the store has a device number of its own.
type tookOver struct {
	Grant     []byte `json:"grant"`
	Signature []byte `json:"signature"`
	// Parts are the hashes of the former user's unsent work, for which the grant vouches.
	Parts [][]byte `json:"parts,omitempty"`
	// AdoptedMS is the server's clock as it had last been heard when the store got its number; 1:
	// never. 0: it has none yet. Earlier versions took the device's own.
	AdoptedMS int64 `json:"adopted,omitempty"`
	// KeptFromMS is the server's clock as it was first heard after that; 0: not yet.
	KeptFromMS int64 `json:"kept_from,omitempty"`
}

func (t *tookOver) encode() ([]byte, error) {
	plain, err := json.Marshal(t)
	if err != nil {
		return nil, fmt.Errorf("encode hand-over: %w", err)
	}
	return plain, nil
}

// tookOver is nil where the user did not take the device over, or long ago.
func (u *User) tookOver(ctx context.Context) (*tookOver, error) {
	plain, err := u.store.Secret(ctx, secretTookOver)
	if err != nil || len(plain) == 0 {
		return nil, err
	}
	t := &tookOver{}
	if err := json.Unmarshal(plain, t); err != nil {
		return nil, fmt.Errorf("decode hand-over: %w", err)
	}
	return t, nil
}

// TookOver tells whether the user took this device over and has not yet signed in on
// line since: until then what the user may do here is by the supervisor's word.
func (u *User) TookOver(ctx context.Context) (bool, error) {
	t, err := u.tookOver(ctx)
	return t != nil && t.AdoptedMS == 0, err
}

// adopt gives the store the device number of its first sign-in on line.
func (u *User) adopt(ctx context.Context, number uint32) error {
	t, err := u.tookOver(ctx)
	if err != nil {
		return err
	}
	// Also of a server that was restored to before this device was registered.
	if err := u.store.Adopt(ctx, number, u.key.Seed()); err != nil {
		return err
	}
	if t == nil || t.AdoptedMS != 0 {
		return nil
	}
	t.AdoptedMS = max(u.toldMS(), 1)
	return u.putTookOver(ctx, t)
}

func (u *User) putTookOver(ctx context.Context, t *tookOver) error {
	plain, err := t.encode()
	if err != nil {
		return err
	}
	return u.store.PutSecret(ctx, secretTookOver, plain)
}

// toldMS is the server's clock as it was last heard; 0: never. The device's own may jump by
// years, and is not to make the device forget the grant.
func (u *User) toldMS() int64 {
	if told := u.store.Clock().Told; !told.IsZero() {
		return told.UnixMilli()
	}
	return 0
}

// deviceKey is the key of this user's device; one who took the device over gets it
// with the first sign-in on line, and one whose database has lost it with the next.
func (u *User) deviceKey(ctx context.Context) (ed25519.PrivateKey, error) {
	release, err := u.takeTokens(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	if len(u.key) > 0 {
		return u.key, nil
	}
	_, private, err := ed25519.GenerateKey(u.client.config.Rand)
	if err != nil {
		return nil, fmt.Errorf("make device key: %w", err)
	}
	// Kept before it is sent: a lost reply must not leave two devices behind.
	if err := u.store.PutSecret(ctx, secretKey, private.Seed()); err != nil {
		return nil, err
	}
	u.key = private
	return private, nil
}

// recordHandovers tells the server of hand-overs that this device knows of, before
// the work that rests on them is sent. What the server refuses it refuses for good:
// then that work waits for a supervisor's decision. Errors: those of a link that
// broke; then nothing should be sent yet.
func (u *User) recordHandovers(ctx context.Context) error {
	took, err := u.tookOver(ctx)
	if err != nil {
		return err
	}
	u.handoverMu.Lock()
	signed, err := u.signedHandovers(ctx)
	u.handoverMu.Unlock()
	if err != nil || took == nil && len(signed) == 0 {
		return err
	}
	if took != nil {
		if err := u.record(ctx, took.Grant, took.Signature); err != nil {
			return err
		}
		if err := u.forgetTookOver(ctx, took); err != nil {
			return err
		}
	}
	for _, s := range signed {
		if err := u.record(ctx, s.Grant, s.Signature); err != nil {
			return err
		}
	}
	return u.forgetSigned(ctx, signed)
}

// record tells the server of one hand-over. A sign-in that is due the sync itself tells of.
func (u *User) record(ctx context.Context, grant, signature []byte) error {
	err := u.withToken(ctx, func(ctx context.Context) error {
		_, err := ksv1.NewHandoverServiceClient(u.client.conn).RecordHandover(ctx, &ksv1.RecordHandoverRequest{Grant: grant, Signature: signature})
		return err
	})
	var refused *ServerError
	switch {
	case errors.Is(err, ErrSignInAgain):
		return nil
	case err == nil || !errors.As(err, &refused):
		return err
	}
	switch refused.Code {
	case codes.InvalidArgument, codes.NotFound, codes.FailedPrecondition, codes.PermissionDenied, codes.Unimplemented, codes.Unauthenticated:
		return nil
	default:
		return err
	}
}

// forgetTookOver drops the grant when no work can rest on it any more: as long as a
// restored server may be offered it again, it is kept.
func (u *User) forgetTookOver(ctx context.Context, t *tookOver) error {
	told := u.toldMS()
	switch {
	case t.AdoptedMS == 0:
		return nil
	case t.KeptFromMS == 0 && told <= t.AdoptedMS: // not heard since
		return nil
	case t.KeptFromMS == 0:
		t.KeptFromMS = told
		return u.putTookOver(ctx, t)
	case told < t.KeptFromMS+device.KeepAppliedFor.Milliseconds():
		return nil
	}
	if counts, err := u.Counts(ctx); err != nil || counts.Pending > 0 {
		return err
	}
	return u.store.PutSecret(ctx, secretTookOver, nil)
}
