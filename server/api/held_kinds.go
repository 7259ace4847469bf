package api

import (
	"google.golang.org/grpc/health/grpc_health_v1"
)

// heldByKind counts what is held for users, each by themselves, and apart from them for strangers
// and for health checks, by address: a mobile operator lets a thousand devices share one, so that
// no stranger there, and no user, keeps a user out, and no stranger a load balancer's probe.
type heldByKind struct{ users, strangers, checks *held }

// begin is held.begin for a call of a method.
func (h heldByKind) begin(method string, who asker, giveWay func()) (end func(), ok bool) {
	switch {
	case who.known():
		return h.users.begin(who, giveWay)
	case method == grpc_health_v1.Health_Check_FullMethodName:
		return h.checks.begin(who, giveWay)
	default:
		return h.strangers.begin(who, giveWay)
	}
}
