package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/keluarga-sehat/sync/internal/wire"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/rates"
)

// Limits of what is being read: messages and bodies are held from their first byte until they
// are decoded and, for those that are no streams, answered. Strangers, who have shown no token,
// are counted apart, so that they keep no user out.
const (
	// MaxOpenBytes bounds what a method takes that needs no account; a sign-in has 300 bytes.
	// A device's deposit is its work, and stays what that may be.
	MaxOpenBytes = 16 << 10
	// readingOfAddress is what strangers of an address may send at once, depositsOfAddress
	// what its devices may that bring their work without a token, readingOfSession what one
	// session may: two largest messages, decoded; all of one device, or of one account without
	// a device, sessionsOfOne times as much.
	readingOfAddress  = 2 << 20
	depositsOfAddress = 8 << 20
	readingOfSession  = 8 << 20
	sessionsOfOne     = 4
	// readingOfStrangers, readingOfDeposits and readingOfUsers are what all of them together
	// may. Beyond, and up to twice as much, who holds little is still heard (shareOfOne), so
	// that a few who hold much keep nobody out.
	readingOfStrangers = 16 << 20
	readingOfDeposits  = 32 << 20
	readingOfUsers     = 128 << 20
	// shareOfOne is which part little is of what one may.
	shareOfOne = 32
)

// readAgain is when who finds no room is told to come again.
const readAgain = 2 * time.Second

// reading bounds the bytes that are held of messages and bodies. Safe for concurrent use.
type reading struct {
	most, mostOfOne int

	mu  sync.Mutex
	all int
	of  map[holder]int // both guarded by mu
}

// holder is one session or subscriber or, together, all sessions of a user; little: what each of
// them holds counts no further than a shareOfOne.
type holder struct {
	whose, session   string
	together, little bool
}

func newReading(most, mostOfOne int) *reading {
	return &reading{most: most, mostOfOne: mostOfOne, of: map[holder]int{}}
}

// take holds more bytes for an asker, or none. Errors: *rates.TooManyCalls.
func (r *reading) take(who asker, bytes int) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	one, together, little := who.holders()
	share := r.mostOfOne / shareOfOne
	all, own := r.all+bytes, r.of[one]+bytes
	byLittle := min(own, share) - min(r.of[one], share)
	beyond := own > share || r.of[little]+byLittle > sessionsOfOne*share || all > 2*r.most
	if own > r.mostOfOne || r.of[together]+bytes > sessionsOfOne*r.mostOfOne || all > r.most && beyond {
		return &rates.TooManyCalls{Wait: readAgain}
	}
	r.add(who, bytes)
	return nil
}

func (r *reading) leave(who asker, bytes int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.add(who, -bytes)
}

// add counts bytes that are held more, or less; the lock is held.
func (r *reading) add(who asker, bytes int) {
	one, together, little := who.holders()
	share := r.mostOfOne / shareOfOne
	before := r.of[one]
	r.all += bytes
	for _, more := range []struct {
		of    holder
		bytes int
	}{{one, bytes}, {together, bytes}, {little, min(before+bytes, share) - min(before, share)}} {
		if r.of[more.of] += more.bytes; r.of[more.of] == 0 {
			delete(r.of, more.of)
		}
	}
}

// holders are whom an asker's bytes are counted for: the session alone, all of its user's, and
// these again as far as each session holds little (holder).
func (who asker) holders() (one, together, little holder) {
	whose := who.whose()
	return holder{whose: whose, session: who.session}, holder{whose: whose, together: true}, holder{whose: whose, little: true}
}

// Room is what one message or body holds. Not safe for concurrent use.
type Room struct {
	of    *reading
	asker asker
	taken int
}

// Take holds so many bytes more. Errors: the status of rates.TooManyCalls.
func (r *Room) Take(bytes int) error {
	if bytes == 0 {
		return nil
	}
	if err := r.of.take(r.asker, bytes); err != nil {
		return waitStatus(err)
	}
	r.taken += bytes
	return nil
}

// Leave gives all back.
func (r *Room) Leave() {
	if r.taken == 0 {
		return
	}
	r.of.leave(r.asker, r.taken)
	r.taken = 0
}

// room is an asker's for a method.
func (g *Guard) room(who asker, method string) *Room {
	switch {
	case who.known():
		return &Room{of: g.users, asker: who}
	case g.rules[method].GetCaller() == ksv1.Caller_CALLER_DEVICE:
		return &Room{of: g.deposits, asker: who}
	default:
		return &Room{of: g.strangers, asker: who}
	}
}

// mostBytes is how large a method's message may be.
func (g *Guard) mostBytes(method string) int {
	switch g.rules[method].GetCaller() {
	case ksv1.Caller_CALLER_ACCOUNT, ksv1.Caller_CALLER_ACCOUNT_ON_DEVICE, ksv1.Caller_CALLER_DEVICE:
		return wire.MaxMessageBytes
	default:
		return MaxOpenBytes
	}
}

// receive reads the next message of a call of a method within what may be held. leave gives
// back what it took, and is to be called also after an error. Those of the gateway, which reads
// a request before it calls, were counted there.
func (g *Guard) receive(ctx context.Context, method string, into any) (leave func(), err error) {
	r, most := &Room{}, g.mostBytes(method)
	room := func(int) error { return nil }
	if !isInside(ctx) {
		r = g.room(g.askerOf(ctx), method)
		room = r.Take
	}
	done := false
	defer func() {
		if !done { // it panicked
			r.Leave()
		}
	}()
	err = wire.Receive(ctx, into, most, room)
	done = true
	if errors.Is(err, wire.ErrSize) {
		err = MessageTooLarge(most)
	}
	if errors.Is(err, wire.ErrParts) {
		err = Unreadable(err.Error())
	}
	return r.Leave, err
}

// MessageTooLarge is the status of a message of more than so many bytes.
func MessageTooLarge(most int) error {
	return build(codes.ResourceExhausted, "BODY_TOO_LARGE", fmt.Sprintf("the message is larger than %d bytes", most), tooLarge(int64(most)))
}

// Over gives a registrar whose calls that are no streams are read as receive says; the
// guard's streams are by themselves.
func (g *Guard) Over(r grpc.ServiceRegistrar) grpc.ServiceRegistrar { return guardedRegistrar{r, g} }

type guardedRegistrar struct {
	grpc.ServiceRegistrar
	guard *Guard
}

// RegisterService registers a service.
func (r guardedRegistrar) RegisterService(d *grpc.ServiceDesc, service any) {
	bounded := *d
	bounded.Methods = make([]grpc.MethodDesc, len(d.Methods))
	for i, m := range d.Methods {
		bounded.Methods[i] = grpc.MethodDesc{MethodName: m.MethodName, Handler: r.guard.bounded("/"+d.ServiceName+"/"+m.MethodName, m.Handler)}
	}
	r.ServiceRegistrar.RegisterService(&bounded, service)
}

// bounded is a method's handler that reads as receive says. What was read is held until it is
// answered.
func (g *Guard) bounded(method string, handler grpc.MethodHandler) grpc.MethodHandler {
	return func(service any, ctx context.Context, _ func(any) error, interceptor grpc.UnaryServerInterceptor) (any, error) {
		leave := func() {}
		defer func() { leave() }()
		return handler(service, ctx, func(into any) (err error) {
			leave, err = g.receive(ctx, method, into)
			if errors.Is(err, io.EOF) {
				return status.Error(codes.Internal, "a call without a request")
			}
			return err
		}, interceptor)
	}
}
