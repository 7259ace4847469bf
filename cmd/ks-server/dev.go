package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/keluarga-sehat/sync/internal/wire"
	"github.com/keluarga-sehat/sync/server/sample"
)

// devSurveyors is how many surveyors the throwaway server has, two in each
// village.
const devSurveyors = 12

func devCommand(o *options) *cobra.Command {
	var listen string
	c := &cobra.Command{
		Use:   "dev [--listen ADDRESS]",
		Short: "Serve a throwaway server with a sample kecamatan and users of every role",
		Long: `dev is for app builders: it makes keys, a certificate and an embedded store in a
temporary folder, fills it with Kecamatan Cileunyi, an invented Puskesmas and an
account of every role, prints how to reach it, serves until interrupted, and
deletes everything. --dir and --database have no meaning here.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.database != "" || cmd.Flags().Changed("dir") {
				return misused("dev makes its own store and deletes it: leave --dir and --database (KS_DATABASE) out")
			}
			return runDev(cmd.Context(), listen, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	c.Flags().StringVar(&listen, "listen", "127.0.0.1:0", "`address` to listen on; port 0: a free one")
	return c
}

// runDev serves until interrupted; that is no error while it starts either.
func runDev(ctx context.Context, listen string, out, logs io.Writer) error {
	err := serveDev(ctx, listen, out, logs)
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		fmt.Fprintln(out, "stopped")
		return nil
	}
	return err
}

func serveDev(ctx context.Context, listen string, out, logs io.Writer) (err error) {
	dir, err := os.MkdirTemp("", "ks-dev-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	o := &options{dir: dir}
	if err := runInit(ctx, o, []string{"localhost", "127.0.0.1"}, devOperator, io.Discard); err != nil {
		return err
	}
	if err := fillDev(ctx, o, out); err != nil {
		return err
	}
	return runServe(ctx, o, serving{listen: listen}, out, logs)
}

// devOperator is the account that init makes; the sample brings one of the
// national level that people are told of.
const devOperator = "operator"

// fillDev brings the sample, and prints how to reach it.
func fillDev(ctx context.Context, o *options, out io.Writer) (err error) {
	s, ring, done, err := o.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	random := make([]byte, 9)
	if _, err := rand.Read(random); err != nil {
		return err
	}
	password := "coba-" + base64.RawURLEncoding.EncodeToString(random)
	if err := sample.Place(ctx, s, rand.Reader); err != nil {
		return err
	}
	accounts := sample.Accounts{Store: s, Ring: ring, Rand: rand.Reader, Password: password}
	staff, err := accounts.AddStaff(ctx)
	if err != nil {
		return err
	}
	surveyors, err := accounts.AddSurveyors(ctx, devSurveyors)
	if err != nil {
		return err
	}
	pem, err := os.ReadFile(o.certificate())
	if err != nil {
		return err
	}
	pin, err := wire.PinOf(pem)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "A throwaway server with Kecamatan Cileunyi and Puskesmas %s\n", sample.PuskesmasCode)
	fmt.Fprintf(out, "certificate  %s\npin          %s\npassword     %s (of everybody)\nusers        ", filepath.Clean(o.certificate()), pin, password)
	for _, u := range staff {
		fmt.Fprintf(out, "%s, ", u.Name)
	}
	fmt.Fprintf(out, "%s to %s\n", surveyors[0].Name, surveyors[len(surveyors)-1].Name)
	fmt.Fprintln(out, "Everything is deleted when you interrupt it (Ctrl-C).")
	return nil
}
