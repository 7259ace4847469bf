package audit

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/record"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/caught"
	"github.com/keluarga-sehat/sync/server/store"
)

// Bounds of an entry and of a transaction.
const (
	// MaxSubjects of one entry.
	MaxSubjects = 64
	// MaxFamilies that one entry names.
	MaxFamilies = 1000
	groupSize   = 500
	// flushTimeout bounds one transaction: its waiters are then told that the
	// store is unavailable.
	flushTimeout = 20 * time.Second
	// waitMax bounds how long entries wait in all, so that of a store whose writes hang
	// nobody waits for one group after another; queueMax how many do, all that one address
	// may call at once and more. Whose are not taken is told so too: what can't be recorded
	// is not shown.
	waitMax  = 30 * time.Second
	queueMax = 10_000
	// placeFor is how long the district of a Puskesmas is taken as read: where it moves to
	// another, that one's office is to see its entries, and the former none of them.
	placeFor = 5 * time.Second
)

var (
	errLate = fmt.Errorf("the audit trail was not written in time: %w", store.ErrUnavailable)
	errFull = fmt.Errorf("%d entries of the audit trail wait: %w", queueMax, store.ErrUnavailable)
)

// Config is what a log needs; all but HeadFile must be set.
type Config struct {
	Store store.Store
	Ring  *record.Ring
	Now   func() time.Time
	Rand  io.Reader
	// HeadFile keeps the last checkpoint outside the store; "": nowhere.
	HeadFile string
}

// Log is one process's chain. Safe for concurrent use.
type Log struct {
	config Config
	signer ed25519.PrivateKey
	chain  uint64

	mu       sync.Mutex
	queue    []*waiting // those of one call stand together
	flushing bool
	shown    store.AuditChain // what is durable

	// What only the flusher touches.
	head   store.AuditChain
	unsure bool // whether the last transaction took effect

	places sync.Map // code of a Puskesmas: its placed
}

// placed is the code of a district as it was read at an instant.
type placed struct {
	district string
	at       time.Time
}

type waiting struct {
	entry *ksv1.AuditEntry
	done  chan error // holds one
}

// New begins a chain; nothing is written before the first entry.
func New(c Config) (*Log, error) {
	signer, err := signerOf(c.Ring)
	if err != nil {
		return nil, err
	}
	b := make([]byte, 8)
	if _, err := io.ReadFull(c.Rand, b); err != nil {
		return nil, fmt.Errorf("draw audit chain: %w", err)
	}
	l := &Log{config: c, signer: signer, chain: binary.BigEndian.Uint64(b)}
	l.head.Chain, l.shown.Chain = l.chain, l.chain
	return l, nil
}

func signerOf(ring *record.Ring) (ed25519.PrivateKey, error) {
	seed, err := ring.AuditKey()
	if err != nil {
		return nil, fmt.Errorf("audit key: %w", err)
	}
	return ed25519.NewKeyFromSeed(seed[:]), nil
}

// Append records entries, in their order, and returns when all are durable; chain,
// sequence and time are set here, and the district of the actor's Puskesmas where it is
// missing. Errors: those of the store; store.ErrUnavailable also where queueMax wait, and
// after waitMax. Then entries that were being written may be there or not; those that still
// waited are not.
func (l *Log) Append(ctx context.Context, entries ...*ksv1.AuditEntry) error {
	if len(entries) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeoutCause(ctx, waitMax, errLate)
	defer cancel()
	list := make([]*waiting, len(entries))
	for i, e := range entries {
		if len(e.GetSubjects()) > MaxSubjects || len(e.GetFamilies()) > MaxFamilies {
			return fmt.Errorf("audit entry of %d subjects and %d families", len(e.GetSubjects()), len(e.GetFamilies()))
		}
		if err := caught.Panic(func() error { return l.locate(ctx, e) }); err != nil {
			return cmp.Or(context.Cause(ctx), err)
		}
		e.TimeMs = uint64(l.config.Now().UnixMilli())
		list[i] = &waiting{entry: e, done: make(chan error, 1)}
	}
	lead, err := l.enter(list)
	if err != nil {
		return err
	}
	if lead {
		l.flush(context.WithoutCancel(ctx))
	}
	for _, w := range list {
		select {
		case err := <-w.done:
			if err != nil {
				return err
			}
		case <-ctx.Done():
			l.leave(list)
			return context.Cause(ctx)
		}
	}
	return nil
}

// enter puts a call's entries into the queue; lead: nobody is writing it. Errors: errFull.
func (l *Log) enter(list []*waiting) (lead bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.queue) >= queueMax {
		return false, errFull
	}
	lead = !l.flushing
	l.queue, l.flushing = append(l.queue, list...), true
	return lead, nil
}

