package api

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/keluarga-sehat/sync/internal/wire"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

func TestAMessageThatIsTooLargeForItsMethodIsNotRead(t *testing.T) {
	t.Parallel()
	conn := silentPort(t, newSilences())
	for method, most := range map[string]int{ksv1.AuthService_SignIn_FullMethodName: MaxOpenBytes, ksv1.SyncService_Deposit_FullMethodName: wire.MaxMessageBytes} {
		err := conn.Invoke(t.Context(), method, &ksv1.SignInRequest{Password: string(make([]byte, most+1))}, &ksv1.SignInResponse{})
		if _, reason := outcomeOf(err); status.Code(err) != codes.ResourceExhausted || reason != "BODY_TOO_LARGE" {
			t.Errorf("%s: %v", method, err)
		}
	}
	if err := conn.Invoke(t.Context(), ksv1.AuthService_SignIn_FullMethodName, &ksv1.SignInRequest{UserName: "x"}, &ksv1.SignInResponse{}); status.Code(err) == codes.ResourceExhausted {
		t.Errorf("a small one: %v", err)
	}
}

func TestAMessageOfTooManyPartsIsNotDecoded(t *testing.T) {
	t.Parallel()
	conn := silentPort(t, newSilences())
	for parts, reason := range map[int]string{wire.MaxParts + 1: "BAD_REQUEST", 1000: codes.Unimplemented.String()} {
		bomb := &ksv1.DepositRequest{Changes: make([]*ksv1.DepositedChange, parts)}
		for i := range bomb.Changes {
			bomb.Changes[i] = &ksv1.DepositedChange{}
		}
		_, err := ksv1.NewSyncServiceClient(conn).Deposit(t.Context(), bomb)
		if _, told := outcomeOf(err); parts > wire.MaxParts && told != reason || parts == 1000 && status.Code(err) == codes.ResourceExhausted {
			t.Errorf("%d parts: %v", parts, err)
		}
	}
}

func TestWhatIsReadIsBoundedTogether(t *testing.T) {
	t.Parallel()
	r := newReading(100, 60)
	g := &Guard{strangers: r, deposits: newReading(5, 5), users: newReading(10, 10), rules: map[string]*ksv1.AccessRule{
		ksv1.SyncService_Deposit_FullMethodName: {Caller: ksv1.Caller_CALLER_DEVICE},
	}}
	const open = ksv1.AuthService_SignIn_FullMethodName
	one, same, other := g.room(asker{address: "2001:db8::1"}, open), g.room(asker{address: "2001:db8::2"}, open), g.room(asker{address: "192.0.2.1"}, open)
	apart := g.room(asker{address: "192.0.2.1"}, ksv1.SyncService_Deposit_FullMethodName)
	for i, c := range []struct {
		room  *Room
		bytes int
		ok    bool
	}{{one, 50, true}, {same, 11, false}, {same, 10, true}, {other, 41, false}, {other, 40, true}, {apart, 5, true}, {g.room(asker{user: "7 on 3", session: "s", address: "192.0.2.1"}, open), 10, true}, {other, 0, true}} {
		err := c.room.Take(c.bytes)
		if _, reason := outcomeOf(err); (err == nil) != c.ok || err != nil && reason != "TOO_MANY_CALLS" {
			t.Errorf("taking %d: %v", i, err)
		}
	}
	one.Leave()
	one.Leave()
	if err := other.Take(20); err != nil {
		t.Errorf("what was left is not there: %v", err)
	}
	same.Leave()
	other.Leave()
	if r.all != 0 || len(r.of) != 0 {
		t.Errorf("%d bytes are held of %v", r.all, r.of)
	}
}

// While the room is full who holds little is heard, up to twice as much; nothing stays of who
// held nothing.
func TestWhoHoldsLittleIsHeardWhileTheRoomIsFull(t *testing.T) {
	t.Parallel()
	r := newReading(100, 64) // little is 2
	var rooms []*Room
	take := func(sender string, bytes int, want bool) {
		t.Helper()
		room := &Room{of: r, asker: asker{address: sender}}
		rooms = append(rooms, room)
		if err := room.Take(bytes); (err == nil) != want {
			t.Errorf("%s, %d bytes: %v", sender, bytes, err)
		}
	}
	take("a", 50, true)
	take("b", 50, true)
	take("c", 3, false)
	for n := range 50 {
		take(fmt.Sprint(n), 2, true)
		take(fmt.Sprint(n), 1, false)
	}
	take("d", 1, false)
	take("e", 0, true)
	for _, room := range rooms {
		room.Leave()
	}
	if r.all != 0 || len(r.of) != 0 {
		t.Errorf("%d bytes are held of %v", r.all, r.of)
	}
}

