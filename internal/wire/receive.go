package wire

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// Limits of a message's parts: an empty one takes two bytes on the wire and hundreds decoded.
const (
	// MaxParts is how many messages one may hold. The largest of the contract, the opening
	// of a session with 4,096 villages, has half as many.
	MaxParts = 32_768
	// maxDepth is how deep they may lie in each other; those of the contract keep to ten.
	maxDepth = 100
	// PartBytes and textBytes are about what a decoded message and a decoded text of a list
	// take beside what they hold.
	PartBytes = 128
	textBytes = 24
)

// readPiece is how much of a message is read, and asked room for, at a time: what was only
// announced holds nothing.
const readPiece = 64 << 10

var (
	// ErrParts: a message holds more than MaxParts others.
	ErrParts = fmt.Errorf("a message of more than %d parts", MaxParts)
	// ErrSize: a message is larger than it may be.
	ErrSize = errors.New("a message that is too large")
)

// messageStream is what the transport of a server's stream reads from: by it, a message's
// length is known before it is read, which gRPC itself asks nobody about.
type messageStream interface {
	ReadMessageHeader(header []byte) error
	Read(n int) (mem.BufferSlice, error)
}

// Receive reads the next message of a server's stream, whose context it is given, in place of
// gRPC; it may have so many bytes at most. room is asked with the bytes that will be held: with
// each piece of it before that is read, and with those of its parts before they are decoded.
// Errors: room's; io.EOF at the stream's end; ErrSize; ErrParts; else statuses.
func Receive(ctx context.Context, into any, most int, room func(bytes int) error) error {
	stream, ok1 := grpc.ServerTransportStreamFromContext(ctx).(messageStream)
	message, ok2 := into.(proto.Message)
	if !ok1 || !ok2 {
		return status.Errorf(codes.Internal, "can't receive %T", into)
	}
	var header [5]byte
	if err := stream.ReadMessageHeader(header[:]); err != nil {
		return receiveStatus(err)
	}
	if header[0] != 0 {
		return status.Error(codes.Unimplemented, "compressed messages are not taken")
	}
	size := binary.BigEndian.Uint32(header[1:])
	if uint64(size) > uint64(most) {
		return ErrSize
	}
	whole, err := readPieces(stream, int(size), room)
	if err != nil {
		return err
	}
	defer whole.Free()
	c := counter{left: MaxParts}
	if !c.count(whole.ReadOnlyData(), message.ProtoReflect().Descriptor(), maxDepth) {
		return ErrParts
	}
	if err := room(c.bytes); err != nil {
		return err
	}
	if err := proto.Unmarshal(whole.ReadOnlyData(), message); err != nil {
		return status.Errorf(codes.Internal, "grpc: error unmarshalling request: %v", err)
	}
	return nil
}

// readPieces reads so many bytes; the caller frees them.
func readPieces(stream messageStream, size int, room func(bytes int) error) (mem.Buffer, error) {
	var all mem.BufferSlice
	defer func() { all.Free() }()
	for left := size; left > 0; {
		n := min(left, readPiece)
		if err := room(n); err != nil {
			return nil, err
		}
		data, err := stream.Read(n)
		all = append(all, data...)
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return nil, receiveStatus(err)
		}
		left -= n
	}
	return all.MaterializeToBuffer(mem.DefaultBufferPool()), nil
}

// receiveStatus is what gRPC makes of an error of its transport.
func receiveStatus(err error) error {
	_, told := status.FromError(err)
	switch {
	case told || errors.Is(err, io.EOF):
		return err
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return status.FromContextError(err).Err()
	case errors.Is(err, io.ErrUnexpectedEOF):
		return status.Error(codes.Internal, err.Error())
	default:
		return status.Error(codes.Unavailable, err.Error())
	}
}

// counter counts what an encoded message holds, without decoding it.
type counter struct{ left, bytes int }

// count is false where it holds too much. What can't be read is for the decoder to refuse.
func (c *counter) count(data []byte, d protoreflect.MessageDescriptor, depth int) bool {
	if depth == 0 {
		return false
	}
	for len(data) > 0 {
		number, kind, n := protowire.ConsumeTag(data)
		if n < 0 {
			return true
		}
		data = data[n:]
		if n = protowire.ConsumeFieldValue(number, kind, data); n < 0 {
			return true
		}
		value := data[:n]
		data = data[n:]
		field := d.Fields().ByNumber(number)
		if field == nil || kind != protowire.BytesType {
			continue
		}
		if field.Message() == nil {
			if field.IsList() {
				c.bytes += textBytes
			}
			continue
		}
		c.bytes += PartBytes
		if c.left--; c.left < 0 {
			return false
		}
		inner, _ := protowire.ConsumeBytes(value)
		if !c.count(inner, field.Message(), depth-1) {
			return false
		}
	}
	return true
}