// leave takes those of a call's entries out of the queue that nobody has begun to write.
func (l *Log) leave(list []*waiting) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if last := slices.Index(l.queue, list[len(list)-1]); last >= 0 {
		l.queue = slices.Delete(l.queue, max(last+1-len(list), 0), last+1)
	}
}

// locate fills in the district of the actor's Puskesmas.
func (l *Log) locate(ctx context.Context, e *ksv1.AuditEntry) error {
	slices.Sort(e.Subjects)
	e.Subjects = slices.Compact(e.Subjects)
	if e.GetPuskesmas() == "" || e.GetDistrict() != "" {
		return nil
	}
	now := l.config.Now()
	if known, ok := l.places.Load(e.GetPuskesmas()); ok {
		p, _ := known.(placed)
		if age := now.Sub(p.at); 0 <= age && age < placeFor { // below 0 where the clock was put back
			e.District = p.district
			return nil
		}
	}
	err := l.config.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		p, err := snap.FindPuskesmas(ctx, e.GetPuskesmas())
		e.District = p.District
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err == nil {
		l.places.Store(e.GetPuskesmas(), placed{e.GetDistrict(), now})
	}
	return err
}

// flush writes what waits, its caller's entry among it, and leaves what comes
// in meanwhile to a goroutine. The context must not end.
func (l *Log) flush(ctx context.Context) {
	l.mu.Lock()
	group := l.queue[:min(len(l.queue), groupSize)]
	l.queue = l.queue[len(group):]
	if len(group) == 0 { // all have left
		l.flushing = false
		l.mu.Unlock()
		return
	}
	l.mu.Unlock()
	// A panic concerns those who wait for this group, and nothing that is recorded after it.
	err := caught.Panic(func() error { return l.write(ctx, group) })
	l.unsure = err != nil
	l.mu.Lock()
	if err == nil {
		l.shown = l.head
	}
	more := len(l.queue) > 0
	l.flushing = more
	l.mu.Unlock()
	for _, w := range group {
		w.done <- err
	}
	if more {
		go l.flush(ctx)
	}
}

func (l *Log) write(ctx context.Context, group []*waiting) error {
	ctx, cancel := context.WithTimeoutCause(ctx, flushTimeout, errLate)
	defer cancel()
	if l.unsure {
		if err := l.readHead(ctx); err != nil {
			return cmp.Or(context.Cause(ctx), err)
		}
	}
	head := l.head
	rows := make([]store.AuditEntry, len(group))
	for i, w := range group {
		var err error
		if rows[i], err = link(&head, w.entry); err != nil {
			return err
		}
	}
	err := l.config.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error { return tx.Directory().AppendAudit(ctx, rows) })
	if err != nil {
		return fmt.Errorf("write audit trail: %w", cmp.Or(context.Cause(ctx), err))
	}
	l.head = head
	return nil
}

// readHead finds out what of the last transaction is there.
func (l *Log) readHead(ctx context.Context) error {
	return l.config.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		head, err := snap.AuditChain(ctx, l.chain)
		if errors.Is(err, store.ErrNotFound) {
			head, err = store.AuditChain{Chain: l.chain}, nil
		}
		if err == nil {
			l.head = head
		}
		return err
	})
}

// link adds an entry to a chain.
func link(head *store.AuditChain, e *ksv1.AuditEntry) (store.AuditEntry, error) {
	e.Chain, e.Sequence = head.Chain, head.Sequence+1
	body, err := proto.MarshalOptions{Deterministic: true}.Marshal(e)
	if err != nil {
		return store.AuditEntry{}, fmt.Errorf("encode audit entry: %w", err)
	}
	head.Sequence, head.Hash = e.GetSequence(), next(head.Hash, body)
	row := rowOf(e)
	row.Body, row.Hash = body, head.Hash
	return row, nil
}

// next is the chain's hash behind an entry.
func next(before [32]byte, body []byte) [32]byte {
	h := sha256.New()
	h.Write(before[:])
	h.Write(body)
	return [32]byte(h.Sum(nil))
}

// rowOf are an entry's columns.
func rowOf(e *ksv1.AuditEntry) store.AuditEntry {
	return store.AuditEntry{
		Chain: e.GetChain(), Sequence: e.GetSequence(), TimeMS: int64(e.GetTimeMs()), Kind: int32(e.GetKind()), Account: e.GetAccount(),
		District: e.GetDistrict(), Puskesmas: e.GetPuskesmas(), Subjects: e.GetSubjects(),
	}
}

// Head is where the chain stands durably, as a witness; nil before the first
// entry. The epoch is the caller's to set.
func (l *Log) Head() *ksv1.AuditHead {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.shown.Sequence == 0 {
		return nil
	}
	return &ksv1.AuditHead{Chain: l.shown.Chain, Sequence: l.shown.Sequence, Hash: slices.Clone(l.shown.Hash[:])}
}
