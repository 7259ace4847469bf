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
func (r *run) pull(ctx context.Context, dir string) (err error) {
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
	if err := errors.Join(ours.block(ctx, pullFamilies), ours.settle(ctx)); err != nil {
		return err
	}
	var bare *side
	var seconds, clientCPU [2]float64
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
		seconds[0], clientCPU[0], serverCPU = seconds[0]+took.seconds, clientCPU[0]+took.cpu, serverCPU+after-before
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
		seconds[1], clientCPU[1] = seconds[1]+took.seconds, clientCPU[1]+took.cpu
	}
	perThousand := func(cpu float64) float64 { return cpu / pulls / pullFamilies * 1000 }
	f := Figure{Name: "pull_postgres", Value: pulls * pullFamilies / seconds[0], Unit: "families/s", ServerCPU: perThousand(serverCPU),
		Note: fmt.Sprintf("%d pulls of %d families by a fresh device, %.1f bytes a family, device's CPU %.3f (bare %.3f)",
			pulls, pullFamilies, float64(bytesDown)/pullFamilies, perThousand(clientCPU[0]), perThousand(clientCPU[1]))}
	return r.report.add(f.beside(pulls*pullFamilies/seconds[1], true))
}

// effort is what something took of time, and of this process's processor.
type effort struct{ seconds, cpu float64 }

func measured(do func() error) (took effort, err error) {
	before, err := cpuSeconds(os.Getpid())
	if err != nil {
		return took, err
	}
	begin := time.Now()
	if err := do(); err != nil {
		return took, err
	}
	took.seconds = time.Since(begin).Seconds()
	after, err := cpuSeconds(os.Getpid())
	took.cpu = after - before
	return took, err
}

// pullOurs signs a new device in and syncs it, until it holds all families; it
// tells what the sync took and the bytes that the device then holds.
func pullOurs(ctx context.Context, p *process, dir string, families int) (took effort, size int, wireBytes int64, err error) {
	pin, err := wire.PinOf(p.CertPEM)
	if err != nil {
		return took, 0, 0, err
	}
	client, err := clientsdk.Open(clientsdk.Config{Dir: dir, Server: p.Address, Pin: &pin, DeviceName: dir})
	if err != nil {
		return took, 0, 0, err
	}
	defer func() { err = errors.Join(err, client.Close()) }()
	user, err := client.SignIn(ctx, benchUser(p.Accounts, 0), p.Password)
	if err != nil {
		return took, 0, 0, err
	}
	closed := false
	defer func() {
		if !closed {
			err = errors.Join(err, user.Close())
		}
	}()
	var result *clientsdk.SyncResult
	took, err = measured(func() (err error) {
		result, err = user.Sync(ctx, nil)
		return err
	})
	if err != nil {
		return took, 0, 0, err
	}
	// One that is told of a double meanwhile comes twice.
	if result.Received < families || result.Differing != 0 {
		return took, 0, 0, fmt.Errorf("%d of %d families, %d RT differ", result.Received, families, result.Differing)
	}
	// At rest: the log is written back into the database.
	closed = true
	if err := user.Close(); err != nil {
		return took, 0, 0, err
	}
	size, err = folderSize(dir)
	return took, size, result.BytesDown, err
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

func pullBare(ctx context.Context, p *process, path string) (took effort, err error) {
	encoding.RegisterCompressor(newZstd())
	conn, err := grpc.NewClient(p.Address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return took, err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	insert, closeStore, err := openBareSQLite(ctx, path)
	if err != nil {
		return took, err
	}
	defer func() { err = errors.Join(err, closeStore()) }()
	return measured(func() error { return fetchBare(ctx, conn, insert) })
}

// fetchBare stores all rows.
func fetchBare(ctx context.Context, conn *grpc.ClientConn, insert bareInsert) error {
	stream, err := conn.NewStream(ctx, &bareGetStream, bareGetMethod, grpc.UseCompressor(zstdName))
	if err != nil {
		return err
	}
	if err := errors.Join(stream.SendMsg(wrapperspb.UInt32(pullFamilies)), stream.CloseSend()); err != nil {
		return err
	}
	for rows := 0; rows < pullFamilies; {
		var m wrapperspb.BytesValue
		if err := stream.RecvMsg(&m); err != nil {
			return fmt.Errorf("after %d rows: %w", rows, err)
		}
		ids, payloads, err := decodeRows(m.GetValue())
		if err != nil {
			return err
		}
		if err := insert(ctx, ids, payloads); err != nil {
			return err
		}
		rows += len(ids)
	}
	return nil
}
