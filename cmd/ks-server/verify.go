package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/server"
	"github.com/keluarga-sehat/sync/server/audit"
	"github.com/keluarga-sehat/sync/server/ingest"
)

func verifyCommand(o *options) *cobra.Command {
	return &cobra.Command{
		Use:   "verify",
		Short: "Recompute every family from its history and every tally from its families, and compare",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runVerify(cmd.Context(), o, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
}

func recomputeCommand(o *options) *cobra.Command {
	var code string
	c := &cobra.Command{
		Use:   "recompute [--area CODE]",
		Short: "Recompute every family's index and every tally, and write what differs; mend what is damaged",
		Long: `recompute derives index, findings and sums anew from the stored families and
writes what differs: after a change of the rules, or where 'verify' found a
difference. A family that does not open is made anew from its history; otherwise
families and their history stay as they are. It may run beside the server; each
village is locked for its own turn alone.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			of, err := area.Parse(strings.TrimSpace(code))
			if err != nil || of.Level() > area.Village {
				return misused("--area %q is no code of a province, district, kecamatan or village", code)
			}
			return runRecompute(cmd.Context(), o, of, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	c.Flags().StringVar(&code, "area", "", "`code` of a province, district, kecamatan or village; empty: everything")
	return c
}

func runRecompute(ctx context.Context, o *options, of area.Code, out, errs io.Writer) (err error) {
	s, ring, closed, err := o.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closed()) }()
	e := operate("recompute")
	if of.Level() != area.Nation {
		e.Subjects = []string{audit.AreaSubject(of.String())}
	}
	return o.recorded(ctx, s, ring, e, func() error {
		core := &ingest.Core{Store: s, Vault: ingest.NewVault(ring, rand.Reader), Now: time.Now}
		bar := countProgress(errs, "recomputing villages")
		done, err := server.Recompute(ctx, core, of, bar.at)
		if err := errors.Join(err, bar.Finish()); err != nil {
			return err
		}
		fmt.Fprintln(out, done)
		return done.Err()
	})
}

func runVerify(ctx context.Context, o *options, out, errs io.Writer) (err error) {
	s, ring, done, err := o.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	bar := countProgress(errs, "verifying villages")
	found, err := server.Verify(ctx, s, ring, bar.at)
	if err := errors.Join(err, bar.Finish()); err != nil {
		return err
	}
	for _, d := range found.Differences {
		fmt.Fprintln(out, "DIFFERS", d)
	}
	fmt.Fprintf(out, "%d villages, %d families, %d changes verified, %d differences\n", found.Villages, found.Families, found.Changes, len(found.Differences))
	if found.Older > 0 {
		fmt.Fprintf(out, "%d villages have figures by the rules of an earlier version: a running server counts them anew, as does ks-server recompute\n", found.Older)
	}
	if found.Misfound > 0 {
		fmt.Fprintf(out, "DIFFERS the index of NIK and NKK, in %d families: 'ks-server keys rotate' makes it anew\n", found.Misfound)
	}
	switch {
	case len(found.Differences) > 0:
		return errors.New("stored figures differ from recompute")
	case found.Misfound > 0:
		return errors.New("the index of NIK and NKK differs from the families")
	}
	return nil
}
