package faults

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/keluarga-sehat/sync/internal/wire"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// dashboardPatience is how long a server may take until its dashboards are as of
// an instant; it promises two seconds on a machine that is not this busy.
const dashboardPatience = 30 * time.Second

// dashboards are what each server tells the head of the Puskesmas, as of an
// instant not before the call. A server that does not get there breaks a promise.
func (w *world) dashboards(ctx context.Context) ([]*ksv1.AreaIndex, error) {
	since := time.Now()
	var out []*ksv1.AreaIndex
	for _, p := range w.processes {
		if !p.Server {
			continue
		}
		figures, err := w.dashboardOf(ctx, p, since)
		if err != nil {
			return nil, err
		}
		out = append(out, figures)
	}
	return out, nil
}

func (w *world) dashboardOf(ctx context.Context, p *process, since time.Time) (figures *ksv1.AreaIndex, err error) {
	certPEM, err := os.ReadFile(filepath.Join(w.Dir, certFile))
	if err != nil {
		return nil, err
	}
	pin, err := wire.PinOf(certPEM)
	if err != nil {
		return nil, err
	}
	conf, err := wire.ClientTLS(nil, &pin)
	if err != nil {
		return nil, err
	}
	conn, err := grpc.NewClient(p.Address, append(wire.DialOptions(), grpc.WithTransportCredentials(credentials.NewTLS(conf)))...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	grant, err := ksv1.NewAuthServiceClient(conn).SignIn(ctx, &ksv1.SignInRequest{UserName: headName, Password: w.password}, grpc.WaitForReady(true))
	if err != nil {
		return nil, fmt.Errorf("%s: sign in: %w", p.name(), err)
	}
	ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+grant.GetAccessToken())
	for {
		answer, err := ksv1.NewIndexServiceClient(conn).GetAreaIndex(ctx, &ksv1.GetAreaIndexRequest{PuskesmasCode: puskesmasCode})
		if err != nil {
			return nil, fmt.Errorf("%s: figures: %w", p.name(), err)
		}
		figures := answer.GetIndex()
		if !figures.GetAsOf().AsTime().Before(since) {
			return figures, nil
		}
		if time.Since(since) > dashboardPatience {
			w.violate("%s: its dashboards are as of %v still, %v later", p.name(), figures.GetAsOf().AsTime(), time.Since(since).Round(time.Second))
			return figures, nil
		}
		if err := pause(ctx, 50*time.Millisecond); err != nil {
			return nil, err
		}
	}
}

// compareDashboards holds what servers told that had followed all traffic against
// what they tell as new processes, which have read the judged store anew.
func (w *world) compareDashboards(followed, anew []*ksv1.AreaIndex) {
	for i := range followed {
		a, b := withoutTime(followed[i]), withoutTime(anew[i])
		if !proto.Equal(a, b) {
			w.violate("dashboards of server %d followed the traffic to %v, and are %v when it starts anew", i, a, b)
		}
		if a.GetSurveyed() == 0 {
			w.violate("dashboards of server %d tell of no family", i)
		}
	}
}

func withoutTime(x *ksv1.AreaIndex) *ksv1.AreaIndex {
	x = proto.CloneOf(x)
	x.AsOf = (*timestamppb.Timestamp)(nil)
	return x
}
