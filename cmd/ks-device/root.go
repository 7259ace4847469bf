package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/build"
	"github.com/keluarga-sehat/sync/internal/usage"
)

// Exit codes.
const (
	exitOK         = 0
	exitFailed     = 1 // a file could not be read, or the work could not be done
	exitMisused    = usage.ExitCode
	exitIncomplete = 3 // done, but something was refused
)

// exitError carries an exit code beside what happened.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

func misused(format string, args ...any) error {
	return usage.Errorf(format, args...)
}

// Run is the program as a value that tests start; it returns the exit code.
func Run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := &cobra.Command{
		Use:   "ks-device",
		Short: "A surveyor's device: collect, sync, and compute the index",
		Long: `ks-device does what the SDK does on a surveyor's device, and computes the
family health index (IKS) of families in files. Without arguments it opens the
field app in the browser, as 'ks-device app --open' does.`,
		Version:      build.Version(),
		SilenceUsage: true, SilenceErrors: true,
		Args: cobra.NoArgs,
	}
	root.SetArgs(args)
	root.SetIn(stdin)
	out := usage.NewOutput(stdout)
	root.SetOut(out)
	root.SetErr(stderr)
	root.SetFlagErrorFunc(usage.Flags)
	page := appCommand()
	root.RunE = func(c *cobra.Command, args []string) error {
		if err := page.Flags().Set("open", "true"); err != nil {
			return err
		}
		return page.RunE(c, args)
	}
	root.AddCommand(iksCommand(), page)
	root.AddCommand(deviceCommands()...)
	usage.Arguments(root)
	called, err := root.ExecuteContextC(ctx)
	var exit *exitError
	if err == nil || errors.As(err, &exit) && exit.err == nil { // done, but for what it had to say
		err = cmp.Or(out.Err(), err)
	}
	if err == nil {
		return exitOK
	}
	if usage.Is(err) {
		fmt.Fprintln(stderr, "ks-device:", err)
		fmt.Fprintln(stderr, usage.Hint(called))
		return exitMisused
	}
	if !errors.As(err, &exit) {
		exit = &exitError{exitFailed, told(err)}
	}
	if exit.err != nil {
		fmt.Fprintln(stderr, "ks-device:", exit.err)
	}
	return exit.code
}

// told is an error in its user's words, where its own are for programmers.
func told(err error) error {
	var newer *clientsdk.NewerSchema
	if errors.As(err, &newer) {
		return errors.New("data di perangkat ini ditulis oleh versi ks-device yang lebih baru; pasang versi terbaru, lalu ulangi; data tetap aman dan tidak ada yang diubah")
	}
	return err
}
