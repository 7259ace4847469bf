package main

import (
	"bufio"
	"crypto/tls"
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestWhatGRPCWarnsOfIsInTheServersLog: a header that can't be read, in the log's own form
// and without what it held.
func TestWhatGRPCWarnsOfIsInTheServersLog(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "d")
	mustRun(t, "init", "--dir", dir)
	serve, said := ksServer(t, "serve", "--dir", dir, "--listen", "127.0.0.1:0")
	serve.Stdout = nil
	out, err := serve.StdoutPipe()
	if err == nil {
		err = serve.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	address, found := strings.CutPrefix(strings.TrimSpace(line), "serving on ")
	if err != nil || !found {
		t.Fatalf("%q: %v\n%s", line, err, said)
	}
	var protocols http.Protocols
	protocols.SetHTTP2(true)
	client := http.Client{Transport: &http.Transport{
		Protocols: &protocols, TLSClientConfig: &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2"}},
	}}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address+"/grpc.health.v1.Health/Check", strings.NewReader("\x00\x00\x00\x00\x00"))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/grpc")
	r.Header.Set("Ks-Token-Bin", "*rahasia*")
	response, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		t.Error(err)
	}
	response.Body.Close()
	if err := serve.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := serve.Wait(); err != nil {
		t.Errorf("%v\n%s", err, said)
	}
	warned := false
	for line := range strings.Lines(said.String()) {
		var entry struct{ Level, Msg string }
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Errorf("%v in %s", err, line)
		}
		warned = warned || entry.Level == "WARN" && strings.Contains(entry.Msg, "gRPC: ") && strings.Contains(entry.Msg, "metadata header")
	}
	if !warned || strings.Contains(said.String(), "rahasia") {
		t.Errorf("the log: %s", said)
	}
}
