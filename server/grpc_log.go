package server

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"regexp"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
	"google.golang.org/grpc/grpclog"
)

// What gRPC may write of itself: strangers cause part of it.
const (
	grpcLogEvery    = time.Second
	grpcLogBurst    = 20
	grpcLogMaxBytes = 500
)

// LogGRPC has what gRPC warns of and fails at written to a program's log. To be called once,
// before anything of gRPC is used, which has one log a process. What it tells of
// connections and calls that come and go is left out, and what peers have sent: that may be
// anybody's secret.
func LogGRPC(log *slog.Logger) {
	fatal := slog.NewLogLogger(log.Handler(), slog.LevelError).Writer()
	grpclog.SetLoggerV2(&grpcLog{
		LoggerV2: grpclog.NewLoggerV2(io.Discard, io.Discard, fatal), log: log, bucket: rate.NewLimiter(rate.Every(grpcLogEvery), grpcLogBurst),
	})
}

// grpcLog writes warnings and errors; the rest is LoggerV2's, which ends the process after
// what is fatal.
type grpcLog struct {
	grpclog.LoggerV2
	log    *slog.Logger
	bucket *rate.Limiter
	left   atomic.Int64 // out, since the last line
}

// Warning writes a warning.
func (l *grpcLog) Warning(args ...any) { l.write(slog.LevelWarn, fmt.Sprint(args...)) }

// Warningln writes a warning.
func (l *grpcLog) Warningln(args ...any) { l.write(slog.LevelWarn, fmt.Sprintln(args...)) }

// Warningf writes a warning.
func (l *grpcLog) Warningf(format string, args ...any) {
	l.write(slog.LevelWarn, fmt.Sprintf(format, args...))
}

// Error writes an error.
func (l *grpcLog) Error(args ...any) { l.write(slog.LevelError, fmt.Sprint(args...)) }

// Errorln writes an error.
func (l *grpcLog) Errorln(args ...any) { l.write(slog.LevelError, fmt.Sprintln(args...)) }

// Errorf writes an error.
func (l *grpcLog) Errorf(format string, args ...any) {
	l.write(slog.LevelError, fmt.Sprintf(format, args...))
}

// quoted finds what gRPC cites: headers, first bytes and addresses of peers.
var quoted = regexp.MustCompile(`"(\\.|[^"\\])*"?|'[^']*'`)

func (l *grpcLog) write(level slog.Level, text string) {
	if !l.bucket.Allow() {
		l.left.Add(1)
		return
	}
	text = quoted.ReplaceAllLiteralString(text, `[cut]`)
	text = text[:min(len(text), grpcLogMaxBytes)]
	var facts []any
	if left := l.left.Swap(0); left > 0 {
		facts = append(facts, "left_out", left)
	}
	l.log.Log(context.Background(), level, "gRPC: "+strings.TrimSpace(text), facts...)
}
