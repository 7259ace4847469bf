package session

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/syncing"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/audit"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// Backend is what sessions work on.
type Backend struct {
	Store store.Store
	Vault *ingest.Vault
	// Core submits batches; Changes commits changes (the core itself, or the
	// pipeline around it).
	Core    *ingest.Core
	Changes ingest.Committer
	Now     func() time.Time
	Rand    io.Reader
	// Slots bounds the chunks that are decoded, prepared and committed at one
	// time, over all sessions, and with them the memory; others wait as the bytes
	// they came in. Nil: no bound.
	Slots chan struct{}
	// Preparers bounds how many of those are prepared at one moment: who prepares on the
	// last core keeps up the commit that all others wait for. Nil: no bound.
	Preparers chan struct{}
	// FeedBytes bounds a feed page; 0: the protocol's bound alone. Simulators make
	// many small pages of few families.
	FeedBytes int
	// Audit records what devices bring and take.
	Audit *audit.Log
	// Compressions are those that the transport can do, best first.
	Compressions []ksv1.Compression
}

// Link sends to the device.
type Link interface {
	// Send sends a message as it is.
	Send(*ksv1.SyncResponse) error
	// SendDownload compresses the page into a chunk of the number and sends it.
	SendDownload(number uint64, page *ksv1.FeedPage) error
	// UseCompression is told which compression was agreed, right before the
	// welcome is sent.
	UseCompression(ksv1.Compression) error
}

// Session drives the server's machine. Not safe for concurrent use, but for what
// carries chunks out (chunk.go).
type Session struct {
	backend *Backend
	caller  *access.Caller
	sender  *ingest.Sender
	machine *syncing.Server
	link    Link
	scopes  map[uint32]access.VillageScope
	epoch   uint64
	// forked: the device's database is a copy, and nothing went either way.
	forked bool
	// foreign: something that the session brought was another's by its name, and nothing
	// behind it is taken; CommitPrepared's alone.
	foreign bool
	// waiting is how much of the device's work is in quarantine; once the session is
	// open, CommitPrepared's alone.
	waiting int
}

// New starts a session for a caller on a device.
func New(backend *Backend, caller *access.Caller, link Link) *Session {
	return &Session{
		backend: backend, caller: caller, machine: syncing.NewServer(), link: link,
		scopes: map[uint32]access.VillageScope{},
		sender: &ingest.Sender{
			Account: caller.Account.Number, Device: caller.Device,
			MayCollect: caller.Has(ksv1.Right_RIGHT_COLLECT), MayReview: caller.Has(ksv1.Right_RIGHT_REVIEW), Covers: caller.Collects,
		},
	}
}

// Chunk is an upload chunk to be committed by CommitChunk, whose outcome is
// then told to Committed.
type Chunk = syncing.CommitChunk

// Receive takes a message from the device and does all that follows from it,
// but for commits: those are returned, to be carried out in order, beside the
// session if need be. Errors: syncing.ErrProtocol, those of store and link.
func (s *Session) Receive(ctx context.Context, request *ksv1.SyncRequest, page syncing.PageReader) ([]Chunk, error) {
	return s.run(ctx, syncing.RequestReceived{Request: request, Page: page})
}

// Committed tells the session what CommitChunk gave.
func (s *Session) Committed(ctx context.Context, ack *ksv1.SyncUploadAck) error {
	_, err := s.run(ctx, syncing.ChunkCommitted{Ack: ack})
	return err
}

func (s *Session) run(ctx context.Context, first syncing.ServerEvent) ([]Chunk, error) {
	var chunks []Chunk
	events := []syncing.ServerEvent{first}
	for len(events) > 0 {
		effects, err := s.machine.Handle(events[0])
		if err != nil {
			return nil, err
		}
		events = events[1:]
		for _, effect := range effects {
			if chunk, ok := effect.(syncing.CommitChunk); ok {
				chunks = append(chunks, chunk)
				continue
			}
			event, err := s.do(ctx, effect)
			if err != nil {
				return nil, err
			}
			if event != nil {
				events = append(events, event)
			}
		}
	}
	return chunks, nil
}

func (s *Session) do(ctx context.Context, effect syncing.ServerEffect) (syncing.ServerEvent, error) {
	switch e := effect.(type) {
	case syncing.OpenSession:
		return s.open(ctx, e.Open)
	case syncing.SendResponse:
		return nil, s.link.Send(e.Response)
	case syncing.SendDownload:
		return nil, s.link.SendDownload(e.Number, e.Page)
	case syncing.ReadFeed:
		return s.read(ctx, e.Task, e.MaxBytes)
	case syncing.Close:
		if s.forked {
			return nil, nil
		}
		// A device that has all it asked for ends the stream, perhaps before this is written.
		return nil, s.backend.Store.Write(context.WithoutCancel(ctx), func(ctx context.Context, tx store.Tx) error {
			return tx.Directory().NoteSync(ctx, s.caller.Device, s.backend.Now().UnixMilli(), 0, true)
		})
	default:
		return nil, fmt.Errorf("unknown effect %T", effect)
	}
}

// placesOf bounds a read to a scope: nil for the whole village.
func placesOf(scope access.VillageScope) []area.Place {
	if scope.All {
		return nil
	}
	if scope.Places == nil {
		return []area.Place{}
	}
	return scope.Places
}
