package api

import (
	"context"
	"sync"
	"time"

	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/tap"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/rates"
)

// Streams that have said nothing: gRPC reads a call's message before anything of ours
// sees the call, so that neither rates nor CallTime have begun.
const (
	// SilentStreams is how many of one address, whose callers have shown a token, may be without
	// their first message, at some 20 KiB each and what is read of it, which reading bounds. A
	// message follows its headers at once, but a thousand devices that come together wait for
	// a processor.
	SilentStreams = 2048
	// StrangerStreams is how many of one address may that have shown none, SilentStrangers how
	// many in all; beyond, and up to twice as many, an address with fewer than FewStreams is
	// still heard, so that a few addresses keep nobody out. Each may have sent 64 KiB before
	// its call asks for its message.
	StrangerStreams = 256
	SilentStrangers = 2048
	FewStreams      = 16
	// SilentTime is until when the first message must be there whole. Over 9.6 kbit/s what
	// waits before it in the connection's window takes one.
	SilentTime = 2 * time.Minute
	// SilentWorkTime is that of calls whose one message is a device's work: 1 MiB over 9.6
	// kbit/s takes 15 minutes.
	SilentWorkTime = 20 * time.Minute
)

// silences are the streams whose first message is not there yet. Safe for concurrent use.
type silences struct {
	users, strangers held // by address
	all              held // strangers, under one name
	few              int
	time, work       time.Duration
}

func newSilences() *silences {
	return &silences{
		users: held{most: SilentStreams, of: map[string]int{}}, strangers: held{most: StrangerStreams, of: map[string]int{}},
		all: held{most: 2 * SilentStrangers, of: map[string]int{}}, few: FewStreams, time: SilentTime, work: SilentWorkTime,
	}
}

// begin counts one more of an address, of a user or, where that is "", of a stranger, unless
// there are enough.
func (s *silences) begin(user, address string) (end func(), ok bool) {
	if user != "" {
		return func() { s.users.end(address) }, s.users.begin(address)
	}
	if s.all.count("") >= s.all.most/2 && s.strangers.count(address) >= s.few || !s.strangers.begin(address) {
		return nil, false
	}
	if !s.all.begin("") {
		s.strangers.end(address)
		return nil, false
	}
	return func() { s.strangers.end(address); s.all.end("") }, true
}

// silence is one stream's.
type silence struct{ end func() }

type silenceKey struct{}

// bringsWork are the calls whose one message is a device's work, of up to 1 MiB.
var bringsWork = map[string]bool{
	ksv1.SyncService_Deposit_FullMethodName:               true,
	ksv1.BackupService_DeliverBackup_FullMethodName:       true,
	ksv1.HandoverService_DeliverHandedOver_FullMethodName: true,
}

// Tap refuses a stream whose caller has no token for its method, before a message of it is
// read. It counts any other that begins, and ends it if its first message does not come in
// time; none begins for who takes no replies. Those of the gateway, which reads a request
// before it calls, are not counted. Errors: the statuses of a token that is none, and of
// rates.TooManyCalls.
func (g *Guard) Tap(ctx context.Context, info *tap.Info) (context.Context, error) {
	address := subscriberOf(ctx)
	if address == "" {
		return ctx, nil
	}
	user, err := g.proved(ctx, info.FullMethodName, callerAddress(ctx), bearer(metadata.NewIncomingContext(ctx, info.Header)))
	if err != nil {
		return ctx, err
	}
	ctx = context.WithValue(ctx, provedKey{}, user)
	limit := g.silences.time
	if bringsWork[info.FullMethodName] {
		limit = g.silences.work
	}
	wait := waitStatus(&rates.TooManyCalls{Wait: time.Second})
	if g.untaken.full(address) {
		return ctx, wait
	}
	counted := user
	if info.FullMethodName == grpc_health_v1.Health_Check_FullMethodName {
		counted = "health" // strangers keep no probe from telling that the server is well
	}
	spoken, ok := g.silences.begin(counted, address)
	if !ok {
		return ctx, wait
	}
	ctx, cancel := context.WithCancel(ctx)
	timer := time.AfterFunc(limit, cancel)
	var once sync.Once
	end := func() {
		once.Do(func() {
			timer.Stop()
			spoken()
		})
	}
	// Whatever ends the stream ends its context, also a connection that breaks.
	unwatch := context.AfterFunc(ctx, end)
	return context.WithValue(ctx, silenceKey{}, &silence{func() { unwatch(); end() }}), nil
}

// heard ends the silence of a stream whose first message is there.
func heard(ctx context.Context) {
	if s, ok := ctx.Value(silenceKey{}).(*silence); ok {
		s.end()
	}
}
