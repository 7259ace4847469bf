package clientsdk

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"net"
	"sync"
	"sync/atomic"

	"google.golang.org/grpc/credentials"

	"github.com/keluarga-sehat/sync/internal/syncing"
	"github.com/keluarga-sehat/sync/internal/wire"
)

// secretChunk keeps how large a chunk may be on the links that this device has
// lately had.
const secretChunk = "chunk-bytes"

// chunkBytesMin is the smallest chunk that uploads shrink to where links keep
// breaking: about ten saves.
const chunkBytesMin = 8 << 10

// chunkBytes bounds the first chunks of the next session.
func (u *User) chunkBytes(ctx context.Context) (int, error) {
	kept, err := u.store.Secret(ctx, secretChunk)
	if err != nil || len(kept) != 4 {
		return syncing.ChunkBytes, err
	}
	return max(int(binary.BigEndian.Uint32(kept)), chunkBytesMin), nil
}

// noteLink makes chunks smaller after a session that broke, and larger after one
// that went to its end. It is stored where it changes.
func (u *User) noteLink(ctx context.Context, failed error) error {
	now, err := u.chunkBytes(ctx)
	if err != nil {
		return err
	}
	next := min(now*2, syncing.ChunkBytes)
	if failed != nil {
		next = max(now/2, chunkBytesMin)
	}
	if next == now {
		return nil
	}
	return u.store.PutSecret(ctx, secretChunk, binary.BigEndian.AppendUint32(nil, uint32(next)))
}

// DataUse is what has been taken of the data plan, in bytes on the wire, the encryption
// included.
type DataUse struct{ Up, Down int64 }

func (d DataUse) plus(e DataUse) DataUse { return DataUse{d.Up + e.Up, d.Down + e.Down} }

func (d DataUse) minus(e DataUse) DataUse { return DataUse{d.Up - e.Up, d.Down - e.Down} }

// secretDataUse keeps the sum.
const secretDataUse = "data-use"

// DataUse is what this user's sign-ins, syncs and other calls have taken on this device; of
// several users of one Client at a time, each byte is counted to one of them.
func (u *User) DataUse(ctx context.Context) (DataUse, error) {
	sum, err := u.keptDataUse(ctx)
	return sum.plus(u.client.traffic.uncounted()), err
}

func (u *User) keptDataUse(ctx context.Context) (DataUse, error) {
	kept, err := u.store.Secret(ctx, secretDataUse)
	if err != nil || len(kept) != 16 {
		return DataUse{}, err
	}
	return DataUse{Up: int64(binary.BigEndian.Uint64(kept)), Down: int64(binary.BigEndian.Uint64(kept[8:]))}, nil
}

// countData adds to the sum what no user's has yet.
func (u *User) countData(ctx context.Context) {
	u.countMu.Lock()
	defer u.countMu.Unlock()
	sum, err := u.keptDataUse(ctx)
	if err != nil {
		return
	}
	more := u.client.traffic.take()
	if more == (DataUse{}) {
		return
	}
	sum = sum.plus(more)
	b := binary.BigEndian.AppendUint64(nil, uint64(sum.Up))
	// A figure that can't be stored is not worth telling a call as failed that went well.
	if err := u.store.PutSecret(ctx, secretDataUse, binary.BigEndian.AppendUint64(b, uint64(sum.Down))); err != nil {
		u.client.traffic.giveBack(more)
	}
}

// traffic counts a client's bytes on the wire.
type traffic struct {
	up, down atomic.Int64

	mu      sync.Mutex
	counted DataUse // guarded by mu; what users' sums have of it
}

func (t *traffic) now() DataUse { return DataUse{t.up.Load(), t.down.Load()} }

func (t *traffic) uncounted() DataUse {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.now().minus(t.counted)
}

// take is what is uncounted, for who counts it.
func (t *traffic) take() DataUse {
	t.mu.Lock()
	defer t.mu.Unlock()
	more := t.now().minus(t.counted)
	t.counted = t.counted.plus(more)
	return more
}

// giveBack makes uncounted again what could not be counted.
func (t *traffic) giveBack(d DataUse) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counted = t.counted.minus(d)
}

func (t *traffic) sum() int64 { return t.up.Load() + t.down.Load() }

// meter are credentials whose connections are counted from their first byte.
type meter struct {
	credentials.TransportCredentials
	traffic *traffic
	// answered is why what answered last was not taken for the server; nil: it was, or nobody
	// answered.
	answered *atomic.Pointer[unreachable]
}

// ClientHandshake counts, and makes the connection.
func (m meter) ClientHandshake(ctx context.Context, authority string, raw net.Conn) (net.Conn, credentials.AuthInfo, error) {
	conn, info, err := m.TransportCredentials.ClientHandshake(ctx, authority, meteredConn{raw, m.traffic})
	m.answered.Store(notTaken(err))
	return conn, info, err
}

// notTaken tells why who answered a handshake was not taken for the server: another without
// its certificate, or who speaks no TLS, as a captive portal; or by its date, which more often
// is the device's. nil where it was, or the link broke.
func notTaken(err error) *unreachable {
	var certificate *tls.CertificateVerificationError
	var other tls.RecordHeaderError
	var dates x509.CertificateInvalidError
	var why error
	switch {
	case errors.As(err, &dates) && dates.Reason == x509.Expired:
		why = ErrWrongDate
	case errors.Is(err, wire.ErrCertificate) || errors.As(err, &certificate) || errors.As(err, &other):
		why = ErrWrongServer
	}
	var out unreachable
	if !errors.As(why, &out) {
		return nil
	}
	return &out
}

// Clone copies the credentials; what is counted stays together.
func (m meter) Clone() credentials.TransportCredentials {
	return meter{m.TransportCredentials.Clone(), m.traffic, m.answered}
}

type meteredConn struct {
	net.Conn
	traffic *traffic
}

// Read counts.
func (c meteredConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.traffic.down.Add(int64(n))
	return n, err
}

// Write counts.
func (c meteredConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.traffic.up.Add(int64(n))
	return n, err
}
