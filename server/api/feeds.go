package api

import (
	"context"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/api/httpbody"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/keluarga-sehat/sync/internal/area"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/audit"
	"github.com/keluarga-sehat/sync/server/store"
)

type feedService struct {
	ksv1.UnimplementedFeedServiceServer
	services *Services
}

func (f feedService) GetFeed(r *ksv1.GetFeedRequest, stream grpc.ServerStreamingServer[httpbody.HttpBody]) error {
	ctx := stream.Context()
	audit.Of(ctx).Subject(audit.FeedTokenSubject(callerOf(ctx).Feed.Number))
	return f.services.sendFigures(r, stream)
}

func (f feedService) CreateFeedToken(ctx context.Context, r *ksv1.CreateFeedTokenRequest) (*ksv1.CreateFeedTokenResponse, error) {
	caller := callerOf(ctx)
	bound := ""
	if r.GetArea() != "" {
		x, err := f.services.subjectOf(caller, r.GetArea(), "")
		if err != nil {
			return nil, err
		}
		if _, err := f.services.sumOf(ctx, x); err != nil { // of RW and RT only their rows tell that they are there
			return nil, err
		}
		if x.code.Level() != area.Nation {
			bound = x.code.String()
		}
	}
	name := strings.TrimSpace(r.GetName())
	if name == "" {
		return nil, &errBadRequest{"name", "is blank", "Beri nama untuk token ini."}
	}
	secret, made, err := f.services.Auth.NewFeedToken(ctx, caller, store.FeedToken{Name: name, Area: bound}, int(r.GetDays()))
	if err != nil {
		return nil, err
	}
	audit.Of(ctx).Subject(audit.FeedTokenSubject(made.Number))
	return &ksv1.CreateFeedTokenResponse{Secret: secret, Token: feedTokenMessage(&made)}, nil
}

// shownFeedTokens is how long tokens that are over are still shown.
const shownFeedTokens = 90 * 24 * time.Hour

func (f feedService) ListFeedTokens(ctx context.Context, _ *ksv1.ListFeedTokensRequest) (*ksv1.ListFeedTokensResponse, error) {
	rows, err := f.tokensOf(ctx)
	out := &ksv1.ListFeedTokensResponse{}
	for i := range rows {
		out.Tokens = append(out.Tokens, feedTokenMessage(&rows[i]))
	}
	return out, err
}

func (f feedService) tokensOf(ctx context.Context) (rows []store.FeedToken, err error) {
	since := f.services.Now().Add(-shownFeedTokens).UnixMilli()
	err = f.services.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		rows, err = snap.FeedTokensOf(ctx, callerOf(ctx).Account.Number, since)
		return err
	})
	return rows, err
}

func (f feedService) RevokeFeedToken(ctx context.Context, r *ksv1.RevokeFeedTokenRequest) (*ksv1.RevokeFeedTokenResponse, error) {
	audit.Of(ctx).Subject(audit.FeedTokenSubject(r.GetTokenNumber()))
	err := f.services.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		return tx.Directory().RevokeFeedToken(ctx, callerOf(ctx).Account.Number, r.GetTokenNumber(), f.services.Now().UnixMilli())
	})
	if err != nil {
		return nil, err
	}
	rows, err := f.tokensOf(ctx)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		if rows[i].Number == r.GetTokenNumber() {
			return &ksv1.RevokeFeedTokenResponse{Token: feedTokenMessage(&rows[i])}, nil
		}
	}
	return &ksv1.RevokeFeedTokenResponse{}, nil // over so long that it is not shown
}

func feedTokenMessage(t *store.FeedToken) *ksv1.FeedToken {
	out := &ksv1.FeedToken{
		TokenNumber: t.Number, Name: t.Name, Area: t.Area, Revoked: t.RevokedMS != 0,
		CreatedAt: timestamppb.New(time.UnixMilli(t.CreatedMS)), ExpiresAt: timestamppb.New(time.UnixMilli(t.ExpiresMS)),
	}
	if t.UsedMS != 0 {
		out.UsedAt = timestamppb.New(time.UnixMilli(t.UsedMS))
	}
	return out
}