// A session, which may have ended and be a thief's, takes nothing of its user's others; a user's
// together are bounded.
func TestASessionTakesNoRoomOfItsUsersOthers(t *testing.T) {
	t.Parallel()
	r := newReading(1000, 10)
	taken := 0
	for n := range 2 * sessionsOfOne {
		room := &Room{of: r, asker: asker{user: "7 on 3", session: fmt.Sprint(n)}}
		if room.Take(10) == nil {
			taken++
		}
		if err := room.Take(1); err == nil {
			t.Errorf("session %d has more than one may", n)
		}
		defer room.Leave()
	}
	if taken != sessionsOfOne {
		t.Errorf("%d sessions of one user have what one may", taken)
	}
}

// While the room is full a user's many sessions keep nobody out, though each holds little; one that
// held much before, which may be a thief's, counts as one that holds little.
func TestAUsersManySessionsKeepNobodyOut(t *testing.T) {
	t.Parallel()
	r := newReading(100, 64) // little is 2
	var rooms []*Room
	take := func(user, session string, bytes int, want bool) {
		t.Helper()
		room := &Room{of: r, asker: asker{user: user, session: session}}
		rooms = append(rooms, room)
		if err := room.Take(bytes); (err == nil) != want {
			t.Errorf("%s of %s, %d bytes: %v", session, user, bytes, err)
		}
	}
	take("7 on 1", "ended", 50, true)
	take("8 on 2", "a", 50, true)
	for n := range 100 {
		take("7 on 1", fmt.Sprint(n), 2, n < sessionsOfOne-1)
	}
	take("9 on 3", "b", 2, true)
	for _, room := range rooms {
		room.Leave()
	}
	if r.all != 0 || len(r.of) != 0 {
		t.Errorf("%d bytes are held of %v", r.all, r.of)
	}
}

// A half-sent message holds what has come of it, until its call is over; what it has only
// announced holds no more than the next piece.
func TestAHalfSentMessageHoldsItsRoom(t *testing.T) {
	t.Parallel()
	conn := silentPort(t, newSilences())
	protocols := new(http.Protocols)
	protocols.SetUnencryptedHTTP2(true)
	raw := &http.Transport{Protocols: protocols}
	t.Cleanup(raw.CloseIdleConnections)
	deposit := func() error {
		_, err := ksv1.NewSyncServiceClient(conn).Deposit(t.Context(), &ksv1.DepositRequest{Device: 1})
		return err
	}
	var halves []context.CancelFunc
	for range 2 * depositsOfAddress / wire.MaxMessageBytes {
		halves = append(halves, half(t, raw, conn.Target(), 0))
	}
	if err := deposit(); status.Code(err) == codes.ResourceExhausted {
		t.Errorf("behind what is only announced: %v", err)
	}
	for _, end := range halves {
		end()
	}
	halves = nil
	refused := func() bool { return status.Code(deposit()) == codes.ResourceExhausted }
	eventually(t, func() bool {
		halves = append(halves, half(t, raw, conn.Target(), wire.MaxMessageBytes-1))
		return refused()
	})
	if fill := depositsOfAddress / wire.MaxMessageBytes; len(halves) < fill {
		t.Errorf("%d halves are all that there is room for, not %d", len(halves), fill)
	}
	for _, end := range halves {
		end()
	}
	eventually(t, func() bool { return !refused() })
}

// eventually waits for the server to see what has been sent.
func eventually(t *testing.T, is func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it did not come")
		}
	}
}

// half sends the head of a largest deposit, and so many bytes of it; the end gives it up.
func half(t *testing.T, raw *http.Transport, address string, bytes int) context.CancelFunc {
	t.Helper()
	ctx, end := context.WithCancel(t.Context())
	out, in := io.Pipe()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+address+ksv1.SyncService_Deposit_FullMethodName, out)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/grpc")
	r.Header.Set("Te", "trailers")
	go func() {
		if answer, err := raw.RoundTrip(r); err == nil {
			answer.Body.Close()
		}
	}()
	// One that there is no room for is broken off.
	if _, err := in.Write(append(binary.BigEndian.AppendUint32([]byte{0}, wire.MaxMessageBytes), make([]byte, bytes)...)); err != nil && !errors.Is(err, io.ErrClosedPipe) {
		t.Fatal(err)
	}
	return end
}
