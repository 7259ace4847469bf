package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/keluarga-sehat/sync/internal/sheet"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/account"
	"github.com/keluarga-sehat/sync/server/registration"
	"github.com/keluarga-sehat/sync/server/store"
)

// packageFormats are the formats of a package by the end of its name.
var packageFormats = map[string]ksv1.PackageFormat{
	".pdf": ksv1.PackageFormat_PACKAGE_FORMAT_PDF, ".html": ksv1.PackageFormat_PACKAGE_FORMAT_HTML, ".csv": ksv1.PackageFormat_PACKAGE_FORMAT_CSV,
}

func (p *procedure) packageCommand() *cobra.Command {
	var output string
	c := &cobra.Command{
		Use: "package NUMBER -o FILE.pdf|.html|.csv", Short: "Write the activation guides that have not been handed over, for the district", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			number, _, err := numberOf(args)
			if err != nil {
				return err
			}
			format, ok := packageFormats[strings.ToLower(filepath.Ext(output))]
			if !ok {
				return misused("-o %q: a name that ends with .pdf, .html or .csv", output)
			}
			return p.run(cmd, subjectOf(number), func(ctx context.Context, s *registration.Service, caller *access.Caller) error {
				w, guides, err := s.Package(ctx, caller, number)
				if err != nil {
					return err
				}
				file, err := registration.Print(w, guides, format)
				if err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%d guides, with their one-time codes: keep %s from others\n", len(guides), output)
				return writeNew(cmd, output, file.GetContent())
			})
		},
	}
	c.Flags().StringVarP(&output, "output", "o", "", "`file` to write")
	return c
}

func (p *procedure) distributedCommand() *cobra.Command {
	var note string
	return p.stepCommand("distributed NUMBER [PUSKESMAS]...", "District: record that guides were handed over; their codes are destroyed", noteFlag(&note),
		func(ctx context.Context, s *registration.Service, c *access.Caller, number uint32, codes []string) (*registration.Whole, error) {
			return s.Distribute(ctx, c, number, codes, note)
		})
}

func (p *procedure) staffCommand() *cobra.Command {
	var output string
	c := &cobra.Command{
		Use: "staff -o FILE.html|.csv", Short: "Administrator: make the accounts of all accepted nominees in one go, with a card each", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			end := strings.ToLower(filepath.Ext(output))
			if end != ".html" && end != ".csv" {
				return misused("-o %q: a name that ends with .html or .csv", output)
			}
			// The file comes first: codes that could not be written would be lost.
			return withOutput(output, cmd.OutOrStdout(), func(to io.Writer) error {
				return p.run(cmd, nil, func(ctx context.Context, s *registration.Service, caller *access.Caller) error {
					list, skipped, err := s.CreateStaff(ctx, caller)
					if err != nil {
						return err
					}
					for _, x := range list {
						fmt.Fprintf(cmd.OutOrStdout(), "account %d: %s, %s\n", x.Number, x.UserName, x.FullName)
					}
					for _, x := range skipped {
						fmt.Fprintf(cmd.OutOrStdout(), "no account for nominee %d, %s: %s\n", x.Nominee, x.FullName, registration.FindingName(x.Reason))
					}
					data, err := cards(list, end)
					if err != nil {
						return err
					}
					_, err = to.Write(data)
					return err
				})
			})
		},
	}
	c.Flags().StringVarP(&output, "output", "o", "", "`file` of cards to write")
	return c
}

// cards are the accounts' cards as a printable page or as CSV.
func cards(list []registration.StaffAccount, end string) ([]byte, error) {
	if end == ".html" {
		all := make([]account.Card, len(list))
		for i, x := range list {
			all[i] = x.Card(x.FullName)
		}
		page, err := account.CardsHTML(all)
		return []byte(page), err
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	rows := [][]string{{"nama_pengguna", "kode", "nama_lengkap"}}
	for _, x := range list {
		rows = append(rows, []string{x.UserName, x.Code, sheet.Harmless(x.FullName)})
	}
	err := w.WriteAll(rows)
	return b.Bytes(), err
}

func (p *procedure) nomineesCommand() *cobra.Command {
	f := registration.NomineeFilter{Limit: listRows}
	c := &cobra.Command{
		Use: "nominees [--registration NUMBER] [--puskesmas CODE]", Short: "List nominees; NIK show their last four digits", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.run(cmd, subjectOf(f.Registration), func(ctx context.Context, s *registration.Service, caller *access.Caller) error {
				if err := checkPuskesmas(ctx, s.Store, f.Puskesmas); err != nil {
					return err
				}
				t := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
				fmt.Fprintln(t, "NOMINEE\tREGISTRATION\tPUSKESMAS\tROLE\tNAME\tNIK\tSTANDING\tACCOUNT")
				for {
					list, next, err := s.Nominees(ctx, caller, f)
					if err != nil {
						return err
					}
					for _, n := range list {
						nik := n.Person.GetNik()
						if len(nik) > 4 {
							nik = "..." + nik[len(nik)-4:]
						}
						fmt.Fprintf(t, "%d\t%d\t%s\t%s\t%s\t%s\t%s\t%d\n", n.Number, n.Registration, n.Puskesmas, short(ksv1.Role(n.Role).String(), "ROLE_"),
							n.Person.GetFullName(), nik, short(ksv1.NomineeStanding(n.Standing).String(), "NOMINEE_STANDING_"), n.Account)
					}
					if f.After = next; next == 0 {
						return t.Flush()
					}
				}
			})
		},
	}
	c.Flags().Uint32Var(&f.Registration, "registration", 0, "`number` of one registration")
	c.Flags().StringVar(&f.Puskesmas, "puskesmas", "", "`code` of one Puskesmas")
	return c
}

