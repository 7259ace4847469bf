package usage

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// cobra gives its complaints no type: this fails when it words them otherwise.
func TestWhatCobraSaysOfArgumentsIsMisuse(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{
		"no such command": {"bogus"}, "no such flag": {"one", "a", "--bogus"}, "no argument": {"one"}, "one too many": {"one", "a", "b"},
		"none where some are needed": {"some"}, "a needed flag is missing": {"flagged"}, "not a number": {"one", "a", "--count", "x"},
	} {
		root := &cobra.Command{Use: "program", Args: cobra.NoArgs, SilenceErrors: true, SilenceUsage: true, RunE: func(*cobra.Command, []string) error { return nil }}
		root.SetFlagErrorFunc(Flags)
		run := func(*cobra.Command, []string) error { return nil }
		one := &cobra.Command{Use: "one", Args: cobra.ExactArgs(1), RunE: run}
		one.Flags().Int("count", 0, "")
		flagged := &cobra.Command{Use: "flagged", RunE: run}
		flagged.Flags().String("needed", "", "")
		if err := flagged.MarkFlagRequired("needed"); err != nil {
			t.Fatal(err)
		}
		root.AddCommand(one, flagged, &cobra.Command{Use: "some", Args: cobra.MinimumNArgs(1), RunE: run})
		Arguments(root)
		root.SetArgs(args)
		root.SetOut(io.Discard)
		if err := root.ExecuteContext(t.Context()); !Is(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWorkThatFailedIsNoMisuse(t *testing.T) {
	t.Parallel()
	cause := errors.New("the disk is full")
	if Is(nil) || Is(cause) || Is(fmt.Errorf("save: %w", cause)) {
		t.Error("blamed on the arguments")
	}
	if err := fmt.Errorf("read: %w", Errorf("--step: %w", cause)); !Is(err) || !errors.Is(err, cause) {
		t.Errorf("%v", err)
	}
}

func TestTheHintNamesTheCommandThatWasCalled(t *testing.T) {
	t.Parallel()
	root, sub := &cobra.Command{Use: "program"}, &cobra.Command{Use: "import FILE..."}
	root.AddCommand(sub)
	if got, want := Hint(sub), "Run 'program import --help' for usage."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestWrongArgumentsSayHowTheCommandIsWritten(t *testing.T) {
	t.Parallel()
	for called, want := range map[string]string{
		"import":          "no argument is given; write 'program import FILE...'",
		"device show":     "no argument is given; write 'program device show FAMILY'",
		"device show 1 2": "2 arguments are given; write 'program device show FAMILY'",
		"device list 1":   "1 argument is given; write 'program device list'",
		"device bogus":    `unknown command "bogus" for "program device"`,
		"device show 1":   "",
	} {
		run := func(*cobra.Command, []string) error { return nil }
		root, device := &cobra.Command{Use: "program", SilenceErrors: true, SilenceUsage: true}, &cobra.Command{Use: "device", Args: cobra.NoArgs, RunE: run}
		device.AddCommand(&cobra.Command{Use: "show FAMILY", Args: cobra.ExactArgs(1), RunE: run}, &cobra.Command{Use: "list", Args: cobra.NoArgs, RunE: run})
		root.AddCommand(device, &cobra.Command{Use: "import FILE...", Args: cobra.MinimumNArgs(1), RunE: run})
		Arguments(root)
		root.SetArgs(strings.Fields(called))
		root.SetOut(io.Discard)
		switch err := root.ExecuteContext(t.Context()); {
		case want == "" && err != nil:
			t.Errorf("%s: %v", called, err)
		case want != "" && (!Is(err) || err.Error() != want):
			t.Errorf("%s: %v, want %s", called, err, want)
		}
	}
}

func TestATextThatIsNoUTF8IsMisuseAndNamesItsFlag(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]string{
		"act\x00--note\x00Nu\xe9":               `--note is no UTF-8 text: "Nu\xe9"`,
		"act\x00--all\x00a,b\xff":               `--all is no UTF-8 text: "[a,b\xff]"`,
		"act\x001\x00P1\xff":                    `argument 2 is no UTF-8 text: "P1\xff"`,
		"act\x00--note\x00Nué\x00--out\x00\xff": "",
		"import\x00\xff.csv":                    "",
	} {
		root := &cobra.Command{Use: "program", SilenceErrors: true, SilenceUsage: true, PersistentPreRunE: Texts}
		run := func(*cobra.Command, []string) error { return nil }
		act := &cobra.Command{Use: "act NUMBER [CODE]...", RunE: run}
		act.Flags().String("note", "", "`text`")
		act.Flags().StringSlice("all", nil, "`names`")
		act.Flags().String("out", "", "`file` to write")
		root.AddCommand(act, &cobra.Command{Use: "import FILE...", RunE: run})
		root.SetArgs(strings.Split(words, "\x00"))
		switch err := root.ExecuteContext(t.Context()); {
		case want == "" && err != nil:
			t.Errorf("%q: %v", words, err)
		case want != "" && (!Is(err) || err.Error() != want):
			t.Errorf("%q: %v, want %s", words, err, want)
		}
	}
}

func TestAFlagOfAWrongKindSaysWhatStandsThere(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]string{
		"--number x":                    `--number "x": a whole number from 0 to 4294967295`,
		"--number 4294967296":           `--number "4294967296": a whole number from 0 to 4294967295`,
		"--days 99999999999999999999":   `--days "99999999999999999999": a whole number of at most 18 digits`,
		"--for long":                    `--for "long": a time such as 90s or 5m`,
		"--number 7 --days -1 --for 1m": "",
	} {
		c := &cobra.Command{Use: "program", SilenceErrors: true, SilenceUsage: true, RunE: func(*cobra.Command, []string) error { return nil }}
		c.SetFlagErrorFunc(Flags)
		c.Flags().Uint32("number", 0, "")
		c.Flags().Int("days", 0, "")
		c.Flags().Duration("for", 0, "")
		c.SetArgs(strings.Fields(words))
		switch err := c.ExecuteContext(t.Context()); {
		case want == "" && err != nil:
			t.Errorf("%s: %v", words, err)
		case want != "" && (!Is(err) || err.Error() != want):
			t.Errorf("%s: %v, want %s", words, err, want)
		}
	}
}
