package server

import (
	"bytes"
	"io"
	"log/slog"
	"strings"
	"testing"

	"golang.org/x/time/rate"
	"google.golang.org/grpc/grpclog"
)

func TestWhatGRPCWarnsOfIsLoggedWithoutWhatPeersSent(t *testing.T) {
	t.Parallel()
	var written bytes.Buffer
	plain := slog.NewTextHandler(&written, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}})
	l := &grpcLog{LoggerV2: grpclog.NewLoggerV2(io.Discard, io.Discard, io.Discard), log: slog.New(plain), bucket: rate.NewLimiter(0, 4)}
	l.Infof("connection from %q", "10.0.0.1")
	l.Warningf("Failed to decode metadata header (%q, %q): %v", "ks-token-bin", `rah"asia`, io.EOF)
	l.Errorln("[transport]", "bogus greeting", `"rahasia`)
	l.Error(strings.Repeat("x", 4096))
	l.Warning("the last")
	for range 3 {
		l.Error("one too many")
	}
	l.bucket = rate.NewLimiter(0, 1)
	l.Warningln("[core] later")
	got := written.String()
	for _, want := range []string{
		`level=WARN msg="gRPC: Failed to decode metadata header ([cut], [cut]): EOF"`, `level=ERROR msg="gRPC: [transport] bogus greeting [cut]"`,
		`level=WARN msg="gRPC: the last"`, `msg="gRPC: [core] later" left_out=3`, strings.Repeat("x", grpcLogMaxBytes) + "\"\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not in\n%s", want, got)
		}
	}
	for _, bad := range []string{"rah", "asia", "10.0.0.1", "too many"} {
		if strings.Contains(got, bad) {
			t.Errorf("%s is in\n%s", bad, got)
		}
	}
}
