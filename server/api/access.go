package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/shape"
	"github.com/keluarga-sehat/sync/internal/wire"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/audit"
	"github.com/keluarga-sehat/sync/server/auth"
	"github.com/keluarga-sehat/sync/server/rates"
	"github.com/keluarga-sehat/sync/server/store"
)

// Guard enforces each RPC's access rule, checks the shape of requests, recovers
// panics and gives errors their statuses. It is the only interceptor.
type Guard struct {
	auth     *auth.Service
	trail    *audit.Log
	log      *slog.Logger
	rules    map[string]*ksv1.AccessRule
	shape    *shape.Checker
	limits   *rates.Limiter
	streams  streams
	silences *silences
	untaken  heldByKind // replies
	// strangers have shown no token; nor have devices that deposit their work; users have.
	strangers, deposits, users *reading
}

// ownServices is the package whose RPCs need a rule; others (health) are open, within
// what an address may ask.
const ownServices = "keluargasehat.v1"

// NewGuard reads the rules from the contract. It fails for an RPC without one.
func NewGuard(a *auth.Service, trail *audit.Log, log *slog.Logger, bounds rates.Bounds, now func() time.Time) (*Guard, error) {
	checker, err := shape.New()
	if err != nil {
		return nil, err
	}
	g := &Guard{
		auth: a, trail: trail, log: log, rules: map[string]*ksv1.AccessRule{}, shape: checker, limits: rates.New(bounds, now), silences: newSilences(),
		untaken:   newUntaken(),
		strangers: newReading(readingOfStrangers, readingOfAddress), deposits: newReading(readingOfDeposits, depositsOfAddress), users: newReading(readingOfUsers, readingOfSession),
	}
	var missing error
	protoregistry.GlobalFiles.RangeFilesByPackage(ownServices, func(f protoreflect.FileDescriptor) bool {
		for i := range f.Services().Len() {
			methods := f.Services().Get(i).Methods()
			for j := range methods.Len() {
				missing = errors.Join(missing, g.addRule(methods.Get(j)))
			}
		}
		return true
	})
	return g, missing
}

func (g *Guard) addRule(m protoreflect.MethodDescriptor) error {
	name := fmt.Sprintf("/%s/%s", m.Parent().FullName(), m.Name())
	options, ok := m.Options().(*descriptorpb.MethodOptions)
	if !ok || !proto.HasExtension(options, ksv1.E_Access) {
		return fmt.Errorf("%s has no access rule", name)
	}
	rule, ok := proto.GetExtension(options, ksv1.E_Access).(*ksv1.AccessRule)
	if !ok || rule.GetCaller() == ksv1.Caller_CALLER_UNSPECIFIED {
		return fmt.Errorf("%s has an access rule without a caller", name)
	}
	g.rules[name] = rule
	return nil
}

type callerKey struct{}

// callerOf is the caller that the guard has let through; nil for anybody.
func callerOf(ctx context.Context) *access.Caller {
	c, _ := ctx.Value(callerKey{}).(*access.Caller)
	return c
}

// admit authenticates and decides what can be decided before the request is
// seen. Unknown methods are refused.
func (g *Guard) admit(ctx context.Context, method string) (context.Context, error) {
	caller := admittedOf(ctx) // counted before
	if caller == nil {
		if err := g.count(g.askerOf(ctx)); err != nil {
			return nil, err
		}
	}
	if !strings.HasPrefix(method, "/"+ownServices+".") {
		return ctx, nil
	}
	rule := g.rules[method]
	if rule == nil {
		return nil, errForbidden
	}
	switch rule.GetCaller() {
	case ksv1.Caller_CALLER_ANYONE, ksv1.Caller_CALLER_DEVICE:
		return ctx, nil
	}
	if caller == nil {
		authenticate := g.auth.Authenticate
		if rule.GetCaller() == ksv1.Caller_CALLER_FEED_TOKEN {
			authenticate = g.auth.AuthenticateFeed
		}
		var err error
		if caller, err = authenticate(ctx, bearer(ctx)); err != nil {
			return nil, err
		}
		if err := g.limits.Caller(caller); err != nil {
			return nil, err
		}
	}
	if rule.GetCaller() == ksv1.Caller_CALLER_ACCOUNT_ON_DEVICE && caller.Device == 0 ||
		(rule.GetCaller() == ksv1.Caller_CALLER_FEED_TOKEN) != (caller.Feed != nil) {
		return nil, errForbidden
	}
	audit.Of(ctx).Actor(&caller.Account, caller.Device)
	if right := rule.GetRight(); right != ksv1.Right_RIGHT_UNSPECIFIED && !caller.Has(right) {
		return nil, errForbidden
	}
	return context.WithValue(store.WithScope(ctx, caller.StoreScope()), callerKey{}, caller), nil
}

