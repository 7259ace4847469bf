package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/record"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/audit"
	"github.com/keluarga-sehat/sync/server/store"
)

// auditHead is where a server keeps the head of the audit trail.
func (o *options) auditHead() string { return filepath.Join(o.dir, "audit-head.json") }

// operatorName is the operating system's user who runs the command, and not the one
// whose rights were borrowed for it.
func operatorName() string {
	if name := os.Getenv("SUDO_USER"); name != "" {
		return name
	}
	who, err := user.Current()
	if err != nil {
		return "uid " + strconv.Itoa(os.Getuid())
	}
	return who.Username
}

// operate is the entry of an operator's command that no account is named for.
func operate(command string, subjects ...string) *ksv1.AuditEntry {
	return &ksv1.AuditEntry{Kind: ksv1.AuditKind_AUDIT_KIND_OPERATE, Method: "ks-server " + command, Subjects: subjects}
}

// failedReason of a command in the trail; people read what failed on its standard error.
const failedReason = "COMMAND_FAILED"

// recorded does a command's work between two entries of the trail, that it has begun and
// how it ended: also of what an error, an interruption or a kill cuts short there is one.
// The work may add to the entry what it comes to know.
func (o *options) recorded(ctx context.Context, s store.Store, ring *record.Ring, e *ksv1.AuditEntry, work func() error) error {
	return between(ctx, e, work, func(ctx context.Context, e *ksv1.AuditEntry) error { return o.recordOperation(ctx, s, ring, e) })
}

// recordedApart is recorded for work that opens the store by itself.
func (o *options) recordedApart(ctx context.Context, e *ksv1.AuditEntry, work func() error) error {
	return between(ctx, e, work, func(ctx context.Context, e *ksv1.AuditEntry) (err error) {
		s, ring, done, err := o.open(ctx)
		if err != nil {
			return err
		}
		return errors.Join(o.recordOperation(ctx, s, ring, e), done())
	})
}

func between(ctx context.Context, e *ksv1.AuditEntry, work func() error, write func(context.Context, *ksv1.AuditEntry) error) error {
	begun := proto.CloneOf(e)
	begun.Outcome = ksv1.AuditOutcome_AUDIT_OUTCOME_BEGUN
	if err := write(ctx, begun); err != nil {
		return err
	}
	err := work()
	if err != nil {
		e.Outcome, e.Reason = ksv1.AuditOutcome_AUDIT_OUTCOME_FAILED, failedReason
		if ctx.Err() != nil {
			e.Reason = "CANCELED"
		}
	}
	return errors.Join(err, write(context.WithoutCancel(ctx), e))
}

// recordOperation records an operator's command, before it shows anything, and signs the
// entry.
func (o *options) recordOperation(ctx context.Context, s store.Store, ring *record.Ring, e *ksv1.AuditEntry) error {
	log, err := audit.New(audit.Config{Store: s, Ring: ring, Now: time.Now, Rand: rand.Reader, HeadFile: o.auditHead()})
	if err != nil {
		return err
	}
	e.Operator = operatorName()
	if e.GetOutcome() == ksv1.AuditOutcome_AUDIT_OUTCOME_UNSPECIFIED {
		e.Outcome = ksv1.AuditOutcome_AUDIT_OUTCOME_DONE
	}
	if err := log.Append(ctx, e); err != nil {
		return err
	}
	return log.Checkpoint(ctx)
}

func auditCommand(o *options) *cobra.Command {
	c := &cobra.Command{
		Use: "audit", Short: "Verify and export the audit trail", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return misused("say what: verify, export or key") },
	}
	c.AddCommand(auditVerifyCommand(o), auditExportCommand(o), &cobra.Command{
		Use: "key", Short: "Print the public key that checkpoints are signed with, base64, and those of before keys were rotated", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			_, ring, done, err := o.open(cmd.Context())
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, done()) }()
			keys, err := audit.KeysOf(ring)
			if err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), base64.StdEncoding.EncodeToString(keys.Present))
			for _, f := range keys.Former {
				fmt.Fprintln(cmd.OutOrStdout(), base64.StdEncoding.EncodeToString(f.PublicKey), "until", time.UnixMilli(f.UntilMS).UTC().Format(time.RFC3339))
			}
			return nil
		},
	})
	return c
}

