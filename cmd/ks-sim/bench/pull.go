package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/encoding"
	"google.golang.org/protobuf/types/known/wrapperspb"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/pgtest"
	"github.com/keluarga-sehat/sync/internal/wire"
)

// pullFamilies of a device; pulls of each side, alternating.
const (
	pullFamilies = 10_000
	pulls        = 3
)

// pull measures a fresh device that fetches and stores 10,000 families: merged,
// sealed, indexed, and proved by digests; beside a bare stream of as many bytes
// into bare SQLite.
func (r *run) pull(ctx context.Context) (err error) {
	dir, err := os.MkdirTemp("", "ks-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	cluster, err := pgtest.StartWith("max_connections=100")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, cluster.Stop()) }()
	store, err := cluster.CreateDatabase(ctx)
	if err != nil {
		return err
	}
	ours, err := startSide(ctx, child{Store: store, Profile: r.Profile}, 0)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ours.close()) }()
	if err := ours.block(ctx, pullFamilies); err != nil {
		return err
	}
	var bare *side
	var seconds [2]float64
	var serverCPU float64
	var bytesDown int64
	for i := range pulls {
		before, err := cpuSeconds(ours.process.pid())
		if err != nil {
			return err
		}
		took, size, down, err := pullOurs(ctx, ours.process, filepath.Join(dir, fmt.Sprint("device-", i)), pullFamilies)
		if err != nil {
			return err
		}
		after, err := cpuSeconds(ours.process.pid())
		if err != nil {
			return err
		}
		bytesDown = down
		seconds[0], serverCPU = seconds[0]+took, serverCPU+after-before
		if bare == nil {
			if bare, err = startBarePull(ctx, cluster, size/pullFamilies); err != nil {
				return err
			}
			defer func() { err = errors.Join(err, bare.close()) }()
		}
		took, err = pullBare(ctx, bare.process, filepath.Join(dir, fmt.Sprint("bare-", i)))
		if err != nil {
			return err
		}
		seconds[1] += took
	}
	f := Figure{Name: "pull_postgres", Value: pulls * pullFamilies / seconds[0], Unit: "families/s", ServerCPU: serverCPU / pulls / pullFamilies * 1000,
		Note: fmt.Sprintf("%d pulls of %d families by a fresh device, %.1f bytes a family", pulls, pullFamilies, float64(bytesDown)/pullFamilies)}
	return r.report.add(f.beside(pulls*pullFamilies/seconds[1], true))
}

// pullOurs signs a new device in and syncs it, until it holds all families; it
// tells the seconds of the sync and the bytes that the device then holds.
func pullOurs(ctx context.Context, p *process, dir string, families int) (seconds float64, size int, wireBytes int64, err error) {
	pin, err := wire.PinOf(p.CertPEM)
	if err != nil {
		return 0, 0, 0, err
	}
	client, err := clientsdk.Open(clientsdk.Config{Dir: dir, Server: p.Address, Pin: &pin, DeviceName: dir})
	if err != nil {
		return 0, 0, 0, err
	}
	defer func() { err = errors.Join(err, client.Close()) }()
	user, err := client.SignIn(ctx, benchUser, p.Password)
	if err != nil {
		return 0, 0, 0, err
	}
	closed := false
	defer func() {
		if !closed {
			err = errors.Join(err, user.Close())
		}
	}()
	begin := time.Now()
	result, err := user.Sync(ctx, nil)
	if err != nil {
		return 0, 0, 0, err
	}
	seconds = time.Since(begin).Seconds()
	if result.Received != families || result.Differing != 0 {
		return 0, 0, 0, fmt.Errorf("%d of %d families, %d RT differ", result.Received, families, result.Differing)
	}
	// At rest: the log is written back into the database.
	closed = true
	if err := user.Close(); err != nil {
		return 0, 0, 0, err
	}
	size, err = folderSize(dir)
	return seconds, size, result.BytesDown, err
}

// startBarePull starts the baseline on a database of its own, and fills it with
// rows of the size that our device stores.
func startBarePull(ctx context.Context, cluster *pgtest.Cluster, size int) (*side, error) {
	store, err := cluster.CreateDatabase(ctx)
	if err != nil {
		return nil, err
	}
	s, err := startSide(ctx, child{Bare: true, Store: store, Payload: size}, 0)
	if err != nil {
		return nil, err
	}
	if err := s.block(ctx, pullFamilies); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func pullBare(ctx context.Context, p *process, path string) (seconds float64, err error) {
	encoding.RegisterCompressor(newZstd())
	conn, err := grpc.NewClient(p.Address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	insert, closeStore, err := openBareSQLite(ctx, path)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, closeStore()) }()
	begin := time.Now()
	stream, err := conn.NewStream(ctx, &bareGetStream, bareGetMethod, grpc.UseCompressor(zstdName))
	if err != nil {
		return 0, err
	}
	if err := errors.Join(stream.SendMsg(wrapperspb.UInt32(pullFamilies)), stream.CloseSend()); err != nil {
		return 0, err
	}
	for rows := 0; rows < pullFamilies; {
		var m wrapperspb.BytesValue
		if err := stream.RecvMsg(&m); err != nil {
			return 0, fmt.Errorf("after %d rows: %w", rows, err)
		}
		ids, payloads, err := decodeRows(m.GetValue())
		if err != nil {
			return 0, err
		}
		if err := insert(ctx, ids, payloads); err != nil {
			return 0, err
		}
		rows += len(ids)
	}
	return time.Since(begin).Seconds(), nil
}
