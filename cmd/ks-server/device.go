package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/account"
	"github.com/keluarga-sehat/sync/server/audit"
	"github.com/keluarga-sehat/sync/server/store"
)

func deviceCommand(o *options) *cobra.Command {
	c := &cobra.Command{
		Use: "device", Short: "Devices that were lost or broke", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return misused("say what: held or import") },
	}
	var families bool
	held := &cobra.Command{
		Use:   "held NUMBER",
		Short: "Say what a lost device held when it last synced; recorded in the audit trail",
		Long: `held says whose device it is, which areas its last sync let it into, how many
families stand there now, and when it was revoked; with --families also their ids.
That is at least what it held: families that came after its last sync are counted
too. What was drawn up on it and never sent nobody can know; unsent is what it had
announced in a sync that broke off. The data lie on the device sealed under the
user's password. Numbers of devices stand in 'ks-server audit export' and in the
accounts' pages.`,
		Example: "  ks-server device held 12 --families",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			number, err := strconv.ParseUint(args[0], 10, 32)
			if err != nil || number == 0 {
				return misused("%q is no number of a device", args[0])
			}
			return runHeld(cmd.Context(), o, uint32(number), families, cmd.OutOrStdout())
		},
	}
	held.Flags().BoolVar(&families, "families", false, "list the families' ids by RT")
	c.AddCommand(held, deviceImportCommand(o))
	return c
}

func runHeld(ctx context.Context, o *options, number uint32, families bool, out io.Writer) (err error) {
	s, ring, done, err := o.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	accounts := &account.Service{Store: s, Now: time.Now}
	held, err := accounts.HeldBy(ctx, number)
	if errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("no device %d", number)
	}
	if err != nil {
		return err
	}
	e := &ksv1.AuditEntry{
		Kind: ksv1.AuditKind_AUDIT_KIND_READ, Method: "ks-server device held", Count: uint64(held.Families),
		Subjects: []string{audit.DeviceSubject(number), audit.AccountSubject(held.Device.Account)},
	}
	if err := o.recordOperation(ctx, s, ring, e); err != nil {
		return err
	}
	if held.Device.Account == 0 {
		return fmt.Errorf("device %d (%s) is the server's own: nobody has it, and it holds nothing", number, held.Device.Name)
	}
	var owner store.Account
	err = s.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		owner, err = snap.FindAccount(ctx, held.Device.Account)
		return err
	})
	if err != nil {
		return err
	}
	tellHeld(held, &owner, out)
	if !families {
		return nil
	}
	places, err := accounts.PlacesHeld(ctx, held)
	if err != nil {
		return err
	}
	for _, p := range places {
		if err := listPlace(ctx, s, p, out); err != nil {
			return err
		}
	}
	return nil
}

func tellHeld(held *account.Held, owner *store.Account, out io.Writer) {
	d := &held.Device
	fmt.Fprintf(out, "device      %d, %s\n", d.Number, d.Name)
	fmt.Fprintf(out, "account     %d, %s, Puskesmas %s\n", owner.Number, owner.UserName, owner.Puskesmas)
	fmt.Fprintf(out, "registered  %s\n", instant(d.RegisteredMS))
	fmt.Fprintf(out, "last sync   begun %s, ended %s, unsent %d\n", instant(d.OpenedMS), instant(d.SyncedMS), d.Unsent)
	switch {
	case held.RevokedMS != 0:
		fmt.Fprintf(out, "revoked     %s\n", instant(held.RevokedMS))
	case d.Revoked:
		fmt.Fprintln(out, "revoked     yes")
	default:
		fmt.Fprintf(out, "revoked     no, %d sessions can be renewed\n", held.Sessions)
	}
	for _, path := range held.Areas {
		fmt.Fprintf(out, "area        %s\n", path)
	}
	fmt.Fprintf(out, "families    %d\n", held.Families)
}

// listPlace lists the families that stand in an RT.
func listPlace(ctx context.Context, s store.Store, p account.Place, out io.Writer) error {
	const page = 1000
	q := store.FamilyQuery{Villages: []uint32{p.Village}, From: p.Place, To: p.Place, Limit: page}
	for {
		var rows []store.Family
		err := s.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
			rows, err = snap.ListFamilies(ctx, q)
			return err
		})
		if err != nil {
			return err
		}
		for i := range rows {
			// Place 0 bounds nothing.
			if rows[i].Place == p.Place {
				fmt.Fprintf(out, "family      %s %s\n", p.Path, rows[i].ID)
			}
		}
		if len(rows) < page {
			return nil
		}
		last := &rows[len(rows)-1]
		q.AfterVillage, q.AfterPlace, q.AfterID = last.Village, last.Place, last.ID
	}
}
