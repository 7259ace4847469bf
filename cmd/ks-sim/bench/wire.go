package bench

import (
	"context"
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/syncing"
	"github.com/keluarga-sehat/sync/internal/wire"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// wireFamilies of a batch, and batches; each batch is a session of its own, so
// that nothing learned in one helps the next.
const (
	wireFamilies = 100
	wireBatches  = 30
)

// grpcFrame is gRPC's head of a message, in bytes.
const grpcFrame = 5

// wireBytes measures the bytes that a new family of four takes, with all
// answers, NIK, names and stamps: the messages of a session that holds a batch,
// in the chunks that the protocol makes.
func (r *run) wireBytes(_ context.Context) error {
	var up, down, plain int
	for batch := range wireBatches {
		a := newAuthor(1, uint32(100+batch), 0x9e3779b9*uint32(batch+1), uint32(1+batch), "003/007")
		pages, states, err := wirePages(a)
		if err != nil {
			return err
		}
		n, size, err := sessionBytes(wire.Uploads, pages, func(number uint64, data []byte, size uint32) proto.Message {
			return &ksv1.SyncRequest{Message: &ksv1.SyncRequest_Upload{Upload: &ksv1.SyncChunk{Number: number, Data: data, Size: size}}}
		})
		if err != nil {
			return err
		}
		up, plain = up+n, plain+size
		n, _, err = sessionBytes(wire.Downloads, states, func(number uint64, data []byte, size uint32) proto.Message {
			return &ksv1.SyncResponse{Message: &ksv1.SyncResponse_Download{Download: &ksv1.SyncChunk{Number: number, Data: data, Size: size}}}
		})
		if err != nil {
			return err
		}
		down += n
	}
	const families = wireFamilies * wireBatches
	note := fmt.Sprintf("%d batches of %d, a session each; %.0f bytes a family before packing; at most 150 asked", wireBatches, wireFamilies, float64(plain)/families)
	if err := r.report.add(Figure{Name: "wire_up", Value: float64(up) / families, Unit: "bytes/family", Note: note}); err != nil {
		return err
	}
	return r.report.add(Figure{Name: "wire_down", Value: float64(down) / families, Unit: "bytes/family", Note: note})
}

// wirePages are a batch as upload pages and as the feed pages that bring it down.
func wirePages(a *author) (up, down []proto.Message, err error) {
	wall := uint64(surveyed.UnixMilli())
	page, feed := &ksv1.UploadPage{}, &ksv1.FeedPage{Village: a.village}
	size := 0
	for i := range wireFamilies {
		// Half an hour a family, give or take.
		wall += 1_200_000 + uint64(i*7_654_321)%1_200_000
		c, err := a.change(wall)
		if err != nil {
			return nil, nil, err
		}
		state, err := merge.FromChange(c)
		if err != nil {
			return nil, nil, err
		}
		page.Changes = append(page.Changes, c)
		feed.Families = append(feed.Families, &ksv1.FeedFamily{State: state.Encode(nil), Revision: uint64(1000 + i)})
		if size += proto.Size(c); size >= syncing.ChunkBytes-4096 || i == wireFamilies-1 {
			up, down = append(up, page), append(down, feed)
			page, feed, size = &ksv1.UploadPage{}, &ksv1.FeedPage{Village: a.village}, 0
		}
	}
	return up, down, nil
}

func sessionBytes(d wire.Direction, pages []proto.Message, message func(uint64, []byte, uint32) proto.Message) (sent, plain int, err error) {
	zip, err := wire.NewCompressor(wire.Compressions()[0], d)
	if err != nil {
		return 0, 0, err
	}
	for i, page := range pages {
		bytes, err := proto.Marshal(page)
		if err != nil {
			return 0, 0, fmt.Errorf("encode page: %w", err)
		}
		data, size, err := zip.Compress(bytes)
		if err != nil {
			return 0, 0, err
		}
		plain += len(bytes)
		sent += grpcFrame + proto.Size(message(uint64(i+1), data, size))
	}
	return sent, plain, nil
}
