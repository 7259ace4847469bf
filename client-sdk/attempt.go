package clientsdk

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/keluarga-sehat/sync/internal/lasting"
)

// attemptSuffix is of the file that keeps the device key of a first sign-in until its
// database is made, behind the database's name. Open as the one in the database is, by which
// work is deposited without a password.
const attemptSuffix = ".kunci"

// attemptKey is the device key under which a user signs in for the first time: that of an
// earlier attempt of which the outcome is not known, or a new one, kept before it is sent. A
// lost reply must not leave a device behind each time: an account has a place for so many.
func (c *Client) attemptKey(userName string) (key ed25519.PrivateKey, earlier bool, err error) {
	path := c.path(userName) + attemptSuffix
	seed, err := os.ReadFile(path)
	if err == nil && len(seed) == ed25519.SeedSize {
		return ed25519.NewKeyFromSeed(seed), true, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, false, fmt.Errorf("read device key: %w", err)
	}
	_, key, err = ed25519.GenerateKey(c.config.Rand)
	if err != nil {
		return nil, false, fmt.Errorf("make device key: %w", err)
	}
	return key, false, lasting.WriteFile(path, key.Seed(), 0o600)
}

// forgetAttempt is for an attempt whose key the database holds, or the server does not know.
func (c *Client) forgetAttempt(userName string) error {
	err := os.Remove(c.path(userName) + attemptSuffix)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
