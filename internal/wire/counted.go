package wire

import (
	"fmt"

	"google.golang.org/grpc"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/encoding/proto"
	"google.golang.org/grpc/mem"
)

// Counted is a reply whose sender wants to know until when it is held. A call is over when
// its reply is handed to the connection, which holds it until the client's window lets it
// out; who reads nothing keeps that shut.
type Counted struct {
	Reply *Encoded
	// LetGo is called when the reply is written, or given up with its stream. One that a
	// broken connection takes along is forgotten: ask TLS.AfterClose, too.
	LetGo func()
}

// Encoded is a reply in its bytes: what can't be encoded is then found while the call can
// still be told so.
type Encoded struct{ data mem.BufferSlice }

// Encode encodes a reply.
func Encode(message any) (*Encoded, error) {
	data, err := encoding.GetCodecV2(proto.Name).Marshal(message)
	if err != nil {
		return nil, fmt.Errorf("encode reply: %w", err)
	}
	return &Encoded{data}, nil
}

// countedReplies has a server send Counted and Encoded.
func countedReplies() grpc.ServerOption {
	return grpc.ForceServerCodecV2(counting{encoding.GetCodecV2(proto.Name)})
}

type counting struct{ encoding.CodecV2 }

// noBytes is what ends a counted reply: nothing, of a size that is given back to a pool.
var noBytes = make([]byte, 0, 4<<10)

// Marshal puts behind a counted reply what tells that it is let go.
func (c counting) Marshal(v any) (mem.BufferSlice, error) {
	switch r := v.(type) {
	case *Encoded:
		return r.data, nil
	case *Counted:
		return append(r.Reply.data, mem.NewBuffer(&noBytes, letGo(r.LetGo))), nil
	default:
		return c.CodecV2.Marshal(v)
	}
}

// letGo is a pool to which nothing but the end of a reply is given back.
type letGo func()

// Get gives a buffer, which nobody asks for.
func (letGo) Get(length int) *[]byte {
	b := make([]byte, length)
	return &b
}

// Put tells.
func (f letGo) Put(*[]byte) { f() }