func auditVerifyCommand(o *options) *cobra.Command {
	return &cobra.Command{
		Use:   "verify",
		Short: "Find any entry that was altered, taken out, added, moved or cut off",
		Long: `verify reads the whole audit trail: chains, checkpoints and their signatures, the
index by which entries are found, and DIR/audit-head.json, which remembers the last
checkpoint outside the store. It may run beside the server. After a restore from an
older backup the head file is ahead of the trail and verify says so; remove it then.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			s, ring, done, err := o.open(cmd.Context())
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, done()) }()
			keys, err := audit.KeysOf(ring)
			if err != nil {
				return err
			}
			v, err := audit.Verify(cmd.Context(), s, keys, o.auditHead())
			if err != nil {
				return err
			}
			for _, problem := range v.Problems {
				fmt.Fprintln(cmd.OutOrStdout(), problem)
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%d entries in %d chains, %d checkpoints, %d entries not signed yet: %d problems\n",
				v.Entries, v.Chains, v.Checkpoints, v.Unsigned, len(v.Problems))
			if len(v.Problems) > 0 {
				return errors.New("the audit trail was altered")
			}
			return nil
		},
	}
}

// auditExport is what an export is to hold.
type auditExport struct {
	from, to, format, subject string
	account                   uint32
}

func auditExportCommand(o *options) *cobra.Command {
	x := &auditExport{}
	var output string
	c := &cobra.Command{
		Use:   "export [-o FILE]",
		Short: "Write the audit trail, newest first",
		Long:  "export writes entries as JSON, one a line, or as CSV for people. It holds numbers,\nids and codes, and nothing of a person.",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if x.format != "json" && x.format != "csv" {
				return misused("--format is json or csv")
			}
			return withOutput(output, cmd.OutOrStdout(), func(out io.Writer) error { return o.exportAudit(cmd.Context(), x, out) })
		},
	}
	c.Flags().StringVar(&x.from, "from", "", "first `day`, 2026-03-01; empty: from the first entry")
	c.Flags().StringVar(&x.to, "to", "", "last `day`; empty: to the last entry")
	c.Flags().StringVar(&x.format, "format", "json", "`format` of the file: json or csv")
	c.Flags().Uint32Var(&x.account, "account", 0, "`number` of the account that acted; 0: all")
	c.Flags().StringVar(&x.subject, "subject", "", "what entries concern, such as `family:ID`; empty: everything")
	c.Flags().StringVarP(&output, "output", "o", "-", "`file` to write; - for standard output")
	return c
}

func (x *auditExport) query() (q store.AuditQuery, err error) {
	q = store.AuditQuery{Account: x.account, Limit: 1000}
	day := func(name, text string, days int) (int64, error) {
		if text == "" {
			return 0, nil
		}
		t, err := time.ParseInLocation(time.DateOnly, text, area.WIB)
		if err != nil {
			return 0, misused("--%s: %s is no day such as 2026-03-01", name, text)
		}
		return t.AddDate(0, 0, days).UnixMilli(), nil
	}
	if q.FromMS, err = day("from", x.from, 0); err != nil {
		return q, err
	}
	if q.ToMS, err = day("to", x.to, 1); err != nil {
		return q, err
	}
	if q.FromMS != 0 && q.ToMS != 0 && q.FromMS >= q.ToMS {
		return q, misused("--from %s is later than --to %s", x.from, x.to)
	}
	if x.subject != "" {
		subject, err := audit.ParseSubject(x.subject)
		if err != nil {
			return q, misused("--subject %v", err)
		}
		q.Subjects = []string{subject}
	}
	return q, nil
}

func (o *options) exportAudit(ctx context.Context, x *auditExport, out io.Writer) (err error) {
	q, err := x.query()
	if err != nil {
		return err
	}
	s, ring, done, err := o.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	e := &ksv1.AuditEntry{Kind: ksv1.AuditKind_AUDIT_KIND_EXPORT, Method: "ks-server audit export"}
	return o.recorded(ctx, s, ring, e, func() error {
		write, finish := auditWriter(x.format, out)
		return errors.Join(eachAudit(ctx, s, q, write), finish())
	})
}
