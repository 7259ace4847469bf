package field

import (
	"bytes"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server"
)

func TestAFieldOfANewerAppPassesThroughAnOlderServerAndDevice(t *testing.T) {
	onEachEngine(t, 2, aFieldOfANewerAppPassesThroughAnOlderServerAndDevice)
}

func aFieldOfANewerAppPassesThroughAnOlderServerAndDevice(t *testing.T, f *Field) {
	a, b := signIn(t, f, "surveyor1"), signIn(t, f, "surveyor2")
	mustSync(t, a)
	id, err := Interview(t.Context(), a, village(t, a), "001/001", NewGenerator(8, 320405, time.Now()).Family())
	if err != nil {
		t.Fatal(err)
	}
	// Numbers that no message of this version has; a string and a message.
	newer := protowire.AppendString(protowire.AppendTag(nil, 900, protowire.BytesType), "dari aplikasi baru")
	newer = protowire.AppendVarint(protowire.AppendTag(newer, 901, protowire.VarintType), 7)
	family := &ksv1.Family{}
	family.ProtoReflect().SetUnknown(newer)
	key := clientsdk.Key{Kind: clientsdk.KindFamily}
	if _, err := a.Save(t.Context(), id, clientsdk.Edit{Key: key, Set: family}); err != nil {
		t.Fatal(err)
	}
	mustSync(t, a)
	mustSync(t, b)
	// The older app corrects something beside it.
	street := "Jalan Betul 5"
	if _, err := b.Save(t.Context(), id, clientsdk.Edit{Key: key, Set: &ksv1.Family{Address: &street}}); err != nil {
		t.Fatal(err)
	}
	mustSync(t, b)
	mustSync(t, a)
	for name, u := range map[string]*clientsdk.User{"the author": a, "the neighbour": b} {
		h, err := u.Family(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if got := h.GetFamily().ProtoReflect().GetUnknown(); !bytes.Equal(got, newer) || h.GetFamily().GetAddress() != street {
			t.Errorf("%s has %x and %q", name, got, h.GetFamily().GetAddress())
		}
	}
	if found, err := server.Verify(t.Context(), f.Store, f.Ring, nil); err != nil || len(found.Differences) > 0 {
		t.Errorf("on the server: %+v, %v", found, err)
	}
}
