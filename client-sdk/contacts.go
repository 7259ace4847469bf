package clientsdk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/lasting"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// supportFile keeps what Contacts shows. It is not sealed: what is in it is
// published to all users, and whoever has forgotten the password needs it most.
const supportFile = "support.bin"

// supportAge after which a sync asks for contacts anew, and supportTimeout for
// how long it waits for them at most.
const (
	supportAge     = 24 * time.Hour
	supportTimeout = 10 * time.Second
)

// Contacts are those whom the user may ask for help, and help text: the
// district's, then the national level's, as the last sync on this device brought
// them. It needs neither network nor sign-in. Before the first sync there are
// none.
func (c *Client) Contacts() ([]*ksv1.SupportDesk, error) {
	data, err := os.ReadFile(filepath.Join(c.config.Dir, supportFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read contacts: %w", err)
	}
	kept := &ksv1.GetSupportResponse{}
	if err := proto.Unmarshal(data, kept); err != nil {
		return nil, nil // a file cut short: the next sync brings it again
	}
	return kept.GetDesks(), nil
}

// beginContacts brings contacts beside a sync, where those here are old, until
// the context ends, and gives a function that waits for it. That they did not
// come is no failure of the sync; the next one asks again.
func (u *User) beginContacts(ctx context.Context, token string) (wait func()) {
	path := filepath.Join(u.client.config.Dir, supportFile)
	info, err := os.Stat(path)
	if age := u.client.config.Now().Sub(modified(info)); err == nil && info.Size() > 0 && age >= 0 && age < supportAge {
		return func() {}
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		ctx, cancel := context.WithTimeout(ctx, supportTimeout)
		defer cancel()
		r, err := ksv1.NewSupportServiceClient(u.client.conn).GetSupport(under(ctx, token), &ksv1.GetSupportRequest{})
		if err != nil {
			return
		}
		if data, err := proto.Marshal(r); err == nil {
			u.client.keepContacts(path, data)
		}
	}()
	return func() { <-done }
}

func modified(info fs.FileInfo) time.Time {
	if info == nil {
		return time.Time{}
	}
	return info.ModTime()
}

// keepContacts replaces the file as a whole or not at all: where the storage is full or fails,
// nothing here is worth a failed sync.
func (c *Client) keepContacts(path string, data []byte) {
	if lasting.WriteFile(path, data, 0o600) == nil {
		now := c.config.Now()
		_ = os.Chtimes(path, now, now) // else it has the system's time, as a rule the same
	}
}
