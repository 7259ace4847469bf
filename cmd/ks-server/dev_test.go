package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/build"
)

// TestDevServesASampleUntilItIsInterruptedAndLeavesNothing signs a device in
// with nothing but what dev printed.
func TestDevServesASampleUntilItIsInterruptedAndLeavesNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	read, write := io.Pipe()
	ended := make(chan int, 1)
	var logs bytes.Buffer // read once it has ended
	go func() {
		ended <- Run(ctx, []string{"dev"}, strings.NewReader(""), write, &logs)
		write.Close()
	}()
	said := map[string]string{}
	lines := bufio.NewScanner(read)
	for lines.Scan() {
		if m := regexp.MustCompile(`^(certificate|pin|password|serving on) +(https://)?(\S+)`).FindStringSubmatch(lines.Text()); m != nil {
			said[m[1]] = m[3]
		}
		if said["serving on"] != "" {
			break
		}
	}
	pin, err := clientsdk.ParsePin(said["pin"])
	if err != nil {
		t.Fatalf("pin %q: %v", said["pin"], err)
	}
	client, err := clientsdk.Open(clientsdk.Config{Dir: t.TempDir(), Server: said["serving on"], Pin: &pin})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	user, err := client.SignIn(ctx, "surveyor1", said["password"])
	if err != nil {
		t.Fatal(err)
	}
	defer user.Close()
	if _, err := user.Sync(ctx, nil); err != nil {
		t.Fatal(err)
	}
	villages, err := user.Villages(ctx)
	if err != nil || len(villages) != 1 || villages[0].GetCode() != "32.04.05.2001" {
		t.Fatalf("villages of surveyor1: %v, %v", villages, err)
	}
	cancel()
	if code := <-ended; code != exitOK {
		t.Errorf("dev ended with code %d", code)
	}
	told := strings.Split(strings.TrimSpace(logs.String()), "\n")
	if first := told[0]; !strings.Contains(first, `"msg":"starting","version":"`+build.Version()+`"`) {
		t.Errorf("the log begins with %s", first)
	}
	if last := told[len(told)-1]; !strings.Contains(last, `"msg":"stopped"`) {
		t.Errorf("the log ends with %s", last)
	}
	if _, err := os.Stat(filepath.Dir(said["certificate"])); !os.IsNotExist(err) {
		t.Errorf("the folder is still there: %v", err)
	}
}

// Who interrupts it while it makes accounts meant to end it, as later.
func TestDevThatIsInterruptedWhileItStartsEndsQuietly(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, errs bytes.Buffer
	if code := Run(ctx, []string{"dev"}, strings.NewReader(""), &out, &errs); code != exitOK || out.String() != "stopped\n" || errs.String() != "" {
		t.Errorf("exit %d, told %q, %q", code, out.String(), errs.String())
	}
}
