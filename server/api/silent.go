package api

import (
	"context"
	"time"

	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/tap"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/rates"
)

// Streams that have said nothing: gRPC reads a call's message before anything of ours
// sees the call, so that neither rates nor CallTime have begun.
const (
	// SilentStreams is how many of one user may be without their first message, at some 20 KiB
	// each and what is read of it, which reading bounds; SilentUsers how many of all users. A
	// message follows its headers at once, but a thousand devices that come together wait for
	// a processor. A device has two.
	SilentStreams  = 64
	SilentUsers    = 2048
	FewUserStreams = 4
	// StrangerStreams is how many of one address may that have shown no token, SilentStrangers
	// how many in all; one with fewer than FewStreams is heard beyond (see heldMost). Each may have sent
	// 64 KiB before its call asks for its message.
	StrangerStreams = 256
	SilentStrangers = 2048
	FewStreams      = 16
	// CheckStreams is how many health checks of one address may, SilentChecks how many in all:
	// a load balancer has one or two under way.
	CheckStreams    = 16
	SilentChecks    = 256
	FewCheckStreams = 2
	// SilentTime is until when the first message must be there whole. Over 9.6 kbit/s what
	// waits before it in the connection's window takes one.
	SilentTime = 2 * time.Minute
	// SilentWorkTime is that of calls whose one message is a device's work: 1 MiB over 9.6
	// kbit/s takes 15 minutes.
	SilentWorkTime = 20 * time.Minute
)

// silences are the streams whose first message is not there yet. Safe for concurrent use.
type silences struct {
	heldByKind
	time, work time.Duration
}

func newSilences() *silences {
	return &silences{heldByKind: heldByKind{
		users:     newHeld(heldMost{ofOne: SilentStreams, inAll: SilentUsers, few: FewUserStreams}),
		strangers: newHeld(heldMost{ofOne: StrangerStreams, inAll: SilentStrangers, few: FewStreams}),
		checks:    newHeld(heldMost{ofOne: CheckStreams, inAll: SilentChecks, few: FewCheckStreams}),
	}, time: SilentTime, work: SilentWorkTime}
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
// time, or if as many newer ones of its asker say nothing either. Those of the gateway, which
// reads a request before it calls, are not counted. Errors: the statuses of a token that is
// none, and of rates.TooManyCalls.
func (g *Guard) Tap(ctx context.Context, info *tap.Info) (context.Context, error) {
	if isInside(ctx) {
		return ctx, nil
	}
	who, err := g.screen(ctx, info.FullMethodName, callerAddress(ctx), bearer(metadata.NewIncomingContext(ctx, info.Header)))
	if err != nil {
		return ctx, err
	}
	ownConnection(ctx, who)
	ctx = context.WithValue(ctx, askerKey{}, who)
	limit := g.silences.time
	if bringsWork[info.FullMethodName] {
		limit = g.silences.work
	}
	ctx, cancel := context.WithCancel(ctx)
	spoken, ok := g.silences.begin(info.FullMethodName, who, cancel)
	if !ok {
		cancel()
		return ctx, waitStatus(&rates.TooManyCalls{Wait: time.Second})
	}
	timer := time.AfterFunc(limit, cancel)
	end := func() {
		timer.Stop()
		spoken()
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
