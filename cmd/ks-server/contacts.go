package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/keluarga-sehat/sync/internal/area"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/audit"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/support"
)

func contactsCommand(o *options) *cobra.Command {
	c := &cobra.Command{
		Use: "contacts", Short: "Whom users may ask for help: import and list", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return misused("contacts: say what: import or list") },
	}
	c.AddCommand(contactsImportCommand(o), contactsListCommand(o))
	return c
}

func contactsImportCommand(o *options) *cobra.Command {
	var of, text string
	c := &cobra.Command{
		Use:   "import FILE [--area CODE] [--help-text FILE]",
		Short: "Replace the contacts and help text of the nation or a district",
		Long: `import reads contacts in the order in which they are to be asked: CSV with a
header line that names the columns name, telephone, email, hours (or nama,
telepon, surel, jam). Mobile numbers have 11 to 13 digits with their 0 and are
kept as +62…. What is wrong is named by line and column, and then nothing is
changed. Users and devices get the list with their next sync.`,
		Example: "  ks-server contacts import kontak.csv --help-text bantuan.txt\n  ks-server contacts import kontak-bandung.csv --area 32.04",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return importContacts(cmd.Context(), o, args[0], of, text, cmd.InOrStdin(), cmd.OutOrStdout())
		},
	}
	c.Flags().StringVar(&of, "area", support.Nation, "district's `code`; the nation is id")
	c.Flags().StringVar(&text, "help-text", "", "plain text `file`; without it the text stays as it is")
	return c
}

func importContacts(ctx context.Context, o *options, file, of, text string, stdin io.Reader, out io.Writer) (err error) {
	data, err := readInput(file, stdin)
	if err != nil {
		return err
	}
	contacts, err := support.ParseCSV(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("%s:\n%w\nnothing was changed", file, err)
	}
	s, ring, done, err := o.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	if of, err = deskArea(ctx, s, of); err != nil {
		return err
	}
	desk := &ksv1.SupportDesk{Area: of, Contacts: contacts}
	err = o.recorded(ctx, s, ring, operate("contacts import", audit.AreaSubject(of)), func() (err error) {
		desk, err = putContacts(ctx, &support.Service{Store: s, Now: time.Now}, desk, text)
		return err
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s: %d contacts for %s\n", file, len(contacts), desk.GetArea())
	return nil
}

// putContacts puts a desk with the text of a file, "" the text that is there.
func putContacts(ctx context.Context, service *support.Service, desk *ksv1.SupportDesk, text string) (put *ksv1.SupportDesk, err error) {
	if text != "" {
		help, err := os.ReadFile(text)
		if err != nil {
			return nil, err
		}
		desk.HelpText = string(help)
	} else if desk.HelpText, err = service.HelpText(ctx, desk.GetArea()); err != nil {
		return nil, err
	}
	return service.Put(ctx, desk)
}

func readInput(file string, stdin io.Reader) ([]byte, error) {
	if file == "-" {
		return io.ReadAll(stdin)
	}
	return os.ReadFile(file)
}

// deskArea is the area whose contacts --area names: the nation, or a district in the tree.
func deskArea(ctx context.Context, s store.Store, text string) (string, error) {
	if text == support.Nation {
		return text, nil
	}
	return findArea(ctx, s, text, area.District)
}

func contactsListCommand(o *options) *cobra.Command {
	var of string
	c := &cobra.Command{
		Use: "list [--area CODE]", Short: "Show what users of a district see", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			s, err := o.openStore(cmd.Context())
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, s.Close()) }()
			district, err := deskArea(cmd.Context(), s, of)
			if err != nil {
				return err
			}
			if district == support.Nation {
				district = ""
			}
			desks, err := (&support.Service{Store: s, Now: time.Now}).Get(cmd.Context(), district)
			for _, desk := range desks {
				fmt.Fprintf(cmd.OutOrStdout(), "%s (%s)\n", desk.GetAreaName(), desk.GetArea())
				for i, x := range desk.GetContacts() {
					fmt.Fprintf(cmd.OutOrStdout(), "%3d. %s  %s  %s  %s\n", i+1, x.GetName(), x.GetTelephone(), x.GetEmail(), x.GetHours())
				}
				if desk.GetHelpText() != "" {
					fmt.Fprintf(cmd.OutOrStdout(), "\n%s\n", desk.GetHelpText())
				}
			}
			return err
		},
	}
	c.Flags().StringVar(&of, "area", support.Nation, "district's `code`")
	return c
}
