package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/spf13/cobra"

	"github.com/keluarga-sehat/sync/internal/syncing"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/audit"
	"github.com/keluarga-sehat/sync/server/auth"
	"github.com/keluarga-sehat/sync/server/deliver"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/session"
)

func deviceImportCommand(o *options) *cobra.Command {
	return &cobra.Command{
		Use:   "import FILE...",
		Short: "Take in the backup files of devices (cadangan-….ksb); recorded in the audit trail",
		Long: `import takes the unsent work in backup files that devices wrote ("-" is standard
input), such as one on a USB stick from a device that is broken, without its
user, password or a supervisor. It is judged as if the device had sent it: it
stands under its author's name, by the author's rights as they are now, and work
without a right, or of a device that was revoked, waits for a supervisor's
decision. The same file may be taken again, and the device may sync before or
after. A file that is damaged, or of a device of another server, is told; what is
left of a damaged one is taken. Exit code 1 where something was refused.`,
		Example: "  ks-server device import /media/usb/cadangan-siti.aminah-20240517-1405.ksb",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, files []string) error {
			return runDeviceImport(cmd.Context(), o, files, cmd.InOrStdin(), cmd.OutOrStdout())
		},
	}
}

func runDeviceImport(ctx context.Context, o *options, files []string, stdin io.Reader, out io.Writer) (err error) {
	s, ring, done, err := o.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	signIn, err := auth.New(s, ring, time.Now, rand.Reader, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	core := &ingest.Core{Store: s, Vault: ingest.NewVault(ring, rand.Reader), Now: time.Now, Ledger: o.ledger()}
	taker := &deliver.Service{
		Store: s, Vault: core.Vault, Auth: signIn, Now: time.Now,
		Backend: &session.Backend{Store: s, Vault: core.Vault, Core: core, Changes: core, Now: time.Now, Rand: rand.Reader},
	}
	var failed []error
	for _, name := range files {
		f := deviceFile{name: name, record: func(e *ksv1.AuditEntry, take func() error) error { return o.recorded(ctx, s, ring, e, take) }}
		if err := f.take(ctx, taker, stdin); err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", name, err))
		}
		f.tell(out)
	}
	return errors.Join(failed...)
}

// deviceFile is a file while it is taken.
type deviceFile struct {
	name   string
	record func(e *ksv1.AuditEntry, take func() error) error

	device, author uint32
	statuses       map[ksv1.ReceiptStatus]int
	items          int
}

// take takes a file's parts, each recorded by itself.
func (f *deviceFile) take(ctx context.Context, taker *deliver.Service, stdin io.Reader) error {
	f.statuses = map[ksv1.ReceiptStatus]int{}
	data, err := readInput(f.name, stdin)
	if err != nil {
		return err
	}
	parts, damage := syncing.ReadBackup(bytes.NewReader(data))
	for _, data := range parts {
		part, err := taker.Open(ctx, data)
		if err != nil {
			return err
		}
		f.device, f.author = part.Device.Number, part.Author.Account.Number
		e := &ksv1.AuditEntry{
			Kind: ksv1.AuditKind_AUDIT_KIND_CHANGE, Method: "ks-server device import", Count: uint64(len(part.Message.GetItems())),
			Subjects: []string{audit.DeviceSubject(f.device), audit.AccountSubject(f.author)},
		}
		var receipts []*ksv1.Receipt
		err = f.record(e, func() (err error) {
			receipts, err = taker.Take(ctx, part)
			return err
		})
		if err != nil {
			return err
		}
		f.items += len(receipts)
		for _, r := range receipts {
			f.statuses[r.GetStatus()]++
		}
	}
	if refused := f.refused(); refused > 0 && damage == nil {
		return fmt.Errorf("%d pieces of work were refused", refused)
	}
	return damage
}

// refused are the pieces that neither were taken nor wait for a decision.
func (f *deviceFile) refused() int { return f.items - f.fresh() - f.known() - f.waiting() }

func (f *deviceFile) fresh() int { return f.statuses[ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED] }

func (f *deviceFile) known() int {
	return f.statuses[ksv1.ReceiptStatus_RECEIPT_STATUS_DUPLICATE] + f.statuses[ksv1.ReceiptStatus_RECEIPT_STATUS_ERASED]
}

func (f *deviceFile) waiting() int { return f.statuses[ksv1.ReceiptStatus_RECEIPT_STATUS_QUARANTINED] }

func (f *deviceFile) tell(out io.Writer) {
	if f.device == 0 {
		return
	}
	fmt.Fprintf(out, "%s: device %d, account %d: %d pieces of work: %d new, %d here before or erased, %d wait for a decision, %d refused\n",
		f.name, f.device, f.author, f.items, f.fresh(), f.known(), f.waiting(), f.refused())
}