func short(name, prefix string) string {
	return strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(name, prefix), "_", " "))
}

// nomineeCommand is a command that decides on one nominee.
func (p *procedure) nomineeCommand(use, about string, flags func(*cobra.Command),
	do func(cmd *cobra.Command, ctx context.Context, s *registration.Service, c *access.Caller, number uint32) (store.Nominee, error)) *cobra.Command {
	c := &cobra.Command{
		Use: use, Short: about, Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			number, _, err := numberOf(args)
			if err != nil {
				return err
			}
			return p.run(cmd, nomineeSubject(number), func(ctx context.Context, s *registration.Service, caller *access.Caller) error {
				n, err := do(cmd, ctx, s, caller, number)
				if err == nil {
					fmt.Fprintf(cmd.OutOrStdout(), "nominee %d: %s\n", n.Number, short(ksv1.NomineeStanding(n.Standing).String(), "NOMINEE_STANDING_"))
				}
				return err
			})
		},
	}
	if flags != nil {
		flags(c)
	}
	return c
}

func (p *procedure) replaceCommand() *cobra.Command {
	var note string
	c := p.nomineeCommand("replace NOMINEE < PERSON.json", "Administrator or district: propose a person in place of another", noteFlag(&note),
		func(cmd *cobra.Command, ctx context.Context, s *registration.Service, caller *access.Caller, number uint32) (store.Nominee, error) {
			var b bytes.Buffer
			if _, err := b.ReadFrom(cmd.InOrStdin()); err != nil {
				return store.Nominee{}, err
			}
			person := &ksv1.NomineePerson{}
			if err := protojson.Unmarshal(b.Bytes(), person); err != nil {
				return store.Nominee{}, misused("standard input is no person: give full_name, nip or not_civil_servant, nik, position, mobile, email as JSON")
			}
			return s.Propose(ctx, caller, number, person, note)
		})
	return c
}

func (p *procedure) admitCommand() *cobra.Command {
	var note string
	return p.nomineeCommand("admit NOMINEE", "District: admit a replacement; who was there before loses the account", noteFlag(&note),
		func(_ *cobra.Command, ctx context.Context, s *registration.Service, c *access.Caller, number uint32) (store.Nominee, error) {
			return s.Admit(ctx, c, number, note)
		})
}

func (p *procedure) acceptReplacementCommand() *cobra.Command {
	var note, output string
	flags := func(c *cobra.Command) {
		noteFlag(&note)(c)
		c.Flags().StringVarP(&output, "output", "o", "panduan-aktivasi.html", "`file` for the guide, where an administrator's account is issued")
	}
	return p.nomineeCommand("accept-replacement NOMINEE", "Pusdatin: accept a replacement's form: look-ups are allowed", flags,
		func(cmd *cobra.Command, ctx context.Context, s *registration.Service, c *access.Caller, number uint32) (store.Nominee, error) {
			n, guide, err := s.AcceptReplacement(ctx, c, number, note)
			if err != nil || guide == nil {
				return n, err
			}
			page, err := registration.GuideHTML(*guide, n.Registration)
			if err != nil {
				return n, err
			}
			return n, writeNew(cmd, output, []byte(page))
		})
}

func (p *procedure) refuseReplacementCommand() *cobra.Command {
	var reason string
	return p.nomineeCommand("refuse-replacement NOMINEE --reason TEXT", "District: not admit; Pusdatin: not accept", reasonFlag(&reason),
		func(_ *cobra.Command, ctx context.Context, s *registration.Service, c *access.Caller, number uint32) (store.Nominee, error) {
			if reason == "" {
				return store.Nominee{}, misused("--reason is needed")
			}
			return s.RefuseReplacement(ctx, c, number, reason)
		})
}
