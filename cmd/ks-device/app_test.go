package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
)

// TestTheAppServesItsPageOnLoopbackUntilItIsInterrupted starts the program and
// opens the address that it prints.
func TestTheAppServesItsPageOnLoopbackUntilItIsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	read, write := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		ended <- Run(ctx, []string{"app", "--dir", t.TempDir(), "--server", "127.0.0.1:1"}, strings.NewReader(""), write, io.Discard)
		write.Close()
	}()
	lines := bufio.NewScanner(read)
	if !lines.Scan() {
		t.Fatal("nothing was printed")
	}
	_, address, found := strings.Cut(lines.Text(), "Keluarga Sehat: ")
	if !found || !strings.HasPrefix(address, "http://127.0.0.1:") || !strings.Contains(address, "#kunci=") {
		t.Fatalf("printed %q", lines.Text())
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, strings.Split(address, "#")[0], nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(response.Body)
	response.Body.Close()
	if err != nil || response.StatusCode != http.StatusOK || !strings.Contains(string(text), `<div id="app">`) {
		t.Errorf("status %d, page %q, %v", response.StatusCode, text, err)
	}
	cancel()
	if code := <-ended; code != exitOK {
		t.Errorf("the app ended with code %d", code)
	}
}

func TestTheAppIsForThisDeviceAlone(t *testing.T) {
	var errs strings.Builder
	if code := Run(t.Context(), []string{"app", "--dir", t.TempDir(), "--listen", "0.0.0.0:0"}, strings.NewReader(""), io.Discard, &errs); code != exitMisused {
		t.Errorf("code %d: %s", code, errs.String())
	}
	if !strings.Contains(errs.String(), "loopback") {
		t.Errorf("it says %q", errs.String())
	}
}
