package api

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/audit"
	"github.com/keluarga-sehat/sync/server/store"
)

// Stream guards a stream. What a device sends is checked by the stream's handler;
// a request that is answered by a stream is checked as that of a call, and
// recorded at its end as its rule says.
func (g *Guard) Stream(server any, stream grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
	ctx, kind := stream.Context(), g.rules[info.FullMethod].GetAudit()
	if info.IsClientStream || kind == ksv1.AuditKind_AUDIT_KIND_UNSPECIFIED {
		return g.stream(ctx, server, stream, info, handler)
	}
	ctx, trail := audit.Begin(ctx, kind, shortMethod(info.FullMethod))
	err := g.stream(ctx, server, stream, info, handler)
	if failed := g.record(ctx, trail, err); failed != nil && err == nil {
		return statusOf(ctx, g.log, info.FullMethod, failed)
	}
	return err
}

func (g *Guard) stream(ctx context.Context, server any, stream grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}
		err = statusOf(ctx, g.log, info.FullMethod, err)
	}()
	admitted, err := g.admit(ctx, info.FullMethod)
	if err != nil {
		return err
	}
	caller := callerOf(admitted)
	if caller == nil {
		return handler(server, &guardedStream{ServerStream: stream, ctx: admitted, guard: g, method: info.FullMethod})
	}
	watched, end := context.WithCancelCause(admitted)
	defer end(nil)
	guarded := &guardedStream{ServerStream: stream, ctx: watched, guard: g, method: info.FullMethod}
	if info.IsClientStream {
		defer g.streams.begin(caller, end)()
	} else {
		guarded.check = g.shape.Check
	}
	go g.watch(watched, end, caller)
	err = handler(server, guarded)
	if cause := context.Cause(watched); err != nil && cause != nil && ctx.Err() == nil {
		return cause
	}
	return err
}

// lookAgain is how often an open stream's account, device and session, or feed
// token, are looked at: what an administrator does acts within it.
const lookAgain = 15 * time.Second

// errAccountChanged ends a stream whose caller may do something else now than
// when it began; the next one begins with that.
var errAccountChanged = errors.New("rights or areas changed")

// watch ends a stream whose caller may no longer hold it as it is. A store that
// can't be asked ends nothing.
func (g *Guard) watch(ctx context.Context, end context.CancelCauseFunc, caller *access.Caller) {
	ticker := time.NewTicker(lookAgain)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		now, err := g.auth.Again(ctx, caller)
		switch {
		case err == nil:
			if changed(caller, now) {
				end(errAccountChanged)
				return
			}
		case errors.Is(err, store.ErrUnavailable) || ctx.Err() != nil:
		default:
			end(err)
			return
		}
	}
}

// changed tells whether a caller may do something else now than when a stream began: an
// import of Puskesmas gives a village to another one without touching any account.
func changed(began, now *access.Caller) bool {
	return now.Account.ScopeRevision != began.Account.ScopeRevision || !slices.Equal(now.Rights(), began.Rights()) ||
		!slices.Equal(villagesOf(now), villagesOf(began))
}

// villagesOf are the numbers of the villages of a caller's Puskesmas, ascending.
func villagesOf(c *access.Caller) []uint32 {
	numbers := make([]uint32, len(c.Work))
	for i, v := range c.Work {
		numbers[i] = v.Number
	}
	slices.Sort(numbers)
	return numbers
}

type guardedStream struct {
	grpc.ServerStream
	ctx    context.Context
	guard  *Guard
	method string
	// check, where set, is made of the one request.
	check func(proto.Message) error
}

// Context carries the caller.
func (s *guardedStream) Context() context.Context { return s.ctx }

// RecvMsg reads within what may be held, checks the request's form, and names in the entry
// what it concerns.
func (s *guardedStream) RecvMsg(m any) error {
	leave, err := s.guard.receive(s.ctx, s.method, m)
	leave()
	if err != nil {
		return err
	}
	heard(s.ctx)
	if s.check == nil {
		return nil
	}
	request, ok := m.(proto.Message)
	if !ok {
		return fmt.Errorf("request of type %T", m)
	}
	nameSubjects(audit.Of(s.ctx), request.ProtoReflect())
	return s.check(request)
}
