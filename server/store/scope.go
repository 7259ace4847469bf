package store

import "context"

// Scope is what a transaction may read of families, of the figures below the
// whole and of registrations: on PostgreSQL row-level security holds it, whatever the statements ask
// for. It rides on the context, for it is who makes the request; a transaction
// without one reads no family. What a transaction writes is bounded by its
// village (Tx.InVillage), whatever the scope. SQLite, one file on one machine,
// has no such wall.
type Scope struct {
	// Villages are those whose families may be read.
	Villages []uint32
	// Figures are villages whose tallies may be read, FiguresUnder a dotted code
	// under which they may; Everywhere: all.
	Figures      []uint32
	FiguresUnder string
	Everywhere   bool
	// Restricted: families whose processing is restricted are read, too.
	Restricted bool
	// RequestsUnder is a dotted code under whose districts registrations may be read
	// and written, RequestsEverywhere: all. Puskesmas is the one whose own part of
	// registrations may be; "": none.
	RequestsUnder      string
	RequestsEverywhere bool
	Puskesmas          string
	// Account is whose notices may be read; 0: nobody's.
	Account uint32
}

type scopeKey struct{}

// WithScope declares what transactions under the context may read.
func WithScope(ctx context.Context, s Scope) context.Context {
	return context.WithValue(ctx, scopeKey{}, &s)
}

// AsOperator declares that transactions under the context are of a command on
// the server's machine, which may read and write all. On PostgreSQL it needs the
// role OperatorRole. Nothing that serves a request may use it.
func AsOperator(ctx context.Context) context.Context {
	return context.WithValue(ctx, scopeKey{}, (*Scope)(nil))
}

// ScopeOf is what was declared; nobody's where nothing was.
func ScopeOf(ctx context.Context) (s Scope, operator bool) {
	switch declared, ok := ctx.Value(scopeKey{}).(*Scope); {
	case !ok:
		return Scope{}, false
	case declared == nil:
		return Scope{}, true
	default:
		return *declared, false
	}
}