// nameSubjects names in a call's entry what its request names by number or id;
// families are named by what finds them.
func nameSubjects(trail *audit.Trail, request protoreflect.Message) {
	fields := request.Descriptor().Fields()
	number := func(name protoreflect.Name) uint32 {
		if f := fields.ByName(name); f != nil && f.Kind() == protoreflect.Uint32Kind && !f.IsList() {
			return uint32(request.Get(f).Uint())
		}
		return 0
	}
	if n := number("account"); n != 0 {
		trail.Subject(audit.AccountSubject(n))
	}
	if n := number("device"); n != 0 {
		trail.Subject(audit.DeviceSubject(n))
	}
	if n := number("registration"); n != 0 {
		trail.Subject(audit.RegistrationSubject(n))
	}
	if n := number("nominee"); n != 0 {
		trail.Subject(audit.NomineeSubject(n))
	}
	if f := fields.ByName("change_id"); f != nil && f.Kind() == protoreflect.StringKind {
		if id, err := merge.ParseID(request.Get(f).String()); err == nil {
			trail.Subject("change:" + id.String())
		}
	}
}

// nameConcerned names in a refused call's entry the account that it concerned.
func nameConcerned(ctx context.Context, err error) error {
	var about *auth.Concerning
	if errors.As(err, &about) && about.Account.Number != 0 {
		audit.Of(ctx).Subject(audit.AccountSubject(about.Account.Number))
		if errors.Is(err, auth.ErrTokenReused) {
			audit.Of(ctx).Kind(ksv1.AuditKind_AUDIT_KIND_ALARM)
			audit.Of(ctx).Actor(&about.Account, 0)
		}
	}
	return err
}

// record writes a call's entry. Refusals of callers who are nobody are not
// recorded, but for sign-ins, which are limited elsewhere.
func (g *Guard) record(ctx context.Context, trail *audit.Trail, err error) error {
	outcome, reason := outcomeOf(err)
	e := trail.Entry(outcome, reason)
	if e == nil || err != nil && e.GetAccount() == 0 && !recordedReasons[reason] {
		return nil
	}
	failed := g.trail.Append(context.WithoutCancel(ctx), e)
	if failed != nil {
		g.log.ErrorContext(ctx, "record call", "method", e.GetMethod(), "error", failed)
	}
	return failed
}

func bearer(ctx context.Context) string {
	md, _ := metadata.FromIncomingContext(ctx)
	for _, v := range md.Get("authorization") {
		if scheme, token, ok := strings.Cut(v, " "); ok && strings.EqualFold(scheme, "bearer") {
			return token
		}
	}
	return ""
}

// Unary guards a call and records it as its rule says. What can't be recorded is
// not answered.
func (g *Guard) Unary(ctx context.Context, request any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	heard(ctx)
	response, err := g.recorded(ctx, request, info, handler)
	if err != nil {
		return nil, err
	}
	reply, err := wire.Encode(response)
	if err != nil {
		return nil, statusOf(ctx, g.log, info.FullMethod, err)
	}
	return g.counted(ctx, info.FullMethod, reply)
}

// recorded guards a call whose reply is neither encoded nor counted.
func (g *Guard) recorded(ctx context.Context, request any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	kind := g.rules[info.FullMethod].GetAudit()
	if kind == ksv1.AuditKind_AUDIT_KIND_UNSPECIFIED {
		return g.unary(ctx, request, info, handler)
	}
	ctx, trail := audit.Begin(ctx, kind, shortMethod(info.FullMethod))
	response, err := g.unary(ctx, request, info, handler)
	if failed := g.record(ctx, trail, err); failed != nil && err == nil {
		return nil, statusOf(ctx, g.log, info.FullMethod, failed)
	}
	return response, err
}

// shortMethod is "Service.Method".
func shortMethod(full string) string {
	return strings.Replace(strings.TrimPrefix(full, "/"+ownServices+"."), "/", ".", 1)
}

// CallTime is how long a call that is no stream may take, whatever deadline its
// caller names.
const CallTime = time.Minute

func (g *Guard) unary(ctx context.Context, request any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (response any, err error) {
	ctx, cancel := context.WithTimeout(ctx, CallTime)
	defer cancel()
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}
		err = statusOf(ctx, g.log, info.FullMethod, err)
	}()
	ctx, err = g.admit(ctx, info.FullMethod)
	if err != nil {
		return nil, err
	}
	if m, ok := request.(proto.Message); ok {
		if err := g.shape.Check(m); err != nil {
			return nil, err
		}
		nameSubjects(audit.Of(ctx), m.ProtoReflect())
	}
	return handler(ctx, request)
}
