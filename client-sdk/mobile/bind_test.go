package mobile

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestGobindBindsEveryNameForJavaAndObjectiveC runs the binding generator as a
// build for a phone does. It needs no Android or Apple tools.
func TestGobindBindsEveryNameForJavaAndObjectiveC(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	run := func(env []string, name string, arguments ...string) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), name, arguments...)
		cmd.Dir, cmd.Env = root, append(os.Environ(), env...)
		if text, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s %s: %v\n%s", name, strings.Join(arguments, " "), err, text)
		}
	}
	gobind := filepath.Join(dir, "gobind")
	run(nil, "go", "build", "-modfile=internal/tools/go.mod", "-o", gobind, "golang.org/x/mobile/cmd/gobind")
	// The tools' module knows golang.org/x/mobile/bind, ours need not.
	work := fmt.Sprintf("go 1.26.0\n\nuse (\n\t%s\n\t%s\n)\n", root, filepath.Join(root, "internal", "tools"))
	if err := os.WriteFile(filepath.Join(dir, "go.work"), []byte(work), 0o600); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "out")
	run([]string{"GOWORK=" + filepath.Join(dir, "go.work")}, gobind, "-lang=java,objc", "-outdir="+out, "github.com/keluarga-sehat/sync/client-sdk/mobile")

	for file, wants := range map[string][]string{
		"java/mobile/Mobile.java":       {"String startApp(String dir) throws Exception", "App start(String dir) throws Exception"},
		"java/mobile/App.java":          {"byte[] call(String name, byte[] request) throws Exception", "void stop() throws Exception", "String url()"},
		"java/mobile/CallError.java":    {"getCode()", "getMessage()", "byte[] getStatus()"},
		"src/gobind/Mobile.objc.h":      {"MobileStartApp(NSString*", "call:(NSString*", "(BOOL)stop:"},
		"src/gobind/mobile_android.h":   nil,
		"src/gobind/Mobile_darwin.m":    nil,
		"src/gobind/mobile_android.c":   nil,
		"src/gobind/Universe_darwin.m":  nil,
		"src/gobind/universe_android.c": nil,
	} {
		text, err := os.ReadFile(filepath.Join(out, file))
		if err != nil {
			t.Error(err)
			continue
		}
		if strings.Contains(string(text), "skipped") {
			t.Errorf("%s leaves something out:\n%s", file, text)
		}
		for _, want := range wants {
			if !strings.Contains(string(text), want) {
				t.Errorf("%s lacks %q", file, want)
			}
		}
	}
}
